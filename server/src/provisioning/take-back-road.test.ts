import { listDrift, updateConnection } from '@stoa/contract/connection';
import {
  confirmTakeBack,
  declineTakeBack,
  fileTakeBack,
  listTakeBacks,
  previewTakeBack,
  readTakeBack,
  recheckTakeBack,
  type TakeBackDetail,
} from '@stoa/contract/existing-grant';
import { getInboxMessages } from '@stoa/contract/notification';
import { reportDrift } from '@stoa/contract/report';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { TestPerson } from '../testing/people.ts';
import { uniqueName } from '../testing/postgres.ts';
import { waitFor } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { actsOn, makeRoad, type Road } from './road-acts.fixture.ts';
import { enqueueRetries, enqueueSweeps } from './sweep.ts';
import { connectionKey, quote } from './walk-world.fixture.ts';

sweepByHand();

/** More objects than are done in one go. */
const many = 52;
let world: Road['world'];
let product: Road['product'];
let second: TestPerson;
/** A role that gave what it might hand on, and that our account may act for. */
let giver: string;
const { consumer, approved, settled, quiet } = actsOn(
  () => world,
  () => product.id,
);
const params = { connectionKey };
const place = (index: number) => world.registered.sources[index]?.path ?? [];
const table = (index: number) => place(index).slice(1).map(quote).join('.');
const login = (index: number) => consumer(index).login.username;

beforeAll(async () => {
  ({ world, product } = await makeRoad('Taken', { schemas: 1, tablesPerSchema: many + 2 }));
  second = await world.server.person({ username: 'second', permissions: ['GOVERNANCE'] });
  giver = uniqueName('giver');
  const { superuser, connector } = world.platform;
  await superuser.query(`create role ${giver}; grant ${giver} to ${quote(connector.username)};
    grant usage on schema ${quote(place(0)[1] ?? '')} to ${giver}, ${[0, 1, 2].map((index) => quote(login(index))).join(', ')};
    ${[0, 1].map((index) => `grant select, insert on ${table(index)} to ${giver} with grant option`).join('; ')}`);
  await settled(await approved(consumer(0)), 'ACTIVE');
  await quiet();
}, 180_000);
afterEach(() => {
  delete process.env['FAILPOINT'];
});
afterAll(async () => {
  await world?.platform.superuser.query(`drop owned by ${giver}; drop role ${giver}`);
  await world?.drop();
});

const toldOf = async (who: TestPerson) =>
  (await who.call(getInboxMessages, { query: { type: ['TAKE_BACK_WAITING'] } })).body.data;
