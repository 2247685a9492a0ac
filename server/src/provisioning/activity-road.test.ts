import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { getSourceActivity } from '@stoa/contract/query-activity';
import { reportQueryActivity, reportUnusedAccess, reportWhoHasAccess } from '@stoa/contract/report';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';
import { forgetOldActivity, readActivityOf, readDueActivity } from './read-activity.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let connectionId: string;
let product: { id: string };
let login: { username: string; password: string };
let idle: { username: string; password: string };
const people = {} as Record<'appadmin' | 'governor' | 'consumer' | 'idle' | 'outsider', TestPerson>;

const source = (index: number) => {
  const found = registered.sources[index];
  if (!found) throw new Error('there is no such source');
  return found;
};
const tableOf = (index: number) => ({ schema: source(index).path[1] ?? '', name: source(index).path[2] ?? '' });
const days = (count: number): string => new Date(Date.now() - count * 86_400_000).toISOString();
/** As if counting had begun, and access had been given, so long ago. */
const age = async (reading: number, access: number) => {
  await sql`update activity_reading set observed_since = ${days(reading)}::timestamptz`.execute(server.deps.db);
  await sql`update access_request set decided_at = ${days(access)}::timestamptz where status = 'APPROVED'`.execute(
    server.deps.db,
  );
};
const give = async (person: TestPerson) => {
  const asked = await person.call(requestAccess, {
    params: { id: product.id },
    body: { user: person.globalUserId, form: standardAnswers },
  });
  const { id } = asked.body;
  await people.governor.call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed' },
  });
  await waitFor(`${id} to be there`, async () => {
    const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === 'ACTIVE' && body;
  });
};
const activityOf = async (person: TestPerson, index = 0) =>
  (await person.call(getSourceActivity, { params: { id: source(index).id } })).body;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.outsider = await server.person({ username: 'outsider' });
  login = await platform.addLogin('consumer');
  idle = await platform.addLogin('idle');
  people.consumer = await server.person({ username: login.username });
  people.idle = await server.person({ username: idle.username });
  registered = await registerPlatform(platform, { appadmin: people.appadmin, governor: people.governor }, 'activity');
  product = await publish(people.governor, registered, { name: 'Used', sourceIds: [source(0).id, source(1).id] });
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(server.deps.db);
  connectionId = rows[0]?.id ?? '';
  await sql`update activity_reading set due_at = now() + interval '1 day'`.execute(server.deps.db);
  await give(people.consumer);
  await give(people.idle);
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

test('where the platform does not tell, that is said, and nothing is called unused', async () => {
  await readActivityOf(server.deps, connectionId);
  expect(await activityOf(people.governor)).toMatchObject({
    reading: { state: 'not_told', observedSince: null },
    days: [],
    calls: 0,
  });
  await age(0, 100);
  await sql`update activity_reading set observed_since = null`.execute(server.deps.db);
  const { body } = await people.governor.call(reportUnusedAccess, { query: { days: 90 } });
  expect(new Set(body.data.map((row) => row.state))).toEqual(new Set(['unknown']));
  expect(body.meta.totalCount).toBe(4);
});

test('what consumers read is counted by their logins, once, however often and by whomever it is looked at', async () => {
  await platform.superuser.query(`create extension pg_stat_statements;
    grant pg_read_all_stats to "${platform.connector.username}"`);
  await readActivityOf(server.deps, connectionId);
  expect(await platform.readAs(login, tableOf(0))).toBe('rows');
  expect(await platform.readAs(login, tableOf(0))).toBe('rows');
  await Promise.all([readActivityOf(server.deps, connectionId), readActivityOf(server.deps, connectionId)]);
  await readActivityOf(server.deps, connectionId);
  const found = await activityOf(people.governor);
  expect(found).toMatchObject({ reading: { state: 'counted', way: 'statistics' }, calls: 2, accounts: 1 });
  expect(found.days).toMatchObject([{ calls: 2, maybeCalls: 0, accounts: 1 }]);
  const { body } = await people.governor.call(reportQueryActivity, { query: { sourceId: source(0).id } });
  expect(body.data).toMatchObject([{ user: { username: login.username }, account: login.username, calls: 2 }]);
  expect((await activityOf(people.governor, 1)).calls).toBe(0);
  const { rows } = await sql<{
    text: string;
  }>`select a.cursor::text || q::text as text from activity_reading a, query_activity q`.execute(server.deps.db);
  expect(rows[0]?.text).not.toMatch(/select/i);
});

