import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { readConnection, syncConnection, updateConnection } from '@stoa/contract/connection';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type Line, startLine } from '../testing/line.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';

let server: TestServer;
let governor: TestPerson;
let appadmin: TestPerson;
let answers: { fieldId: string; value: string }[];
type Site = { platform: LivePlatform; registered: Registered; product: { id: string }; line: Line };
let broken: Site;
let healthy: Site;
let consumers: { person: TestPerson; login: PlatformLogin; other: PlatformLogin }[] = [];

async function makeSite(key: string): Promise<Site> {
  const platform = await makeLivePlatform(connectionString('postgres'), { schemas: 1, tablesPerSchema: 2 });
  const line = await startLine(platform);
  const registered = await registerPlatform({ ...platform, port: line.port }, { appadmin, governor }, key);
  const sourceIds = registered.sources.map((source) => source.id);
  const product = await publish(governor, registered, { name: `Product of ${key}`, sourceIds });
  return { platform, registered, product, line };
}

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '10000' } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'because' }));
  broken = await makeSite('broken');
  healthy = await makeSite('healthy');
  for (const name of ['one', 'two', 'three']) {
    const login = await broken.platform.addLogin(name);
    const other = { ...login };
    const { database } = healthy.platform;
    await healthy.platform.superuser.query(`grant connect on database "${database}" to "${login.username}"`);
    consumers.push({ login, other, person: await server.person({ username: login.username }) });
  }
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await healthy?.platform.superuser.query(
    consumers.map(({ login }) => `drop owned by "${login.username}";`).join('\n'),
  );
  for (const site of [healthy, broken]) {
    await site?.line.close();
    await site?.platform.drop();
  }
  consumers = [];
}, 180_000);
beforeEach(() => broken.line.be('through'));

const one = (index: number) => {
  const found = consumers[index];
  if (!found) throw new Error('there are not so many consumers');
  return found;
};
async function approved(site: Site, person: TestPerson): Promise<string> {
  const asked = await person.call(requestAccess, {
    params: { id: site.product.id },
    body: { user: person.globalUserId, form: { answers } },
  });
  expect(asked.status, JSON.stringify(asked.body)).toBe(201);
  const { id } = asked.body;
  const decided = await governor.call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed' },
  });
  expect(decided.status).toBe(200);
  return id;
}
const revoke = async (site: Site, requestId: string) => {
  const answer = await governor.call(revokeAccess, { params: { id: site.product.id, requestId } });
  expect(answer.status).toBe(204);
};
const stateOf = async (id: string) => (await governor.call(getAccessRequestProvisioning, { params: { id } })).body;
const settled = (id: string, state: string, seconds = 30) =>
  waitFor(
    `${id} to be ${state}`,
    async () => {
      const body = await stateOf(id);
      return body.state === state && body;
    },
    seconds,
  );
const tableOf = (site: Site) => ({
  schema: site.registered.sources[0]?.path[1] ?? '',
  name: site.registered.sources[0]?.path[2] ?? '',
});
const reads = (site: Site, login: PlatformLogin) => site.platform.readAs(login, tableOf(site));
const reconcileOf = async (connectionKey: string) =>
  (await appadmin.call(readConnection, { params: { connectionKey } })).body.reconcile;
const isUp = () =>
  waitFor('the platform to be back', async () => (await reconcileOf('broken'))?.status === 'SUCCEEDED', 30);

