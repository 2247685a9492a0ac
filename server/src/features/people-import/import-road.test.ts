import { requestAccess, determineAccessRequest } from '@stoa/contract/access-request';
import { createGroup, deleteGroup, readGroup, setGroupMembers, updateGroup } from '@stoa/contract/group';
import { listIdentities, setIdentity, verifyIdentities } from '@stoa/contract/identity';
import { confirmPeopleChange, readPeopleChange, withdrawPeopleChange } from '@stoa/contract/people-change';
import { importPeople, type ImportKind } from '@stoa/contract/people-import';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { simulate } from '@stoa/contract/simulation';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { givePolicy } from '../../testing/policies.ts';
import { connectionString } from '../../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../../testing/register-platform.ts';
import { sweepByHand } from '../../testing/sweep-by-hand.ts';

sweepByHand();

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
let other: PlatformLogin;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer' | 'late', TestPerson>;
const connectionKey = 'imported';

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  login = await platform.addLogin('consumer');
  other = await platform.addLogin('other');
  people.consumer = await server.person({ username: login.username });
  people.late = await server.person({ username: 'late.comer' });
  registered = await registerPlatform(platform, people, connectionKey);
  await people.useradmin.call(createGroup, { body: { name: 'Trained' } });
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

const send = (kind: ImportKind, csv: string, dryRun = false) =>
  people.useradmin.call(importPeople, { params: { kind }, query: { dryRun }, body: { csv, connectionKey } });
const tableOf = () => {
  const [, schema = '', name = ''] = registered.sources[0]?.path ?? [];
  return { schema, name };
};
const reads = (who: PlatformLogin, answer: 'rows' | '42501') =>
  waitFor(`the table to answer ${answer}`, async () => (await platform.readAs(who, tableOf())) === answer);
