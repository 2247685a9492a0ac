import type { PolicyScope, StoredSubscriptionPolicy } from '@stoa/contract/policy';
import { type Circumstance, type CircumstanceMatcher, circumstanceMatcher } from '../condition/circumstance.ts';
import type { Condition, SourceFacts } from '../condition/model.ts';
import { parseCondition } from '../condition/parse.ts';
import {
  allOf,
  always,
  anyOf,
  isAboutPeopleAlone,
  never,
  peopleOf,
  type Remainder,
  remainderKey,
  remainderOf,
} from '../condition/remainder.ts';
import { isInScope, type OwnerJudge, ownerJudge, type PolicyStanding } from './owner-decisions.ts';
import { MergedRules } from './merged-rules.ts';
import { indexRules, isToldByMarks } from './rule-index.ts';

/** A data source as policies see it. */
export type PolicySource = SourceFacts & { readonly domainIds: ReadonlySet<string> };

/** A subscription policy in force, read once for many sources. */
export type PolicyRule = {
  readonly policyId: string;
  readonly policyKey: string;
  readonly name: string;
  readonly kind: 'grant' | 'guardrail';
  readonly level: 'anyone' | 'entitlements' | 'manual';
  readonly scope: PolicyScope;
  readonly circumstances: readonly Circumstance[];
  readonly circumstanceOperator: 'any' | 'all';
  readonly matches: CircumstanceMatcher;
  /** Null of levels that ask for no condition. */
  readonly condition: Condition | null;
  /** Who fulfils it on any source; null when that depends on the source. */
  readonly constant: Remainder | null;
  /** Null where owners have no say. */
  readonly owners: OwnerJudge | null;
};

/** A rule that acts on a source: by which circumstance, and for whom. */
export type AppliedRule = {
  readonly rule: PolicyRule;
  readonly circumstance: Circumstance;
  readonly who: Remainder;
};

/** Everything that policies say of one source; sources of which they say the same share one. */
export type SourceRules = {
  readonly sourceIds: readonly number[];
  readonly grants: readonly AppliedRule[];
  readonly guardrails: readonly AppliedRule[];
  /** Two grants or more that name no condition: none of these acts until only one is left (governance.md 8, "Merge"). */
  readonly conflict: readonly AppliedRule[];
  /** Those that act once an owner has signed. */
  readonly waiting: readonly AppliedRule[];
  /** Those that an owner has switched off here. */
  readonly off: readonly AppliedRule[];
  /** Who passes every guardrail. Nobody else has access by any route. */
  readonly floor: Remainder;
  /** Who has access by policy: some grant, and every guardrail. */
  readonly access: Remainder;
};

/**
 * Reads the policies in force. What cannot be read takes away and never gives: a grant without a readable condition is for
 * nobody, and nobody passes such a guardrail. Staged and disabled policies have no effect, nor has writing, which is to come.
 */
export function readPolicyRules(policies: readonly StoredSubscriptionPolicy[]): readonly PolicyRule[] {
  return policies
    .filter((policy) => policy.state === 'active' && policy.body.accessType === 'read')
    .map(readRule)
    .filter((rule) => rule !== null);
}

function readRule(policy: StoredSubscriptionPolicy): PolicyRule | null {
  const { id: policyId, policyKey, name, kind, scope, body } = policy;
  const level = kind === 'guardrail' ? 'entitlements' : body.level;
  const read = level === 'entitlements' ? parseCondition(body.condition ?? '') : null;
  const condition = read?.ok === true ? read.condition : null;
  const { circumstances, circumstanceOperator } = body;
  const owners = ownerJudge({ ...policy, gives: kind === 'grant' });
  const place = { scope, circumstances, circumstanceOperator, matches: circumstanceMatcher(body) };
  const shared = { policyId, policyKey, name, kind, level, ...place, condition, owners };
  if (level === 'anyone') return { ...shared, constant: always };
  if (level === 'manual') return { ...shared, constant: peopleOf(body.users ?? []) };
  if (condition === null) return { ...shared, constant: never };
  return { ...shared, constant: isAboutPeopleAlone(condition) ? remainderOf(condition, nowhere) : null };
}

/** Stands in for the source where none is asked about. */
const nowhere: SourceFacts = {
  dataSourceId: 0,
  connectionKey: '',
  hostname: null,
  objectPath: [],
  tags: new Set(),
  columns: [],
};

