import * as objects from '@stoa/contract/data-object';
import * as roles from '@stoa/contract/data-object-role';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Calls every operation about roles on nodes, with what it takes and with what is refused. */
export async function askOwners({ held: { ask }, people, server }: PublishedWorld, root: string): Promise<void> {
  const { appadmin, consumer } = people;
  const params = { id: root };
  const owner = { role: 'Data Owner', principalType: 'user', principalId: consumer.globalUserId } as const;
  await ask(appadmin, roles.setDataObjectRoles, { params, body: { roles: [owner] } });
  await ask(consumer, roles.setDataObjectRoles, { params, body: { roles: [] } });
  await ask(consumer, roles.listDataObjectRoles, { params });
  await ask(appadmin, roles.setDataObjectRoles, { params, body: { roles: [{ ...owner, principalId: newUuid() }] } });
  await ask(appadmin, roles.setDataObjectRoles, { params, body: { roles: [] } });
  await ask(appadmin, objects.syncDataObject, { params });
  await ask(appadmin, objects.releaseDataObject, { params });
  await sql`update data_object set hold = 'made anew by “Ünï”' where id = ${root}`.execute(server.deps.db);
  await ask(appadmin, objects.readDataObject, { params });
  await ask(appadmin, objects.releaseDataObject, { params });
}
