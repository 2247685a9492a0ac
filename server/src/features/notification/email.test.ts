import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { revokeAccess } from '@stoa/contract/access-request';
import * as email from '@stoa/contract/email';
import { updateNotificationHours, updateUserPreferences, updateUserProviderConfigs } from '@stoa/contract/notification';
import * as channel from '@stoa/contract/notification-channel';
import { remindReviewers } from '@stoa/contract/reviewer-reminder';
import { snoozeAccessRequest } from '@stoa/contract/snooze';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailChannel, sendEmail } from '../../channels/email-channel.ts';
import { sendDue } from '../../channels/send-deliveries.ts';
import { newUuid } from '../../db/new-id.ts';
import { applicationRole, openDatabase, openPool } from '../../db/pool.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { isSomebodyWaiting } from '../../testing/locks.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { askedId, decide, makeProduct, reviewBy, user } from '../access-request/requests.fixture.ts';
import { type MailServer, startMailServer } from './mail-server.fixture.ts';
import { remindStewards, remindZone } from './remind.ts';
import { warnOfExpiry } from './warn-of-expiry.ts';

const login = { user: 'stoa', pass: 'canary-mail-password' };
let server: TestServer;
let mail: MailServer;
let teams: { server: Server; url: string; cards: unknown[]; answer: number };
let admin: TestPerson;
let consumer: TestPerson;
let steward: TestPerson;

beforeAll(async () => {
  mail = await startMailServer(login);
  teams = await startTeams();
  const env = {
    STOA_REQUESTS_PER_HOUR: '1000',
    STOA_PUBLIC_URL: 'https://stoa.example.com',
    STOA_EGRESS_ALLOW: `teams=127.0.0.1:${new URL(teams.url).port}`,
  };
  server = await startTestServer({ env });
  admin = await server.person({ username: 'admin', name: 'Ada', permissions: ['APPLICATION_ADMIN', 'GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer', name: 'Ana <b>Ruiz</b>' });
  steward = await server.person({ username: 'steward', name: 'Ben Ito' });
});
afterAll(async () => {
  await server.stop();
  await mail.stop();
  await new Promise((resolve) => teams.server.close(resolve));
});

async function startTeams() {
  const state = { cards: [] as unknown[], answer: 202 };
  const http = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      state.cards.push(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(state.answer).end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/workflow/secret-path`;
  return Object.assign(state, { server: http, url });
}

const settings = (over: object = {}) => ({
  host: '127.0.0.1',
  port: mail.port,
  security: 'none' as const,
  username: login.user,
  password: login.pass,
  fromName: 'Stoa of Example',
  fromAddress: 'stoa@example.com',
  ...over,
});
const productOf = (...stewards: TestPerson[]) =>
  makeProduct(server, admin, { flow: reviewBy({ any: stewards.map(user) }) });
const mailsTo = (who: TestPerson) => mail.received.filter(({ to }) => to.includes(`${who.username}@example.com`));
const firstMailTo = (who: TestPerson, at = 0) => until(async () => mailsTo(who)[at]);
const deliveriesTo = async (who: TestPerson) => {
  const { body } = await admin.call(channel.listMessageDeliveries, { query: { searchText: who.name, limit: 100 } });
  return body.data;
};
/** Once this is written down, nothing of the sending overtakes what a test does to the message. */
const sentTo = (who: TestPerson, address: string) =>
  until(async () => (await deliveriesTo(who)).find((one) => one.address === address && one.state === 'SENT'));
const newPerson = (name: string) => server.person({ username: `p${newUuid()}`, name });
/** Hours from UTC to where the clock on the wall shows this hour now. */
const hoursTo = (hour: number): number => ((hour - new Date().getUTCHours() + 35) % 24) - 11;
const zoneAt = (hour: number): string => `Etc/GMT${hoursTo(hour) > 0 ? '-' : '+'}${Math.abs(hoursTo(hour))}`;

describe('the settings of the mail server', () => {
  it('are an application admin’s, tried with a real message before they are kept', async () => {
    expect((await steward.call(email.getEmailConfiguration)).status).toBe(403);
    expect((await steward.call(email.updateEmailConfiguration, { body: settings() })).status).toBe(403);
    const wrong = await admin.call(email.testEmailConfiguration, { body: settings({ password: 'no' }) });
    expect(wrong.body).toMatchObject({ status: 'FAILED', message: expect.stringContaining('535') });
    const closed = await admin.call(email.testEmailConfiguration, { body: settings({ port: 1 }) });
    expect(closed.body).toMatchObject({ status: 'FAILED', message: expect.stringContaining('ECONNREFUSED') });
    const encrypted = await admin.call(email.testEmailConfiguration, { body: settings({ security: 'starttls' }) });
    expect(encrypted.body.status).toBe('FAILED');
    expect(mail.received).toEqual([]);
    const right = await admin.call(email.testEmailConfiguration, { body: settings() });
    expect(right.body).toEqual({ status: 'SUCCESS', message: 'The mail server took a message to admin@example.com.' });
    expect((await admin.call(email.getEmailConfiguration)).body).toEqual({ connected: false });
  });

  it('keep the password to themselves, and no login crosses the network in clear', async () => {
    const kept = await admin.call(email.updateEmailConfiguration, { body: settings() });
    expect(kept.body).toMatchObject({ connected: true, username: 'stoa', hasPassword: true });
    const { password: _, ...without } = settings();
    expect((await admin.call(email.updateEmailConfiguration, { body: without })).body.hasPassword).toBe(true);
    expect((await admin.call(email.testEmailConfiguration, { body: without })).body.status).toBe('SUCCESS');
    for (const over of [{ host: 'localhost' }, { port: 2525 }, { security: 'tls' as const }, { username: 'other' }])
      for (const operation of [email.testEmailConfiguration, email.updateEmailConfiguration])
        expect(await admin.call(operation, { body: { ...without, ...over } })).toMatchObject({
          status: 422,
          body: { code: 'email.password_needed' },
        });
    const { rows: tried } = await sql<{ host: string }>`
      select payload #>> '{tried,host}' as host from audit_event where action = 'ConfigurationTested' and payload #>> '{tried,port}' = ${String(mail.port)}`.execute(
      server.deps.db,
    );
    expect(tried.map((row) => row.host)).toContain('127.0.0.1');
    const { rows } = await sql<{ text: string }>`
      select string_agg(t, ' ') as text from (select value::text as t from setting union all select payload::text from audit_event) x`.execute(
      server.deps.db,
    );
    expect(rows[0]?.text).not.toContain(login.pass);
    const open = await admin.call(email.updateEmailConfiguration, { body: settings({ host: 'mail.example.com' }) });
    expect(open).toMatchObject({ status: 422, body: { code: 'email.login_unprotected' } });
  });
});

