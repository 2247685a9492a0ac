import { makeLivePlatform, type LivePlatform } from '@stoa/server/testing/live-platform';
import { connectionString } from '@stoa/server/testing/postgres';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './browser.ts';
import { visitCarelessPages } from './hostile/careless-pages.ts';
import { type Channels, startChannels, waitUntilTold } from './hostile/channels.ts';
import { fieldsLeftOut } from './hostile/fields-left-out.ts';
import { lookAt, watchForHarm } from './hostile/look.ts';
import { readMarkedTexts, readCardTexts } from './hostile/messages.ts';
import { idsIn, makePayloads, payloadCount, vectors } from './hostile/payloads.ts';
import { findRoutes, routesLeftOut, screens } from './hostile/screens.ts';
import { type Stored, storeEverything } from './hostile/store.ts';
import { storeAuditBucket, storeDeadChannels, storeProvider } from './hostile/store-words.ts';
import { findTextFields } from './hostile/text-fields.ts';
import { Reader, type Visit } from './hostile/visit.ts';
import { type HostileStoa, startHostileStoa } from './hostile/world.ts';
import { Writer } from './hostile/writer.ts';
import { openVisitor } from './visitor.ts';

/** Minutes of work: the nightly run has the time. */
const isNightly = process.env['STOA_NIGHTLY'] !== undefined;
const refusals = /^(Not found|Not allowed|This screen broke)$/;
const rounds = Number(process.env['STOA_HOSTILE_ROUNDS'] ?? 1);

it('a thousand payloads are distinct, and each kind of harm is among them', () => {
  const payloads = makePayloads();
  expect(new Set(payloads.map(({ text }) => text)).size).toBe(payloadCount);
  expect(new Set(payloads.map(({ vector }) => vector)).size).toBe(vectors.length);
  expect(payloads.filter(({ id, text }) => !idsIn(text).includes(id))).toEqual([]);
});

it('every screen of the web app is opened, or is left out for a reason', () => {
  const known = [...screens.map(({ route }) => route), ...Object.keys(routesLeftOut)];
  expect(known.toSorted()).toEqual(findRoutes().toSorted());
});

