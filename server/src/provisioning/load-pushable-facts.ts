import { unreachedByPolicy } from '@stoa/core/access/compile';
import type { AccessFacts } from '@stoa/core/access/model';
import type { Deps } from '../deps.ts';
import { resolveIdentities } from '../features/identity/resolve.ts';
import { type FactsRequest, type LoadedFacts, loadFacts } from './load-facts.ts';

/** Facts in which everybody whom an approval or a policy gives access has been looked up on the platform, so that a login made today counts today. */
export async function loadPushableFacts(
  deps: Deps,
  request: FactsRequest,
  alsoUsers: readonly string[] = [],
): Promise<LoadedFacts> {
  const loaded = await loadFacts(deps.db, request);
  const { facts } = loaded;
  const open = new Set([
    ...facts.approvals.filter((approval) => !approval.ended).map((approval) => approval.globalUserId),
    ...unreachedByPolicy(facts),
    ...alsoUsers,
  ]);
  const unknown = facts.users.filter(
    (user) => open.has(user.globalUserId) && user.status === 'active' && !isPushable(user.identity),
  );
  if (unknown.length === 0) return loaded;
  const found = await resolveIdentities(
    deps,
    request.connectionId,
    unknown.map((user) => user.globalUserId),
  );
  return found.changed.length > 0 ? loadFacts(deps.db, { ...request, rows: undefined }) : loaded;
}

const isPushable = (identity: AccessFacts['users'][number]['identity']): boolean =>
  identity !== null && identity.principalId !== null && (identity.state === 'mapped' || identity.state === 'fallback');
