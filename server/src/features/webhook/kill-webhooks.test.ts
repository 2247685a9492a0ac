import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelAccessRequest } from '@stoa/contract/access-request';
import { updateEmailConfiguration } from '@stoa/contract/email';
import { createWebhook } from '@stoa/contract/webhook';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { buildWithFailPoints, type FailingServer, failingServer } from '../../testing/failing-server.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { createDatabase, dropDatabase } from '../../testing/postgres.ts';
import { until } from '../../testing/until.ts';
import { ask, makeProduct, type Product } from '../access-request/requests.fixture.ts';
import { startMailServer } from '../notification/mail-server.fixture.ts';
import { addDelivery } from '../notification/messages.fixture.ts';
import { Receiver } from './receiver.fixture.ts';

let dataDir: string;
let databaseUrl: string;
let failing: FailingServer;
let receiver: Receiver;
let secret: string;
let consumer: TestPerson;
let product: Product;
let env: Record<string, string>;

const healthy = (): Promise<TestServer> => startTestServer({ databaseUrl, dataDir, env });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'stoa-kill-'));
  databaseUrl = await createDatabase();
  receiver = await Receiver.start();
  env = { STOA_EGRESS_ALLOW: `webhook=127.0.0.1:${receiver.port}`, STOA_REQUESTS_PER_HOUR: '1000' };
  failing = failingServer({ databaseUrl, dataDir });
  const [server] = await Promise.all([healthy(), buildWithFailPoints()]);
  const admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  consumer = await server.person({ username: 'consumer' });
  product = await makeProduct(server, admin);
  secret = (await admin.call(createWebhook, { body: { url: receiver.url } })).body.secret ?? '';
  await server.stop();
}, 240_000);
afterAll(async () => {
  await receiver?.stop();
  if (databaseUrl) await dropDatabase(databaseUrl);
  rmSync(dataDir, { recursive: true, force: true });
});

/** reliability.md 4.1, points 23 to 25; each the first and, while others are on their way, a later time it is passed. */
it.each(['webhook.claimed', 'webhook.sent', 'webhook.replyReceived', 'webhook.sent#2'])(
  'killed at %s, every event arrives, in order, and what comes twice has the same id',
  async (point) => {
    receiver.received.length = 0;
    const dying = await failing.start({ ...env, FAILPOINT: `${point}:kill` });
    const there = { ...consumer, ...callerOf(dying.url, consumer.token) };
    const asked = await ask(there, product);
    expect(asked.status).toBe(201);
    if (asked.status !== 201) return;
    await there.call(cancelAccessRequest, { params: { id: asked.body.id } }).catch(() => {});
    expect(await dying.ended).toBe('SIGKILL');
    const server = await healthy();
    try {
      const { rows: events } = await sql<{ id: string }>`
        select id from event where request_id = ${asked.body.id} order by sequence`.execute(server.deps.db);
      await until(async () => {
        const { rows } =
          await sql`select from webhook_delivery where state <> 'DELIVERED' union all select from event_pending`.execute(
            server.deps.db,
          );
        return rows.length === 0 || undefined;
      });
      const came = receiver.verified(secret).map(({ id }) => id);
      // The first time each came: none is missing, none is before its time; a repeat is one of them.
      expect([...new Set(came)]).toEqual(events.map(({ id }) => id));
      const { rows: twice } = await sql`
        select sequence from webhook_delivery group by webhook_id, sequence having count(*) > 1`.execute(
        server.deps.db,
      );
      expect(twice).toEqual([]);
    } finally {
      await server.stop();
    }
  },
  180_000,
);

/** Point 26: the message is out, and nobody noted it. */
it('killed at mail.sent, a message goes out once more under the same id, and is then noted as sent', async () => {
  const mail = await startMailServer({ user: 'nobody', pass: 'none' });
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const first = await healthy();
    const admin = await first.person({ username: 'mailadmin', permissions: ['APPLICATION_ADMIN'] });
    const body = { host: '127.0.0.1', port: mail.port, security: 'none' as const };
    await admin.call(updateEmailConfiguration, {
      body: { ...body, fromName: 'Stoa', fromAddress: 'stoa@example.com' },
    });
    const id = await addDelivery(first.deps.db, admin);
    await first.stop();
    const due = () =>
      client.query("update message_delivery set state = 'RETRYING', next_attempt_at = now() where id = $1", [id]);
    const read = async () =>
      (await client.query('select state, attempts from message_delivery where id = $1', [id])).rows;
    await due();
    const dying = await failing.start({ ...env, FAILPOINT: 'mail.sent:kill' });
    expect(await dying.ended).toBe('SIGKILL');
    expect(await read()).toEqual([{ state: 'RETRYING', attempts: 2 }]);
    await due();
    const server = await healthy();
    try {
      await until(async () => ((await read())[0]?.state === 'SENT' ? true : undefined));
    } finally {
      await server.stop();
    }
    expect(mail.received.map((one) => one.mail.messageId?.split('@')[0])).toEqual([`<${id}`, `<${id}`]);
  } finally {
    await client.end();
    await mail.stop();
  }
}, 180_000);
