import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { updateConnection } from '@stoa/contract/connection';
import { updateDataProduct } from '@stoa/contract/data-product';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { updateUser } from '@stoa/contract/user';
import { findInstalledPostgres, startInstalledPostgres } from '@stoa/connectors/testing/installed-cluster';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endExpiredAccess } from '../features/access-request/expire.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { runSetupScript } from '../testing/run-setup-script.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { enqueueRetries, enqueueSweeps } from './sweep.ts';

sweepByHand();

type Setting = 'never' | 'whenNeeded' | 'always';
type World = Awaited<ReturnType<typeof makeWorld>>;

/** Two people, one product, and what a test does to them. */
async function makeWorld(superuserUrl: string, { isSetUp = false } = {}) {
  const server: TestServer = await startTestServer();
  const platform: LivePlatform = await makeLivePlatform(superuserUrl);
  if (isSetUp) await runSetupScript(platform, server.deps.installationId);
  const appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  const governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  const useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  const login = await platform.addLogin('consumer');
  const consumer = await server.person({ username: login.username });
  const registered: Registered = await registerPlatform(platform, { appadmin, governor }, 'sessions');
  const productOf = (n: number) =>
    publish(governor, registered, { name: `Product ${n}`, sourceIds: [registered.sources[n]?.id ?? 0] });
  const product = await productOf(0);
  const other = await productOf(1);
  const settled = (id: string, state: string) =>
    waitFor(`${id} to be ${state}`, async () => {
      const { body } = await governor.call(getAccessRequestProvisioning, { params: { id } });
      return body.state === state && body;
    });
  const give = async (person: TestPerson, productId: string, more: object = {}) => {
    const asked = await person.call(requestAccess, {
      params: { id: productId },
      body: { user: person.globalUserId, form: { answers: await standardAnswers(server) } },
    });
    const { id } = asked.body as { id: string };
    await governor.call(determineAccessRequest, {
      params: { id },
      body: { status: 'APPROVED', reason: 'needed', ...more },
    });
    await settled(id, 'ACTIVE');
    return id;
  };
  return {
    server,
    platform,
    login,
    consumer,
    governor,
    useradmin,
    product,
    other,
    settled,
    give,
    revoke: (id: string, productId: string) =>
      governor.call(revokeAccess, { params: { id: productId, requestId: id } }),
    set: (endSessionsOnRevoke: Setting) =>
      appadmin.call(updateConnection, {
        params: { connectionKey: 'sessions' },
        body: { settings: { endSessionsOnRevoke } },
      }),
    permit: (isPermitted: boolean) =>
      platform.superuser.query(
        `${isPermitted ? 'grant' : 'revoke'} pg_signal_backend ${isPermitted ? 'to' : 'from'} ${pg.escapeIdentifier(platform.connector.username)}`,
      ),
    /** Whether the account sees when a session began. */
    show: (isShown: boolean) =>
      platform.superuser.query(
        `${isShown ? 'grant' : 'revoke'} pg_read_all_stats ${isShown ? 'to' : 'from'} ${pg.escapeIdentifier(platform.connector.username)}`,
      ),
    retry: async () => {
      await sql`update left_session set next_attempt_at = now() - interval '1 second'`.execute(server.deps.db);
      await enqueueRetries(server.deps);
      await waitForKeys(server.deps.db);
    },
    /** What the audit says of sessions that were ended, or were not. */
    told: async () => {
      const { rows } = await sql<{ status: string; sessions: number | null; requests: string[] }>`
        select action_status as status, (payload ->> 'sessions')::int as sessions, array(select r ->> 'id' from jsonb_array_elements(related_resources) r) as requests
        from audit_event where payload ->> 'step' = 'end-sessions' order by sequence`.execute(server.deps.db);
      return rows;
    },
    stop: async () => {
      await server.stop();
      await platform.drop();
    },
  };
}

