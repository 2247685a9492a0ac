import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { sql } from 'kysely';
import { publish, waitFor } from '../testing/register-platform.ts';
import { type Consumer, makeWorld, quote, type World } from './walk-world.fixture.ts';

/** A world with one product of two tables. */
export type Road = { world: World; product: { id: string }; connectionId: string };

export async function makeRoad(name: string, size?: Parameters<typeof makeWorld>[0]): Promise<Road> {
  const world = await makeWorld(size);
  const sourceIds = world.registered.sources.slice(0, 2).map((source) => source.id);
  const product = await publish(world.people.governor, world.registered, { name, sourceIds });
  const { rows } = await sql<{ id: string }>`select id from connection`.execute(world.server.deps.db);
  return { world, product, connectionId: rows[0]?.id ?? '' };
}

/** The containers that a login is in, as the platform has it. */
export async function containersOf({ platform }: World, { login }: Consumer): Promise<string[]> {
  const { rows } = await platform.superuser.query<{ name: string }>(
    `select r.rolname as name from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
     where u.rolname = $1 and r.rolname like 'stoa%'`,
    [login.username],
  );
  return rows.map((row) => row.name);
}

/** What tests do again and again with one product of a world; both are there only when something is done. */
export const actsOn = (world: () => World, productId: () => string) => ({
  consumer: (index: number): Consumer => {
    const found = world().consumers[index];
    if (!found) throw new Error('there are not so many consumers');
    return found;
  },
  /** The first table of the product. */
  table: () => ({
    schema: world().registered.sources[0]?.path[1] ?? '',
    name: world().registered.sources[0]?.path[2] ?? '',
  }),
  settled: (id: string, state: string) =>
    waitFor(`${id} to be ${state}`, async () => {
      const { body } = await world().people.governor.call(getAccessRequestProvisioning, { params: { id } });
      return body.state === state && body;
    }),
  approved: async ({ person }: Consumer, product = productId()): Promise<string> => {
    const asked = await person.call(requestAccess, {
      params: { id: product },
      body: { user: person.globalUserId, form: { answers: world().answers } },
    });
    const { id } = asked.body;
    await world().people.governor.call(determineAccessRequest, {
      params: { id },
      body: { status: 'APPROVED', reason: 'needed' },
    });
    return id;
  },
  revoke: (requestId: string) => world().people.governor.call(revokeAccess, { params: { id: productId(), requestId } }),
  /** By hand, and in our name: all containers lose them. */
  takeMembership: async (who: Consumer): Promise<void> => {
    const { superuser, connector } = world().platform;
    for (const name of await containersOf(world(), who))
      await superuser.query(
        `revoke ${quote(name)} from ${quote(who.login.username)} granted by ${quote(connector.username)}`,
      );
  },
  /** Until nothing waits and nothing runs. */
  quiet: () =>
    waitFor('no keys', async () => {
      const { deps } = world().server;
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from provisioning_key`.execute(deps.db);
      return rows[0]?.n === 0 && !deps.reconciler.isBusy;
    }),
});
