import { join } from 'node:path';
import {
  cancelAccessRequest,
  determineAccessRequest,
  getAccessRequestById,
  requestAccess,
  revokeAccess,
} from '@stoa/contract/access-request';
import { updateDataProduct } from '@stoa/contract/data-product';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endExpiredAccess } from '../features/access-request/expire.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type ChildServer, startChildServer } from '../testing/child-server.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { publish, waitFor } from '../testing/register-platform.ts';
import { compareAccess } from './walk-oracle.fixture.ts';
import { type Consumer, makeWorld, type World } from './walk-world.fixture.ts';

const root = join(import.meta.dirname, '../../..');
const outdir = 'server/dist/replicas';
let world: World;
let second: TestServer;
let product: { id: string };

beforeAll(async () => {
  const { buildServer } = (await import(join(root, 'scripts/build.mjs'))) as {
    buildServer: (options: object) => Promise<boolean>;
  };
  expect(await buildServer({ outdir, withFailPoints: true })).toBe(true);
  world = await makeWorld();
  const { databaseUrl, deps } = world.server;
  second = await startTestServer({
    databaseUrl,
    dataDir: deps.config.dataDir,
    env: { STOA_REQUESTS_PER_HOUR: '100000' },
  });
  const sourceIds = world.registered.sources.slice(0, 2).map((source) => source.id);
  product = await publish(world.people.governor, world.registered, { name: 'Shared', sourceIds });
}, 300_000);
afterAll(async () => {
  await second?.stop();
  await world?.drop();
}, 180_000);

const consumer = (index: number): Consumer => {
  const found = world.consumers[index % world.consumers.length];
  if (!found) throw new Error('there are no consumers');
  return found;
};
type Caller = Pick<TestPerson, 'call'>;
/** The same person at one of the two replicas, or at a third. */
const at = (url: string, person: TestPerson): Caller => callerOf(url, person.token);
const governorAt = (replica: { url: string }): Caller => at(replica.url, world.people.governor);

