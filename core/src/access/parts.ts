import { always, type Remainder, remainderKey } from '../condition/remainder.ts';
import type { MergedRules } from './merged-rules.ts';
import type { TargetPart } from './model.ts';
import type { SourceRules } from './policy-rules.ts';

/** Sources that share one container: the same people may read them, for the same reasons. */
export type PartGroup = {
  /** Equal keys mean the same people by the same policies. */
  readonly key: string;
  readonly sourceIds: readonly number[];
  readonly who: Remainder;
  readonly guardrails: TargetPart['guardrails'];
  /** Policies that give the access; empty where approvals do. */
  readonly causes: readonly string[];
};

const guardrailsOf = (rules: SourceRules | undefined): TargetPart['guardrails'] =>
  (rules?.guardrails ?? []).map(({ rule, who }) => ({ policyId: rule.policyId, name: rule.name, who }));

/** A target's sources by the guardrails that must be passed for them (governance.md 8, "Compilation to containers"). */
export function groupByGuardrails(sourceIds: readonly number[], rules: MergedRules): readonly PartGroup[] {
  // Sources of which the rules say the same share them, so most keys are never written out.
  const byRules = new Map<SourceRules | undefined, number[]>();
  for (const id of sourceIds) {
    const of = rules.get(id);
    const list = byRules.get(of);
    if (list) list.push(id);
    else byRules.set(of, [id]);
  }
  return grouped(byRules, (of) => ({ who: of?.floor ?? always, guardrails: guardrailsOf(of), causes: [] }));
}

/** Sources that policies give, by who gets them. Sources that policies give to nobody are in no group. */
export function groupByAccess(rules: MergedRules): readonly PartGroup[] {
  const given = rules.groups.filter((of) => of.access.kind !== 'never');
  return grouped(new Map(given.map((of) => [of, of.sourceIds])), (of) => ({
    who: of?.access ?? always,
    guardrails: guardrailsOf(of),
    causes: (of?.grants ?? []).map(({ rule }) => rule.policyId),
  }));
}

type Grouping = (of: SourceRules | undefined) => Omit<PartGroup, 'key' | 'sourceIds'>;

function grouped(
  byRules: ReadonlyMap<SourceRules | undefined, readonly number[]>,
  describe: Grouping,
): readonly PartGroup[] {
  const groups = new Map<string, PartGroup>();
  for (const [of, sourceIds] of byRules) {
    const group = describe(of);
    const key = remainderKey(group.who);
    const known = groups.get(key);
    groups.set(key, known === undefined ? { ...group, key, sourceIds } : joinedGroup(known, { ...group, sourceIds }));
  }
  return [...groups.values()];
}

/** The same people by other policies. */
const joinedGroup = (known: PartGroup, more: Omit<PartGroup, 'key'>): PartGroup => ({
  ...known,
  sourceIds: [...known.sourceIds, ...more.sourceIds],
  causes: [...new Set([...known.causes, ...more.causes])],
});

/** What a part was numbered for; null when it stands for nothing now. */
export type KnownPart = { readonly part: number; readonly key: string | null };

/**
 * Gives each group the number it had, so that no source moves without need. A single group is the first part: the container
 * that was there before any policy. Parts that stand for nothing any more are told with a null group.
 */
export function numberParts(
  groups: readonly PartGroup[],
  known: readonly KnownPart[],
): readonly { readonly part: number; readonly group: PartGroup | null }[] {
  const before: readonly KnownPart[] = known.length > 0 ? known : [{ part: 1, key: remainderKey(always) }];
  const taken = new Map<number, PartGroup>();
  const [only] = groups;
  if (groups.length === 1 && only !== undefined) taken.set(1, only);
  else {
    const waiting: PartGroup[] = [];
    for (const group of groups) {
      const had = before.find(({ part, key }) => key === group.key && !taken.has(part));
      if (had) taken.set(had.part, group);
      else waiting.push(group);
    }
    waiting.sort((a, b) => b.sourceIds.length - a.sourceIds.length);
    for (let part = 1; waiting.length > 0; part += 1) {
      if (taken.has(part)) continue;
      const next = waiting.shift();
      if (next !== undefined) taken.set(part, next);
    }
  }
  const parts = new Set([...before.map(({ part }) => part), ...taken.keys()]);
  return [...parts].sort((a, b) => a - b).map((part) => ({ part, group: taken.get(part) ?? null }));
}

/** The numbered groups as parts of a target. */
export const toParts = (numbered: ReturnType<typeof numberParts>): readonly TargetPart[] =>
  numbered.map(({ part, group }) => ({
    part,
    sourceIds: new Set(group?.sourceIds),
    who: group?.who ?? null,
    guardrails: group?.guardrails ?? [],
    causes: group?.causes ?? [],
  }));
