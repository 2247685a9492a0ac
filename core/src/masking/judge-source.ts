import type { DataAction, MaskTarget } from '@stoa/contract/masking';
import { isInScope, ownerJudge, type PolicyStanding } from '../access/owner-decisions.ts';
import { type Circumstance, circumstanceMatcher } from '../condition/circumstance.ts';
import { isAtOrBelow, pathAndAbove } from '../condition/tag-path.ts';
import { compilePattern } from '../pattern/match-pattern.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import { tagRoots } from '../tags/system-tags.ts';
import { fitMask } from './fit-mask.ts';
import { judgeRow } from './judge-row.ts';
import type {
  ColumnVerdict,
  DataPolicy,
  GovernedSource,
  MaskAbilities,
  MaskWho,
  NotEnforceable,
  RowVerdict,
  SourceColumn,
  SourceVerdict,
} from './model.ts';
import { parsePredicate } from './parse-predicate.ts';
import { type Predicate, readOf } from './predicate.ts';
import { columnsTagged, hasTag } from './tagged-columns.ts';

/** A column that a crawl has found since the table was known, and that nobody has looked at. */
const newColumnTag = 'Stoa New.Column';

const withoutViews: MaskAbilities = { maskTypes: new Set(), rowKinds: new Set(), provenCustom: new Set() };

/** Judges many sources by the same policies; what does not depend on the source is prepared once. */
export type SourceJudge = (source: GovernedSource) => SourceVerdict;

type Prepared = {
  readonly policy: DataPolicy;
  readonly isFor: (source: GovernedSource) => Circumstance | null;
  /** It would be for the source if an owner picked it. */
  readonly isOffered: (source: GovernedSource) => boolean;
  readonly standing: (dataSourceId: number) => PolicyStanding;
  readonly targets: (column: SourceColumn) => boolean;
  /** Whatever it asks for is not there: no column that it masks or reveals, and of a rule that skips such sources, no tag. */
  readonly isIdle: (source: GovernedSource) => boolean;
  readonly depth: number;
};

/**
 * What data policies in force make of a source (governance.md 10): which mask wins on each column, which rules hold for its
 * rows, and what the platform cannot do. The answer for a source that no policy acts on is empty.
 */
export function sourceJudge(policies: readonly DataPolicy[], platform: MaskAbilities): SourceJudge {
  const prepared = policies.map(prepare).sort((a, b) => b.depth - a.depth || byAge(a.policy, b.policy));
  return (source) => {
    const { dataSourceId } = source.facts;
    // Without a view nothing can be masked and no row kept back.
    const abilities = source.exposure === 'base' ? withoutViews : platform;
    const acting = prepared.filter(
      ({ isFor, standing }) => standing(dataSourceId) === 'acting' && isFor(source) !== null,
    );
    const draft: Draft = { notEnforceable: [], skipped: new Set() };
    const masks = acting.filter((one) => one.policy.body.action.kind === 'mask');
    const reveals = acting.filter((one) => one.policy.body.action.kind === 'reveal');
    const columns = source.columns.flatMap((column) =>
      judgeColumn({ column, source, masks, reveals, abilities, draft }),
    );
    const rows = acting.flatMap(({ policy }) => rowOf(policy, source, { abilities, draft }));
    const masked = new Set(columns.map((column) => column.ordinal));
    const isGoverned = columns.length + rows.length + draft.notEnforceable.length > 0;
    const isNew = ({ ordinal, tags }: SourceColumn): boolean => !masked.has(ordinal) && tags.has(newColumnTag);
    return {
      dataSourceId,
      columns,
      rows,
      notEnforceable: draft.notEnforceable,
      skipped: [...draft.skipped],
      withheld: isGoverned ? source.columns.filter(isNew).map((column) => column.name) : [],
      exposure: source.exposure,
    };
  };
}

/**
 * A data policy that is meant for a source: by which circumstance, and how it stands there. `offered`: it waits to be picked;
 * `idle`: nothing keeps it from acting, and there is nothing for it to act on.
 */
export type MeantPolicy = {
  readonly policy: DataPolicy;
  readonly circumstance: Circumstance | null;
  readonly standing: PolicyStanding | 'offered' | 'idle';
};