const give = (what: string) => world.platform.superuser.query(`set role ${giver}; ${what}; reset role`);
const preview = async (body: Parameters<typeof ask>[0]) => {
  const answer = await ask(body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};
const ask = (body: { mode: 'adopt' | 'take_over'; path?: string[]; findingIds?: string[] }) =>
  world.people.governor.call(previewTakeBack, { params, body });
const file = async (mode: 'adopt' | 'take_over', more: { path?: string[]; findingIds?: string[] } = {}) => {
  const { planHash } = await preview({ mode, ...more });
  const body = { mode, planHash, reason: 'Earlier grants go.', ...more };
  const filed = await world.people.governor.call(fileTakeBack, { params, body });
  expect(filed.status).toBe(201);
  return filed.body;
};
const confirm = ({ id, planHash }: Pick<TakeBackDetail, 'id' | 'planHash'>, who = second) =>
  who.call(confirmTakeBack, { params: { takeBackId: id }, body: { planHash } });
const read = async (id: string) => (await second.call(readTakeBack, { params: { takeBackId: id } })).body;
const done = ({ id }: { id: string }) =>
  waitFor('the plan to be done', async () => {
    const detail = await read(id);
    return detail.state === 'DONE' && detail;
  });
const sweep = async () => {
  for (let look = 0; look < 2; look++) {
    await enqueueSweeps(world.server.deps);
    await quiet();
  }
};
const bypasses = async () => {
  const { body } = await world.people.governor.call(listDrift, { params, query: { finding: ['bypass'] } });
  return body.data;
};
const holds = async (index: number, at: number, privilege = 'select') => {
  const { rows } = await world.platform.superuser.query<{ n: number }>(
    `select count(*)::int as n from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
     where c.oid = '${table(at)}'::regclass and r.rolname = $1 and lower(a.privilege_type) = $2`,
    [login(index), privilege],
  );
  return rows[0]?.n !== 0;
};

test('adopting takes what people read by Stoa as well, by two persons, and nobody else loses anything', async () => {
  await give(`grant select on ${table(0)} to ${quote(login(0))}, ${quote(login(1))}`);
  await sweep();
  const plan = await preview({ mode: 'adopt' });
  expect(plan).toMatchObject({ statementCount: 1, ownCount: 1, losingCount: 0 });
  expect(plan.statements).toMatchObject([
    { grantee: login(0), grantor: giver, runs: 'stoa', privilege: 'SELECT', people: [{ keeps: true }], losingCount: 0 },
  ]);
  expect(plan.kept).toContainEqual({
    object: place(0).join('.'),
    grantee: login(1),
    privilege: 'SELECT',
    reason: 'waits',
    people: [expect.objectContaining({ globalUserId: consumer(1).person.globalUserId })],
  });
  const stale = { mode: 'adopt' as const, planHash: 'another', reason: 'x' };
  expect(await world.people.governor.call(fileTakeBack, { params, body: stale })).toMatchObject({
    status: 409,
    body: { code: 'take_back.changed' },
  });
  const filed = await file('adopt');
  expect(filed).toMatchObject({ state: 'WAITING', statementCount: 1, abilities: { confirm: { allowed: false } } });

  expect(await confirm(filed, world.people.governor)).toMatchObject({ status: 403 });
  const { rows } = await sql<{
    person: string;
  }>`select person_id as person from app_user where global_user_id = ${world.people.governor.globalUserId}`.execute(
    world.server.deps.db,
  );
  const otherLogin = await world.server.person({
    username: 'governor-too',
    permissions: ['GOVERNANCE'],
    personId: rows[0]?.person ?? '',
  });
  expect(await confirm(filed, otherLogin)).toMatchObject({ status: 403 });
  expect(await confirm(filed, world.people.appadmin)).toMatchObject({ status: 403 });
  expect(await holds(0, 0)).toBe(true);

  await waitFor('the second person to be told', async () => (await toldOf(second)).length > 0);
  expect(await toldOf(second)).toMatchObject([
    {
      message: expect.stringMatching(
        /^governor filed a plan of one statement .* Nobody loses access by it. It waits until /,
      ),
      data: { actionPath: `/admin/connections/${connectionKey}?tab=drift&row=${filed.id}` },
    },
  ]);
  expect(await toldOf(world.people.governor)).toEqual([]);

  expect(await confirm(filed)).toMatchObject({ status: 202, body: { state: 'RUNNING' } });
  expect(await confirm(filed)).toMatchObject({ status: 409, body: { code: 'take_back.not_waiting' } });
  expect(await done(filed)).toMatchObject({ goneCount: 1, failedCount: 0, statements: [{ state: 'GONE' }] });
  expect([await holds(0, 0), await holds(1, 0)]).toEqual([false, true]);
  await quiet();
  expect((await bypasses()).map(({ principal }) => principal)).toEqual([login(1)]);
  const report = await world.people.governor.call(reportDrift, { query: { state: ['closed'], searchText: login(0) } });
  expect(report.body.data).toMatchObject([
    { closedHow: 'taken_back', closedBy: 'governor, second', closedReason: 'Earlier grants go.' },
  ]);
  const { rows: told } = await sql<{ action: string }>`select action from audit_event
    where payload ->> 'takeBackId' = ${filed.id} order by action`.execute(world.server.deps.db);
  expect(told.map(({ action }) => action)).toEqual([
    'DriftResolved',
    'ProvisioningStatementExecuted',
    'TakeOverApplied',
    'TakeOverConfirmed',
    'TakeOverFiled',
  ]);
});

test('a plan is of one moment: whatever differs when it is confirmed, nothing is taken', async () => {
  const filed = await file('take_over');
  expect(filed.statements).toMatchObject([{ grantee: login(1), losingCount: 1, people: [{ keeps: false }] }]);
  await give(`grant select on ${table(1)} to ${quote(login(1))}`);
  expect(await confirm(filed)).toMatchObject({ status: 409, body: { code: 'take_back.changed' } });
  expect(await holds(1, 0)).toBe(true);
  const declined = await second.call(declineTakeBack, {
    params: { takeBackId: filed.id },
    body: { reason: 'Outdated.' },
  });
  expect(declined.body).toMatchObject({
    state: 'DECLINED',
    decidedBy: { username: 'second' },
    decisionReason: 'Outdated.',
  });
  expect(await confirm(filed)).toMatchObject({ status: 409, body: { code: 'take_back.not_waiting' } });
  const late = await file('take_over');
  await sql`update take_back set expires_at = now() where id = ${late.id}`.execute(world.server.deps.db);
  expect(await confirm(late)).toMatchObject({ status: 409, body: { code: 'take_back.not_waiting' } });
  const list = await world.people.appadmin.call(listTakeBacks, { params, query: { state: ['DECLINED', 'EXPIRED'] } });
  expect(list.body.data.map(({ id, state }) => [id, state])).toEqual([
    [late.id, 'EXPIRED'],
    [filed.id, 'DECLINED'],
  ]);
});

test('taking over leaves what is protected and what others use, unless it is named', async () => {
  await give(`grant select on ${table(0)} to PUBLIC; grant insert on ${table(0)} to ${quote(login(0))}`);
  await sweep();
  await world.people.appadmin.call(updateConnection, {
    params,
    body: { settings: { protectedPrincipals: [login(1)] } },
  });
  await quiet();
  const plan = await preview({ mode: 'take_over' });
  expect(plan.statements.map(({ grantee, privilege }) => `${privilege} ${grantee}`)).toEqual([`INSERT ${login(0)}`]);
  const kept = plan.kept.map(({ grantee, reason }) => `${grantee} ${reason}`);
  expect(kept).toContain('PUBLIC public');
  expect(kept.filter((one) => one === `${login(1)} protected`)).toHaveLength(2);
  expect((await preview({ mode: 'adopt' })).kept).toContainEqual(
    expect.objectContaining({ grantee: login(0), reason: 'writes' }),
  );
  const everybody = (await bypasses()).find(({ principal }) => principal === 'PUBLIC');
  const findingIds = [everybody?.id ?? ''];
  expect((await preview({ mode: 'take_over', findingIds })).kept).toMatchObject([{ reason: 'protected' }]);
  await world.people.appadmin.call(updateConnection, { params, body: { settings: { protectedPrincipals: [] } } });
  await quiet();
  const named = await preview({ mode: 'take_over', findingIds });
  expect(named.statements.map(({ grantee }) => grantee)).toEqual(['PUBLIC']);
  expect(named.losingCount).toBe(3);
  const elsewhere = await preview({ mode: 'take_over', path: [place(0)[0] ?? '', 'nowhere'] });
  expect(elsewhere).toMatchObject({ statementCount: 0 });
  const nothing = { mode: 'take_over' as const, path: elsewhere.path, planHash: elsewhere.planHash, reason: 'x' };
  expect(await world.people.governor.call(fileTakeBack, { params, body: nothing })).toMatchObject({
    status: 409,
    body: { code: 'take_back.nothing' },
  });
  await give(`revoke select on ${table(0)} from PUBLIC`);
  await quiet();
});

test('what ran before the server ended is found gone by the next one, and told', async () => {
  process.env['FAILPOINT'] = 'takeBack.applied#1:error';
  const filed = await file('take_over');
  expect(filed.statementCount).toBe(3);
  expect(await confirm(filed)).toMatchObject({ status: 202 });
  const ended = await done(filed);
  expect(ended).toMatchObject({ goneCount: 3, failedCount: 0 });
  expect([await holds(1, 0), await holds(1, 1), await holds(0, 0, 'insert')]).toEqual([false, false, false]);
  await quiet();
  const { rows } = await sql<{ result: string }>`select payload ->> 'result' as result from audit_event
    where action = 'ProvisioningStatementExecuted' and payload ->> 'step' = 'take-back' order by sequence desc limit 3`.execute(
    world.server.deps.db,
  );
  expect(rows.map(({ result }) => result)).toEqual(['unknown', 'unknown', 'unknown']);
  expect(await bypasses()).toEqual([]);
});

test('a plan over many objects goes on beside other work of the connection, and where its key is lost', async () => {
  const { db } = world.server.deps;
  const tables = Array.from({ length: many }, (_, at) => table(at + 2)).join(', ');
  await world.platform.superuser.query(`grant select on ${tables} to ${giver} with grant option`);
  const isBegun = (id: string, keys: 'with other work' | 'without a key') =>
    sql`with begun as (update take_back set state = 'RUNNING', decided_by = ${second.globalUserId}, decided_at = now()
        where id = ${id} returning connection_id)
      insert into provisioning_key (connection_id, target_id, cause, facet)
      select connection_id, null::uuid, 'drift', 'take-back' from begun where ${keys === 'with other work'}
      union all select connection_id, ${product.id}::uuid, 'retry', 'access' from begun where ${keys === 'with other work'}`.execute(
      db,
    );
  for (const keys of ['with other work', 'without a key'] as const) {
    await give(`grant select on ${tables} to ${quote(login(3))}`);
    const filed = await file('take_over');
    expect(filed.statementCount).toBe(many);
    await isBegun(filed.id, keys);
    await enqueueRetries(world.server.deps);
    expect(await done(filed)).toMatchObject({ goneCount: many, failedCount: 0 });
    await quiet();
  }
});

test('what Stoa may not run is one script, and ends the plan’s findings once an administrator has run it', async () => {
  const { superuser } = world.platform;
  const schema = quote(place(0)[1] ?? '');
  await superuser.query(
    `grant select on ${table(0)} to ${quote(login(2))}; grant select on ${table(1)} to ${quote(login(2))}`,
  );
  await sweep();
  const filed = await file('take_over', { path: place(0).slice(0, 2) });
  expect(filed.statements).toMatchObject([
    { runs: 'administrator', because: 'grantor' },
    { runs: 'administrator', because: 'grantor' },
  ]);
  expect(filed.script).toBeUndefined();
  await confirm(filed);
  const ended = await done(filed);
  expect(ended).toMatchObject({ goneCount: 0, administratorCount: 2, abilities: { recheck: { allowed: true } } });
  await quiet();
  expect(await bypasses()).toHaveLength(2);
  const [first = '', ...rest] = (ended.script ?? '').split('REVOKE');
  expect(`${first}${rest.join('')}`).toContain(schema);
  await superuser.query(ended.script ?? '');
  const looked = await second.call(recheckTakeBack, { params: { takeBackId: filed.id } });
  expect(looked.body).toMatchObject({
    goneCount: 2,
    administratorCount: 0,
    abilities: { recheck: { allowed: false } },
  });
  expect(looked.body.script).toBeUndefined();
  expect(await bypasses()).toEqual([]);
});

test('a sweep that finds an administrator’s part gone says whose plan it was', async () => {
  const { superuser } = world.platform;
  await superuser.query(`grant select on ${table(1)} to ${quote(login(2))}`);
  await sweep();
  const filed = await file('take_over');
  await confirm(filed);
  const { script = '' } = await done(filed);
  await quiet();
  await superuser.query(script);
  await sweep();
  expect(await bypasses()).toEqual([]);
  expect(await read(filed.id)).toMatchObject({ goneCount: 1, administratorCount: 0 });
  const { rows } = await sql<{
    how: string;
    id: string;
  }>`select closed_how as how, take_back_id as id from drift_finding
    where finding = 'bypass' order by closed_at desc limit 1`.execute(world.server.deps.db);
  expect(rows).toEqual([{ how: 'taken_back', id: filed.id }]);
});
