import { cancelAccessRequest, revokeAccess } from '@stoa/contract/access-request';
import { eventTypes } from '@stoa/contract/event-type';
import * as contract from '@stoa/contract/webhook';
import { webhookMessageSchema } from '@stoa/contract/webhook-event';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { tidy } from '../../work/tidy.ts';
import { askedId, decide, makeProduct } from '../access-request/requests.fixture.ts';
import { buildMessage } from './build-message.ts';
import { type Message, Receiver } from './receiver.fixture.ts';
import { sampleOf } from './sample-event.ts';
import { addWebhook } from './webhooks.fixture.ts';

let server: TestServer;
let admin: TestPerson;
let governor: TestPerson;
let consumer: TestPerson;
const receivers: Receiver[] = [];
const hooks: string[] = [];

beforeAll(async () => {
  for (let n = 0; n < 4; n++) receivers.push(await Receiver.start());
  const allow = receivers.map(({ port }) => `webhook=127.0.0.1:${port}`).join();
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000', STOA_EGRESS_ALLOW: allow } });
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(async () => {
  await server?.stop();
  for (const receiver of receivers) await receiver.stop();
});
afterEach(async () => {
  for (const id of hooks.splice(0)) await admin.call(contract.deleteWebhook, { params: { id } });
  for (const receiver of receivers) {
    receiver.answer = () => ({ status: 204 });
    receiver.received.length = 0;
  }
});

const receiver = (n = 0): Receiver => receivers[n] ?? expect.fail('there is no such receiver');
type Body = Partial<contract.CreateWebhookBody>;
async function register(n = 0, body: Body = {}): Promise<{ id: string; secret: string }> {
  const answer = await admin.call(contract.createWebhook, { body: { url: receiver(n).url, ...body } });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  hooks.push(answer.body.id);
  return { id: answer.body.id, secret: answer.body.secret ?? '' };
}
const deliveries = async (id: string) =>
  (await admin.call(contract.listWebhookDeliveries, { params: { id }, query: { limit: 100 } })).body.data;
const detail = async (id: string, deliveryId: string) =>
  (await admin.call(contract.readWebhookDelivery, { params: { id, deliveryId } })).body;
const hasCome = (n: number, count: number) => until(async () => receiver(n).received.length >= count || undefined);
const isSettled = (id: string, count: number) =>
  until(async () => {
    const list = await deliveries(id);
    return list.length >= count && list.every(({ state, attempts }) => state !== 'PENDING' && attempts > 0)
      ? list
      : undefined;
  });
/** The next attempt comes now, not by the schedule. */
const hurry = (id: string) =>
  sql`update webhook_delivery set due_at = now() where webhook_id = ${id} and state = 'RETRYING'`.execute(
    server.deps.db,
  );
/** Somebody else holds a delivery meanwhile. */
async function whileHeld(deliveryId: string, act: () => Promise<void>): Promise<void> {
  const other = new pg.Client(server.databaseUrl);
  await other.connect();
  try {
    await other.query('begin');
    await other.query('select from webhook_delivery where id = $1 for update', [deliveryId]);
    await act();
  } finally {
    await other.end();
  }
}
/** So many deliveries of a text that nobody else is told. */
async function addMany(webhookId: string, { count, state, days }: { count: number; state: string; days: number }) {
  const { rows } = await sql<{ message: string }>`
    with text as (insert into webhook_message (id, message_id, body, content_type, created_at)
      values (gen_random_uuid(), gen_random_uuid(), '{}', 'application/json', now() - make_interval(days => ${days})) returning id)
    insert into webhook_delivery (id, webhook_id, message, event_type, state, created_at)
    select gen_random_uuid(), ${webhookId}, text.id, 'stoa.ping', ${state}, now() - make_interval(days => ${days})
    from text, generate_series(1, ${count}::int) returning message`.execute(server.deps.db);
  return rows[0]?.message ?? '';
}
const leftOf = async (id: string) =>
  (await sql`select from webhook_delivery where webhook_id = ${id}`.execute(server.deps.db)).rows.length;
const hook = async (id: string) => (await admin.call(contract.getWebhook, { params: { id } })).body;

describe('registering', () => {
  it('is for application administrators, and shows the key once', async () => {
    const body = { url: receiver().url };
    expect((await server.nobody.call(contract.createWebhook, { body })).status).toBe(401);
    expect((await governor.call(contract.createWebhook, { body })).status).toBe(403);
    const made = await admin.call(contract.createWebhook, { body });
    hooks.push(made.body.id);
    expect(made.body).toMatchObject({ url: body.url, verifyTls: true, signingKey: true, suppressed: false });
    expect(made.body.secret).toMatch(/^whsec_/);
    const read = await hook(made.body.id);
    expect(JSON.stringify(read)).not.toContain(made.body.secret);
    const { rows } = await sql<{ all: string }>`select string_agg(w::text, '') as all from webhook w`.execute(
      server.deps.db,
    );
    expect(rows[0]?.all).not.toContain(made.body.secret?.slice('whsec_'.length));
    expect((await governor.call(contract.getWebhooks, {})).status).toBe(403);
  });

  it('refuses an address that Stoa does not call, and a key that is none', async () => {
    const create = (more: Body) =>
      admin.call(contract.createWebhook, { body: { url: 'https://example.com/', ...more } });
    expect(await create({ url: 'http://example.com/hook' })).toMatchObject({
      status: 422,
      body: { code: 'webhook.address_refused' },
    });
    expect(await create({ url: 'https://me:secret@example.com/' })).toMatchObject({
      status: 422,
      body: { code: 'webhook.address_refused' },
    });
    expect(await create({ signingKey: 'whsec_c2hvcnQ=' })).toMatchObject({
      status: 422,
      body: { code: 'webhook.signing_key_invalid' },
    });
  });
});

it('a receiver sees asked, decided and revoked, in order, each signed; the texts fit their schemas and hold no answers', async () => {
  const { id, secret } = await register();
  const product = await makeProduct(server, governor);
  const requestId = await askedId(consumer, product);
  await decide(governor, requestId, 'APPROVED');
  await governor.call(revokeAccess, { params: { id: product.id, requestId }, query: { reason: 'Project over.' } });
  await hasCome(0, 4);
  const messages = receiver().verified(secret);
  const prefix = 'marketplace.data_product.access_requests';
  expect(messages.map(({ type }) => type)).toEqual([
    `${prefix}.created`,
    `${prefix}.data_steward.updated`,
    `${prefix}.consumer.updated`,
    `${prefix}.revoked`,
  ]);
  for (const [at, message] of messages.entries()) {
    const type = eventTypes.find((one) => one === message.type) ?? expect.fail(message.type);
    expect(webhookMessageSchema(type).safeParse(message).error).toBeUndefined();
    expect(receiver().received[at]?.headers['webhook-id']).toBe(message.id);
    expect(receiver().received[at]?.body.length).toBeLessThan(20_000);
    expect(receiver().received[at]?.body).not.toContain('Quarterly report');
  }
  expect(messages.map(({ data }) => data.request?.status)).toEqual(['PENDING', 'APPROVED', 'APPROVED', 'REVOKED']);
  const list = await isSettled(id, 4);
  expect(list.map(({ state, httpStatusCode }) => [state, httpStatusCode])).toEqual(Array(4).fill(['DELIVERED', 204]));
  const history = await admin.call(contract.getWebhookHistory, { params: { id }, query: {} });
  expect(history.body).toMatchObject({
    meta: { totalCount: 4 },
    data: [{ webhookId: id, status: 'SUCCESS' }, {}, {}, {}],
  });
});

it('a decision that waited for another is told with the record as it left it', async () => {
  await register(0, { eventTypes: ['marketplace.data_product.access_requests.data_steward.updated'] });
  const requestId = await askedId(consumer, await makeProduct(server, governor));
  const other = new pg.Client(server.databaseUrl);
  await other.connect();
  await other.query('begin');
  await other.query('select from access_request where id = $1 for update', [requestId]);
  const deciding = decide(governor, requestId, 'APPROVED');
  await until(
    async () =>
      (await other.query(`select from pg_locks where not granted and locktype <> 'advisory'`)).rows.length > 0 ||
      undefined,
  );
  await other.query('select pg_sleep(0.02)');
  await other.query('commit');
  await other.end();
  await deciding;
  await hasCome(0, 1);
  expect(JSON.parse(receiver().received[0]?.body ?? '')).toMatchObject({
    data: { request: { status: 'APPROVED' }, approvalRecords: [{ status: 'APPROVED', reason: 'Looked at it.' }] },
  });
});

it('every type of event has a sample that fits its schema, in both formats below 20 kB', () => {
  for (const type of eventTypes) {
    const { event, subject } = sampleOf({ id: crypto.randomUUID(), type, webhookId: null, now: new Date() });
    for (const format of ['standard', 'cloudevents'] as const) {
      const message = buildMessage(event, subject, {
        telling: { format, includeAnswers: true },
        source: 'https://stoa.example.com',
      });
      if (format === 'standard')
        expect(webhookMessageSchema(type).safeParse(JSON.parse(message.body)).error).toBeUndefined();
    }
  }
});

it('a message stays below 20 kB whatever people wrote, and says that it was cut', () => {
  const { event, subject } = sampleOf({
    id: crypto.randomUUID(),
    type: 'marketplace.data_product.access_requests.created',
    webhookId: null,
    now: new Date(),
  });
  if (subject === undefined) return expect.fail('there is no subject');
  const long = 'ä'.repeat(4_000);
  const huge = {
    ...subject,
    targetName: long,
    columns: Array.from({ length: 500 }, (_, n) => ({ sourceId: '1', columnName: `${n} ${'c'.repeat(100)}` })),
    answers: Array.from({ length: 40 }, () => ({ fieldId: 'a', value: long })),
  };
  const message = buildMessage(event, huge, { telling: { format: 'standard', includeAnswers: true }, source: '' });
  expect(Buffer.byteLength(message.body)).toBeLessThan(20_000);
  expect(JSON.parse(message.body)).toMatchObject({ data: { truncated: true } });
});

it('a test says what somebody wrote, signed like every other, and no more than fits', async () => {
  const { id, secret } = await register(0, { format: 'cloudevents', eventTypes: ['stoa.ping'] });
  const eventType = 'stoa.drift.found';
  expect((await governor.call(contract.getWebhookSample, { query: { eventType } })).status).toBe(403);
  const { body: sample } = await admin.call(contract.getWebhookSample, { query: { eventType } });
  expect(sample.data).toMatchObject({ connection: { name: 'Sample' }, count: 1 });
  const test = (data: Record<string, unknown>) =>
    admin.call(contract.testWebhook, { params: { id }, body: { eventType, data } });
  const sent = await test({ ...sample.data, count: 7, connection: 'not as usual' });
  expect(sent.body).toMatchObject({ status: 'SUCCESS' });
  expect(receiver().verified(secret)).toMatchObject([{ type: eventType, data: { count: 7 } }]);
  expect(await detail(id, sent.body.deliveryId ?? '')).toMatchObject({ eventType, sequence: null, attempts: 1 });
  expect((await test({ long: 'ä'.repeat(10_000) })).body).toMatchObject({ code: 'webhook.sample_too_long' });
  expect(receiver().received).toHaveLength(1);
});

it('filters by type, tells answers only where that is set, and speaks CloudEvents', async () => {
  await register(0, { eventTypes: ['marketplace.data_product.access_requests.canceled'] });
  await register(1, { includeAnswers: true, eventTypes: ['marketplace.data_product.access_requests.created'] });
  await register(2, { format: 'cloudevents', eventTypes: ['marketplace.data_product.access_requests.created'] });
  const requestId = await askedId(consumer, await makeProduct(server, governor));
  await consumer.call(cancelAccessRequest, { params: { id: requestId } });
  await Promise.all([hasCome(0, 1), hasCome(1, 1), hasCome(2, 1)]);
  expect(JSON.parse(receiver(0).received[0]?.body ?? '')).toMatchObject({ data: { request: { status: 'CANCELED' } } });
  expect(receiver(1).received[0]?.body).toContain('Quarterly report on claims.');
  expect(receiver(2).received[0]?.headers['content-type']).toBe('application/cloudevents+json');
  expect(JSON.parse(receiver(2).received[0]?.body ?? '')).toMatchObject({
    specversion: '1.0',
    id: receiver(2).received[0]?.headers['webhook-id'],
    subject: `access-request/${requestId}`,
    datacontenttype: 'application/json',
  });
});

it('after a reset both keys sign for a day, and then the new one alone', async () => {
  const { id, secret } = await register(0, { eventTypes: ['stoa.ping'] });
  const reset = await admin.call(contract.resetWebhookKey, { params: { id } });
  const next = reset.body.secret ?? '';
  expect(next).not.toBe(secret);
  await admin.call(contract.testWebhook, { params: { id }, body: {} });
  expect(receiver().verified(secret)).toHaveLength(1);
  expect(receiver().verified(next)).toHaveLength(1);
  await sql`update webhook set former_until = now() where id = ${id}`.execute(server.deps.db);
  await admin.call(contract.testWebhook, { params: { id }, body: {} });
  expect(receiver().verified(next)).toHaveLength(2);
  expect(() => receiver().verified(secret)).toThrow();
});

describe('what a receiver answers', () => {
  const ask = async () => askedId(consumer, await makeProduct(server, governor));

  it('fails but for 2xx; redirects are not followed; the same id comes again and the attempts are kept', async () => {
    const answers = [
      { status: 302, headers: { location: receiver(1).url } },
      { status: 500, body: 'boom' },
      { status: 200 },
    ] as const;
    receiver().answer = (n) => answers[n] ?? { status: 200 };
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    const [first] = await isSettled(id, 1);
    expect(first).toMatchObject({ state: 'RETRYING', attempts: 1, httpStatusCode: 302 });
    await hurry(id);
    await hasCome(0, 2);
    await until(async () => (await deliveries(id))[0]?.attempts === 2 || undefined);
    expect((await hook(id)).health).toMatchObject({ waiting: 1, failingSince: expect.any(String) });
    await hurry(id);
    await until(async () => (await deliveries(id))[0]?.state === 'DELIVERED' || undefined);
    const ids = receiver().received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect(receiver(1).received).toEqual([]);
    const shown = await detail(id, first?.deliveryId ?? '');
    expect(shown.history.map(({ httpStatusCode }) => httpStatusCode)).toEqual([200, 500, 302]);
    expect(shown.history[1]).toMatchObject({ responseBody: 'boom', requestHeaders: { 'webhook-id': ids[0] } });
    expect((await hook(id)).health).toMatchObject({ waiting: 0, failingSince: null });
  });

  it('may ask for more time', async () => {
    receiver().answer = () => ({ status: 429, headers: { 'retry-after': '3600' } });
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    const [first] = await isSettled(id, 1);
    const { rows } = await sql<{ wait: number }>`
      select extract(epoch from due_at - now())::float8 as wait from webhook_delivery where id = ${first?.deliveryId}`.execute(
      server.deps.db,
    );
    expect(rows[0]?.wait).toBeGreaterThan(3_500);
  });

  it('with 410 wants no more: the webhook is suppressed, what waits is dead, the event is told, and turning it on takes it up', async () => {
    receiver().answer = () => ({ status: 410 });
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    await until(async () => (await hook(id)).suppressed || undefined);
    const [dead] = await deliveries(id);
    expect(dead).toMatchObject({ state: 'DEAD', deadReason: expect.stringContaining('410') });
    // Others than its administrators read of it: not the path, which is often what lets one in.
    const { rows } = await sql`
      select e.data ->> 'url' as told, a.targets -> 0 ->> 'name' as name from event e, audit_event a
      where e.type = 'stoa.webhook.suppressed' and e.data ->> 'webhookId' = ${id} and a.action = 'WebhookSuppressed'
        and a.targets -> 0 ->> 'id' = ${id}`.execute(server.deps.db);
    const { origin } = new URL(receiver().url);
    expect(rows).toEqual([{ told: origin, name: origin }]);
    const key = { id, deliveryId: dead?.deliveryId ?? '' };
    expect(await admin.call(contract.replayWebhookDelivery, { params: key })).toMatchObject({
      status: 409,
      body: { code: 'webhook.off' },
    });
    await ask();
    await until(
      async () => (await sql`select from event_pending`.execute(server.deps.db)).rows.length === 0 || undefined,
    );
    receiver().answer = () => ({ status: 200 });
    await admin.call(contract.updateWebhook, { params: { id }, body: { enabled: true } });
    expect((await admin.call(contract.replayWebhookDeliveries, { params: { id }, body: {} })).body).toEqual({
      count: 1,
    });
    await until(async () => (await deliveries(id)).every(({ state }) => state === 'DELIVERED') || undefined);
    expect(await deliveries(id)).toHaveLength(1);
  });

  it('with 410 wants no more also while what waits cannot be ended: that follows', async () => {
    receiver().answer = (n) => ({ status: n === 0 ? 500 : 410 });
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    const [first] = await isSettled(id, 1);
    await whileHeld(first?.deliveryId ?? '', async () => {
      await ask();
      await until(async () => (await hook(id)).suppressed || undefined);
    });
    await until(async () => (await deliveries(id)).every(({ state }) => state === 'DEAD') || undefined);
    expect((await detail(id, first?.deliveryId ?? '')).deadReason).toMatch(/^The webhook was suppressed\. /);
  });

  it('and that is turned off has nothing waiting', async () => {
    receiver().answer = () => ({ status: 500 });
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    await isSettled(id, 1);
    await admin.call(contract.updateWebhook, { params: { id }, body: { enabled: false } });
    const dead = await until(async () => (await deliveries(id)).find(({ state }) => state === 'DEAD'));
    expect(dead).toMatchObject({ attempts: 1, deadReason: 'The webhook was turned off.' });
  });

  it('for 120 hours nothing but failures ends it; one success starts the count anew', async () => {
    receiver().answer = (n) => (n === 0 ? { status: 500 } : 'cut');
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    await isSettled(id, 1);
    await sql`update webhook set failing_since = now() - interval '120 hours' where id = ${id}`.execute(server.deps.db);
    await hurry(id);
    await until(async () => (await hook(id)).suppressed || undefined);
    expect(await hook(id)).toMatchObject({ suppressedReason: 'Nothing arrived for 120 hours.' });
    const change = (suppressed: boolean) =>
      admin.call(contract.updateWebhook, { params: { id }, body: { suppressed } });
    // Read and sent back, nothing changes.
    expect((await change(true)).body).toMatchObject({ suppressed: true });
    expect((await change(false)).body).toMatchObject({ suppressed: false, suppressedReason: null, enabled: true });
    expect(await change(true)).toMatchObject({ status: 422, body: { code: 'webhook.suppressed_by_stoa' } });
    expect(await hook(id)).toMatchObject({ suppressed: false });
  });

  it('ten times nothing is dead and to be seen; sending it again by hand is one attempt', async () => {
    receiver().answer = () => ({ status: 503 });
    const { id } = await register(0, { eventTypes: ['marketplace.data_product.access_requests.created'] });
    await ask();
    await isSettled(id, 1);
    await sql`update webhook_delivery set scheduled = 9 where webhook_id = ${id}`.execute(server.deps.db);
    await hurry(id);
    const dead = await until(async () => (await deliveries(id)).find(({ state }) => state === 'DEAD'));
    expect(dead).toMatchObject({ deadReason: 'None of 10 attempts succeeded.' });
    expect((await hook(id)).health).toMatchObject({ dead: 1 });
    const key = { id, deliveryId: dead.deliveryId };
    expect((await governor.call(contract.replayWebhookDelivery, { params: key })).status).toBe(403);
    await admin.call(contract.replayWebhookDelivery, { params: key });
    const again = await until(async () => (await deliveries(id)).find(({ attempts }) => attempts === 3));
    expect(again).toMatchObject({ state: 'DEAD', deadReason: 'It was sent again and failed.' });
    receiver().answer = () => ({ status: 200 });
    await admin.call(contract.replayWebhookDelivery, { params: key });
    await until(async () => (await deliveries(id)).find(({ state }) => state === 'DELIVERED'));
    expect(new Set(receiver().received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

it('one that hangs and one that fails hold up nobody: a hundred events reach the others, each once, in order per request', async () => {
  receiver(2).answer = () => 'hang';
  receiver(3).answer = () => ({ status: 500 });
  const secrets = [await register(0), await register(1), await register(2), await register(3)];
  const product = await makeProduct(server, governor);
  const people = await Promise.all(Array.from({ length: 25 }, (_, n) => server.person({ username: `reader${n}` })));
  await Promise.all(
    people.map(async (person) => {
      const id = await askedId(person, product);
      await decide(governor, id, 'APPROVED');
      await governor.call(revokeAccess, { params: { id: product.id, requestId: id }, query: {} });
    }),
  );
  await Promise.all([hasCome(0, 100), hasCome(1, 100)]);
  for (const n of [0, 1]) {
    const messages = receiver(n).verified(secrets[n]?.secret ?? '');
    expect(new Set(messages.map(({ id }) => id)).size).toBe(100);
    const byRequest = new Map<string, Message[]>();
    for (const message of messages) {
      const id = message.data.request?.id ?? '';
      byRequest.set(id, [...(byRequest.get(id) ?? []), message]);
    }
    expect(byRequest.size).toBe(25);
    for (const list of byRequest.values())
      expect(list.map(({ sequence }) => sequence)).toEqual(
        list.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      );
  }
  // No more at a time than one receiver gets; nothing is lost of what it did not take. An attempt ends by itself after a while, so
  // that where all this takes longer than one it has been called more often.
  expect(receiver(2).mostAtOnce).toBeLessThanOrEqual(10);
  expect(await deliveries(secrets[2]?.id ?? '')).toHaveLength(100);
});

it('an event that cannot be told holds up its own request alone, and is told once it can be', async () => {
  const { id, secret } = await register(0, {
    eventTypes: [
      'marketplace.data_product.access_requests.created',
      'marketplace.data_product.access_requests.canceled',
    ],
  });
  const product = await makeProduct(server, governor);
  const poison = await server.person({ username: 'poison' });
  const owner = new pg.Client(server.databaseUrl);
  await owner.connect();
  await owner.query(`alter table webhook_message add constraint broken check (body not like '%"poison"%') not valid`);
  const first = await askedId(poison, product);
  await poison.call(cancelAccessRequest, { params: { id: first } });
  const other = await askedId(consumer, product);
  await hasCome(0, 1);
  expect(
    receiver()
      .verified(secret)
      .map(({ data }) => data.request?.id),
  ).toEqual([other]);
  await owner.query('alter table webhook_message drop constraint broken');
  await owner.end();
  await sql`update event_pending set due_at = now()`.execute(server.deps.db);
  await hasCome(0, 3);
  expect(
    receiver()
      .verified(secret)
      .slice(1)
      .map(({ data }) => data.request?.status),
  ).toEqual(['PENDING', 'CANCELED']);
  expect(await deliveries(id)).toHaveLength(3);
});

describe('however much a webhook was told', () => {
  it('it is sent again in parts, and deleted at once, with the rest following', async () => {
    const id = await addWebhook(server.deps);
    const message = await addMany(id, { count: 5_001, state: 'DEAD', days: 0 });
    const again = await admin.call(contract.replayWebhookDeliveries, { params: { id }, body: {} });
    expect(again.body).toEqual({ count: 5_001 });
    const { rows: audit } = await sql<{ n: number }>`
      select (payload ->> 'count')::int as n from audit_event where action = 'WebhookDeliveryReplayed' and targets -> 0 ->> 'id' = ${id}
      order by sequence`.execute(server.deps.db);
    expect(audit).toEqual([{ n: 5_000 }, { n: 1 }]);
    const last = (await deliveries(id)).at(-1)?.deliveryId ?? '';
    await whileHeld(last, async () => {
      expect((await admin.call(contract.deleteWebhook, { params: { id } })).status).toBe(204);
      expect((await admin.call(contract.readWebhookDelivery, { params: { id, deliveryId: last } })).status).toBe(404);
    });
    await until(async () => (await leftOf(id)) === 0 || undefined);
    await until(
      async () =>
        (await sql`select from webhook_message where id = ${message}`.execute(server.deps.db)).rows.length === 0 ||
        undefined,
    );
  });

  it('what has had its day goes, whatever else cannot be removed', async () => {
    const { db } = server.deps;
    const { id } = await register(0, { eventTypes: ['stoa.ping'] });
    await addMany(id, { count: 5_001, state: 'DELIVERED', days: 31 });
    await addMany(id, { count: 1, state: 'DEAD', days: 31 });
    await addMany(id, { count: 1, state: 'DEAD', days: 91 });
    await sql`insert into event (type, created_at) values ('stoa.ping', now() - interval '401 days')`.execute(db);
    await sql`insert into reminder (global_user_id, day) values (${admin.globalUserId}, '2020-01-01')`.execute(db);
    await sql`insert into reminder_day values ('Europe/Berlin', '2020-01-01', now() - interval '31 days')`.execute(db);
    const owner = new pg.Client(server.databaseUrl);
    await owner.connect();
    await owner.query('alter table request_draft rename to no_draft');
    await tidy(server.deps);
    await owner.query('alter table no_draft rename to request_draft');
    await owner.end();
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(['DEAD']);
    const { rows } =
      await sql`select type from event where created_at < now() - interval '400 days' union all select day from reminder
      union all select day from reminder_day where day = '2020-01-01'`.execute(db);
    expect(rows).toEqual([]);
  });
});
