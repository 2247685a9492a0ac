import { explainAccess } from '@stoa/contract/access';
import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { listDrift, readConnection, updateConnection } from '@stoa/contract/connection';
import { updateDataSources } from '@stoa/contract/data-product';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { setIdentity } from '@stoa/contract/identity';
import { reportWhatHas, reportWhoHasAccess } from '@stoa/contract/report';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { startTestServer } from '../testing/app.ts';
import { connectionString } from '../testing/postgres.ts';
import { waitFor } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { claimWork, holdsFence, scopeOf } from './claim-work.ts';
import { actsOn, containersOf, makeRoad, type Road } from './road-acts.fixture.ts';
import { enqueueRetries, enqueueSweeps } from './sweep.ts';
import { type Consumer, connectionKey, quote } from './walk-world.fixture.ts';

sweepByHand();

let world: Road['world'];
let product: Road['product'];
let connectionId: string;

beforeAll(async () => {
  ({ world, product, connectionId } = await makeRoad('Edges'));
}, 180_000);
afterAll(() => world?.drop());

const { consumer, table, settled, approved, revoke, quiet, takeMembership } = actsOn(
  () => world,
  () => product.id,
);
const name = ({ person }: Consumer, externalName: string | null) =>
  world.people.useradmin.call(setIdentity, {
    params: { connectionKey, globalUserId: person.globalUserId },
    body: { externalName },
  });

test('a person who is named to be another login loses the access of the first one at once', async () => {
  const ann = consumer(0);
  const [other] = world.spare;
  if (!other) throw new Error('no spare login');
  const id = await approved(ann);
  await settled(id, 'ACTIVE');
  expect((await name(ann, other.username)).status).toBe(200);
  await quiet();
  expect(await world.platform.readAs(other, table())).toBe('rows');
  expect(await world.platform.readAs(ann.login, table())).toBe('42501');
  // To a name that nobody has: the old login must not keep what the person waits for.
  expect((await name(ann, 'nobody_yet')).body.state).toBe('absent');
  await quiet();
  expect(await world.platform.readAs(other, table())).toBe('42501');
  await revoke(id);
  // Since when it stood is told also of access that is over.
  expect(await settled(id, 'REMOVED')).toMatchObject({ activeAt: expect.any(String) });
  expect((await name(ann, null)).status).toBe(200);
});

test('two people are never one login, however it was renamed', async () => {
  const [ann, ben] = [consumer(0), consumer(1)];
  const id = await approved(ann);
  await settled(id, 'ACTIVE');
  const to = `${ann.login.username}_new`;
  await world.platform.superuser.query(`alter role ${quote(ann.login.username)} rename to ${quote(to)}`);
  expect(await name(ben, to)).toMatchObject({ status: 409, body: { code: 'identity.taken' } });
  await world.platform.superuser.query(`alter role ${quote(to)} rename to ${quote(ann.login.username)}`);
  await revoke(id);
  await settled(id, 'REMOVED');
});

test('a login that was dropped and made anew is no longer the person, and is told so', async () => {
  const cid = consumer(2);
  const id = await approved(cid);
  await settled(id, 'ACTIVE');
  const login = quote(cid.login.username);
  const { superuser, database } = world.platform;
  await superuser.query(`drop owned by ${login}; drop role ${login}; create role ${login} login password 'platform-test';
    grant connect on database ${quote(database)} to ${login}`);
  await enqueueSweeps(world.server.deps);
  expect(await settled(id, 'AWAITING_IDENTITY')).toMatchObject({ reason: 'identity.unverified' });
  expect(await world.platform.readAs(cid.login, table())).toBe('42501');
  expect((await name(cid, cid.login.username)).body.state).toBe('mapped');
  await settled(id, 'ACTIVE');
  expect(await world.platform.readAs(cid.login, table())).toBe('rows');
  await revoke(id);
});