describe.skipIf(!isNightly)('A thousand hostile texts', () => {
  const writer = new Writer(makePayloads());
  let browser: Browser;
  let platform: LivePlatform;
  let channels: Channels;
  let stoa: HostileStoa;
  let stored: Stored;
  const visits: Visit[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    platform = await makeLivePlatform(connectionString('postgres'));
    channels = await startChannels(writer);
    stoa = await startHostileStoa(channels.env);
    const people = Array.from({ length: rounds }, (_, at) => [`asker${at + 1}`, `reviewer${at + 1}`]).flat();
    await channels.connect(
      writer,
      stoa,
      people.map((name) => `${name}@example.com`),
    );
    const perText = Math.ceil(payloadCount / rounds);
    stored = await storeEverything(writer, { stoa, platform, rounds, perText });
    await waitUntilTold(stoa);
    await storeAuditBucket(writer, stoa.admin);
    const [first] = stored.rounds;
    if (first !== undefined) await storeProvider(writer, stoa.admin, first.asker);
    await storeDeadChannels(writer, stoa.admin);
  }, 600_000);

  afterAll(async () => {
    await browser?.close();
    await stoa?.stop();
    await channels?.stop();
    await platform?.drop();
  });

  it('are seen by the harness on pages that take texts as they come', { timeout: 300_000 }, async () => {
    const free = await visitCarelessPages(browser, false);
    expect(free.filter(({ injected }) => !injected)).toEqual([]);
    const ran = free.filter(({ ran: did }) => did).map(({ vector }) => vector);
    expect(ran).toEqual(
      expect.arrayContaining(['script', 'image', 'svg', 'page in a frame', 'frame', 'details', 'focus']),
    );
    expect(free.filter(({ called }) => called).map(({ vector }) => vector)).toContain(
      'Markdown picture from elsewhere',
    );
    const guarded = await visitCarelessPages(browser, true);
    expect(guarded.filter(({ ran: did }) => did)).toEqual([]);
    expect(guarded.filter(({ vector, blocked }) => ran.includes(vector) && !blocked)).toEqual([]);
  });

  it('stand in every text field that a person can write', () => {
    const fields = findTextFields();
    const isLeftOut = (field: string) => fieldsLeftOut.some((rule) => rule.fields.test(field));
    expect(fields.filter((field) => !writer.covered.has(field) && !isLeftOut(field))).toEqual([]);
    expect(fieldsLeftOut.filter((rule) => !fields.some((field) => rule.fields.test(field)))).toEqual([]);
    expect(writer.stored.size).toBe(payloadCount);
    const leftOut = fields.filter((field) => !writer.covered.has(field));
    process.stdout.write(
      `${fields.length - leftOut.length} of ${fields.length} fields written, ${leftOut.length} left out\n`,
    );
  });

  it('do nothing on any screen, and are read there as they were written', { timeout: 1_800_000 }, async () => {
    const [round] = stored.rounds;
    if (round === undefined) throw new Error('nothing was stored');
    const people = { admin: stoa.admin, asker: round.asker, reviewer: round.reviewer, nobody: undefined };
    for (const who of ['admin', 'asker', 'reviewer', 'nobody'] as const) {
      const reader = await Reader.open(browser, stoa, people[who]);
      for (const screen of screens.filter((one) => one.who.includes(who))) {
        const first = [...(screen.all?.(stored) ?? []), ...(screen.each?.(round) ?? [])];
        for (const [at, address] of first.entries()) await reader.visit(address, at === 0);
        // The others' look alike, and hold other payloads; who else may see them does not matter to their texts.
        if (who === 'nobody' || who === 'asker') continue;
        for (const other of stored.rounds.slice(1))
          for (const address of who === 'reviewer' ? [] : (screen.each?.(other) ?? [])) await reader.visit(address);
      }
      visits.push(...reader.visits);
      await reader.close();
    }
    const shown = new Set(visits.flatMap(({ ids }) => ids));
    const fields = findTextFields().filter((field) => writer.covered.has(field));
    const harm = visits.filter((visit) => visit.harm.length > 0);
    process.stdout.write(
      `${writer.stored.size} payloads in ${fields.length} fields; ${visits.length} looks at ${screens.length} screens; ${shown.size} payloads shown; ${harm.length} looks with harm\n`,
    );
    const opened = new Map<string, number>();
    for (const { address, ids } of visits) {
      const path = address.split(' › ')[0] ?? '';
      opened.set(path, (opened.get(path) ?? 0) + ids.length);
    }
    const bare = [...opened].flatMap(([path, count]) => (count === 0 ? [path] : []));
    process.stdout.write(`${opened.size} addresses, of which these show no payload: ${bare.join(' ')}\n`);
    expect(harm.map(({ address, harm: what }) => ({ address, what: what.slice(0, 5) }))).toEqual([]);
    expect([...writer.stored].filter((id) => !shown.has(id))).toEqual([]);
    // A screen that was refused shows no text, and its look would prove nothing.
    expect(visits.filter(({ heading }) => refusals.test(heading)).map(({ address }) => address)).toEqual([]);
  });

  it('do nothing in mails, opened with scripts and without any policy', { timeout: 600_000 }, async () => {
    const visitor = await openVisitor(browser, stoa.url);
    await watchForHarm(visitor.page.context());
    const mails = channels.mail.received.map(({ mail }) => mail);
    const ids = new Set<string>();
    for (const { html } of mails) {
      if (typeof html !== 'string') throw new Error('a mail has no page');
      await visitor.page.setContent(html);
      const seen = await lookAt(visitor.page);
      expect([...seen.harm, ...visitor.problems]).toEqual([]);
      for (const id of seen.ids) ids.add(id);
    }
    process.stdout.write(`${mails.length} mails, which show ${ids.size} payloads\n`);
    expect(ids.size).toBeGreaterThan(rounds);
    await visitor.close();
  });

  it('are words and nothing else in messages of Slack and cards of Teams', () => {
    const marked = readMarkedTexts(channels.slack.messages);
    const cards = channels.cards.flatMap(readCardTexts);
    process.stdout.write(`${marked.length} texts in messages of Slack, ${cards.length} in cards of Teams\n`);
    expect(marked.filter((text) => idsIn(text).length > 0)).not.toEqual([]);
    expect(cards.filter((text) => idsIn(text).length > 0)).not.toEqual([]);
    // What Slack reads as a mention or a link begins with `<`: but for dates, which we write, there is none.
    expect(marked.filter((text) => /[<>]/.test(text.replaceAll(/<!date\^\d+\^[^|<>]*\|[^<>]*>/g, '')))).toEqual([]);
    expect(marked.filter((text) => /&(?!amp;|lt;|gt;)/.test(text))).toEqual([]);
    // Cards read a part of Markdown: each of its signs is escaped.
    expect(cards.filter((text) => /(?<!\\)(?:\\\\)*[[\]<>`]/.test(text))).toEqual([]);
  });
});
