import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { requestAccess } from '@stoa/contract/access-request';
import { searchAudit } from '@stoa/contract/audit';
import { type Drift, ignoreDrift, listDrift, readConnection, unignoreDrift } from '@stoa/contract/connection';
import { setIdentity } from '@stoa/contract/identity';
import type { QueryIn } from '@stoa/contract/operation';
import { reportDrift, reportUnmappedLogins } from '@stoa/contract/report';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uniqueName } from '../testing/postgres.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { actsOn, makeRoad, type Road } from './road-acts.fixture.ts';
import { enqueueSweeps } from './sweep.ts';
import { connectionKey, quote } from './walk-world.fixture.ts';

sweepByHand();

let world: Road['world'];
let product: Road['product'];
let container: string;

beforeAll(async () => {
  ({ world, product } = await makeRoad('Settled'));
  const { rows } = await sql<{ number: number }>`select number from container where target_id = ${product.id}`.execute(
    world.server.deps.db,
  );
  container = `stoa_dp_${Number(rows[0]?.number).toString(36)}`;
  await quiet();
}, 180_000);
afterAll(() => world?.drop());

const { consumer, table, approved, settled, quiet } = actsOn(
  () => world,
  () => product.id,
);
const sweep = async () => {
  for (let look = 0; look < 2; look++) {
    await enqueueSweeps(world.server.deps);
    await quiet();
  }
};
const found = async (finding: Drift['finding'], query: { ignored?: 'true' | 'false' } = {}) => {
  const { body } = await world.people.appadmin.call(listDrift, { params: { connectionKey }, query });
  return body.data.filter((one) => one.finding === finding);
};
const only = async (finding: Drift['finding']): Promise<Drift & { id: string }> => {
  const [one, ...others] = await found(finding);
  expect(others).toEqual([]);
  if (one?.id === undefined) throw new Error(`no ${finding}`);
  return { ...one, id: one.id };
};
const counted = async () =>
  (await world.people.appadmin.call(readConnection, { params: { connectionKey } })).body.driftCount;

test('what two roles gave alike is one finding, and its SQL takes both away', async () => {
  const { superuser } = world.platform;
  const { schema, name } = table();
  await superuser.query(`create role giver; grant usage on schema ${schema} to giver; grant insert on ${schema}.${name} to giver with grant option;
    set role giver; grant insert on ${schema}.${name} to ${container}; reset role; grant insert on ${schema}.${name} to ${container}`);
  await sweep();
  const one = await only('extra_on_container');
  expect(one).toMatchObject({ privilege: 'INSERT', isForPerson: true, people: [] });
  expect(one.repair?.match(/REVOKE INSERT/g)).toHaveLength(2);
  expect(await counted()).toBe(1);
  await superuser.query(one.repair ?? '');
  await sweep();
  expect(await found('extra_on_container')).toEqual([]);
  expect(await counted()).toBe(0);
  await superuser.query('drop owned by giver; drop role giver');
});

test('what is missing is told as granted again once it was, and not while that fails', async () => {
  const { superuser, connector } = world.platform;
  const { schema, name } = table();
  await sweep();
  const told = async () => {
    const { rows } = await sql<{ what: string; how: string | null }>`
      select coalesce(action || ' ' || (payload ->> 'privilege'), action) as what, action_status as how from audit_event
      where sequence > ${start} and (action like 'Drift%' or payload ->> 'step' = 'grant-objects') order by sequence`.execute(
      world.server.deps.db,
    );
    return rows.map(({ what, how }) => `${what} ${how}`);
  };
  const { rows: last } = await sql<{
    sequence: number;
  }>`select max(sequence)::int as sequence from audit_event`.execute(world.server.deps.db);
  const start = last[0]?.sequence ?? 0;
  await superuser.query(
    `set role ${quote(connector.username)}; revoke select on ${schema}.${name} from ${container}; reset role`,
  );
  // Somebody is altering the table: no privilege on it can be given meanwhile.
  await superuser.query(`begin; alter table ${schema}.${name} add column halt integer`);
  await sweep();
  expect(await only('missing')).toMatchObject({ privilege: 'SELECT', principal: container });
  expect(await counted()).toBe(1);
  const failed = 'ProvisioningStatementExecuted FAILURE';
  expect((await told()).filter((one) => one !== failed)).toEqual(['DriftFound SELECT SUCCESS']);
  await superuser.query('rollback');
  await sweep();
  expect(await found('missing')).toEqual([]);
  expect((await told()).filter((one) => one !== failed)).toEqual([
    'DriftFound SELECT SUCCESS',
    'ProvisioningStatementExecuted SUCCESS',
    'DriftResolved SELECT SUCCESS',
  ]);
  const { body } = await world.people.governor.call(reportDrift, { query: { state: ['closed'] } });
  expect(body.data.filter(({ finding }) => finding === 'missing')).toMatchObject([{ closedHow: 'healed' }]);
});