test('a container that was renamed on the platform is found by its mark, and lets nobody in', async () => {
  const dot = consumer(3);
  const id = await approved(dot);
  await settled(id, 'ACTIVE');
  const { rows } = await sql<{ number: number }>`select number from container where target_id = ${product.id}`.execute(
    world.server.deps.db,
  );
  const container = `stoa_dp_${Number(rows[0]?.number).toString(36)}`;
  await world.platform.superuser.query(`alter role ${container} rename to "something else"`);
  await enqueueSweeps(world.server.deps);
  await quiet();
  expect(await world.platform.readAs(dot.login, table())).toBe('rows');
  await revoke(id);
  await settled(id, 'REMOVED');
  await quiet();
  expect(await world.platform.readAs(dot.login, table())).toBe('42501');
  const left = await world.platform.superuser.query(`select from pg_roles where rolname = 'something else'`);
  expect(left.rowCount).toBe(0);
});

test('what an administrator does while a whole run is under way is found by the next sweep', async () => {
  await quiet();
  const { deps } = world.server;
  const session = await deps.platforms.session(connectionId);
  const id = await approved(consumer(0));
  await settled(id, 'ACTIVE');
  await enqueueSweeps(deps);
  await quiet();
  await enqueueSweeps(deps);
  await quiet();
  // The fingerprint that a whole run leaves must not cover what it has not looked at.
  const { probe } = session;
  Object.assign(session, {
    probe: async (probes: Parameters<typeof probe>[0]) => {
      const proofs = await probe(probes);
      Object.assign(session, { probe });
      await world.platform.superuser
        .query(
          `revoke usage on schema ${table().schema} from stoa_dp_1 granted by ${quote(world.platform.connector.username)}`,
        )
        .catch(() => undefined);
      await takeMembership(consumer(0));
      return proofs;
    },
  });
  await sql`update connection set last_sweep_at = null`.execute(deps.db);
  await enqueueSweeps(deps);
  await quiet();
  expect(await world.platform.readAs(consumer(0).login, table())).toBe('42501');
  await enqueueSweeps(deps);
  await quiet();
  expect(await world.platform.readAs(consumer(0).login, table())).toBe('rows');
  await revoke(id);
  await settled(id, 'REMOVED');
});