test('a platform that refuses holds nobody else up, says why, and takes away before it gives once it is back', async () => {
  const old = await approved(broken, one(0).person);
  await settled(old, 'ACTIVE');
  broken.line.be('refuse');
  const waiting = await approved(broken, one(1).person);
  await revoke(broken, old);
  expect(await settled(waiting, 'PROVISIONING')).toMatchObject({ state: 'PROVISIONING' });
  await waitFor('the reason', async () => (await stateOf(waiting)).reason);
  expect((await stateOf(old)).state).toBe('REMOVING');
  expect(await reconcileOf('broken')).toMatchObject({ status: 'FAILED', error: expect.stringContaining('again') });
  const elsewhere = await approved(healthy, one(0).person);
  await settled(elsewhere, 'ACTIVE', 3);
  expect(await reads(broken, one(0).login)).toBe('rows');
  const { rows: before } = await sql<{ at: Date }>`select now() as at`.execute(server.deps.db);
  broken.line.be('through');
  await Promise.all([settled(old, 'REMOVED'), settled(waiting, 'ACTIVE')]);
  expect(await reads(broken, one(0).login)).toBe('42501');
  expect(await reads(broken, one(1).login)).toBe('rows');
  const { rows } = await sql<{ step: string }>`select payload ->> 'step' as step from audit_event
    where action = 'ProvisioningStatementExecuted' and event_timestamp > ${before[0]?.at} order by sequence`.execute(
    server.deps.db,
  );
  expect(rows.map((row) => row.step)).toEqual(['end-members', 'add-members']);
  await revoke(broken, waiting);
  await revoke(healthy, elsewhere);
  await settled(waiting, 'REMOVED');
  await settled(elsewhere, 'REMOVED');
}, 180_000);

test('what is revoked while the platform is down and then approved anew is access when it is back', async () => {
  const first = await approved(broken, one(0).person);
  await settled(first, 'ACTIVE');
  broken.line.be('refuse');
  await revoke(broken, first);
  const second = await approved(broken, one(0).person);
  broken.line.be('through');
  await settled(second, 'ACTIVE');
  await settled(first, 'REMOVED');
  expect(await reads(broken, one(0).login)).toBe('rows');
  await revoke(broken, second);
  await settled(second, 'REMOVED');
}, 180_000);

test('a line that swallows everything delays its own platform alone', async () => {
  const id = await approved(broken, one(0).person);
  await settled(id, 'ACTIVE');
  broken.line.be('swallow');
  await revoke(broken, id);
  for (let i = 0; i < 3; i++) {
    const started = performance.now();
    const elsewhere = await approved(healthy, one(2).person);
    await settled(elsewhere, 'ACTIVE', 5);
    expect(performance.now() - started).toBeLessThan(3_000);
    await revoke(healthy, elsewhere);
    await settled(elsewhere, 'REMOVED', 5);
  }
  expect((await stateOf(id)).state).toBe('REMOVING');
  broken.line.be('through');
  await settled(id, 'REMOVED', 60);
  expect(await reads(broken, one(0).login)).toBe('42501');
}, 300_000);

test('a role that somebody else is changing holds up its own product alone', async () => {
  const [source] = healthy.registered.sources;
  const other = await publish(governor, healthy.registered, { name: 'Beside it', sourceIds: [source?.id ?? 0] });
  const first = await approved(healthy, one(0).person);
  await settled(first, 'ACTIVE');
  const { rows } = await healthy.platform.superuser.query<{ role: string }>(
    'select roleid::regrole::text as role from pg_auth_members where member = $1::regrole',
    [pg.escapeIdentifier(one(0).login.username)],
  );
  const holder = new pg.Client(connectionString(healthy.platform.database));
  await holder.connect();
  let [waiting, beside] = ['', ''];
  try {
    await holder.query('begin');
    await holder.query(`grant ${rows[0]?.role} to "${healthy.platform.owner}"`);
    waiting = await approved(healthy, one(1).person);
    await revoke(healthy, first);
    beside = await approved({ ...healthy, product: other }, one(2).person);
    await settled(beside, 'ACTIVE', 20);
    await waitFor('the reason', async () => (await stateOf(waiting)).reason?.includes('lock timeout'));
    expect((await stateOf(first)).state).not.toBe('REMOVED');
  } finally {
    await holder.end();
  }
  await Promise.all([settled(waiting, 'ACTIVE'), settled(first, 'REMOVED')]);
  await revoke(healthy, waiting);
  await revoke({ ...healthy, product: other }, beside);
  await Promise.all([settled(waiting, 'REMOVED'), settled(beside, 'REMOVED')]);
}, 300_000);