/** The circumstance by which a rule is meant for a source, or null. Whether it acts there, its standing says. */
export function actsOn(rule: PolicyRule, source: PolicySource): Circumstance | null {
  if (!isInScope(rule.scope, rule.owners, source)) return null;
  return rule.matches({ source, isOwnerSelected: rule.owners?.isSelected(source.dataSourceId) === true });
}

/** Whether a rule would be for a source if its owner picked it. */
export const isOffered = (rule: PolicyRule, source: PolicySource): boolean =>
  actsOn(rule, source) === null &&
  isInScope(rule.scope, rule.owners, source) &&
  rule.matches({ source, isOwnerSelected: true }) !== null;

const standingOf = (rule: PolicyRule, source: PolicySource): PolicyStanding =>
  rule.owners?.standing(source.dataSourceId) ?? 'acting';

/**
 * Merges the rules on each source: OR of grants, AND of guardrails (governance.md 8). Of sources that no rule acts on there
 * is nothing in the answer.
 */
export function mergeRules(rules: readonly PolicyRule[], sources: Iterable<PolicySource>): MergedRules {
  const known = new Map<string | number, SourceRules & { readonly sourceIds: number[] }>();
  const find = indexRules(rules);
  const isTold = rules.map(isToldByMarks);
  // Sources of one mark are found with the very same list: what it says of the first it says of each.
  const ofList = new Map<readonly number[], SourceRules & { readonly sourceIds: number[] }>();
  for (const source of sources) {
    const places = find(source);
    if (places.length === 0) continue;
    const same = ofList.get(places);
    if (same !== undefined) {
      same.sourceIds.push(source.dataSourceId);
      continue;
    }
    const key = keyOfSource(rules, places, source);
    if (key === null) continue;
    let of = known.get(key);
    if (of === undefined) known.set(key, (of = mergeApplied(applied(rules, places, source))));
    of.sourceIds.push(source.dataSourceId);
    if (places.every((place) => isTold[place])) ofList.set(places, of);
  }
  return new MergedRules([...known.values()]);
}

/**
 * Which rules act on a source and what is left of them there; null when none does. One rule that is for the same people on
 * every source is told by its place alone: that is most of them.
 */
function keyOfSource(
  rules: readonly PolicyRule[],
  places: readonly number[],
  source: PolicySource,
): string | number | null {
  let only: number | null = null;
  let key = '';
  for (const place of places) {
    const rule = rules[place];
    if (rule === undefined || actsOn(rule, source) === null) continue;
    const standing = standingOf(rule, source);
    if (only === null && key === '' && rule.constant !== null && standing === 'acting') {
      only = place;
      continue;
    }
    if (only !== null) key = `${only};`;
    only = null;
    if (standing !== 'acting') key += `${standing}${place};`;
    else key += rule.constant === null ? `${place}${remainderKey(whoOf(rule, source))};` : `${place};`;
  }
  return only ?? (key === '' ? null : key);
}

const whoOf = (rule: PolicyRule, source: PolicySource): Remainder =>
  rule.constant ?? (rule.condition === null ? never : remainderOf(rule.condition, source));

type Merging = AppliedRule & { readonly standing: PolicyStanding };

const applied = (rules: readonly PolicyRule[], places: readonly number[], source: PolicySource): readonly Merging[] =>
  places.flatMap((place) => {
    const rule = rules[place];
    const circumstance = rule === undefined ? null : actsOn(rule, source);
    return rule === undefined || circumstance === null
      ? []
      : [{ rule, circumstance, who: whoOf(rule, source), standing: standingOf(rule, source) }];
  });

function mergeApplied(all: readonly Merging[]): SourceRules & { readonly sourceIds: number[] } {
  const standing = (wanted: PolicyStanding): readonly AppliedRule[] =>
    all.filter((one) => one.standing === wanted).map(({ rule, circumstance, who }) => ({ rule, circumstance, who }));
  const acting = standing('acting');
  const guardrails = acting.filter(({ rule }) => rule.kind === 'guardrail');
  const given = acting.filter(({ rule }) => rule.kind === 'grant');
  const withoutCondition = given.filter(({ rule }) => rule.level !== 'entitlements');
  const conflict = withoutCondition.length > 1 ? withoutCondition : [];
  const grants = given.filter((grant) => !conflict.includes(grant));
  const floor = allOf(guardrails.map(({ who }) => who));
  const access = allOf([anyOf(grants.map(({ who }) => who)), floor]);
  const idle = { waiting: standing('waiting'), off: standing('off') };
  return { sourceIds: [], grants, guardrails, conflict, ...idle, floor, access };
}
