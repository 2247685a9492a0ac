import * as contract from '@stoa/contract/policy-resource';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { type Route, route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { createPolicy } from './create-policy.ts';
import { deletePolicy } from './delete-policy.ts';
import { findPolicies, findPolicy } from './find-policies.ts';
import { findVersion, listVersions } from './list-versions.ts';
import { setPolicyState } from './set-state.ts';
import { updatePolicy } from './update-policy.ts';

/** Subscription and data policies, and their versions. */
export const policyRoutes: readonly Route[] = [
  route(contract.searchPolicies)(async ({ deps, actor, query }) => {
    await requireMaySomewhere(deps.db, actor, 'policy.read');
    return { status: 200, body: await findPolicies(deps, actor, query) };
  }),
  route(contract.createPolicy)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showPolicy(deps, actor, await createPolicy(deps, { actor, body, call })),
  })),
  route(contract.readPolicy)(async ({ deps, actor, params }) => {
    await requireMaySomewhere(deps.db, actor, 'policy.read');
    return { status: 200, body: await showPolicy(deps, actor, params.id) };
  }),
  route(contract.updatePolicy)(async ({ deps, actor, params, query, body, call }) => {
    await updatePolicy(deps, { actor, id: params.id, body, call, reCertify: query.reCertify === true });
    return { status: 200, body: await showPolicy(deps, actor, params.id) };
  }),
  route(contract.setPolicyState)(async ({ deps, actor, params, body, call }) => {
    await setPolicyState(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showPolicy(deps, actor, params.id) };
  }),
  route(contract.deletePolicy)(async ({ deps, actor, params, call }) => {
    await deletePolicy(deps, { actor, id: params.id, call });
    return { status: 204 };
  }),
  route(contract.listPolicyVersions)(async ({ deps, actor, params, query }) => {
    await requireMaySomewhere(deps.db, actor, 'policy.read');
    return { status: 200, body: await listVersions(deps.db, params.id, query) };
  }),
  route(contract.readPolicyVersion)(async ({ deps, actor, params }) => {
    await requireMaySomewhere(deps.db, actor, 'policy.read');
    return { status: 200, body: await findVersion(deps.db, params.id, params.version) };
  }),
];

async function showPolicy(deps: Deps, actor: LoadedPerson, id: string) {
  const policy = await findPolicy(deps.db, actor, id);
  if (!policy) throw notFound('policy');
  return policy;
}