const keys = async () => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from provisioning_key`.execute(server.deps.db);
  return rows[0]?.n ?? 0;
};
const list = async (query: NonNullable<Parameters<typeof listIdentities.query.parse>[0]> = {}) =>
  (await people.useradmin.call(listIdentities, { params: { connectionKey }, query: query as object })).body;

test('whoever a file puts into the group of a policy reads on the platform, and who it takes out does not', async () => {
  await givePolicy(server.deps, { name: 'Open to the trained', kind: 'grant', condition: "@isInGroups('Trained')" });
  await waitFor('the keys to be worked off', async () => (await keys()) === 0);
  const members = `group,username\nTrained,${login.username}\n`;
  expect((await send('members', members, true)).body.counts.created).toBe(1);
  expect(await keys()).toBe(0);
  expect(await send('members', members)).toMatchObject({ status: 200, body: { counts: { created: 1 } } });
  await reads(login, 'rows');
  await waitFor('the keys to be worked off', async () => (await keys()) === 0);
  await send('members', members);
  expect(await keys()).toBe(0);
  await send('members', `group,username,action\nTrained,${login.username},remove\n`);
  await reads(login, '42501');
});

test('what a file takes away is seen before, and above the limit only with the number of those who lose', async () => {
  await send('members', `group,username\nTrained,${login.username}\n`);
  await reads(login, 'rows');
  const input = {
    params: { kind: 'members' as const },
    body: { csv: `group,username,action\nTrained,${login.username},remove\n` },
  };
  const changes = [{ change: 'call' as const, operation: 'importPeople', ...input }];
  const seen = await people.useradmin.call(simulate, { body: { changes } });
  expect(seen).toMatchObject({ status: 200, body: { losing: { count: 1 }, gaining: { count: 0 } } });
  await people.appadmin.call(updateApplicationSettings, { body: { confirmLossOver: 0 } });
  const refused = await people.useradmin.call(importPeople, input);
  const one = 'One person would lose access. Nothing was changed.';
  expect(refused).toMatchObject({ status: 409, body: { code: 'policy.confirm_loss', detail: one, losing: 1 } });
  expect(await platform.readAs(login, tableOf())).toBe('rows');
  const query = { confirmLoss: 1, basedOn: seen.body.basedOn };
  expect((await people.useradmin.call(importPeople, { ...input, query })).status).toBe(200);
  await reads(login, '42501');
  await people.appadmin.call(updateApplicationSettings, { body: { confirmLossOver: 25 } });
});

test('a person made by a file has what is open to everybody as soon as their login is there', async () => {
  const fresh = await platform.addLogin('fresh');
  await givePolicy(server.deps, { name: 'Open to Sweden', kind: 'grant', condition: "@hasAttribute('country', 'SE')" });
  await send('users', `username,name,email\n${fresh.username},Fresh,fresh@example.com\n`);
  await send('attributes', `type,principal,name,value\nuser,${fresh.username},country,SE\n`);
  await reads(fresh, 'rows');
  await send('attributes', `type,principal,name,value,action\nuser,${fresh.username},country,SE,remove\n`);
  await reads(fresh, '42501');
});

test('the list has everybody; whoever waits for an account comes first, and goes on once a file names it', async () => {
  const product = await publish(people.governor, registered, {
    name: 'Waited for',
    sourceIds: [registered.sources[0]?.id ?? 0],
  });
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'report' }));
  const user = people.late.globalUserId;
  const asked = await people.late.call(requestAccess, {
    params: { id: product.id },
    body: { user, form: { answers } },
  });
  const id = asked.body.id;
  await people.governor.call(determineAccessRequest, { params: { id }, body: { status: 'APPROVED', reason: 'yes' } });
  const waiting = await waitFor('the request to wait', async () => {
    const found = await list({ waiting: 'true' });
    return found.meta.totalCount === 1 && found.data[0];
  });
  expect(waiting).toMatchObject({ user: { globalUserId: user }, waiting: 1, state: 'absent' });
  const all = await list({ limit: 100 });
  expect(all.data[0]?.user.globalUserId).toBe(user);
  expect(all.data.map((one) => one.user.username)).toEqual(expect.arrayContaining(['governor', 'appadmin']));
  expect(await list({ searchText: 'governor', state: 'unverified' })).toMatchObject({
    data: [{ externalName: 'governor', source: 'template' }],
  });
  const named = `username,externalName\nlate.comer,${other.username}\n`;
  const tried = await send('identities', named, true);
  expect(tried.body.rows[0]?.changes).toContainEqual({ column: 'state', before: 'absent', after: 'mapped' });
  expect((await list({ waiting: 'true' })).meta.totalCount).toBe(1);
  expect((await send('identities', named)).body.counts).toMatchObject({ changed: 1 });
  await reads(other, 'rows');
  // What the platform shows is recorded a moment later.
  await waitFor('nobody to wait', async () => (await list({ waiting: 'true' })).meta.totalCount === 0);
  expect((await send('identities', named)).body.counts).toMatchObject({ unchanged: 1 });
});

test('one names neither oneself, nor two people alike, nor anybody by what cannot be granted to', async () => {
  const tried = await send(
    'identities',
    [
      'username,externalName',
      `useradmin,somebody`,
      `governor,${other.username}`,
      'appadmin,public',
      `nobody.at.all,x`,
      `${login.username},same.name`,
      `governor,same.name`,
    ].join('\n'),
    true,
  );
  expect(tried.body.rows.map((row) => [row.outcome, row.column])).toEqual([
    ['refused', 'username'],
    ['refused', 'externalName'],
    ['refused', 'externalName'],
    ['refused', 'username'],
    ['changed', undefined],
    ['refused', 'username'],
  ]);
  const missing = await people.useradmin.call(importPeople, {
    params: { kind: 'identities' },
    body: { csv: 'username,externalName\nx,y' },
  });
  expect(missing.body).toMatchObject({ status: 422, code: 'import.unreadable' });
  const unknown = { csv: 'username,externalName\nx,y', connectionKey: 'nowhere' };
  expect(await people.useradmin.send('POST', '/api/import/identities', unknown)).toMatchObject({ status: 404 });
});

test('two people exchange their names by one file', async () => {
  const [a, b] = [await platform.addLogin('swap1'), await platform.addLogin('swap2')];
  await send('identities', `username,externalName\ngovernor,${a.username}\nappadmin,${b.username}\n`);
  const swapped = await send('identities', `username,externalName\ngovernor,${b.username}\nappadmin,${a.username}\n`);
  expect(swapped).toMatchObject({ status: 200, body: { counts: { changed: 2 } } });
  const { data } = await list({ state: 'mapped' });
  expect(data.find((one) => one.user.username === 'governor')?.externalName).toBe(b.username);
  expect((await send('identities', 'username,externalName\ngovernor,\nappadmin,\n')).body.counts.changed).toBe(2);
});

test('people are looked up again by a task, one or all that a filter finds', async () => {
  const body = { globalUserIds: [people.late.globalUserId] };
  expect((await server.nobody.call(verifyIdentities, { params: { connectionKey }, body })).status).toBe(401);
  expect((await people.appadmin.call(verifyIdentities, { params: { connectionKey }, body })).status).toBe(403);
  const nowhere = { params: { connectionKey: 'nowhere' }, body };
  expect((await people.useradmin.call(verifyIdentities, nowhere)).status).toBe(404);
  const ended = async (taskId: string) =>
    waitFor('the task to end', async () => {
      const { body: task } = await people.useradmin.call(getTask, { params: { taskId } });
      return ['SUCCEEDED', 'FAILED'].includes(task.status) && task;
    });
  await people.useradmin.call(setIdentity, {
    params: { connectionKey, globalUserId: people.governor.globalUserId },
    body: { externalName: 'made.later' },
  });
  const made = await platform.addLogin('later');
  await platform.superuser.query(`alter role "${made.username}" rename to "made.later"`);
  const started = await people.useradmin.call(verifyIdentities, {
    params: { connectionKey },
    body: { searchText: 'governor', state: ['absent'] },
  });
  expect(started.status).toBe(202);
  expect(await ended(started.body.taskId)).toMatchObject({ status: 'SUCCEEDED', done: 1, total: 1 });
  expect((await list({ searchText: 'made.later' })).data[0]).toMatchObject({ state: 'mapped' });
  await platform.superuser.query(`alter role "made.later" rename to "${made.username}"`);
  const all = await people.useradmin.call(verifyIdentities, { params: { connectionKey }, body: {} });
  expect(await ended(all.body.taskId)).toMatchObject({ status: 'SUCCEEDED' });
  expect((await list({ searchText: 'made.later' })).data[0]).toMatchObject({ state: 'absent' });
});

test('more than a hundred people gain access only once another user admin confirms it, whichever way they gain it', async () => {
  const { useradmin } = people;
  const second = await server.person({ username: 'useradmin-2', permissions: ['USER_ADMIN'] });
  const { rows } = await sql<{ id: string; username: string }>`
    insert into app_user (global_user_id, person_id, username, username_key, name)
    select i, i, 'crowd-' || n, 'crowd-' || n, 'Crowd' from (select gen_random_uuid() as i, n from generate_series(1, 322) n) w
    returning global_user_id as id, username`.execute(server.deps.db);
  const some = (from: number, to: number) => rows.slice(from, to).map(({ id }) => id);
  const make = async (name: string) => String((await useradmin.call(createGroup, { body: { name } })).body.id);
  const put = (id: string, globalUserIds: string[]) =>
    useradmin.call(setGroupMembers, { params: { id }, body: { globalUserIds } });
  const ofFiled = async (answer: { status: number; body: Record<string, unknown> }) => {
    expect(answer).toMatchObject({ status: 202, body: { state: 'WAITING', reasons: ['access'] } });
    const params = { id: String(answer.body['id']) };
    return { params, detail: (await second.call(readPeopleChange, { params })).body };
  };
  const withdrawn = (params: { id: string }) => useradmin.call(withdrawPeopleChange, { params });
  const [opened, crowd, barred] = [await make('Opened'), await make('Crowd'), await make('Barred')];
  await givePolicy(server.deps, { name: 'To the opened', kind: 'grant', condition: "@isInGroups('Opened')" });
  await givePolicy(server.deps, { name: 'To gold', kind: 'grant', condition: "@hasAttribute('grade', 'gold')" });
  await waitFor('the keys to be worked off', async () => (await keys()) === 0);

  const more = await ofFiled(await put(opened, some(0, 101)));
  expect(more.detail).toMatchObject({ gainingCount: 101, changeCount: 101, target: { type: 'GROUP', name: 'Opened' } });
  expect(more.detail.gaining).toHaveLength(50);
  await withdrawn(more.params);
  expect((await put(opened, some(0, 100))).status).toBe(200);
  // Whoever reads already gains nothing.
  expect((await put(opened, some(0, 160))).status).toBe(200);
  expect((await put(opened, some(0, 220))).status).toBe(200);

  const csv = ['group,username', ...rows.slice(220, 321).map(({ username }) => `Opened,${username}`)].join('\n');
  const file = await ofFiled(await send('members', csv));
  expect(file.detail).toMatchObject({ gainingCount: 101, target: { type: 'IMPORT', name: 'members' } });
  // Of a file the trial writes nothing, and waits for nobody.
  expect((await send('members', csv, true)).status).toBe(200);
  await send('members', `group,username\nOpened,${rows[220]?.username}\n`);
  const confirmed = await second.call(confirmPeopleChange, { params: file.params });
  expect(confirmed).toMatchObject({ status: 409, body: { code: 'people_change.stale' } });

  // Nobody gains by a group that gives nothing, and all of them by what it gives from then on.
  expect((await put(crowd, some(221, 322))).status).toBe(200);
  const given = await ofFiled(
    await useradmin.call(updateGroup, { params: { id: crowd }, body: { attributes: { grade: ['gold'] } } }),
  );
  expect(given.detail.changes).toEqual([{ subject: 'Crowd', what: 'attribute grade', before: null, after: 'gold' }]);
  expect(await keys()).toBe(0);

  expect((await put(barred, some(221, 322))).status).toBe(200);
  await useradmin.call(updateGroup, { params: { id: barred }, body: { attributes: { barred: ['yes'] } } });
  await givePolicy(server.deps, {
    name: 'Not to the barred',
    kind: 'grant',
    condition: "NOT @hasAttribute('barred', 'yes')",
  });
  await waitFor('the keys to be worked off', async () => (await keys()) === 0);
  const gone = await ofFiled(await useradmin.call(deleteGroup, { params: { id: barred } }));
  expect(gone.detail).toMatchObject({ gainingCount: 101, operation: 'deleteGroup' });
  await withdrawn(gone.params);

  expect(await second.call(confirmPeopleChange, { params: given.params })).toMatchObject({
    status: 200,
    body: { state: 'CONFIRMED' },
  });
  expect((await useradmin.call(readGroup, { params: { id: crowd } })).body.attributes).toEqual({ grade: ['gold'] });
});