test('where members of containers alone moved, a sweep looks at these, and closes and opens nothing elsewhere', async () => {
  const { deps } = world.server;
  const { superuser } = world.platform;
  const sweep = async () => {
    await enqueueSweeps(deps);
    await quiet();
  };
  const wholeLooks = async () => {
    const { rows } = await sql<{
      at: string;
    }>`select last_sweep_at::text as at from connection where id = ${connectionId}`.execute(deps.db);
    return rows[0]?.at;
  };
  const findings = async () => {
    const { body } = await world.people.appadmin.call(listDrift, { params: { connectionKey } });
    return body.data.map(({ finding, principal }) => `${finding} ${principal}`).toSorted();
  };
  const missing = async () => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*)::int as n from drift_finding where finding = 'missing' and closed_how = 'healed'`.execute(
      deps.db,
    );
    return rows[0]?.n ?? 0;
  };
  const [ann, ben] = [consumer(0), consumer(1)];
  const { schema, name: relation } = table();
  await superuser.query(
    `grant usage on schema ${schema} to ${quote(ben.login.username)}; grant select on ${schema}.${relation} to ${quote(ben.login.username)}`,
  );
  const id = await approved(ben);
  await settled(id, 'ACTIVE');
  await sweep();
  await sweep();
  const opened = `bypass ${ben.login.username}`;
  expect(await findings()).toContain(opened);
  const looked = await wholeLooks();
  const healed = await missing();

  // To the very state of the last look: only that we moved it tells that it is not as it was.
  const annId = await approved(ann);
  await settled(annId, 'ACTIVE');
  await takeMembership(ann);
  expect(await world.platform.readAs(ann.login, table())).toBe('42501');
  await sweep();
  expect(await world.platform.readAs(ann.login, table())).toBe('rows');
  expect(await missing()).toBe(healed + 1);

  await takeMembership(ann);
  await sweep();
  expect(await world.platform.readAs(ann.login, table())).toBe('rows');
  expect(await missing()).toBe(healed + 2);

  const [guest] = world.spare;
  if (!guest) throw new Error('no spare login');
  const { rows } = await sql<{ number: number }>`select number from container where target_id = ${product.id}`.execute(
    deps.db,
  );
  const container = `stoa_dp_${Number(rows[0]?.number).toString(36)}`;
  await superuser.query(`grant ${container} to ${quote(guest.username)}`);
  await sweep();
  expect(await findings()).toEqual([opened, `unknown_member ${guest.username}`]);
  await superuser.query(`revoke ${container} from ${quote(guest.username)}`);
  await sweep();
  expect(await findings()).toEqual([opened]);
  expect(await wholeLooks()).toBe(looked);

  // Anything else is looked for everywhere.
  await superuser.query(
    `revoke select on ${schema}.${relation} from ${quote(ben.login.username)}; revoke usage on schema ${schema} from ${quote(ben.login.username)}`,
  );
  await sweep();
  expect(await findings()).toEqual([]);
  expect(await wholeLooks()).not.toBe(looked);
  for (const one of [id, annId]) {
    await revoke(one);
    await settled(one, 'REMOVED');
  }
});

test('whom others let into a container is told wherever it is asked who reads, by a group as well; so is access that ended and stands', async () => {
  const { deps } = world.server;
  const { superuser } = world.platform;
  const { governor } = world.people;
  const [ann, ben, cid] = [consumer(0), consumer(1), consumer(2)];
  const kept = await approved(ann);
  await settled(kept, 'ACTIVE');
  const { rows } = await sql<{
    number: number;
    source: number;
  }>`select c.number, s.data_source_id as source from container c
    join data_product_source s on s.data_product_id = c.target_id where c.target_id = ${product.id} order by 2 limit 1`.execute(
    deps.db,
  );
  const { number = 0, source: sourceId = 0 } = rows[0] ?? {};
  const container = `stoa_dp_${Number(number).toString(36)}`;
  const group = quote(`group_of_${ben.login.username}`);
  const known = async (who: Consumer) => {
    const listed = await governor.call(reportWhoHasAccess, { query: { sourceId: String(sourceId) } });
    const has = await governor.call(reportWhatHas, { query: { user: who.person.globalUserId } });
    const told = await governor.call(explainAccess, {
      query: { user: who.person.globalUserId, sourceId: String(sourceId) },
    });
    const own = listed.body.data.filter(({ user }) => user?.globalUserId === who.person.globalUserId);
    return {
      listed: own.map(({ cause, causeText, state }) => `${cause} ${causeText} ${state}`),
      has: has.body.data.some(({ source }) => source.dataSourceId === sourceId),
      bypass: told.body.bypass,
    };
  };
  const nothing = { listed: [], has: false, bypass: [] };
  expect([await known(ben), await known(cid)]).toEqual([nothing, nothing]);

  await superuser.query(`create role ${group}; grant ${group} to ${quote(cid.login.username)};
    grant ${container} to ${group}; grant ${container} to ${quote(ben.login.username)}`);
  await enqueueSweeps(deps);
  await quiet();
  await enqueueSweeps(deps);
  await quiet();
  const groupName = group.replaceAll('"', '');
  expect(await known(ben)).toEqual({
    listed: [`PLATFORM MEMBER of ${container} ACTIVE`],
    has: true,
    bypass: [`MEMBER of ${container} held by ${ben.login.username}`],
  });
  expect(await known(cid)).toEqual({
    listed: [`PLATFORM MEMBER of ${container} by ${groupName} ACTIVE`],
    has: true,
    bypass: [`MEMBER of ${container} held by ${groupName}`],
  });
  // A look at the container alone keeps whom a group lets in, and names a login of which nothing was told before.
  await sql`update drift_finding set detail = detail - 'targetId' - 'part' || '{"consumers": []}'
    where finding = 'unknown_member' and principal = ${ben.login.username}`.execute(deps.db);
  expect((await known(ben)).listed).toEqual([]);
  await sql`insert into provisioning_key (connection_id, target_id, cause) values (${connectionId}, ${product.id}, 'sweep')`.execute(
    deps.db,
  );
  deps.reconciler.kick(connectionId);
  await quiet();
  expect((await known(ben)).listed).toEqual([`PLATFORM MEMBER of ${container} ACTIVE`]);
  expect((await known(cid)).listed).toEqual([`PLATFORM MEMBER of ${container} by ${groupName} ACTIVE`]);
  const asked = await ben.person.call(requestAccess, {
    params: { id: product.id },
    body: { user: ben.person.globalUserId, form: { answers: world.answers } },
  });
  const evidence = await governor.call(getAccessRequestEvidence, { params: { id: asked.body.id } });
  expect(evidence.body.signals.find(({ code }) => code === 'bypass')?.text).toMatch(
    /reads by one already, which a denial/,
  );
  await governor.call(determineAccessRequest, {
    params: { id: asked.body.id },
    body: { status: 'DENIED', reason: 'not needed' },
  });
  await superuser.query(`revoke ${container} from ${quote(ben.login.username)}; drop role ${group}`);

  // Somebody else holds the row of the membership.
  await superuser.query(`begin; select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
    where r.rolname = '${container}' and u.rolname = '${ann.login.username}' for update of m`);
  await revoke(kept);
  await settled(kept, 'REMOVE_FAILED');
  expect(await known(ann)).toMatchObject({
    listed: [expect.stringMatching(/^REQUEST .* REMOVE_FAILED$/)],
    has: true,
    bypass: ['access that has ended and was not seen to be refused yet (REMOVE_FAILED)'],
  });
  await superuser.query('rollback');
  await settled(kept, 'REMOVED');
  await enqueueSweeps(deps);
  await quiet();
  expect([await known(ann), await known(ben), await known(cid)]).toEqual([nothing, nothing, nothing]);
});

test('more keys than one run takes are worked off, also when they repeat', async () => {
  const { deps } = world.server;
  const id = await approved(consumer(1));
  await settled(id, 'ACTIVE');
  await world.people.appadmin.call(updateConnection, { params: { connectionKey }, body: { state: 'paused' } });
  await quiet();
  await sql`insert into provisioning_key (connection_id, target_id, global_user_id, cause)
    select ${connectionId}, ${product.id}, ${consumer(1).person.globalUserId}, 'button' from generate_series(1, 6000)`.execute(
    deps.db,
  );
  await revoke(id);
  expect(await world.platform.readAs(consumer(1).login, table())).toBe('rows');
  await world.people.appadmin.call(updateConnection, { params: { connectionKey }, body: { state: 'active' } });
  await settled(id, 'REMOVED');
  await quiet();
  expect(await world.platform.readAs(consumer(1).login, table())).toBe('42501');
});

test('a key that came by after the facts were read keeps a whole run from writing what it knew', async () => {
  await quiet();
  const { db } = world.server.deps;
  const replicaId = newUuid();
  await sql`delete from connection_lease`.execute(db);
  await sql`insert into provisioning_key (connection_id, cause) values (${connectionId}, 'button')`.execute(db);
  await world.people.appadmin.call(updateConnection, { params: { connectionKey }, body: { state: 'paused' } });
  await waitFor('the lease', async () => (await claimWork(db, connectionId, replicaId)) !== undefined, 25);
  const work = await claimWork(db, connectionId, replicaId);
  if (!work) throw new Error('the lease is not ours');
  const runId = newUuid();
  const fence = { connectionId, replicaId, runId, ...work, scope: scopeOf(work.keys), statements: [] };
  const intended = async () =>
    (await sql`select from statement_intent where run_id = ${runId}`.execute(db)).rows.length;
  // Paused meanwhile: nothing is written any more.
  expect(await holdsFence(db, { ...fence, targetIds: [product.id] })).toBe(false);
  expect(await intended()).toBe(0);
  await sql`update connection set state = 'draft' where id = ${connectionId}`.execute(db);
  await sql`update connection set state = 'error' where id = ${connectionId}`.execute(db);
  expect(await holdsFence(db, { ...fence, targetIds: [product.id] })).toBe(true);
  expect(await intended()).toBe(1);
  await sql`insert into provisioning_key (connection_id, target_id, global_user_id, cause)
    values (${connectionId}, ${product.id}, ${consumer(0).person.globalUserId}, 'revoke')`.execute(db);
  expect(await holdsFence(db, { ...fence, targetIds: [product.id] })).toBe(false);
  expect(await holdsFence(db, { ...fence, targetIds: [newUuid()] })).toBe(true);
  await sql`delete from connection_lease`.execute(db);
  await sql`delete from provisioning_key`.execute(db);
  await sql`update connection set state = 'active' where id = ${connectionId}`.execute(db);
});

test('a platform that is down does not pile up keys', async () => {
  const { deps } = world.server;
  await sql`update connection set down_since = now(), next_attempt_at = now() + interval '1 hour'`.execute(deps.db);
  const id = await approved(consumer(2));
  await sql`insert into membership_status (access_request_id, connection_id, target_id, global_user_id, state, next_attempt_at)
    values (${id}, ${connectionId}, ${product.id}, ${consumer(2).person.globalUserId}, 'FAILED', now())
    on conflict (access_request_id, connection_id) do update set next_attempt_at = now()`.execute(deps.db);
  for (let i = 0; i < 5; i++) await enqueueRetries(deps);
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from provisioning_key where cause = 'retry'`.execute(deps.db);
  expect(rows[0]?.n).toBe(0);
  await sql`update connection set down_since = null, next_attempt_at = null`.execute(deps.db);
  await settled(id, 'ACTIVE');
  await revoke(id);
  await settled(id, 'REMOVED');
});