/** The data policies that are meant for a source, whether or not they act there, and those that its owner may pick. */
export const policiesMeantFor = (policies: readonly DataPolicy[], source: GovernedSource): readonly MeantPolicy[] =>
  policies.map(prepare).flatMap(({ policy, isFor, isOffered, isIdle, standing }): MeantPolicy[] => {
    const circumstance = isFor(source);
    if (circumstance !== null) {
      const stands = standing(source.facts.dataSourceId);
      return [{ policy, circumstance, standing: stands === 'acting' && isIdle(source) ? 'idle' : stands }];
    }
    return isOffered(source) ? [{ policy, circumstance, standing: 'offered' }] : [];
  });

type Draft = { readonly notEnforceable: NotEnforceable[]; readonly skipped: Set<string> };

const byAge = (a: DataPolicy, b: DataPolicy): number => a.number - b.number || (a.id < b.id ? -1 : 1);

function prepare(policy: DataPolicy): Prepared {
  const matcher = circumstanceMatcher(policy.body);
  const { action } = policy.body;
  const owners = ownerJudge({ ...policy, gives: action.kind === 'reveal' });
  const target = action.kind === 'row' ? null : action.target;
  const targets = target === null ? () => false : targetTest(target);
  return {
    policy,
    isFor: ({ facts, domainIds }) => {
      const { dataSourceId } = facts;
      if (!isInScope(policy.scope, owners, { dataSourceId, domainIds })) return null;
      return matcher({ source: facts, isOwnerSelected: owners?.isSelected(dataSourceId) === true });
    },
    isOffered: ({ facts, domainIds }) =>
      isInScope(policy.scope, owners, { dataSourceId: facts.dataSourceId, domainIds }) &&
      matcher({ source: facts, isOwnerSelected: true }) !== null,
    standing: (dataSourceId) => owners?.standing(dataSourceId) ?? 'acting',
    targets,
    isIdle: (source) => {
      if (action.kind === 'row') {
        const abilities = { ...withoutViews, rowKinds: new Set([action.row.kind]) };
        return judgeRow(action.row, source, abilities).kind === 'skip';
      }
      return !source.columns.some(targets) || (action.kind === 'mask' && cellOf(action, source) === 'skip');
    },
    depth: target?.columns === 'tagged' ? pathAndAbove(target.tag).length : 0,
  };
}

const ownRoots: readonly string[] = Object.values(tagRoots);
const isUntagged = (column: SourceColumn): boolean =>
  [...column.tags].every((tag) => tag === newColumnTag || ownRoots.some((root) => isAtOrBelow(tag, root)));

function targetTest(target: MaskTarget): (column: SourceColumn) => boolean {
  switch (target.columns) {
    case 'all':
      return () => true;
    case 'anyTag':
      return (column) => !isUntagged(column);
    case 'noTags':
      return isUntagged;
    case 'tagged':
      return (column) => hasTag(column, target.tag);
    case 'nameRegex': {
      const parsed = parsePattern(target.regex.normalize('NFC'));
      // A pattern that cannot be read masks every column of its sources: a mask must not fall off by a fault in it.
      if (!parsed.ok) return () => true;
      const matches = compilePattern(parsed.node, { caseSensitive: !target.caseInsensitive });
      return (column) => matches(column.name.normalize('NFC'));
    }
  }
}

type ColumnQuestion = {
  readonly column: SourceColumn;
  readonly source: GovernedSource;
  /** The one that wins first. */
  readonly masks: readonly Prepared[];
  readonly reveals: readonly Prepared[];
  readonly abilities: MaskAbilities;
  readonly draft: Draft;
};
type MaskAction = Extract<DataAction, { kind: 'mask' }>;