describe('e-mail', () => {
  it('goes to each steward alone, as text and as a page, in one thread per request', async () => {
    const other = await newPerson('Zoe\r\nBcc: everybody@example.com');
    const id = await askedId(consumer, await productOf(steward, other));
    const [{ mail: first, raw, to }, toOther] = [await firstMailTo(steward), await firstMailTo(other)];
    expect([to, toOther.to]).toEqual([['steward@example.com'], [`${other.username}@example.com`]]);
    expect(first.from?.text).toBe('"Stoa of Example" <stoa@example.com>');
    expect(first.subject).toMatch(/^Ana <b>Ruiz<\/b> asks for Product/);
    expect(first.text).toContain(`https://stoa.example.com/reviews/${id}`);
    expect(first.html).toContain(`href="https://stoa.example.com/reviews/${id}"`);
    expect(first.html).toContain('Ana &#60;b&#62;Ruiz&#60;/b&#62;');
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(first.headers.get('list')).toMatchObject({
      id: { id: 'notifications.stoa.example.com', name: 'Stoa of Example' },
    });
    expect(toOther.raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
    expect(first.messageId).not.toBe(toOther.mail.messageId);
    await decide(steward, id, 'DENIED');
    const answer = await firstMailTo(consumer);
    expect(answer.mail.text).toContain('was denied. By Ben Ito. Reason: Looked at it.');
    expect(answer.mail.references).toBe(first.references);
    expect(answer.mail.references).toBe(`<request-${id}@stoa.example.com>`);
  });

  it('is not sent to who switched the channel, the kind or all off, nor where an admin did for all', async () => {
    const [channelOff, typeOff, on] = [
      await newPerson('Channel off'),
      await newPerson('Type off'),
      await newPerson('All on'),
    ];
    await channelOff.call(updateUserProviderConfigs, { body: { configs: [{ provider: 'EMAIL', enabled: false }] } });
    const typePreferences = [{ notificationType: 'ACCESS_REQUESTED', enabled: false }];
    await typeOff.call(updateUserPreferences, { body: { preferences: [{ provider: 'EMAIL', typePreferences }] } });
    const product = await productOf(channelOff, typeOff, on);
    await askedId(consumer, product);
    await sentTo(on, `${on.username}@example.com`);
    expect([await deliveriesTo(channelOff), await deliveriesTo(typeOff)]).toEqual([[], []]);
    const all = (enabled: boolean) =>
      admin.call(channel.updateTenantProviderConfigs, { body: { configs: [{ provider: 'EMAIL', enabled }] } });
    await all(false);
    const later = await newPerson('Later');
    const id = await askedId(consumer, await productOf(later));
    await until(async () => {
      const { rows } = await sql`select from inbox_message where request_id = ${id}`.execute(server.deps.db);
      return rows.length > 0 || undefined;
    });
    expect(await deliveriesTo(later)).toEqual([]);
    // What waits when the channel is switched off ends, and can be sent again.
    const waiting = sql`update message_delivery set state = 'PENDING', next_attempt_at = now() where global_user_id = ${on.globalUserId}`;
    await waiting.execute(server.deps.db);
    const ended = await until(async () => (await deliveriesTo(on)).find((d) => d.state === 'DEAD'));
    expect(ended.error).toBe('The channel is switched off for everybody.');
    await all(true);
    expect(mailsTo(on)).toHaveLength(1);
  });

  it('comes in one to who wants a digest, each line with its link, and what is urgent at once', async () => {
    const reader = await newPerson('Digest reader');
    // Of a zone where it is evening: the morning in which the digest leaves is hours away.
    const [hours, eightThere] = [{ timeZone: zoneAt(20), quietHours: null }, (8 - hoursTo(20) + 24) % 24];
    expect((await reader.call(updateNotificationHours, { body: hours })).body.emailDigest).toBe('off');
    const chosen = await reader.call(updateNotificationHours, { body: { ...hours, emailDigest: 'daily' } });
    expect(chosen.body.emailDigest).toBe('daily');
    const product = await productOf(reader);
    const ids = [await askedId(consumer, product), await askedId(steward, product)];
    const waiting = await until(async () => {
      const list = await deliveriesTo(reader);
      return list.length === 2 ? list : undefined;
    });
    for (const one of waiting) {
      expect(one).toMatchObject({ state: 'PENDING', attempts: 0 });
      expect(one.nextAttemptAt).toContain(`T${String(eightThere).padStart(2, '0')}:00:00`);
    }
    mail.refuse.set(`${reader.username}@example.com`, 451);
    await sql`update message_delivery set next_attempt_at = now() where global_user_id = ${reader.globalUserId}`.execute(
      server.deps.db,
    );
    const failed = await until(async () => {
      const list = await deliveriesTo(reader);
      return list.every(({ state, error }) => state === 'RETRYING' && error !== undefined) ? list : undefined;
    });
    // What failed together is tried again together.
    expect(failed.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(new Set(failed.map(({ nextAttemptAt }) => nextAttemptAt)).size).toBe(1);
    mail.refuse.clear();
    await sql`update message_delivery set next_attempt_at = next_attempt_at - interval '1 hour'
      where global_user_id = ${reader.globalUserId}`.execute(server.deps.db);
    const { mail: digest } = await firstMailTo(reader);
    expect(digest.subject).toBe('2 messages from Stoa');
    for (const id of ids) expect(digest.text).toContain(`https://stoa.example.com/reviews/${id}`);
    expect(digest.html).toContain('https://stoa.example.com/inbox');
    expect(digest.references).toBeUndefined();
    await until(async () => (await deliveriesTo(reader)).every(({ state }) => state === 'SENT') || undefined);
    expect(mailsTo(reader)).toHaveLength(1);
    const own = await productOf(steward);
    const mine = await askedId(reader, own);
    await decide(steward, mine, 'APPROVED');
    await admin.call(revokeAccess, { params: { id: own.id, requestId: mine }, query: { reason: 'Over.' } });
    expect((await firstMailTo(reader, 1)).mail.subject).toContain('was revoked');
    // Changing one's mind brings what waits.
    await reader.call(updateNotificationHours, { body: { ...hours, emailDigest: 'off' } });
    expect((await firstMailTo(reader, 2)).mail.subject).toContain('approved');
  });

  it('is one digest however many messages it has, also while another replica is at one of them', async () => {
    const reader = await newPerson('Much told');
    const { db, log } = server.deps;
    const due = 60;
    await sql`with m as (insert into inbox_message (id, notification_id, global_user_id, notification_type, subject, message, details)
        select gen_random_uuid(), gen_random_uuid(), ${reader.globalUserId}, 'ACCESS_REQUESTED', 'Message ' || n, '', '[]' from generate_series(1, ${due}::int) n returning *)
      insert into message_delivery (id, notification_id, inbox_message_id, global_user_id, provider, notification_type, next_attempt_at, waits_for_digest)
      select gen_random_uuid(), notification_id, id, global_user_id, 'EMAIL', notification_type, now() + interval '300 milliseconds', true from m`.execute(
      db,
    );
    const ofReader = sql`global_user_id = ${reader.globalUserId}`;
    const pool = openPool({ url: server.databaseUrl, max: 4, log, role: applicationRole });
    const replica = { ...server.deps, db: openDatabase(pool) };
    const sending = await db.transaction().execute(async (tx) => {
      await sql`select from message_delivery where ${ofReader} limit 1 for update`.execute(tx);
      const waits = sql`select where clock_timestamp() <= (select max(next_attempt_at) from message_delivery where ${ofReader})`;
      await until(async () => (await waits.execute(db)).rows.length === 0 || undefined);
      const both = [server.deps, replica].map((deps) => sendDue(deps, emailChannel(deps)));
      await until(async () => mailsTo(reader)[0] ?? ((await isSomebodyWaiting(db)) || undefined));
      return both;
    });
    await Promise.all(sending);
    await until(async () => (await deliveriesTo(reader)).every(({ state }) => state === 'SENT') || undefined);
    await pool.end();
    expect(mailsTo(reader).map((one) => one.mail.subject)).toEqual([`${due} messages from Stoa`]);
  });

  it('waits for the end of quiet hours, unless it is about security', async () => {
    const sleeper = await newPerson('Sleeper');
    // Quiet all day but for the minute that is over: it cannot end while this runs.
    const { rows } = await sql<{ from: string; to: string }>`
      select to_char(now() at time zone 'UTC' - interval '1 hour', 'HH24:MI') as from, to_char(now() at time zone 'UTC' - interval '2 hours', 'HH24:MI') as to`.execute(
      server.deps.db,
    );
    const quietHours = { from: rows[0]?.from ?? '', to: rows[0]?.to ?? '' };
    await sleeper.call(updateNotificationHours, { body: { timeZone: 'UTC', quietHours } });
    const product = await productOf(steward);
    const id = await askedId(sleeper, product);
    await decide(steward, id, 'APPROVED', { duration: 1, durationUnit: 'DAYS' });
    const [waiting] = await until(async () =>
      (await deliveriesTo(sleeper)).length === 1 ? deliveriesTo(sleeper) : undefined,
    );
    expect(waiting).toMatchObject({ state: 'PENDING', attempts: 0 });
    expect(Date.parse(waiting?.nextAttemptAt ?? '') - Date.parse(waiting?.createdAt ?? '')).toBeGreaterThan(
      20 * 3_600_000,
    );
    await admin.call(revokeAccess, { params: { id: product.id, requestId: id }, query: { reason: 'Over.' } });
    expect((await firstMailTo(sleeper)).mail.subject).toContain('was revoked');
  });

  it('tells of a changed address at the former one, whatever its owner switched off, and again there on demand', async () => {
    const owner = await newPerson('Moving out');
    await owner.call(updateUserProviderConfigs, { body: { configs: [{ provider: 'EMAIL', enabled: false }] } });
    const userAdmin = await server.person({ username: 'mover', name: 'Mo Verity', permissions: ['USER_ADMIN'] });
    const move = (address: string) =>
      userAdmin.call(updateUser, { params: { globalUserId: owner.globalUserId }, body: { email: address } });
    const [second, third] = ['second', 'third'].map((name) => `${name}-${owner.username}@example.com`);
    // Twice at once: nobody is left out by being quick.
    expect((await move(second ?? '')).status).toBe(200);
    expect((await move(third ?? '')).status).toBe(200);
    const told = await firstMailTo(owner);
    expect(told.mail.subject).toBe('Your e-mail address changed');
    expect(told.mail.text).toContain('Mo Verity changed the e-mail address of your account.');
    await until(async () => mail.received.find(({ to }) => to.includes(second ?? '')));
    expect(mail.received.filter(({ to }) => to.includes(third ?? ''))).toEqual([]);

    const sent = await sentTo(owner, `${owner.username}@example.com`);
    const again = await admin.call(channel.resendMessageDelivery, { params: { id: sent.id } });
    expect(again.status).toBeLessThan(300);
    await firstMailTo(owner, 1);
  });
});

describe('what cannot be delivered', () => {
  it('is tried again at a time that is written down, or dead with its reason, and sent again on demand', async () => {
    const [busy, gone] = [await newPerson('Busy'), await newPerson('Gone')];
    mail.refuse.set(`${busy.username}@example.com`, 451);
    mail.refuse.set(`${gone.username}@example.com`, 550);
    await askedId(consumer, await productOf(busy, gone));
    const settled = (who: TestPerson, state: string) =>
      until(async () => (await deliveriesTo(who)).find((d) => d.state === state && d.error !== undefined));
    const [later, never] = [await settled(busy, 'RETRYING'), await settled(gone, 'DEAD')];
    expect(later).toMatchObject({ attempts: 1, error: expect.stringContaining('451') });
    expect(later.nextAttemptAt).toBeDefined();
    expect(never).toMatchObject({ attempts: 1, error: expect.stringContaining('550') });
    expect(never.nextAttemptAt).toBeUndefined();
    mail.refuse.clear();
    await sql`update message_delivery set next_attempt_at = now() where id = ${later.id}`.execute(server.deps.db);
    await firstMailTo(busy);
    const resend = (who: TestPerson) => who.call(channel.resendMessageDelivery, { params: { id: never.id } });
    expect((await steward.call(channel.listMessageDeliveries)).status).toBe(403);
    expect((await resend(steward)).status).toBe(403);
    expect((await resend(admin)).status).toBe(200);
    await firstMailTo(gone);
    expect(await until(async () => (await deliveriesTo(gone)).find((d) => d.state === 'SENT'))).toMatchObject({
      address: `${gone.username}@example.com`,
    });
  });

  it('is dead when it was tried often enough, or when the account is disabled', async () => {
    const [tried, disabled] = [await newPerson('Tried'), await newPerson('Disabled')];
    mail.refuse.set(`${tried.username}@example.com`, 451);
    mail.refuse.set(`${disabled.username}@example.com`, 451);
    await askedId(consumer, await productOf(tried, disabled));
    for (const who of [tried, disabled])
      await until(async () => (await deliveriesTo(who)).find((d) => d.state === 'RETRYING' && d.error !== undefined));
    await sql`update app_user set status = 'disabled' where global_user_id = ${disabled.globalUserId}`.execute(
      server.deps.db,
    );
    await sql`update message_delivery set attempts = 7, next_attempt_at = now()
      where global_user_id in (${tried.globalUserId}, ${disabled.globalUserId})`.execute(server.deps.db);
    const dead = (who: TestPerson) => until(async () => (await deliveriesTo(who)).find((d) => d.state === 'DEAD'));
    expect((await dead(tried)).error).toContain('451');
    expect((await dead(disabled)).error).toBe('The account is disabled.');
    mail.refuse.clear();
  });

  it('is left to be tried again where a mail server answers drop by drop', async () => {
    const slow = createTcpServer((socket) => {
      socket.write('220 slow\r\n');
      const drops = setInterval(() => socket.write('250-a drop\r\n'), 50);
      socket.on('error', () => {}).on('close', () => clearInterval(drops));
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const { port } = slow.address() as AddressInfo;
    const message = {
      deliveryId: newUuid(),
      notificationId: newUuid(),
      type: 'ACCESS_REVOKED' as const,
      to: { globalUserId: newUuid(), name: 'Zoe', email: 'zoe@example.com' },
      subject: 'Over',
      message: 'Over.',
      details: [],
      action: null,
      requestId: null,
      createdAt: new Date(),
      attempt: 1,
    };
    const at = { ...settings({ port }), username: null, password: null, oauth: null, ca: null };
    expect(await sendEmail(server.deps, at, message, { milliseconds: 300 })).toEqual({
      kind: 'retry',
      error: 'The mail server did not take the message within 0.3 seconds.',
    });
    await new Promise((resolve) => slow.close(resolve));
  });
});

describe('the clock', () => {
  // The server reminds by itself from eight in the morning on: whom a test reminds lives where it is night.
  const putToBed = (who: TestPerson, zone: string) =>
    who.call(updateNotificationHours, { body: { timeZone: zone, quietHours: null } });
  const typesOf = async (who: TestPerson): Promise<string[]> => {
    const { rows } = await sql<{ type: string }>`
      select notification_type as type from inbox_message where global_user_id = ${who.globalUserId} order by created_at, id`.execute(
      server.deps.db,
    );
    return rows.map((row) => row.type);
  };

  it('reminds stewards once a day of what has waited for more than one and is not put aside, in one message', async () => {
    const one = await newPerson('Reminded');
    const [zone, elsewhere] = [zoneAt(2), zoneAt(3)];
    await putToBed(one, zone);
    const product = () => productOf(one);
    const ids = [await askedId(consumer, await product()), await askedId(consumer, await product())];
    const young = await askedId(consumer, await product());
    const aside = await askedId(consumer, await product());
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    await one.call(snoozeAccessRequest, { params: { id: aside }, body: { until: tomorrow } });
    await sql`update approval_record set updated_at = updated_at - interval '25 hours' where access_request_id = any(${[...ids, aside]})`.execute(
      server.deps.db,
    );
    await until(async () => ((await typesOf(one)).length === 4 ? true : undefined));
    const daysTaken = async () => {
      const { rows } = await sql`select from reminder_day where time_zone = ${zone}`.execute(server.deps.db);
      return rows.length;
    };
    // While another replica is at it, nobody searches, and nobody waits for it.
    const other = await server.deps.db.startTransaction().execute();
    await sql`select pg_advisory_xact_lock(hashtextextended(${`reminder ${zone} 2126-02-03`}, 0))`.execute(other);
    await remindZone(server.deps, { zone, day: '2126-02-03' });
    expect(await daysTaken()).toBe(0);
    await other.rollback().execute();
    await Promise.all([1, 2, 3].map(() => remindZone(server.deps, { zone, day: '2126-02-03' })));
    expect((await typesOf(one)).slice(4)).toEqual(['PENDING_REMINDER']);
    const { body } = await admin.call(channel.listMessageDeliveries, { query: { searchText: 'Reminded' } });
    expect(body.data.filter((d) => d.notificationType === 'PENDING_REMINDER')).toHaveLength(1);
    const reminder = await until(async () =>
      mailsTo(one).find(({ mail: m }) => m.subject === '2 requests wait for you'),
    );
    expect(reminder.mail.text).not.toContain(young);
    await putToBed(one, elsewhere);
    await remindZone(server.deps, { zone: elsewhere, day: '2126-02-03' });
    expect((await typesOf(one)).slice(4)).toEqual(['PENDING_REMINDER']);
    await remindZone(server.deps, { zone: elsewhere, day: '2126-02-04' });
    await remindStewards(server.deps);
    expect((await typesOf(one)).filter((type) => type === 'PENDING_REMINDER').length).toBeGreaterThanOrEqual(2);
  });

  it('is not needed where the requester has reviewers reminded; each of them by the channels they left on', async () => {
    const [typeOff, on] = [await newPerson('Reminders off'), await newPerson('Reminders on')];
    for (const who of [typeOff, on]) await putToBed(who, zoneAt(2));
    const typePreferences = [{ notificationType: 'PENDING_REMINDER', enabled: false }];
    await typeOff.call(updateUserPreferences, { body: { preferences: [{ provider: 'EMAIL', typePreferences }] } });
    const id = await askedId(consumer, await productOf(typeOff, on));
    await firstMailTo(on);
    await sql`update approval_record set updated_at = updated_at - interval '25 hours' where access_request_id = ${id}`.execute(
      server.deps.db,
    );
    expect((await consumer.call(remindReviewers, { params: { id } })).body.told).toBe(2);
    expect((await firstMailTo(on, 1)).mail.subject).toContain('reminds you of the request for Product');
    expect([await typesOf(typeOff), await typesOf(on)]).toEqual([
      ['ACCESS_REQUESTED', 'PENDING_REMINDER'],
      ['ACCESS_REQUESTED', 'PENDING_REMINDER'],
    ]);
    const kinds = async (who: TestPerson) => (await deliveriesTo(who)).map((d) => d.notificationType).toSorted();
    expect(await kinds(on)).toEqual(['ACCESS_REQUESTED', 'PENDING_REMINDER']);
    expect(await kinds(typeOff)).toEqual(['ACCESS_REQUESTED']);
  });

  it('warns a week and a day before access ends, once each, also when nobody looked at the hour', async () => {
    const asker = await newPerson('Warned');
    const [long, missed, short] = await Promise.all(
      [30, 30, 3].map(async (duration) => {
        const id = await askedId(asker, await productOf(steward));
        await decide(steward, id, 'APPROVED', { duration, durationUnit: 'DAYS' });
        return id;
      }),
    );
    const toldOf = async (id: string | undefined) => {
      await until(async () => {
        const { rows } =
          await sql`select from event_pending join event using (sequence) where request_id = ${id}`.execute(
            server.deps.db,
          );
        return rows.length === 0 || undefined;
      });
      const { rows } = await sql<{ type: string }>`
        select notification_type as type from inbox_message where request_id = ${id} and global_user_id = ${asker.globalUserId} order by created_at`.execute(
        server.deps.db,
      );
      return rows.map((row) => row.type).filter((type) => type !== 'DETERMINATION_MADE');
    };
    /** Days until the end, as if the time in between had passed. */
    const leave = async (id: string | undefined, days: number) => {
      await sql`update access_request set decided_at = decided_at - (expiration - now() - make_interval(hours => ${days * 24})),
        expiration = now() + make_interval(hours => ${days * 24}) where id = ${id}`.execute(server.deps.db);
      await Promise.all([warnOfExpiry(server.deps), warnOfExpiry(server.deps)]);
      await warnOfExpiry(server.deps);
    };
    await leave(long, 7.5);
    expect(await toldOf(long)).toEqual([]);
    await leave(long, 6.5);
    expect(await toldOf(long)).toEqual(['ACCESS_EXPIRES_7D']);
    await leave(long, 0.5);
    expect(await toldOf(long)).toEqual(['ACCESS_EXPIRES_7D', 'ACCESS_EXPIRES_1D']);
    await leave(missed, 0.5);
    expect(await toldOf(missed)).toEqual(['ACCESS_EXPIRES_1D']);
    await leave(short, 2.5);
    expect(await toldOf(short)).toEqual([]);
    await leave(short, 0.5);
    expect(await toldOf(short)).toEqual(['ACCESS_EXPIRES_1D']);
  });
});

describe('a Teams channel', () => {
  it('gets one card for all who are told, with links alone, once its workflow is set', async () => {
    expect((await admin.call(channel.testTeamsConfiguration, { body: {} })).body).toMatchObject({
      code: 'teams.not_connected',
    });
    const elsewhere = await admin.call(channel.testTeamsConfiguration, { body: { url: 'https://169.254.169.254/x' } });
    expect(elsewhere.body.status).toBe('FAILED');
    const kept = await admin.call(channel.updateTeamsConfiguration, { body: { url: teams.url } });
    expect(kept.body).toEqual({ connected: true, host: new URL(teams.url).host });
    expect((await admin.call(channel.testTeamsConfiguration, { body: {} })).body.status).toBe('SUCCESS');
    const { rows: tried } = await sql<{ host: string; text: string }>`
      select payload #>> '{tried,host}' as host, payload::text as text from audit_event
      where action = 'ConfigurationTested' and targets -> 0 ->> 'id' = 'teams' order by id`.execute(server.deps.db);
    expect(tried.map((row) => row.host)).toEqual(['169.254.169.254', new URL(teams.url).host]);
    expect(tried.some((row) => row.text.includes('secret-path'))).toBe(false);
    teams.cards.length = 0;
    const asker = await newPerson('Al [click](https://evil.example)');
    const id = await askedId(asker, await productOf(steward, await newPerson('Third')));
    const card = await until(async () => teams.cards[0]);
    expect(card).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            actions: [{ type: 'Action.OpenUrl', url: `https://stoa.example.com/reviews/${id}` }],
          },
        },
      ],
    });
    expect(JSON.stringify(card)).not.toContain('[click](');
    expect(teams.cards).toHaveLength(1);
    expect((await admin.call(channel.deleteTeamsConfiguration)).status).toBe(204);
  });
});
