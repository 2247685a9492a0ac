import { isDeepStrictEqual } from 'node:util';
import type { Source, Target, TargetPart } from '@stoa/core/access/model';
import { groupByAccess, groupByGuardrails, numberParts, type PartGroup, toParts } from '@stoa/core/access/parts';
import { MergedRules } from '@stoa/core/access/merged-rules';
import { mergeRules, readPolicyRules } from '@stoa/core/access/policy-rules';
import { factsAsked } from '@stoa/core/condition/remainder';
import type { Reader } from '../db/pool.ts';
import { loadSubscriptionPolicies } from '../features/policy/load-active.ts';
import { type LoadedPolicySource, loadPolicySources, needsOf } from './policy-sources.ts';
import { type PartRow, type StoredPart, storeParts, type Writer } from './store-parts.ts';

export type PolicyAsk = {
  readonly connectionId: string;
  /** Products and assets that are looked at as a whole, with what they list. */
  readonly targets: readonly Pick<Target, 'targetId' | 'sources'>[];
  /** What was compiled before: of these targets, and of policy containers where they are asked for. */
  readonly stored: readonly StoredPart[];
  /** Also what policies give by themselves, on every source of the connection. */
  readonly isWhole: boolean;
  /** Who keeps what changed; null: nothing is written. */
  readonly keeps: Writer | null;
  /** New policy containers get their numbers; otherwise they are left out. */
  readonly adds: boolean;
};

export type PolicyTargets = {
  readonly parts: ReadonlyMap<string, readonly TargetPart[]>;
  /** Containers of policies, with the sources they hold. */
  readonly targets: readonly Target[];
  readonly sources: readonly Source[];
  /** Some guardrail is in force: what is made later below an asset may fall under it. */
  readonly hasGuardrails: boolean;
};

export const noPolicyTargets: PolicyTargets = { parts: new Map(), targets: [], sources: [], hasGuardrails: false };

/**
 * Compiles the subscription policies in force for a part of a connection: each target by the guardrails on its sources, and
 * the sources that policies give by who gets them. Sources are read as far as the policies ask, and no further.
 */
export async function loadPolicyTargets(db: Reader, ask: PolicyAsk): Promise<PolicyTargets> {
  const policies = await loadSubscriptionPolicies(db);
  const rules = readPolicyRules(policies);
  const listed = new Set(ask.targets.flatMap((target) => target.sources.map((source) => source.dataSourceId)));
  const loaded =
    rules.length === 0
      ? []
      : await loadPolicySources(db, ask.connectionId, {
          sourceIds: ask.isWhole ? null : [...listed],
          needs: needsOf(
            rules,
            policies.map((policy) => policy.body),
          ),
        });
  const merged = mergeRules(
    rules,
    loaded.map(({ facts }) => facts),
  );
  const changed: PartRow[] = [];
  const parts = new Map<string, readonly TargetPart[]>();
  for (const target of ask.targets) {
    const own = ask.stored.filter((part) => part.targetId === target.targetId);
    const numbered = partsOfTarget(target, own, merged);
    if (numbered === null) continue;
    parts.set(target.targetId, toParts(numbered));
    changed.push(...numbered.flatMap(({ part, group }) => changedRow({ targetId: target.targetId, part, group }, own)));
  }
  const hasGuardrails = rules.some((rule) => rule.kind === 'guardrail');
  if (!ask.isWhole) {
    if (ask.keeps !== null)
      await storeParts(db, { connectionId: ask.connectionId, writer: ask.keeps, changed, added: [] });
    return { parts, targets: [], sources: [], hasGuardrails };
  }
  const given = await policyContainers(db, ask, { merged, loaded, changed });
  return { parts, ...given, hasGuardrails };
}