function judgeColumn({ column, source, masks, reveals, abilities, draft }: ColumnQuestion): ColumnVerdict[] {
  const meeting: { policy: DataPolicy; action: MaskAction; where: Predicate | null }[] = [];
  for (const { policy, targets } of masks) {
    const { action } = policy.body;
    if (action.kind !== 'mask' || !targets(column)) continue;
    const where = cellOf(action, source);
    if (where === 'skip') draft.skipped.add(policy.policyKey);
    else meeting.push({ policy, action, where });
  }
  const [winner, ...others] = meeting;
  if (winner === undefined) return [];
  const { policy, action } = winner;
  const { masking } = action;
  const { id: policyId, policyKey, name: policyName } = policy;
  const asked = [masking, ...(policy.body.who.for === 'everyoneWho' ? [policy.body.who.otherwise] : [])];
  for (const one of asked) {
    if (typeof one === 'string' || abilities.maskTypes.has(one.maskingType)) continue;
    draft.notEnforceable.push({ policyId, policyKey, column: column.name, reason: 'mask.not_supported' });
  }
  const about = { dataSourceId: source.facts.dataSourceId, abilities };
  const fitted = fitMask(masking, column, about);
  const who = whoOf(policy);
  const otherwise = who.kind === 'everyoneWho' && typeof who.otherwise !== 'string' ? who.otherwise : null;
  return [
    {
      ordinal: column.ordinal,
      name: column.name,
      policyId,
      policyKey,
      policyName,
      matchedTag: action.target.columns === 'tagged' ? action.target.tag : null,
      outranked: others.map((other) => other.policy.policyKey),
      chosen: masking.maskingType,
      masking: fitted.masking,
      degradedTo: fitted.degradedWhy === null ? null : fitted.masking.maskingType,
      degradedWhy: fitted.degradedWhy,
      where: winner.where,
      who:
        who.kind === 'everyoneWho' && otherwise !== null
          ? { ...who, otherwise: fitMask(otherwise, column, about).masking }
          : who,
      reveals: who.kind === 'everyoneWho' ? [] : revealsOf(reveals, column),
      isLiftable: who.kind !== 'everyoneWho',
    },
  ];
}

/** The rows that a cell mask masks; null is all of them. What cannot be read or found masks all of them as well. */
function cellOf(action: MaskAction, source: GovernedSource): Predicate | null | 'skip' {
  if (action.where === undefined) return null;
  const parsed = parsePredicate(action.where);
  if (!parsed.ok) return null;
  const missing = [...readOf([parsed.predicate]).tags].filter((tag) => columnsTagged(source, tag).length !== 1);
  if (missing.length === 0) return parsed.predicate;
  const isAbsent = missing.some((tag) => columnsTagged(source, tag).length === 0);
  return isAbsent && action.ifTagMissing === 'skip' ? 'skip' : null;
}

function whoOf({ body: { who } }: DataPolicy): MaskWho {
  switch (who.for) {
    case 'everyone':
      return { kind: 'everyone' };
    case 'everyoneExcept':
      return { kind: 'everyoneExcept', condition: who.condition };
    case 'everyoneWho':
      return { kind: 'everyoneWho', condition: who.condition, otherwise: who.otherwise };
  }
}

const revealsOf = (reveals: readonly Prepared[], column: SourceColumn): string[] => [
  ...new Set(
    reveals.flatMap(({ policy, targets }) => {
      const { who } = policy.body;
      return who.for === 'everyoneWho' && targets(column) ? [who.condition] : [];
    }),
  ),
];

function rowOf(
  policy: DataPolicy,
  source: GovernedSource,
  { abilities, draft }: { readonly abilities: MaskAbilities; readonly draft: Draft },
): RowVerdict[] {
  const { action, who } = policy.body;
  if (action.kind !== 'row') return [];
  const { id: policyId, policyKey, name: policyName } = policy;
  const judged = judgeRow(action.row, source, abilities);
  if (judged.kind === 'skip') {
    draft.skipped.add(policyKey);
    return [];
  }
  if (judged.kind === 'cannot') {
    draft.notEnforceable.push({ policyId, policyKey, column: null, reason: judged.reason });
    return [];
  }
  const condition = who.for === 'everyone' ? null : who.condition;
  const otherwise = who.for === 'everyoneWho' && who.otherwise === 'none' ? ('none' as const) : ('deny' as const);
  return [{ policyId, policyKey, policyName, who: { kind: who.for, condition, otherwise }, rule: judged.test }];
}
