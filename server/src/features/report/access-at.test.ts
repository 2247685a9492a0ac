import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { deleteDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { exportReport, reportWhoHasAccess } from '@stoa/contract/report';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { endPolicy, givePolicy } from '../../testing/policies.ts';
import { connectionString } from '../../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../../testing/register-platform.ts';
import { endExpiredAccess } from '../access-request/expire.ts';
import { standardAnswers } from '../access-request/requests.fixture.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer' | 'other', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'gus', name: 'Gus', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  const { username } = await platform.addLogin('consumer');
  people.consumer = await server.person({ username, name: 'Con Sumer' });
  people.other = await server.person({ username: (await platform.addLogin('other')).username, name: 'O Ther' });
  registered = await registerPlatform(platform, people, 'past');
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const idOf = (n: number) => registered.sources[n]?.id ?? 0;
const product = (name: string, ...sources: number[]) =>
  publish(people.governor, registered, { name, sourceIds: sources.map(idOf) });

/** Exact to the microsecond, as events are: a moment cut to milliseconds might lie before what has just happened. */
const moment = async (column = sql`clock_timestamp()`, requestId?: string): Promise<string> => {
  const { rows } = await sql<{ at: string }>`
    select to_json(${column}) #>> '{}' as at from ${requestId === undefined ? sql`(values (1)) one` : sql`access_request r where r.id = ${requestId}`}`.execute(
    server.deps.db,
  );
  return rows[0]?.at ?? '';
};

const settled = (id: string, state: string) =>
  waitFor(`${id} to be ${state}`, async () => {
    const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state;
  });

async function decide(person: TestPerson, productId: string, days?: number): Promise<string> {
  const body = { user: person.globalUserId, form: standardAnswers };
  const asked = await person.call(requestAccess, { params: { id: productId }, body });
  const { id } = asked.body;
  const time = days === undefined ? {} : { duration: days, durationUnit: 'DAYS' as const };
  const answer = await people.governor.call(determineAccessRequest, {
    params: { id },
    body: { status: 'APPROVED', reason: 'needed for the close', ...time },
  });
  expect(answer.status).toBe(200);
  return id;
}

async function give(person: TestPerson, productId: string, days?: number): Promise<string> {
  const id = await decide(person, productId, days);
  await settled(id, 'ACTIVE');
  return id;
}

const answerAt = async (at: string, n: number, more: object = {}) =>
  (await people.governor.call(reportWhoHasAccess, { query: { sourceId: idOf(n), at, ...more } })).body;
/** Whose access, in which state, and how sure that is. */
const stoodAt = async (at: string, n: number) =>
  (await answerAt(at, n)).data.map((row) => `${row.user?.name ?? row.account}: ${row.state} ${row.evidence}`);

test('an approval is told from its decision to its removal, as the platform had it at each moment', async () => {
  const { id: productId } = await product('Granted', 0);
  const before = await moment();
  const id = await give(people.consumer, productId);
  const amid = await moment();
  const revoked = await people.governor.call(revokeAccess, { params: { id: productId, requestId: id } });
  expect(revoked.status).toBe(204);
  await settled(id, 'REMOVED');
  const after = await moment();

  expect(await stoodAt(before, 0)).toEqual([]);
  expect(await stoodAt(await moment(sql`r.decided_at`, id), 0)).toEqual(['Con Sumer: PROVISIONING DECIDED']);
  expect(await stoodAt(await moment(sql`r.ended_at`, id), 0)).toEqual(['Con Sumer: REMOVING PROVED']);
  expect(await stoodAt(after, 0)).toEqual([]);
  const answer = await answerAt(amid, 0);
  expect(answer.asOf).toEqual({ at: new Date(amid).toISOString(), gaps: ['TABLE', 'PAST_STOA'] });
  expect(answer.data).toMatchObject([
    {
      user: { globalUserId: people.consumer.globalUserId },
      account: people.consumer.username,
      cause: 'REQUEST',
      causeText: 'Granted',
      requestId: id,
      decidedBy: { username: 'gus' },
      reason: 'needed for the close',
      state: 'ACTIVE',
      evidence: 'PROVED',
      lastUsedAt: null,
    },
  ]);
  const [row] = answer.data;
  expect(Date.parse(row?.verifiedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(row?.since ?? ''));
  expect(Date.parse(row?.verifiedAt ?? '')).toBeLessThanOrEqual(Date.parse(amid));
  // Now, for comparison: the report without a moment speaks of none of it.
  const now = await people.governor.call(reportWhoHasAccess, { query: { sourceId: idOf(0) } });
  expect(now.body).toMatchObject({ data: [], asOf: null });
});

test('access that ran out is told until its end was proved', async () => {
  const { id: productId } = await product('For a time', 1);
  const id = await give(people.consumer, productId, 1);
  const amid = await moment();
  await sql`update access_request set expiration = clock_timestamp() where id = ${id}`.execute(server.deps.db);
  const over = await moment();
  await endExpiredAccess(server.deps);
  await settled(id, 'REMOVED');
  expect(await stoodAt(amid, 1)).toEqual(['Con Sumer: ACTIVE PROVED']);
  expect(await stoodAt(over, 1)).toEqual(['Con Sumer: REMOVING PROVED']);
  expect(await stoodAt(await moment(), 1)).toEqual([]);
});

test('while a product was suspended its approvals held and its access did not', async () => {
  const { id: productId } = await product('Suspended', 2);
  const id = await give(people.consumer, productId);
  const before = await moment();
  const suspend = (suspended: boolean) =>
    people.governor.call(updateDataProduct, { params: { id: productId }, body: { suspended } });
  await suspend(true);
  await settled(id, 'REMOVED');
  await waitForKeys(server.deps.db);
  const amid = await moment();
  await suspend(false);
  await settled(id, 'ACTIVE');
  const after = await moment();
  expect(await stoodAt(before, 2)).toEqual(['Con Sumer: ACTIVE PROVED']);
  expect(await stoodAt(amid, 2)).toEqual(['Con Sumer: REMOVED PROVED']);
  expect(await stoodAt(after, 2)).toEqual(['Con Sumer: ACTIVE PROVED']);
});

test('a product that was deleted is told of as long as it gave access, and so is one that took the table out', async () => {
  const { id: deletedId } = await product('Deleted', 3);
  const { id: changedId } = await product('Changed', 3, 4);
  const id = await give(people.consumer, deletedId);
  await give(people.other, changedId);
  await waitForKeys(server.deps.db);
  const before = await moment();
  const list = (...sources: number[]) =>
    people.governor.call(updateDataProduct, {
      params: { id: changedId },
      body: { dataSources: sources.map((n) => ({ sourceId: String(idOf(n)) })) },
    });
  expect((await list(4)).status).toBeLessThan(300);
  await people.governor.call(deleteDataProduct, { params: { id: deletedId } });
  await settled(id, 'REMOVED');
  await waitForKeys(server.deps.db);
  const after = await moment();
  await list(3, 4);
  const again = await moment();
  await list(4);
  const both = ['Con Sumer: ACTIVE PROVED', 'O Ther: ACTIVE PROVED'];
  expect(await stoodAt(before, 3)).toEqual(both);
  expect((await answerAt(before, 3)).data.map((row) => row.causeText)).toEqual(['Deleted', 'Changed']);
  expect(await stoodAt(after, 3)).toEqual([]);
  expect(await stoodAt(again, 3)).toEqual(['O Ther: ACTIVE PROVED']);
  expect(await stoodAt(after, 4)).toEqual(['O Ther: ACTIVE PROVED']);
});

test('who was renamed since is told by the name of today; who was disabled had access until it was removed', async () => {
  const login = await platform.addLogin('leaver');
  const leaver = await server.person({ username: login.username, name: 'Was Called This' });
  const { id: productId } = await product('Left', 5);
  const id = await give(leaver, productId);
  const before = await moment();
  const params = { globalUserId: leaver.globalUserId };
  await people.useradmin.call(updateUser, { params, body: { name: 'Is Called That' } });
  await people.useradmin.call(updateUser, { params, body: { status: 'disabled' } });
  await settled(id, 'REMOVED');
  const after = await moment();
  expect(await stoodAt(before, 5)).toEqual(['Is Called That: ACTIVE PROVED']);
  expect((await answerAt(before, 5)).data[0]?.account).toBe(login.username);
  expect(await stoodAt(after, 5)).toEqual(['Is Called That: REMOVED PROVED']);
  expect((await answerAt(before, 5, { searchText: 'called that' })).meta.totalCount).toBe(1);
  expect((await answerAt(before, 5, { searchText: 'nobody' })).meta.totalCount).toBe(0);
});

test('access that a guardrail held back for a time is told as held back for that time', async () => {
  const group = await people.useradmin.call(createGroup, { body: { name: 'Trained' } });
  const join = (...members: TestPerson[]) =>
    people.useradmin.call(setGroupMembers, {
      params: { id: group.body.id },
      body: { globalUserIds: members.map((one) => one.globalUserId) },
    });
  await join(people.consumer);
  const { id: productId } = await product('Guarded', 1);
  const id = await give(people.consumer, productId);
  const guardrail = await givePolicy(server.deps, {
    name: 'Training first',
    kind: 'guardrail',
    condition: "@isInGroups('Trained')",
  });
  await waitForKeys(server.deps.db);
  const before = await moment();
  await join();
  await settled(id, 'NONE');
  await waitForKeys(server.deps.db);
  const amid = await moment();
  await join(people.consumer);
  await settled(id, 'ACTIVE');
  const after = await moment();
  await endPolicy(server.deps, guardrail);
  expect(await stoodAt(before, 1)).toEqual(['Con Sumer: ACTIVE PROVED']);
  expect(await stoodAt(amid, 1)).toEqual(['Con Sumer: PREVENTED DECIDED']);
  expect(await stoodAt(after, 1)).toEqual(['Con Sumer: ACTIVE PROVED']);
  expect((await answerAt(after, 1)).asOf?.gaps).toEqual(['TABLE', 'GUARDRAILS', 'PAST_STOA']);
  const { rows } = await sql<{ name: string }>`select targets -> 0 ->> 'name' as name from audit_event
    where action = 'ProvisioningHeldBack' and targets @> ${JSON.stringify([{ id }])}::jsonb`.execute(server.deps.db);
  expect(rows.map(({ name }) => name)).toEqual([`${people.consumer.username}: PREVENTED`]);
});

test('what others granted is told from when it was found to when it was found gone', async () => {
  const { rows } = await sql<{ id: string }>`select connection_id as id from data_source where id = ${idOf(2)}`.execute(
    server.deps.db,
  );
  await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, since, closed_at, closed_how, detail)
    select ${newUuid()}, ${rows[0]?.id}, 'bypass', 'its table', 'analysts', 'SELECT', now() - interval '2 days', now() - interval '1 day', 'gone',
      jsonb_build_object('objectId', o.platform_id, 'consumers', '["777"]'::jsonb)
    from data_source s join data_object o on o.id = s.data_object_id where s.id = ${idOf(2)}`.execute(server.deps.db);
  await sql`update data_source set created_at = now() - interval '10 days' where id = ${idOf(2)}`.execute(
    server.deps.db,
  );
  const ago = (hours: number) => moment(sql`clock_timestamp() - make_interval(hours => ${hours})`);
  expect(await stoodAt(await ago(60), 2)).toEqual([]);
  expect(await stoodAt(await ago(36), 2)).toEqual(['analysts: ACTIVE FOUND']);
  expect(await stoodAt(await ago(12), 2)).toEqual([]);
});

test('nothing is told of the time before Stoa knew a table, and nothing of the time to come', async () => {
  const early = await answerAt('2001-03-03T09:00:00Z', 0);
  expect(early).toMatchObject({ data: [], meta: { totalCount: 0 }, asOf: { gaps: ['BEFORE_SOURCE'] } });
  const refused = async (at: string) => {
    const { status, body } = await people.governor.send(
      'GET',
      `/api/report/who-has-access?sourceId=${idOf(0)}&at=${at}`,
    );
    return [status, (body as { code: string }).code];
  };
  expect(await refused('2999-01-01T00:00:00Z')).toEqual([400, 'report.at_in_future']);
  for (const at of ['', 'yesterday', '2026-02-30T00:00:00Z', '2026-02-03'])
    expect(await refused(at)).toEqual([400, 'request.malformed']);
});

test('who may not read the report of now may not read that of an earlier moment', async () => {
  const query = { sourceId: idOf(0), at: await moment() };
  expect((await server.nobody.call(reportWhoHasAccess, { query })).status).toBe(401);
  expect((await people.consumer.call(reportWhoHasAccess, { query })).status).toBe(403);
  const auditor = await server.person({ username: 'ada', permissions: ['AUDIT'] });
  expect((await auditor.call(reportWhoHasAccess, { query })).status).toBe(200);
  expect((await auditor.call(reportWhoHasAccess, { query: { ...query, sourceId: 2_000_000_000 } })).status).toBe(404);
  // What lies ahead is no way to learn which data sources there are.
  const ahead = { sourceId: idOf(0), at: '2999-01-01T00:00:00Z' };
  expect((await people.consumer.call(reportWhoHasAccess, { query: ahead })).status).toBe(403);
});

test('the file of an earlier moment says in each row which moment, how sure, and what is not known', async () => {
  const { id: productId } = await product('In a file', 0);
  await give(people.consumer, productId);
  const at = await moment();
  const { body } = await people.governor.call(exportReport, {
    params: { report: 'who-has-access' },
    query: { sourceId: String(idOf(0)), at },
  });
  const [heading = '', ...lines] = String(body).trimEnd().split('\r\n');
  expect(heading).toMatch(/^\uFEFF?"at","user",/);
  expect(heading.endsWith(',"evidence","notKnown"')).toBe(true);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.startsWith(`"${new Date(at).toISOString()}","${people.consumer.username}",`)).toBe(true);
  expect(lines[0]?.endsWith(',"PROVED","TABLE GUARDRAILS PAST_STOA"')).toBe(true);
});
