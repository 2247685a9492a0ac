import type { PolicyDraftIn } from '@stoa/contract/policy-resource';
import * as policies from '@stoa/contract/policy-resource';
import { exportSimulation, simulate } from '@stoa/contract/simulation';
import { newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

const everyone: Extract<PolicyDraftIn, { type: 'subscription' }> = {
  type: 'subscription',
  kind: 'grant',
  name: 'Größe für alle',
  scope: { kind: 'global' },
  level: 'anyone',
  circumstances: [{ type: 'all' }],
};
const hashed = (name: string): PolicyDraftIn => ({
  type: 'data',
  name,
  scope: { kind: 'global' },
  action: { kind: 'mask', masking: { maskingType: 'hash' }, target: { columns: 'nameRegex', regex: 'e.*mail' } },
  who: { for: 'everyone' },
  circumstances: [{ type: 'noTags' }],
});

/** Calls every operation about policies, with what it takes and with what is refused. */
export async function askPolicies({ held: { ask }, people, registered }: PublishedWorld): Promise<void> {
  const { governor, consumer } = people;
  const { domainId } = registered;
  const made = await ask(governor, policies.createPolicy, { body: { policy: everyone } });
  await ask(governor, policies.createPolicy, { body: { policy: everyone } });
  await ask(consumer, policies.createPolicy, { body: { policy: everyone } });
  await ask(governor, policies.createPolicy, { body: { policy: { ...everyone, name: 'x', level: 'entitlements' } } });
  await ask(governor, policies.createPolicy, {
    body: { policy: { ...everyone, name: 'y', level: 'entitlements', condition: "@isInGroups('No such')" } },
  });
  await ask(governor, policies.createPolicy, { body: { policy: { ...everyone, name: 'z', accessType: 'write' } } });
  await ask(governor, policies.createPolicy, { body: { policy: hashed('Hash e-mail'), policyKey: 'hash-e-mail' } });
  await ask(governor, policies.createPolicy, {
    body: { policy: { ...hashed('In a domain'), scope: { kind: 'domain', domainId } } },
  });
  await ask(governor, simulate, { body: { changes: [{ change: 'policy', policy: everyone }] } });
  await ask(governor, simulate, { body: { changes: [{ change: 'policyState', id: newUuid(), state: 'active' }] } });
  await ask(governor, exportSimulation, { body: { changes: [{ change: 'policy', policy: everyone }] } });
  await ask(consumer, simulate, { body: { changes: [{ change: 'policy', policy: everyone }] } });
  await ask(governor, policies.searchPolicies);
  await ask(governor, policies.searchPolicies, { query: { searchText: 'größe', type: 'subscription', limit: 1 } });
  await ask(governor, policies.searchPolicies, { query: { protected: true, kind: ['grant', 'reveal'] } });
  await ask(consumer, policies.searchPolicies);
  const params = { id: made.body.id };
  const state = (wanted: 'active' | 'disabled', version: number) =>
    ask(governor, policies.setPolicyState, { params, body: { state: wanted, version } });
  await ask(governor, policies.updatePolicy, { params, body: { policy: { ...everyone, kind: 'grant' }, version: 1 } });
  await ask(governor, policies.updatePolicy, { params, body: { policy: everyone, version: 1 } });
  await ask(governor, policies.updatePolicy, { params, body: { policy: hashed('Other'), version: 2 } });
  await state('active', 2);
  await state('active', 3);
  await ask(governor, policies.deletePolicy, { params });
  await state('disabled', 3);
  await ask(governor, policies.listPolicyVersions, { params });
  await ask(governor, policies.readPolicyVersion, { params: { ...params, version: 1 } });
  await ask(governor, policies.readPolicyVersion, { params: { ...params, version: 99 } });
  await ask(governor, policies.readPolicy, { params });
  await ask(governor, policies.deletePolicy, { params });
  for (const id of [made.body.id, newUuid()]) await ask(governor, policies.readPolicy, { params: { id } });
}
