import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelAccessRequest, getAccessRequestById } from '@stoa/contract/access-request';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { buildWithFailPoints, type FailingServer, failingServer } from '../../testing/failing-server.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { createDatabase, dropDatabase } from '../../testing/postgres.ts';
import { LocalSlack, type SlackPerson } from '../../testing/slack.ts';
import { until } from '../../testing/until.ts';
import { ask, askedId, makeProduct, type Product, reviewBy, user } from '../access-request/requests.fixture.ts';
import { connectSlack } from './slack.fixture.ts';

let dataDir: string;
let databaseUrl: string;
let failing: FailingServer;
let client: pg.Client;
let consumer: TestPerson;
let admin: TestPerson;
let steward: TestPerson;
let product: Product;
let atSlack: SlackPerson;
const slack = new LocalSlack();
let env: Record<string, string>;

const healthy = (): Promise<TestServer> => startTestServer({ databaseUrl, dataDir, env });
const at = (url: string): TestPerson => ({ ...consumer, ...callerOf(url, consumer.token) });
const interactionOf = (url: string): string => `${url}/api/notification/slack/interaction`;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'stoa-kill-'));
  databaseUrl = await createDatabase();
  await slack.start();
  env = { ...slack.env, STOA_REQUESTS_PER_HOUR: '1000' };
  failing = failingServer({ databaseUrl, dataDir });
  const [server] = await Promise.all([healthy(), buildWithFailPoints()]);
  client = new pg.Client(databaseUrl);
  await client.connect();
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN', 'GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
  steward = await server.person({ username: 'steward' });
  atSlack = slack.addPerson('steward@example.com');
  product = await makeProduct(server, admin, { flow: reviewBy({ any: [user(steward)] }) });
  await connectSlack(server, slack, admin);
  await server.stop();
}, 240_000);
afterAll(async () => {
  await client?.end();
  await slack.stop();
  if (databaseUrl) await dropDatabase(databaseUrl);
  rmSync(dataDir, { recursive: true, force: true });
});

const messagesAbout = (requestId: string) =>
  slack.messagesOf(atSlack).filter((one) => JSON.stringify(one.blocks).includes(`/reviews/${requestId}`));

it('killed when Slack has the message and nobody noted it, it is noted as sent and not sent again', async () => {
  const dying = await failing.start({ ...env, FAILPOINT: 'mail.sent:kill' });
  const asked = await ask(at(dying.url), product);
  if (asked.status !== 201) expect.fail(`asking answered ${asked.status}`);
  const { id } = asked.body;
  expect(await dying.ended).toBe('SIGKILL');
  expect(messagesAbout(id)).toHaveLength(1);
  const read = async () =>
    (
      await client.query(
        `select d.state, d.attempts from message_delivery d join inbox_message i on i.id = d.inbox_message_id
         where d.provider = 'SLACK' and i.request_id = $1`,
        [id],
      )
    ).rows;
  expect(await read()).toEqual([{ state: 'RETRYING', attempts: 1 }]);
  // Its time comes when the lease of who died is over.
  await client.query("update message_delivery set next_attempt_at = now() where provider = 'SLACK'");
  const server = await healthy();
  try {
    await until(async () => (await read())[0]?.['state'] === 'SENT' || undefined);
    expect(await read()).toEqual([{ state: 'SENT', attempts: 2 }]);
    expect(messagesAbout(id)).toHaveLength(1);
    await at(server.url).call(cancelAccessRequest, { params: { id } });
  } finally {
    await server.stop();
  }
}, 180_000);

it.each(['decision.beforeCommit', 'decision.afterCommit'])(
  'killed at %s while Slack waits for the answer, the request is decided exactly once, however often it is sent',
  async (point) => {
    const first = await healthy();
    slack.requestUrl = interactionOf(first.url);
    const flow = reviewBy({ any: [user(steward)] });
    const id = await askedId(
      at(first.url),
      await makeProduct(first, { ...admin, ...callerOf(first.url, admin.token) }, { flow }),
    );
    const message = await until(async () => messagesAbout(id)[0]);
    const before = slack.views.length;
    await slack.click({ user: atSlack.id, message, actionId: 'stoa.approve' });
    const dialog = await until(async () => slack.views[before]);
    await first.stop();
    const dying = await failing.start({ ...env, FAILPOINT: `${point}:kill` });
    slack.requestUrl = interactionOf(dying.url);
    await slack.submit(dialog, { reason: 'Fits the team.' }).catch(() => {});
    expect(await dying.ended).toBe('SIGKILL');
    const server = await healthy();
    try {
      slack.requestUrl = interactionOf(server.url);
      for (let n = 0; n < 2; n++) await slack.submit(dialog, { reason: 'Fits the team.' });
      // Slack is answered within three seconds, also where the decision takes longer.
      const status = await until(async () => {
        const { body } = await callerOf(server.url, admin.token).call(getAccessRequestById, { params: { id } });
        return body.status === 'PENDING' ? undefined : body.status;
      });
      expect(status).toBe('APPROVED');
      const { rows } = await sql<{ type: string; count: number }>`
        select action as type, count(*)::int as count from audit_event where action = 'ApprovalRecordDecided' and targets @> ${JSON.stringify([{ id }])}::jsonb
        group by 1 union all select type, count(*)::int from event where request_id = ${id} and type like '%consumer.updated' group by 1`.execute(
        server.deps.db,
      );
      expect(rows.map((row) => row.count)).toEqual([1, 1]);
    } finally {
      await server.stop();
    }
  },
  180_000,
);