/** A target's parts by the guardrails on its sources, with the numbers they had; null where none bears or bore on it. */
export function partsOfTarget(
  target: Pick<Target, 'sources'>,
  stored: readonly StoredPart[],
  merged: MergedRules,
): ReturnType<typeof numberParts> | null {
  const ids = target.sources.map((source) => source.dataSourceId);
  const isTouched = ids.some((id) => (merged.get(id)?.guardrails.length ?? 0) > 0);
  if (!isTouched && stored.length === 0) return null;
  // A target without sources keeps its first part, so that its container is what it was.
  const groups = ids.length > 0 ? groupByGuardrails(ids, merged) : openPart;
  return numberParts(groups, stored);
}

const openPart: readonly PartGroup[] = groupByGuardrails([0], MergedRules.none).map((group) => ({
  ...group,
  sourceIds: [],
}));

type Numbered = { readonly targetId: string; readonly part: number; readonly group: PartGroup | null };

const rowOf = ({ targetId, part, group }: Numbered, label: string | null = null): PartRow => ({
  targetId,
  part,
  key: group?.key ?? null,
  body: group && { who: group.who, guardrails: group.guardrails, causes: group.causes, label },
  asks: group === null ? [] : factsAsked(group.who),
});

function changedRow(numbered: Numbered, stored: readonly StoredPart[], label: string | null = null): PartRow[] {
  const row = rowOf(numbered, label);
  const before = stored.find((part) => part.part === row.part);
  const isSame = before !== undefined && before.key === row.key && isDeepStrictEqual(before.body, row.body);
  return isSame ? [] : [row];
}

type Compiled = {
  readonly merged: MergedRules;
  readonly loaded: readonly LoadedPolicySource[];
  readonly changed: readonly PartRow[];
};

async function policyContainers(
  db: Reader,
  ask: PolicyAsk,
  { merged, loaded, changed }: Compiled,
): Promise<Pick<PolicyTargets, 'targets' | 'sources'>> {
  const groups = groupByAccess(merged);
  const known = new Map(
    ask.stored.flatMap((part) => (part.kind === 'po' && part.key !== null ? [[part.key, part]] : [])),
  );
  const names = new Map(merged.groups.flatMap((of) => of.grants.map(({ rule }) => [rule.policyId, rule.name])));
  const labelOf = (group: PartGroup) => group.causes.map((id) => names.get(id) ?? id).join(', ');
  const added = groups
    .filter((group) => ask.adds && !known.has(group.key))
    .map((group) => rowOf({ targetId: '', part: 1, group }, labelOf(group)));
  const moved = groups.flatMap((group) => {
    const part = known.get(group.key);
    return part === undefined ? [] : changedRow({ targetId: part.targetId, part: 1, group }, [part], labelOf(group));
  });
  const { connectionId, keeps: writer } = ask;
  const numbers =
    writer === null
      ? new Map<string, { targetId: string; containerNumber: number }>()
      : await storeParts(db, { connectionId, writer, changed: [...changed, ...moved], added });
  const targets = groups.flatMap((group): Target[] => {
    const place = known.get(group.key) ?? numbers.get(group.key);
    return place === undefined ? [] : [policyTarget(place, group, labelOf(group))];
  });
  const wanted = new Set(groups.map((group) => group.key));
  const gone = [...known].filter(([key]) => !wanted.has(key)).map(([, part]) => policyTarget(part, null, ''));
  const held = new Set(targets.flatMap((target) => target.sources.map((source) => source.dataSourceId)));
  const sources = loaded.filter(({ source }) => held.has(source.dataSourceId)).map(({ source }) => source);
  return { targets: [...targets, ...gone], sources };
}

/** A container of policies; without a group, one that stands for nothing any more. */
export function policyTarget(
  { targetId, containerNumber }: { targetId: string; containerNumber: number },
  group: PartGroup | null,
  label: string,
): Target {
  return {
    targetId,
    kind: 'po',
    containerNumber,
    label,
    suspended: false,
    deleted: group === null,
    parent: null,
    sources: (group?.sourceIds ?? []).map((dataSourceId) => ({ dataSourceId, outOfDomain: false })),
    parts: [
      {
        part: 1,
        sourceIds: null,
        who: group?.who ?? null,
        guardrails: group?.guardrails ?? [],
        causes: group?.causes ?? [],
      },
    ],
  };
}