test('who was put into a role by hand may be asked for, and is a finding no more once that is approved', async () => {
  const ann = consumer(0);
  await world.platform.superuser.query(`grant ${container} to ${quote(ann.login.username)}`);
  await sweep();
  const one = await only('unknown_member');
  expect(one).toMatchObject({
    people: [{ globalUserId: ann.person.globalUserId }],
    target: { kind: 'DATA_PRODUCT', id: product.id, name: 'Settled' },
  });
  await settled(await approved(ann), 'ACTIVE');
  await sweep();
  expect(await found('unknown_member')).toEqual([]);
});

test('what is ignored counts no longer, says who and why wherever it is told, and ends with the finding', async () => {
  const { appadmin, governor, useradmin } = world.people;
  const { superuser } = world.platform;
  const ben = consumer(1);
  const { schema, name } = table();
  const grant = `grant usage on schema ${schema} to ${quote(ben.login.username)}; grant select on ${schema}.${name} to ${quote(ben.login.username)}`;
  await superuser.query(grant);
  await sweep();
  const one = await only('bypass');
  const params = { connectionKey, driftId: one.id };
  const body = { reason: 'The nightly export reads by it.' };
  expect((await ben.person.call(ignoreDrift, { params, body })).status).toBe(403);
  expect((await useradmin.call(ignoreDrift, { params, body })).status).toBe(403);
  const empty = await governor.call(ignoreDrift, { params, body: { reason: '' } });
  expect(empty).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  expect(await governor.call(ignoreDrift, { params, body })).toMatchObject({
    status: 200,
    body: { ignored: { by: { globalUserId: governor.globalUserId }, ...body } },
  });
  expect(await counted()).toBe(0);
  expect(await found('bypass', { ignored: 'false' })).toEqual([]);
  // Another look leaves it so.
  await superuser.query(
    `comment on table ${schema}.${name} is 'looked at again'; grant references on ${schema}.${name} to ${quote(ben.login.username)}`,
  );
  await sweep();
  expect((await found('bypass', { ignored: 'true' })).map(({ id }) => id)).toEqual([one.id]);

  const asked = await ben.person.call(requestAccess, {
    params: { id: product.id },
    body: { user: ben.person.globalUserId, form: { answers: world.answers } },
  });
  const evidence = await governor.call(getAccessRequestEvidence, { params: { id: asked.body.id } });
  expect(evidence.body.findings.filter(({ finding }) => finding === 'bypass')).toMatchObject([{ ignored: body }]);
  const reported = await governor.call(reportDrift, { query: { state: ['ignored'] } });
  expect(reported.body.data).toMatchObject([{ finding: 'bypass', ignoredReason: body.reason, closedAt: null }]);
  const auditor = await world.server.person({ username: 'auditor', permissions: ['AUDIT'] });
  const audited = await auditor.call(searchAudit, { query: { action: ['DriftIgnored'] } });
  expect(audited.body.data).toMatchObject([{ auditPayload: { finding: 'bypass', ...body } }]);

  expect((await appadmin.call(unignoreDrift, { params })).body.ignored).toBeUndefined();
  expect(await counted()).toBe(1);
  await appadmin.call(ignoreDrift, { params, body });
  await superuser.query(one.repair ?? '');
  await sweep();
  expect(await found('bypass')).toEqual([]);
  expect(await world.platform.readAs(ben.login, table())).toBe('42501');
  const closed = await governor.call(ignoreDrift, { params, body });
  expect(closed).toMatchObject({ status: 409, body: { code: 'drift.closed' } });
  await superuser.query(grant);
  await sweep();
  expect(await only('bypass')).not.toMatchObject({ ignored: expect.anything() });
});