test('a reading that was overtaken counts nothing, since the later one has counted it', async () => {
  const { platforms } = server.deps;
  const session = await platforms.session(connectionId);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  let tellRead: () => void = () => undefined;
  const isRead = new Promise<void>((resolve) => (tellRead = resolve));
  const slow = {
    ...server.deps,
    platforms: {
      ...platforms,
      session: async () => ({
        ...session,
        readActivity: async (cursor: object | null) => {
          const reading = await session.readActivity(cursor);
          tellRead();
          await held;
          return reading;
        },
      }),
    },
  };
  await platform.readAs(login, tableOf(0));
  const overtaken = readActivityOf(slow, connectionId);
  await isRead;
  await readActivityOf(server.deps, connectionId);
  release();
  await overtaken;
  expect((await activityOf(people.governor)).calls).toBe(3);
});

test('what was not used while it could be seen is unused, and who reads nothing is told from who has no access', async () => {
  await age(10, 100);
  const of = async (query: object) => (await people.governor.call(reportUnusedAccess, { query })).body.data;
  expect((await of({ days: 90 })).map((row) => [row.user.username, row.source.dataSourceId, row.state])).toEqual(
    expect.arrayContaining([
      [login.username, source(1).id, 'too_short'],
      [idle.username, source(0).id, 'too_short'],
      [idle.username, source(1).id, 'too_short'],
    ]),
  );
  await age(95, 100);
  const unused = await of({ days: 90, state: ['unused'] });
  expect(unused.map((row) => [row.user.username, row.source.dataSourceId]).sort()).toEqual(
    [
      [login.username, source(1).id],
      [idle.username, source(0).id],
      [idle.username, source(1).id],
    ].sort(),
  );
  expect(unused[0]).toMatchObject({ through: ['Used'], lastUsedAt: null, usedSince: expect.any(String) });
  await age(95, 50);
  expect(await of({ days: 90 })).toEqual([]);
  const { body } = await people.governor.call(reportWhoHasAccess, { query: { sourceId: source(0).id } });
  const lastUse = new Map(body.data.map((row) => [row.user?.username, row.lastUsedAt]));
  expect([lastUse.get(login.username), lastUse.get(idle.username)]).toEqual([expect.any(String), null]);
});

test('a steward who judges a renewal sees whether the first time was used', async () => {
  await sql`update access_request set status = 'EXPIRED' where beneficiary = ${people.consumer.globalUserId}`.execute(
    server.deps.db,
  );
  const body = { user: people.consumer.globalUserId, form: standardAnswers };
  const again = await people.consumer.call(requestAccess, { params: { id: product.id }, body });
  expect(again.body).toMatchObject({ status: 'PENDING' });
  const evidence = await people.governor.call(getAccessRequestEvidence, { params: { id: again.body.id } });
  expect(evidence.status).toBe(200);
  expect(evidence.body.use).toMatchObject({ sources: 2, countedSources: 2, usedSources: 1, calls: 3 });
  const { rows } = await sql<{
    id: string;
  }>`select id from access_request where beneficiary = ${people.idle.globalUserId}`.execute(server.deps.db);
  const once = await people.governor.call(getAccessRequestEvidence, { params: { id: rows[0]?.id ?? '' } });
  expect(once.body.use).toBeNull();
});

test('reports of use are for those who read reports, as pages and as files', async () => {
  expect((await people.outsider.call(reportUnusedAccess)).status).toBe(403);
  expect((await people.outsider.call(getSourceActivity, { params: { id: source(0).id } })).status).toBe(403);
  expect((await server.nobody.call(reportQueryActivity)).status).toBe(401);
  expect((await people.governor.call(getSourceActivity, { params: { id: 2_000_000_000 } })).status).toBe(404);
  expect((await people.governor.call(reportQueryActivity, { query: { sourceId: 2_000_000_000 } })).status).toBe(404);
  const file = await people.governor.send('GET', '/api/report/query-activity/csv?days=7');
  expect(file.body).toContain(`"${login.username}","3","0"`);
  expect((await people.outsider.send('GET', '/api/report/unused-access/csv')).status).toBe(403);
});

test('nothing is read while it is switched off, and what is too old is forgotten', async () => {
  const set = (body: object) => people.appadmin.call(updateApplicationSettings, { body });
  const turn = async () =>
    (await sql<{ turn: string }>`select turn from activity_reading`.execute(server.deps.db)).rows[0]?.turn;
  expect((await set({ activityEveryMinutes: 0 })).status).toBe(200);
  await sql`update activity_reading set due_at = now()`.execute(server.deps.db);
  const before = await turn();
  await readDueActivity(server.deps);
  expect([await turn(), (await activityOf(people.governor)).reading.state]).toEqual([before, 'off']);
  await set({ activityEveryMinutes: 60, activityKeepDays: 30 });
  await readDueActivity(server.deps);
  expect(await turn()).not.toBe(before);
  await sql`update query_activity set day = day - interval '40 days'`.execute(server.deps.db);
  await forgetOldActivity(server.deps);
  expect((await sql`select from query_activity`.execute(server.deps.db)).rows).toEqual([]);
});
