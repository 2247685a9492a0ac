import type { PoolClient } from 'pg';
import type { ObjectUse } from '../activity.ts';
import { type Reference, resolveRelations } from './resolve-relations.ts';
import type { ServerFacts } from './server-facts.ts';

/** Calls in which somebody's statement named a table. */
export type Seen = Reference & Pick<ObjectUse, 'account' | 'calls' | 'firstAt' | 'lastAt'>;

/** One use for each login and object. */
export async function addUp(
  client: PoolClient,
  facts: ServerFacts,
  seen: readonly Seen[],
): Promise<readonly ObjectUse[]> {
  const together = new Map<string, Seen>();
  for (const one of seen) addSeen(together, one);
  const references = [...together.values()];
  const resolved = await resolveRelations(client, facts, references);
  const uses = new Map<string, ObjectUse>();
  for (const [index, { userId, account, calls, firstAt, lastAt }] of references.entries()) {
    const { objectIds, isCertain } = resolved[index] ?? { objectIds: [], isCertain: false };
    for (const objectId of objectIds) {
      const counted = { calls: isCertain ? calls : 0, maybeCalls: isCertain ? 0 : calls };
      addUse(uses, { principalId: userId, account, objectId, ...counted, firstAt, lastAt });
    }
  }
  return [...uses.values()];
}

/** What a login called a table by one name is looked up once. */
function addSeen(together: Map<string, Seen>, one: Seen): void {
  const key = JSON.stringify([one.userId, one.relation.schema, one.relation.name]);
  const before = together.get(key);
  together.set(key, before === undefined ? one : { ...one, calls: before.calls + one.calls, ...span(before, one) });
}

function addUse(uses: Map<string, ObjectUse>, use: ObjectUse): void {
  const key = `${use.principalId}/${use.objectId}`;
  const before = uses.get(key);
  if (before === undefined) uses.set(key, use);
  else {
    const { calls, maybeCalls } = before;
    uses.set(key, { ...use, calls: use.calls + calls, maybeCalls: use.maybeCalls + maybeCalls, ...span(before, use) });
  }
}

type Span = Pick<Seen, 'firstAt' | 'lastAt'>;
const span = (one: Span, other: Span): Span => ({
  firstAt: Math.min(one.firstAt, other.firstAt),
  lastAt: Math.max(one.lastAt, other.lastAt),
});