test('nobody ignores what their own login was given, nor what mends itself', async () => {
  const { appadmin } = world.people;
  const ben = consumer(1);
  const one = await only('bypass');
  await sql`insert into global_permission (global_user_id, permission) values (${ben.person.globalUserId}, 'GOVERNANCE')`.execute(
    world.server.deps.db,
  );
  const own = await ben.person.call(ignoreDrift, {
    params: { connectionKey, driftId: one.id },
    body: { reason: 'It is mine.' },
  });
  expect(own).toMatchObject({ status: 403, body: { detail: expect.stringContaining('their own login') } });
  await sql`update drift_finding set finding = 'missing' where id = ${one.id}`.execute(world.server.deps.db);
  const mends = await appadmin.call(ignoreDrift, {
    params: { connectionKey, driftId: one.id },
    body: { reason: 'It goes by itself.' },
  });
  expect(mends).toMatchObject({ status: 409, body: { code: 'drift.mends_itself' } });
});

test('logins that reach tables and are nobody here are told with what lets them in, until they are somebody’s or out again', async () => {
  const { governor, useradmin } = world.people;
  const { superuser } = world.platform;
  const { schema, name } = table();
  const [readers, job, robot, over] = ['readers', 'job', 'robot', 'over'].map((one) => uniqueName(one));
  await superuser.query(`create role ${readers}; create role ${job} login in role ${readers}; create role ${robot} login;
    create role ${over} login valid until '2001-01-01' in role ${readers};
    grant usage on schema ${schema} to ${readers}; grant select on ${schema}.${name} to ${readers}`);
  await sweep();
  // Of a container of ours alone, which is not all that was looked at.
  await superuser.query(`grant ${container} to ${robot}`);
  await sweep();
  const told = async (query: QueryIn<typeof reportUnmappedLogins> = {}) => {
    const { body } = await governor.call(reportUnmappedLogins, { query: { connectionKey, limit: 500, ...query } });
    const ours = new Set([readers, job, robot, over]);
    return { ...body, data: body.data.filter(({ login }) => ours.has(login)) };
  };
  const { data, looks } = await told();
  expect(looks).toEqual([{ connectionKey, at: expect.any(String), isCut: false }]);
  const one = {
    privilege: 'SELECT',
    objectCount: 1,
    isEverything: false,
    objects: [{ objectPath: [expect.any(String), schema, name] }],
  };
  const byLogin = new Map(data.map((row) => [row.login, row]));
  expect(byLogin.size).toBe(4);
  expect(byLogin.get(job ?? '')).toMatchObject({ ...one, through: readers, canLogin: true });
  expect(byLogin.get(over ?? '')).toMatchObject({ ...one, through: readers, canLogin: false });
  expect(byLogin.get(readers ?? '')).toMatchObject({ ...one, through: null, canLogin: false });
  expect(byLogin.get(robot ?? '')).toMatchObject({ privilege: 'MEMBER', through: container, canLogin: true });
  expect((await told({ canLogin: false })).data).toHaveLength(2);
  expect((await told({ searchText: job ?? '' })).data).toHaveLength(1);
  const { rows } = await sql<{
    id: number;
  }>`select s.id from data_source s join data_object o on o.id = s.data_object_id
    order by o.object_path = ${[world.platform.database, schema, name]}::text[], s.id`.execute(world.server.deps.db);
  expect((await told({ sourceId: rows.at(-1)?.id ?? 0 })).data.length).toBeGreaterThanOrEqual(3);
  expect((await told({ sourceId: rows[0]?.id ?? 0 })).data.filter(({ through }) => through === readers)).toEqual([]);
  const file = await governor.send('GET', `/api/report/unmapped-logins/csv?connectionKey=${connectionKey}`);
  expect(String(file.body)).toContain(`"${job}","true","${readers}","SELECT","1",`);

  const first = byLogin.get(job ?? '')?.since;
  const person = await world.server.person({ username: 'somebody' });
  const params = { connectionKey, globalUserId: person.globalUserId };
  expect((await useradmin.call(setIdentity, { params, body: { externalName: job ?? '' } })).body.state).toBe('mapped');
  // At once, and after the next look.
  expect((await told({ searchText: job ?? '' })).data).toEqual([]);
  await superuser.query(`revoke ${container} from ${robot}`);
  await sweep();
  expect((await told()).data.map(({ login }) => login).toSorted()).toEqual([over, readers].toSorted());
  expect((await told({ searchText: over ?? '' })).data[0]?.since).toBe(first);
  await superuser.query(`drop owned by ${readers}; drop role ${job}, ${robot}, ${over}, ${readers}`);
  await sweep();
  expect((await told()).data).toEqual([]);
});
