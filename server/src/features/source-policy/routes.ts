import * as contract from '@stoa/contract/source-policy';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { certifyPolicy } from './certify.ts';
import { listSourcePolicies } from './list-source-policies.ts';
import { listPolicySources, listWaiting } from './list-waiting.ts';
import { loadOwnedSource } from './load-on-source.ts';
import { selectPolicy, switchPolicy } from './settle.ts';

/** Policies as they stand on data sources, and what owners decide of them there. */
export const sourcePolicyRoutes: readonly Route[] = [
  route(contract.listSourcePolicies)(async ({ deps, actor, params }) => {
    const source = await loadOwnedSource(deps.db, actor, params.id);
    const data = await listSourcePolicies(deps.db, actor, source);
    const { allowed, reason } = may(actor, 'policy.author', {
      kind: 'policy',
      scope: 'local',
      domains: source.object.domains,
      callerOwns: source.object.callerRoles.includes('Data Owner'),
      protected: false,
      hasCustomSql: false,
    });
    return { status: 200, body: { data, abilities: { author: { allowed, reason } } } };
  }),
  route(contract.switchSourcePolicy)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await switchPolicy(deps, { actor, sourceId: params.id, policyId: params.policyId, body, call }),
  })),
  route(contract.selectSourcePolicy)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await selectPolicy(deps, { actor, sourceId: params.id, policyId: params.policyId, body, call }),
  })),
  route(contract.certifySourcePolicy)(async ({ deps, actor, params, body, call }) => ({
    status: 200,
    body: await certifyPolicy(deps, { actor, sourceId: params.id, policyId: params.policyId, body, call }),
  })),
  route(contract.listCertifications)(async ({ deps, actor, query }) => {
    requireMay(actor, 'source-policy.certify', nothing);
    return { status: 200, body: await listWaiting(deps.db, actor.globalUserId, query) };
  }),
  route(contract.listPolicySources)(async ({ deps, actor, params, query }) => {
    await requireMaySomewhere(deps.db, actor, 'policy.read');
    return { status: 200, body: await listPolicySources(deps.db, params.id, query) };
  }),
];
