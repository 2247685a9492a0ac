import * as objects from '@stoa/contract/data-object';
import * as roles from '@stoa/contract/data-object-role';
import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import * as policies from '@stoa/contract/policy-resource';
import { simulate } from '@stoa/contract/simulation';
import * as onSource from '@stoa/contract/source-policy';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

type AskedWorld = Pick<PublishedWorld, 'held' | 'people' | 'registered'>;

/** Calls every operation about roles on nodes, with what it takes and with what is refused. */
export async function askOwners({ held, people, registered, server }: PublishedWorld, root: string): Promise<void> {
  const { ask } = held;
  const { appadmin, consumer } = people;
  const params = { id: root };
  const owner = { role: 'Data Owner', principalType: 'user', principalId: consumer.globalUserId } as const;
  await ask(appadmin, roles.setDataObjectRoles, { params, body: { roles: [owner] } });
  await ask(consumer, roles.setDataObjectRoles, { params, body: { roles: [] } });
  await ask(consumer, roles.listDataObjectRoles, { params });
  await ask(appadmin, roles.setDataObjectRoles, { params, body: { roles: [{ ...owner, principalId: newUuid() }] } });
  await askSourcePolicies({ held, people, registered });
  await ask(appadmin, roles.setDataObjectRoles, { params, body: { roles: [] } });
  await ask(appadmin, objects.syncDataObject, { params });
  await ask(appadmin, objects.releaseDataObject, { params });
  await sql`update data_object set hold = 'made anew by “Ünï”' where id = ${root}`.execute(server.deps.db);
  await ask(appadmin, objects.readDataObject, { params });
  await ask(appadmin, objects.releaseDataObject, { params });
}

/** What owners decide of policies on a source; the consumer owns all of them for a while. */
async function askSourcePolicies({ held: { ask }, people, registered }: AskedWorld): Promise<void> {
  const { governor, consumer } = people;
  const source = registered.sources[0]?.id ?? 0;
  const local = { kind: 'local', dataSourceId: source } as const;
  const grant = (name: string, over: object = {}): PolicyDraftIn => ({
    type: 'subscription',
    kind: 'grant',
    name,
    scope: local,
    level: 'manual',
    users: [governor.globalUserId],
    circumstances: [{ type: 'all' }],
    ...over,
  });
  const certification = { label: 'Größe geprüft', text: 'Ja.' };
  const made: string[] = [];
  for (const policy of [
    grant('Erste'),
    grant('Zweite'),
    grant('Dritte', { certification }),
    grant('Vierte', { circumstances: [{ type: 'ownerSelected' }] }),
  ])
    made.push((await ask(governor, policies.createPolicy, { body: { policy, state: 'active' } })).body.id);
  const [first = '', , third = '', fourth = ''] = made;
  const params = { id: source };
  await ask(consumer, onSource.listSourcePolicies, { params });
  await ask(consumer, onSource.listSourcePolicies, { params: { id: 2_147_483_646 } });
  await ask(consumer, onSource.listCertifications);
  await ask(governor, onSource.listCertifications, { query: { offset: 1, limit: 1 } });
  await ask(governor, onSource.listPolicySources, { params: { id: first }, query: { standing: ['CONFLICT'] } });
  await ask(consumer, onSource.listPolicySources, { params: { id: newUuid() } });
  const off = { off: true, reason: 'Die andere gilt.' };
  const act = {
    change: 'call',
    operation: 'switchSourcePolicy',
    params: { ...params, policyId: first },
    body: off,
  } as const;
  await ask(consumer, simulate, { body: { changes: [act] } });
  await ask(consumer, onSource.switchSourcePolicy, { params: { ...params, policyId: first }, body: off });
  await ask(consumer, onSource.switchSourcePolicy, { params: { ...params, policyId: first }, body: off });
  await ask(consumer, onSource.switchSourcePolicy, { params: { ...params, policyId: first }, body: { off: true } });
  await ask(consumer, onSource.switchSourcePolicy, { params: { ...params, policyId: newUuid() }, body: off });
  await ask(consumer, onSource.certifySourcePolicy, { params: { ...params, policyId: third }, body: { version: 7 } });
  await ask(consumer, onSource.certifySourcePolicy, { params: { ...params, policyId: third }, body: { version: 1 } });
  await ask(governor, onSource.certifySourcePolicy, { params: { ...params, policyId: third }, body: { version: 1 } });
  await ask(consumer, onSource.selectSourcePolicy, {
    params: { ...params, policyId: fourth },
    body: { selected: true },
  });
  await ask(consumer, onSource.listSourcePolicies, { params });
  for (const id of made) {
    const { body } = await ask(governor, policies.readPolicy, { params: { id } });
    await ask(governor, policies.setPolicyState, {
      params: { id },
      body: { state: 'disabled', version: body.version },
    });
    await ask(governor, policies.deletePolicy, { params: { id } });
  }
}