async function asked({ person }: Consumer, replica: { url: string } = world.server): Promise<string> {
  const answer = await at(replica.url, person).call(requestAccess, {
    params: { id: product.id },
    body: { user: person.globalUserId, form: { answers: world.answers } },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}
const approve = (replica: { url: string }, id: string) =>
  governorAt(replica).call(determineAccessRequest, { params: { id }, body: { status: 'APPROVED', reason: 'needed' } });
const revoke = (replica: { url: string }, id: string) =>
  governorAt(replica).call(revokeAccess, { params: { id: product.id, requestId: id } });
const setStatus = (replica: { url: string }, { person }: Consumer, status: 'active' | 'disabled') =>
  at(replica.url, world.people.useradmin).call(updateUser, {
    params: { globalUserId: person.globalUserId },
    body: { status },
  });
const suspend = (replica: { url: string }, suspended: boolean) =>
  governorAt(replica).call(updateDataProduct, { params: { id: product.id }, body: { suspended } });
/** Whatever a race left of a request is ended: one that lost its approval is still open, and would refuse the next one. */
async function endWhatIsLeft({ who, id }: Round): Promise<void> {
  const { status, body } = await world.people.governor.call(getAccessRequestById, { params: { id } });
  expect(status).toBe(200);
  if (body.status === 'PENDING')
    expect((await at(world.server.url, who.person).call(cancelAccessRequest, { params: { id } })).status).toBe(204);
  if (body.status === 'APPROVED') expect((await revoke(world.server, id)).status).toBe(204);
}
const settled = (id: string, state: string, seconds = 20) =>
  waitFor(
    `${id} to be ${state}`,
    async () => {
      const { body } = await world.people.governor.call(getAccessRequestProvisioning, { params: { id } });
      return body.state === state;
    },
    seconds,
  );

async function waitUntilQuiet(): Promise<void> {
  const look = async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from provisioning_key`.execute(
      world.server.deps.db,
    );
    return rows[0]?.n === 0 && !world.server.deps.reconciler.isBusy && !second.deps.reconciler.isBusy;
  };
  await waitFor('both replicas to be done', async () => (await look()) && look());
}
const tableOf = () => ({
  schema: world.registered.sources[0]?.path[1] ?? '',
  name: world.registered.sources[0]?.path[2] ?? '',
});
const holder = async () =>
  (
    await sql<{ holder: string; fence: number }>`select holder, fence from connection_lease`.execute(
      world.server.deps.db,
    )
  ).rows[0];
const countStatements = async () =>
  (
    await sql<{
      n: number;
    }>`select count(*)::int as n from audit_event where action = 'ProvisioningStatementExecuted'`.execute(
      world.server.deps.db,
    )
  ).rows[0]?.n;

async function endAtOnce(replica: TestServer, id: string): Promise<undefined> {
  await sql`update access_request set expiration = now() - interval '1 second' where id = ${id} and status = 'APPROVED'`.execute(
    replica.deps.db,
  );
  // A row that somebody is revoking at this moment is left to them and looked at again, as the server's own loop does.
  await waitFor('the end of what is over', async () => {
    await endExpiredAccess(replica.deps);
    const { rows } = await sql`select from access_request where id = ${id} and status = 'APPROVED'`.execute(
      replica.deps.db,
    );
    return rows.length === 0;
  });
  return undefined;
}
type Answer = { status: number; body: unknown };
type Round = { who: Consumer; id: string; one: TestServer; two: TestServer };
/** Two acts at once, each at its own replica; what was approved before, where it says so. */
const races: { name: string; isApproved: boolean; act: (round: Round) => Promise<Answer | undefined>[] }[] = [
  {
    name: 'cancel and approve',
    isApproved: false,
    act: ({ who, id, one, two }) => [
      at(one.url, who.person).call(cancelAccessRequest, { params: { id } }),
      approve(two, id),
    ],
  },
  { name: 'revoke twice', isApproved: true, act: ({ id, one, two }) => [revoke(one, id), revoke(two, id)] },
  { name: 'expire and revoke', isApproved: true, act: ({ id, one, two }) => [endAtOnce(one, id), revoke(two, id)] },
  { name: 'suspend and approve', isApproved: false, act: ({ id, one, two }) => [suspend(one, true), approve(two, id)] },
  {
    name: 'disable and approve',
    isApproved: false,
    act: ({ who, id, one, two }) => [setStatus(one, who, 'disabled'), approve(two, id)],
  },
  {
    name: 'revoke and expire while the product comes back',
    isApproved: true,
    act: ({ id, one, two }) => [suspend(one, true).then(() => suspend(one, false)), revoke(two, id)],
  },
];

test('whoever acts at whichever replica at the same moment, the platform ends as the facts say', async () => {
  for (let i = 0; i < 36; i++) {
    const race = races[i % races.length];
    const [one, two] = i % 2 === 0 ? [world.server, second] : [second, world.server];
    if (!race) throw new Error('there is no such race');
    const who = consumer(i);
    const id = await asked(who, one);
    if (race.isApproved) expect((await approve(two, id)).status).toBe(200);
    if (i % 3 === 0) await waitUntilQuiet();
    const round = { who, id, one, two };
    // Whoever comes second is told so; nobody is told of a fault.
    for (const answer of await Promise.all(race.act(round)))
      if (answer) expect([200, 204, 409], `${race.name}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
    await waitUntilQuiet();
    const { differences } = await compareAccess(world, new Set());
    expect(differences, race.name).toEqual([]);
    expect((await setStatus(world.server, who, 'active')).status).toBe(200);
    await sql`update personal_access_token set revoked_at = null`.execute(world.server.deps.db);
    expect((await suspend(world.server, false)).status).toBe(200);
    await endWhatIsLeft(round);
    await waitUntilQuiet();
    expect((await compareAccess(world, new Set())).differences, `after ${race.name}`).toEqual([]);
  }
}, 300_000);

test('approvals that alternate between replicas are each access, whoever holds the connection', async () => {
  for (let i = 0; i < 4; i++) {
    const replica = i % 2 === 0 ? world.server : second;
    const id = await asked(consumer(i), replica);
    expect((await approve(replica, id)).status).toBe(200);
    await settled(id, 'ACTIVE', 5);
    expect(await world.platform.readAs(consumer(i).login, tableOf())).toBe('rows');
    expect((await revoke(replica === second ? world.server : second, id)).status).toBe(204);
    await settled(id, 'REMOVED', 5);
  }
});