test('a replica follows a connection that another one moved to another platform', async () => {
  await quiet();
  const second = await startTestServer({
    databaseUrl: world.server.databaseUrl,
    dataDir: world.server.deps.config.dataDir,
  });
  try {
    const before = await second.deps.platforms.session(connectionId);
    const answer = await world.people.appadmin.call(updateConnection, {
      params: { connectionKey },
      body: { config: { host: 'localhost' } },
    });
    expect(answer.status).toBe(200);
    expect(await second.deps.platforms.session(connectionId)).not.toBe(before);
  } finally {
    await second.stop();
  }
});

test('a product that lost its sources on one platform is not provisioning there for ever', async () => {
  const id = await approved(consumer(3));
  await settled(id, 'ACTIVE');
  const { db } = world.server.deps;
  const elsewhere = newUuid();
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
    select ${elsewhere}, 'elsewhere', technology, config, auth_type, secret, 'paused' from connection where id = ${connectionId}`.execute(
    db,
  );
  await sql`insert into container (connection_id, target_id, kind) values (${elsewhere}, ${product.id}, 'dp')`.execute(
    db,
  );
  await sql`insert into membership_status (access_request_id, connection_id, target_id, global_user_id, state)
    values (${id}, ${elsewhere}, ${product.id}, ${consumer(3).person.globalUserId}, 'ACTIVE')`.execute(db);
  await settled(id, 'ACTIVE');
  await sql`delete from connection where id = ${elsewhere}`.execute(db);
});

test('a healthy connection says that its reconciles succeed', async () => {
  await world.people.governor.call(updateDataSources, {
    params: { id: product.id },
    body: { dataSources: world.registered.sources.slice(0, 3).map(({ id }) => ({ sourceId: String(id) })) },
  });
  await quiet();
  const { body } = await world.people.appadmin.call(readConnection, { params: { connectionKey } });
  expect(body.reconcile).toMatchObject({ status: 'SUCCEEDED' });
});

test('a sweep does not write again what was read back a moment ago; a run that somebody asks for does, and one after a while', async () => {
  const { db } = world.server.deps;
  const id = await approved(consumer(2));
  await settled(id, 'ACTIVE');
  const written = async () => {
    const { rows } = await sql<{ version: string }>`
      select xmin::text as version from membership_status where access_request_id = ${id}
      union all (select xmin::text from container_object where target_id = ${product.id} and state = 'ACTIVE' order by data_source_id)`.execute(
      db,
    );
    return rows.map(({ version }) => version);
  };
  const run = async (cause: 'sweep' | 'button') => {
    await sql`insert into provisioning_key (connection_id, cause) values (${connectionId}, ${cause})`.execute(db);
    world.server.deps.reconciler.kick(connectionId);
    await quiet();
    return written();
  };
  const asked = await run('button');
  expect(asked).toHaveLength(4);
  expect(await run('sweep')).toEqual(asked);
  const again = await run('button');
  expect(again.filter((version) => asked.includes(version))).toEqual([]);
  await sql`update membership_status set verified_at = now() - interval '11 minutes'`.execute(db);
  await sql`update container_object set verified_at = now() - interval '11 minutes'`.execute(db);
  const aged = await written();
  expect((await run('sweep')).filter((version) => aged.includes(version))).toEqual([]);
});

test('a removal that fails holds back what would reach too far by it, and nothing else of its product', async () => {
  const { platform, registered, people } = world;
  const [old, kept, newer, newest] = registered.sources;
  const hold = (...ids: (number | undefined)[]) =>
    people.governor.call(updateDataSources, {
      params: { id: product.id },
      body: { dataSources: ids.map((id) => ({ sourceId: String(id) })) },
    });
  const reads = async ({ login }: Consumer, path: readonly string[] = []) => {
    const { rows } = await platform.superuser.query<{ may: boolean }>(
      `select has_table_privilege($1, $2, 'select') as may`,
      [login.username, path.slice(1).join('.')],
    );
    return rows[0]?.may;
  };
  const look = async () => {
    await sql`update container_object set checked_at = now() - interval '1 minute'`.execute(world.server.deps.db);
    await enqueueRetries(world.server.deps);
    await enqueueSweeps(world.server.deps);
    await quiet();
  };
  await hold(old?.id, kept?.id);
  await quiet();
  const [ann, ben] = [consumer(3), consumer(2)];
  const { rows: ids } = await sql<{ id: string }>`
    select access_request_id as id from membership_status where global_user_id = ${ben.person.globalUserId} and state = 'ACTIVE'`.execute(
    world.server.deps.db,
  );
  const ofBen = ids[0]?.id ?? '';
  // Somebody is altering the table that is to go: no privilege on it can be taken away meanwhile.
  const dba = new pg.Client({ connectionString: connectionString(platform.database) });
  await dba.connect();
  await dba.query(`begin; alter table ${old?.path.slice(1).join('.')} add column halt integer`);
  await hold(kept?.id, newer?.id);
  await quiet();
  expect([await reads(ann, old?.path), await reads(ann, newer?.path)]).toEqual([true, true]);
  // Nobody more comes in to what is too much: by no decision, which looks at its person alone, and by no second try.
  const cid = consumer(1);
  const ofCid = await approved(cid);
  const waits = async () => {
    await quiet();
    const { objects } = await settled(ofCid, 'PROVISIONING');
    expect(new Set(objects.map(({ reason }) => reason))).toEqual(new Set(['container.too_wide']));
    expect([await containersOf(world, cid), await reads(cid, old?.path)]).toEqual([[], false]);
  };
  await waits();
  await sql`update membership_status set next_attempt_at = now() where access_request_id = ${ofCid}`.execute(
    world.server.deps.db,
  );
  await look();
  await waits();
  await dba.query('rollback');
  await look();
  await settled(ofCid, 'ACTIVE');
  expect([await reads(cid, old?.path), await reads(cid, newer?.path)]).toEqual([false, true]);
  expect((await sql`select from container_excess`.execute(world.server.deps.db)).rows).toEqual([]);
  await revoke(ofCid);
  await settled(ofCid, 'REMOVED');
  expect([await reads(ann, old?.path), await reads(ann, newer?.path)]).toEqual([false, true]);
  // Somebody is changing the membership that is to go: nothing more is opened to it.
  const [container = ''] = await containersOf(world, ben);
  await dba.query(
    `begin; grant ${quote(container)} to ${quote(ben.login.username)} with admin option granted by ${quote(platform.connector.username)}`,
  );
  await revoke(ofBen);
  await settled(ofBen, 'REMOVE_FAILED');
  await hold(kept?.id, newer?.id, newest?.id);
  await quiet();
  expect([await reads(ann, newest?.path), await reads(ben, newest?.path)]).toEqual([false, false]);
  await dba.query('rollback');
  await dba.end();
  await look();
  await settled(ofBen, 'REMOVED');
  expect([await reads(ann, newest?.path), await reads(ben, newest?.path)]).toEqual([true, false]);
});