async function standardAnswers(server: TestServer) {
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  return (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
}

const isOpen = (client: pg.Client): Promise<boolean> =>
  client.query('select 1').then(
    () => true,
    () => false,
  );
const closed = (client: pg.Client) => waitFor('the session to end', async () => !(await isOpen(client)));

const firstTable = ({ platform }: World) => platform.tables[0] ?? { schema: '', name: '' };
const readFirst = (world: World, client: pg.Client): Promise<string> =>
  client.query(`select * from ${firstTable(world).schema}.${firstTable(world).name}`).then(
    () => 'rows',
    (error: unknown) => (error instanceof pg.DatabaseError ? (error.code ?? '') : String(error)),
  );

describe('PostgreSQL 16 and newer', () => {
  let world: World;
  let stranger: PlatformLogin;
  beforeAll(async () => {
    world = await makeWorld(connectionString('postgres'));
    stranger = await world.platform.addLogin('stranger');
  });
  afterAll(() => world?.stop());

  it('leaves sessions open unless it is told to end them always: they are refused at their next statement', async () => {
    const { platform, login, consumer, product } = world;
    await world.permit(true);
    const id = await world.give(consumer, product.id);
    const session = await platform.connectAs(login);
    expect(await readFirst(world, session)).toBe('rows');
    await world.revoke(id, product.id);
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    expect(await readFirst(world, session)).toBe('42501');
    await session.end();
    expect(await world.told()).toEqual([]);
  });

  it('says that sessions go on where the account may not end them; the access is removed all the same', async () => {
    const { platform, login, consumer, product } = world;
    await world.permit(false);
    await world.set('always');
    const id = await world.give(consumer, product.id);
    const session = await platform.connectAs(login);
    await world.revoke(id, product.id);
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
    expect(await isOpen(session)).toBe(true);
    expect(await readFirst(world, session)).toBe('42501');
    await session.end();
    expect(await world.told()).toEqual([{ status: 'FAILURE', sessions: null, requests: [id] }]);
    // Nobody was there to be left: that is a plain end, with or without the right.
    const next = await world.give(consumer, product.id);
    await world.revoke(next, product.id);
    expect(await world.settled(next, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
  });

  it('tries again to end those that were left, and no session that began later', async () => {
    const { platform, login, consumer, product, retry } = world;
    await world.permit(false);
    await world.show(true);
    const before = (await world.told()).length;
    const id = await world.give(consumer, product.id);
    const session = await platform.connectAs(login);
    await world.revoke(id, product.id);
    await world.settled(id, 'REMOVED');
    const later = await platform.connectAs(login);
    await retry();
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
    expect(await isOpen(session)).toBe(true);
    await world.permit(true);
    await retry();
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    await closed(session);
    expect(await isOpen(later)).toBe(true);
    expect((await world.told()).slice(before)).toEqual([
      { status: 'FAILURE', sessions: null, requests: [id] },
      { status: 'FAILURE', sessions: null, requests: [id] },
      { status: 'SUCCESS', sessions: 1, requests: [id] },
    ]);
    await retry();
    expect((await world.told()).length).toBe(before + 3);
    await later.end();
    await world.show(false);
  });

  it('ends no session by its number alone, which may be of one that began later: it is left until it ends', async () => {
    const { server, platform, login, consumer, product, retry } = world;
    const { db } = server.deps;
    await world.permit(false);
    const id = await world.give(consumer, product.id);
    const session = await platform.connectAs(login);
    await world.revoke(id, product.id);
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
    await world.permit(true);
    const before = (await world.told()).length;
    const kept = async () =>
      (await sql<{ sessions: string[] }>`select sessions from left_session`.execute(db)).rows[0]?.sessions ?? [];
    const [number] = await kept();
    expect(number).toMatch(/^\d+$/);
    const isLeft = async () => {
      await retry();
      expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
      expect(await isOpen(session)).toBe(true);
      expect(await kept()).toEqual([number]);
      expect((await world.told()).length).toBe(before);
    };
    await isLeft();
    // Also where it can be seen by now when the session began: it was not when it was left.
    await world.show(true);
    await isLeft();
    await sql`update left_session set sessions = array[${`${number}@2001-01-01T00:00:00.000000Z`}]`.execute(db);
    await retry();
    // Another session has the number of the one that was left, which is therefore gone.
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    expect(await isOpen(session)).toBe(true);
    expect((await world.told()).length).toBe(before);
    await session.end();
    await world.show(false);
  });

  it("ends none once the connection is another replica's, which ends them instead", async () => {
    const { server, platform, login, consumer, product, retry } = world;
    const { db, platforms } = server.deps;
    await world.permit(true);
    const before = (await world.told()).length;
    const real = platforms.session.bind(platforms);
    let looks = 0;
    let session: pg.Client | undefined;
    const stillOpen: boolean[] = [];
    platforms.session = async (...args) => {
      const opened = await real(...args);
      const openSessions: typeof opened.openSessions = async (of) => {
        const seen = await opened.openSessions(of);
        looks += 1;
        if (looks > 1 && session !== undefined) stillOpen.push(await isOpen(session));
        if (looks === 1) await sql`update connection_lease set fence = fence + 1`.execute(db);
        return seen;
      };
      return { ...opened, openSessions };
    };
    const id = await world.give(consumer, product.id);
    session = await platform.connectAs(login);
    await world.revoke(id, product.id);
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    await closed(session);
    expect(stillOpen).toEqual([true]);
    expect((await world.told()).slice(before)).toEqual([{ status: 'SUCCESS', sessions: 1, requests: [id] }]);
    // A second try is asked for by keys, and these wait for whoever has the connection.
    await world.permit(false);
    await world.show(true);
    const next = await world.give(consumer, product.id);
    session = await platform.connectAs(login);
    await world.revoke(next, product.id);
    expect(await world.settled(next, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
    await world.permit(true);
    [looks, stillOpen.length] = [0, 0];
    await retry();
    await closed(session);
    expect(stillOpen).toEqual([true]);
    expect(await world.settled(next, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    platforms.session = real;
    await world.show(false);
  });

  it('says that they have ended once they are gone by themselves, and stops after a week of trying', async () => {
    const { server, platform, login, consumer, product } = world;
    const { db } = server.deps;
    await world.permit(false);
    const left = async () => {
      const id = await world.give(consumer, product.id);
      const session = await platform.connectAs(login);
      await world.revoke(id, product.id);
      expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
      return { id, session };
    };
    const retry = async (age: string) => {
      await sql`update left_session set next_attempt_at = now() - interval '1 second', since = now() - ${age}::interval`.execute(
        db,
      );
      await enqueueRetries(server.deps);
      await waitForKeys(db);
    };
    const first = await left();
    const second = await left();
    await first.session.end();
    await second.session.end();
    await waitFor('the sessions to be gone', async () => {
      await retry('6 days');
      const { reason } = await world.settled(first.id, 'REMOVED');
      return reason === 'approval.ended';
    });
    expect(await world.settled(second.id, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    const third = await left();
    await retry('8 days');
    expect(await world.settled(third.id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
    expect((await sql`select from left_session`.execute(db)).rows).toEqual([]);
    await third.session.end();
  });

  it('ends them for a revoke, an expiry, a suspended product and a disabled person, and those of nobody else', async () => {
    const { server, platform, login, consumer, product, useradmin } = world;
    await world.permit(true);
    const others = await platform.connectAs(stranger);
    const before = (await world.told()).length;
    const suspend = (suspended: boolean) =>
      world.governor.call(updateDataProduct, { params: { id: product.id }, body: { suspended } });
    const ends: ((id: string) => Promise<unknown>)[] = [
      (id) => world.revoke(id, product.id),
      async (id) => {
        await sql`update access_request set expiration = now() - interval '1 minute' where id = ${id}`.execute(
          server.deps.db,
        );
        await endExpiredAccess(server.deps);
      },
      (id) => suspend(true).then(() => world.settled(id, 'REMOVED')),
      () =>
        useradmin.call(updateUser, { params: { globalUserId: consumer.globalUserId }, body: { status: 'disabled' } }),
    ];
    const ids: string[] = [];
    for (const end of ends) {
      // What a suspension took away would be given back, and cannot be asked for again.
      const former = ids.at(-1);
      if (former !== undefined) await world.revoke(former, product.id);
      await suspend(false);
      const id = await world.give(consumer, product.id);
      ids.push(id);
      const session = await platform.connectAs(login);
      await end(id);
      const { reason } = await world.settled(id, 'REMOVED');
      expect(reason).not.toBe('sessions.left');
      await closed(session);
    }
    expect((await world.told()).slice(before)).toEqual(
      ids.map((id) => ({ status: 'SUCCESS', sessions: 1, requests: [id] })),
    );
    // A later look at what has ended ends nothing more.
    const later = await platform.connectAs(login);
    await enqueueSweeps(server.deps);
    await waitForKeys(server.deps.db);
    expect(await isOpen(later)).toBe(true);
    expect(await isOpen(others)).toBe(true);
    for (const client of [later, others]) await client.end();
  });
});

const fifteen = findInstalledPostgres().find((one) => one.version === '15');

describe.skipIf(fifteen === undefined)('PostgreSQL 15, where a session that did SET ROLE keeps what it has', () => {
  let running: Awaited<ReturnType<typeof startInstalledPostgres>> | undefined;
  let world: World;
  beforeAll(async () => {
    if (fifteen === undefined) return;
    running = await startInstalledPostgres(fifteen);
    const { user, password, host, port } = running.server;
    world = await makeWorld(`postgres://${user}:${password}@${host}:${port}/postgres`, { isSetUp: true });
  });
  afterAll(async () => {
    await world?.stop();
    await running?.stop();
  });

  /** A session of the consumer's that has taken on the role of the product, beside one of another product that stays. */
  async function takeOn() {
    const { platform, login, consumer, product } = world;
    const id = await world.give(consumer, product.id);
    const session = await platform.connectAs(login);
    const { schema, name } = firstTable(world);
    const { rows } = await session.query<{ role: string }>(
      `select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
       where m.member = current_user::regrole and has_table_privilege(r.oid, $1, 'select')`,
      [`${schema}.${name}`],
    );
    await session.query(`set role ${pg.escapeIdentifier(rows[0]?.role ?? '')}`);
    expect(await readFirst(world, session)).toBe('rows');
    return { id, session };
  }

  it('says so where the account may not end it', async () => {
    const { id, session } = await takeOn();
    await world.revoke(id, world.product.id);
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'sessions.left' });
    expect(await readFirst(world, session)).toBe('rows');
    await session.end();
  });

  it('ends it by itself where the account may, whatever else the person has', async () => {
    await world.permit(true);
    const kept = await world.give(world.consumer, world.other.id);
    const { id, session } = await takeOn();
    await world.revoke(id, world.product.id);
    expect(await world.settled(id, 'REMOVED')).toMatchObject({ reason: 'approval.ended' });
    await closed(session);
    await world.settled(kept, 'ACTIVE');
  });

  it('leaves it alone where it is told to', async () => {
    await world.set('never');
    const { id, session } = await takeOn();
    await world.revoke(id, world.product.id);
    await world.settled(id, 'REMOVED');
    expect(await isOpen(session)).toBe(true);
    await session.end();
  });
});