for (const when of ['beforeSend', 'afterSend', 'onAnswer'] as const) {
  test(`a line cut ${when} of a grant and of a revoke ends in what was decided`, async () => {
    await isUp();
    for (const point of ['GRANT', 'COMMIT', 'stoa-probe'] as const) {
      const before = broken.line.cuts();
      broken.line.cutAround(point, when);
      const id = await approved(broken, one(0).person);
      await settled(id, 'ACTIVE');
      expect(await reads(broken, one(0).login)).toBe('rows');
      broken.line.cutAround(point === 'GRANT' ? 'REVOKE' : point, when);
      await revoke(broken, id);
      await settled(id, 'REMOVED');
      expect(await reads(broken, one(0).login)).toBe('42501');
      expect(broken.line.cuts()).toBeGreaterThan(before);
    }
  }, 300_000);
}

test('a password that was changed on the platform is an error with its remedy, and mended by the new one', async () => {
  const { connector, superuser } = broken.platform;
  await superuser.query(`alter role "${connector.username}" password 'another'`);
  broken.line.be('through');
  const id = await approved(broken, one(0).person);
  await waitFor('the error', async () => (await reconcileOf('broken'))?.error?.includes('password'));
  expect(await reconcileOf('broken')).toMatchObject({
    status: 'FAILED',
    error: expect.stringMatching(/username, the password/),
  });
  expect((await stateOf(id)).state).toBe('PROVISIONING');
  const mended = await appadmin.call(updateConnection, {
    params: { connectionKey: 'broken' },
    body: { credentials: { password: 'another' } },
  });
  expect(mended.status).toBe(200);
  await settled(id, 'ACTIVE', 5);
  await revoke(broken, id);
  await settled(id, 'REMOVED');
}, 180_000);

test('the application database going away answers 503, and everything comes back by itself', async () => {
  const database = new URL(server.databaseUrl).pathname.slice(1);
  const admin = new pg.Client(connectionString('postgres'));
  await admin.connect();
  const cut = () =>
    admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
      [database],
    );
  try {
    const seen = new Set<number>();
    for (let round = 0; round < 5; round++) {
      const calls = Array.from({ length: 40 }, async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * 5));
        return appadmin.call(readConnection, { params: { connectionKey: 'healthy' } });
      });
      await new Promise((resolve) => setTimeout(resolve, 60));
      await cut();
      for (const answer of await Promise.all(calls)) {
        seen.add(answer.status);
        if (answer.status === 503) expect(answer.headers.get('retry-after')).not.toBeNull();
      }
    }
    // Away for good, for a while.
    await admin.query(`alter database "${database}" allow_connections false`);
    await cut();
    const away = await appadmin.call(readConnection, { params: { connectionKey: 'healthy' } });
    expect(away.status).toBe(503);
    expect(away.headers.get('retry-after')).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await admin.query(`alter database "${database}" allow_connections true`);
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const back = performance.now();
    await waitFor('an answer', async () => {
      const answer = await appadmin.call(readConnection, { params: { connectionKey: 'healthy' } });
      return answer.status === 200;
    });
    expect(performance.now() - back).toBeLessThan(10_000);
    const id = await approved(healthy, one(2).person);
    await settled(id, 'ACTIVE', 10);
    // The job runner is back as well.
    const sync = await appadmin.call(syncConnection, { params: { connectionKey: 'healthy' } });
    const { taskId } = sync.body;
    await waitFor(
      'the crawl',
      async () => (await appadmin.call(getTask, { params: { taskId } })).body.status === 'SUCCEEDED',
      40,
    );
    await revoke(healthy, id);
    await settled(id, 'REMOVED');
  } finally {
    await admin.query(`alter database "${database}" allow_connections true`);
    await admin.end();
  }
}, 300_000);