test('a cut of the line for notifications is mended, and nothing waits for it', async () => {
  const { db } = world.server.deps;
  const listeners = async () =>
    (
      await sql<{ n: number }>`select count(*)::int as n from pg_stat_activity
        where datname = current_database() and application_name = 'stoa listener'`.execute(db)
    ).rows[0]?.n;
  const database = new URL(world.server.databaseUrl).pathname.slice(1);
  await world.platform.superuser.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'stoa listener'`,
    [database],
  );
  for (const replica of [world.server, second]) {
    const id = await asked(consumer(0), replica);
    expect((await approve(replica, id)).status).toBe(200);
    await settled(id, 'ACTIVE', 6);
    expect((await revoke(replica, id)).status).toBe(204);
    await settled(id, 'REMOVED', 6);
  }
  await waitFor('both listeners', async () => (await listeners()) === 2, 5);
});

const startChild = (failPoint?: string): Promise<ChildServer> =>
  startChildServer(join(root, outdir, 'main.js'), {
    DATABASE_URL: world.server.databaseUrl,
    STOA_DATA_DIR: world.server.deps.config.dataDir,
    STOA_ROOT: root,
    STOA_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...(failPoint === undefined ? {} : { FAILPOINT: failPoint }),
  });
/**
 * The child decides and, since nobody holds the connection, works on it. Whoever else looks at that very moment may come first:
 * then it is asked and decided anew.
 */
async function approveAt(child: ChildServer, who: Consumer): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const id = await asked(who);
    await waitUntilQuiet();
    await sql`delete from connection_lease`.execute(world.server.deps.db);
    expect((await approve(child, id)).status).toBe(200);
    await waitFor('somebody to hold the connection', async () => (await holder()) !== undefined, 5);
    // Dead already, it has held the connection: whoever holds it now took it over.
    if (child.process.signalCode !== null) return id;
    const others: unknown[] = [world.server.deps.replicaId, second.deps.replicaId];
    if (!others.includes((await holder())?.holder)) return id;
    expect(attempt, 'the child never came first').toBeLessThan(5);
    await settled(id, 'ACTIVE');
    await revoke(second, id);
    await settled(id, 'REMOVED');
  }
}

test('what a replica held when it died is taken over at once', async () => {
  const child = await startChild('readback.during:kill');
  try {
    const id = await approveAt(child, consumer(0));
    expect(await child.ended).toBe('SIGKILL');
    // Well within the 20 s after which a lease that nobody renews is free anyway.
    await settled(id, 'ACTIVE', 12);
    await revoke(second, id);
    await settled(id, 'REMOVED');
  } finally {
    await child.kill();
  }
}, 180_000);

test('a replica that was stopped past its lease writes nothing of what it knew', async () => {
  const child = await startChild('reconcile.planned#1:delay:10000');
  const { person, login } = consumer(1);
  try {
    const id = await approveAt(child, consumer(1));
    const held = await holder();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    child.process.kill('SIGSTOP');
    expect(await world.platform.readAs(login, tableOf())).toBe('42501');
    expect((await revoke(world.server, id)).status).toBe(204);
    await settled(id, 'REMOVED', 40);
    await waitUntilQuiet();
    const taken = await holder();
    expect(taken).not.toEqual(held);
    const statements = await countStatements();
    child.process.kill('SIGCONT');
    for (let i = 0; i < 20; i++) {
      expect(await world.platform.readAs(login, tableOf())).toBe('42501');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(await countStatements()).toBe(statements);
    await settled(id, 'REMOVED', 1);
    expect(await holder()).toEqual(taken);
    // It is of use again: it decides, and others carry it out.
    const next = await asked({ person, login });
    expect((await approve(child, next)).status).toBe(200);
    await settled(next, 'ACTIVE', 10);
    await revoke(second, next);
    await settled(next, 'REMOVED');
  } finally {
    child.process.kill('SIGCONT');
    await child.kill();
  }
}, 300_000);
