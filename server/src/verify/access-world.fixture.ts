import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { sql } from 'kysely';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';

export type AccessWorld = {
  readonly server: TestServer;
  readonly platform: LivePlatform;
  readonly registered: Registered;
  readonly people: Record<'appadmin' | 'governor' | 'useradmin' | 'consumer' | 'other', TestPerson>;
  readonly consumer: PlatformLogin;
  readonly other: PlatformLogin;
  stop(): Promise<void>;
};

/** A server and a platform of six tables, two people with logins, and those who decide. */
export async function makeAccessWorld(connectionKey: string): Promise<AccessWorld> {
  const server = await startTestServer();
  const platform = await makeLivePlatform(connectionString('postgres'));
  const [consumer, other] = [await platform.addLogin('consumer'), await platform.addLogin('other')];
  const people = {
    appadmin: await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] }),
    governor: await server.person({ username: 'governor', permissions: ['GOVERNANCE'] }),
    useradmin: await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] }),
    consumer: await server.person({ username: consumer.username }),
    other: await server.person({ username: other.username }),
  };
  const registered = await registerPlatform(platform, people, connectionKey);
  const stop = async () => {
    await server.stop();
    await platform.drop();
  };
  return { server, platform, registered, people, consumer, other, stop };
}

/** A product of some of the tables, approved for the consumer. */
export async function approveProduct(world: AccessWorld, name: string, tables: readonly number[]) {
  const { governor, consumer } = world.people;
  const product = await publish(governor, world.registered, {
    name,
    sourceIds: tables.map((n) => world.registered.sources[n]?.id ?? 0),
  });
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    world.server.deps.db,
  );
  const answers = (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
  const asked = await consumer.call(requestAccess, {
    params: { id: product.id },
    body: { user: consumer.globalUserId, form: { answers } },
  });
  if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
  const { id } = asked.body;
  await governor.call(determineAccessRequest, { params: { id }, body: { status: 'APPROVED', reason: 'needed' } });
  return { productId: product.id, requestId: id };
}

export const standsAt = (world: AccessWorld, id: string, state: string) =>
  waitFor(`${id} to stand at ${state}`, async () => {
    const { body } = await world.people.governor.call(getAccessRequestProvisioning, { params: { id } });
    return body.state === state;
  });

export async function revoke(
  world: AccessWorld,
  { productId, requestId }: { productId: string; requestId: string },
): Promise<void> {
  await world.people.governor.call(revokeAccess, { params: { id: productId, requestId }, query: { reason: 'over' } });
  await standsAt(world, requestId, 'REMOVED');
}

/** Has the whole connection looked at, and waits until nothing is left to do. */
export async function settle(world: AccessWorld): Promise<void> {
  const { db, reconciler } = world.server.deps;
  const { rows } = await sql<{ id: string }>`
    insert into provisioning_key (connection_id, cause) select id, 'button' from connection returning connection_id as id`.execute(
    db,
  );
  for (const { id } of rows) reconciler.kick(id);
  await waitForKeys(db);
}
