import type { Target, UserFact } from '@stoa/core/access/model';
import { type PersonRow, personFacts } from '@stoa/core/condition/facts';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { FactRows, FactsRequest } from './load-facts.ts';
import { loadPolicyTargets, noPolicyTargets, type PolicyTargets } from './load-policy-targets.ts';
import { identityJson, personFactsJson } from './person-facts.ts';
import { loadStoredParts, type StoredPart } from './store-parts.ts';

type Asked = { readonly loaded: FactRows; readonly targets: readonly Target[] };

/** What policies come to, compiled where something is looked at as a whole; pairs are judged by what was compiled then. */
export async function policiesOf(
  db: Reader,
  request: FactsRequest,
  { loaded, targets }: Asked,
): Promise<PolicyTargets> {
  const stored = loaded.parts ?? [];
  if (request.source !== undefined || (!loaded.has_policies && stored.length === 0)) return noPolicyTargets;
  const { scope } = request;
  const named = new Set(
    scope.kind === 'all' ? [] : scope.keys.flatMap((key) => (key.globalUserId === undefined ? [key.targetId] : [])),
  );
  const isOfPolicies = stored.some((part) => part.kind === 'po' && named.has(part.targetId));
  const isWhole = scope.kind === 'all' || isOfPolicies;
  if (!isWhole && targets.length === 0) return noPolicyTargets;
  const { connectionId, keeps = null } = request;
  return loadPolicyTargets(db, {
    connectionId,
    targets,
    // Of several policy containers, each has to be told from the others that there are.
    stored: scope.kind !== 'all' && isOfPolicies ? await loadStoredParts(db, connectionId, targets) : stored,
    isWhole,
    keeps,
    adds: scope.kind === 'all',
  });
}

export function withPolicies(target: Target, policy: PolicyTargets, stored: readonly StoredPart[]): Target {
  const parts = policy.parts.get(target.targetId) ?? storedParts(target.targetId, stored);
  const parent =
    target.parent === null || !policy.hasGuardrails
      ? target.parent
      : {
          ...target.parent,
          schemas: target.parent.schemas.map((schema) => ({
            ...schema,
            syncReason: schema.syncReason ?? ('future.policy' as const),
          })),
        };
  return { ...target, parent, ...(parts.length > 0 ? { parts } : {}) };
}

const storedParts = (targetId: string, stored: readonly StoredPart[]) =>
  stored.filter((part) => part.targetId === targetId).map(toPart);

const toPart = ({ part, body }: StoredPart) => ({
  part,
  sourceIds: null,
  who: body?.who ?? null,
  guardrails: body?.guardrails ?? [],
  causes: body?.causes ?? [],
});

/** Containers of policies that are only looked at for some people: as they were compiled last. */
export const pairsOfPolicies = (loaded: FactRows, policy: PolicyTargets): Target[] =>
  policy.targets.length > 0
    ? []
    : (loaded.targets ?? [])
        .filter((target) => target.kind === 'po')
        .map((target) => ({
          ...target,
          deleted: false,
          sources: [],
          parent: null,
          parts: storedParts(target.targetId, loaded.parts ?? []),
        }));

/** Everybody, with what conditions ask about them: whom a policy gives access has asked for nothing. */
export async function loadEverybody(db: Reader, connectionId: string): Promise<Everybody> {
  const { rows } = await sql<UserFact & { facts: PersonRow }>`
    select u.global_user_id as "globalUserId", u.status, ${identityJson} as identity, ${personFactsJson} as facts
    from app_user u left join platform_identity i on i.global_user_id = u.global_user_id and i.connection_id = ${connectionId}
    where u.status = 'active'`.execute(db);
  return rows;
}
type Everybody = readonly (UserFact & { readonly facts: PersonRow })[];

export function usersOf(loaded: FactRows, everybody: Everybody | null): readonly UserFact[] {
  const people = new Map((loaded.people ?? []).map((row) => [row.globalUserId, row]));
  const users = new Map<string, UserFact>();
  for (const user of loaded.users ?? []) {
    const row = people.get(user.globalUserId);
    users.set(user.globalUserId, row === undefined ? user : { ...user, person: personFacts(row) });
  }
  for (const { facts, ...user } of everybody ?? [])
    users.set(user.globalUserId, { ...user, person: personFacts(facts) });
  return [...users.values()];
}
