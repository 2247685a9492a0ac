import type { CallTruth } from '../condition/evaluate.ts';
import { evaluateCondition } from '../condition/evaluate.ts';
import type { Circumstance } from '../condition/circumstance.ts';
import type { PersonFacts } from '../condition/model.ts';
import { always, isFulfilledBy } from '../condition/remainder.ts';
import { compileAccess, identityProblem, sourceProblem } from './compile.ts';
import { containerName } from './container-name.ts';
import type {
  AccessFacts,
  ApprovalVerdict,
  AwaitingReason,
  DesiredAccess,
  HeldReason,
  Source,
  Target,
  TargetKind,
  UserFact,
} from './model.ts';
import type { AppliedRule, PolicySource, SourceRules } from './policy-rules.ts';

/** One request that could give the access, and whether it does. */
export type ExplainedCause = {
  readonly requestId: string;
  readonly targetId: string;
  readonly targetKind: TargetKind;
  readonly label: string;
  readonly notAfter: number | null;
  readonly gives: boolean;
  readonly reason:
    | Extract<ApprovalVerdict, { live: false }>['reason']
    | AwaitingReason
    | HeldReason
    | UnmetReason
    | null;
};

/** The names of the guardrails follow. */
export type UnmetReason = `guardrail.unmet: ${string}`;

/** A condition that everybody must pass, whatever was approved. */
export type ExplainedGuardrail = { readonly name: string; readonly passes: boolean; readonly reason: string };

/** One policy that acts on the source, and what it makes of the person. */
export type ExplainedPolicy = {
  readonly policyId: string;
  readonly policyKey: string;
  readonly name: string;
  readonly kind: 'grant' | 'guardrail';
  readonly matchedCircumstance: Circumstance;
  readonly result: boolean;
  /** Another grant without a condition acts on the source as well, so neither gives anything. */
  readonly isInConflict: boolean;
  /** Of a grant that gives nothing here yet: an owner has not signed it, or has switched it off. */
  readonly idle: 'waiting' | 'off' | null;
  readonly truth: readonly CallTruth[];
};

/** What policies say of the source that is asked about, and the facts that they ask for. */
export type PolicyFacts = {
  readonly rules: SourceRules | undefined;
  readonly source: PolicySource | undefined;
  /** The same source as the platform has it: it may be in no product and no asset that was ever asked for. */
  readonly object: Source | undefined;
  readonly person: PersonFacts | undefined;
  /** The number of the container of what policies give here; null while it is not made. */
  readonly containerNumber: number | null;
};

/** The first of what keeps everything from giving access, in the order in which a compile looks at it. */
export type Obstacle = 'user.disabled' | 'user.unknown' | AwaitingReason | HeldReason;

export type ExplainedStep = {
  readonly kind: 'user' | 'identity' | 'container' | 'object';
  readonly name: string;
  readonly holds: boolean;
};

export type Explanation = {
  readonly effective: boolean;
  readonly policies: readonly ExplainedPolicy[];
  /** How the policies are joined: `(approvals OR p1) AND g1`; null where none acts. */
  readonly formula: string | null;
  readonly causes: readonly ExplainedCause[];
  readonly guardrails: readonly ExplainedGuardrail[];
  /** What stands in the way of whatever gives the access: the person may use nothing, has no account, or nobody may read the source. */
  readonly obstacle: Obstacle | null;
  /** From the person to the object, through the first cause that gives access (or would). */
  readonly path: readonly ExplainedStep[];
};

export type Question = { readonly globalUserId: string; readonly dataSourceId: number };

/** Why a user may read a source, or why not: from the same compile that is enforced. */
export function explainAccess(plain: AccessFacts, question: Question, policy: PolicyFacts = noPolicy): Explanation {
  const facts = withPolicy(plain, question, policy);
  const desired = compileAccess(facts);
  const user = facts.users.find((u) => u.globalUserId === question.globalUserId);
  const source = facts.sources.find((s) => s.dataSourceId === question.dataSourceId);
  const held = sourceProblem(source);
  const policies = policiesOf(policy);
  const awaiting = identityProblem(user?.identity ?? null);
  const obstacle = userProblem(user?.status) ?? awaiting ?? held;
  const causes = causesOf(facts, desired, { question, held });
  const givenByPolicy = desired.containers.find(
    (container) =>
      container.targetId === policyTargetId &&
      container.objects.length > 0 &&
      container.members.some((member) => member.globalUserId === question.globalUserId),
  );
  const effective = causes.some((cause) => cause.gives) || givenByPolicy !== undefined;
  const guardrails: ExplainedGuardrail[] = [
    { name: 'user.active', passes: user?.status === 'active', reason: user?.status ?? 'user.unknown' },
    { name: 'source.available', passes: held === null, reason: held ?? 'source.enabled' },
    ...policies.filter(({ kind }) => kind === 'guardrail').map(toGuardrail),
  ];
  const best = causes.find((cause) => cause.gives) ?? (givenByPolicy === undefined ? causes[0] : undefined);
  const target = facts.targets.find((t) => t.targetId === best?.targetId);
  const path: ExplainedStep[] = [
    { kind: 'user', name: question.globalUserId, holds: user?.status === 'active' },
    {
      kind: 'identity',
      name: user?.identity?.externalName ?? '',
      holds: awaiting === null,
    },
  ];
  if (target !== undefined) {
    const name = containerName(facts.namePrefix, target);
    path.push({ kind: 'container', name, holds: best?.gives === true });
  } else if (givenByPolicy !== undefined && policy.containerNumber !== null) {
    path.push({ kind: 'container', name: givenByPolicy.name, holds: true });
  }
  path.push({ kind: 'object', name: source?.objectPath.join('.') ?? '', holds: effective });
  return { effective, causes, policies, formula: formulaOf(policy.rules), guardrails, obstacle, path };
}

function userProblem(status: UserFact['status'] | undefined): Obstacle | null {
  if (status === undefined) return 'user.unknown';
  return status === 'active' ? null : 'user.disabled';
}

const noPolicy: PolicyFacts = {
  rules: undefined,
  source: undefined,
  object: undefined,
  person: undefined,
  containerNumber: null,
};
const policyTargetId = 'policies';

/** The facts with what policies say of this one source: on every target, and as a target of their own. */
function withPolicy(
  facts: AccessFacts,
  question: Question,
  { rules, object, person, containerNumber }: PolicyFacts,
): AccessFacts {
  const guardrails = (rules?.guardrails ?? []).map(({ rule, who }) => ({
    policyId: rule.policyId,
    name: rule.name,
    who,
  }));
  const part = { part: 1, sourceIds: null, who: rules?.floor ?? always, guardrails, causes: [] };
  const targets: Target[] = facts.targets.map((target) => ({ ...target, parts: [part] }));
  if (rules !== undefined && rules.grants.length > 0) {
    targets.push({
      targetId: policyTargetId,
      kind: 'po',
      containerNumber: containerNumber ?? 0,
      label: '',
      suspended: false,
      deleted: false,
      parent: null,
      sources: [{ dataSourceId: question.dataSourceId, outOfDomain: false }],
      parts: [{ ...part, who: rules.access, causes: rules.grants.map(({ rule }) => rule.policyId) }],
    });
  }
  const users = facts.users.map((user) => (user.globalUserId === person?.globalUserId ? { ...user, person } : user));
  const isKnown = facts.sources.some((source) => source.dataSourceId === object?.dataSourceId);
  const sources = object === undefined || isKnown ? facts.sources : [...facts.sources, object];
  return { ...facts, scope: { kind: 'all' }, targets, users, sources };
}

function policiesOf({ rules, source, person }: PolicyFacts): readonly ExplainedPolicy[] {
  if (rules === undefined || source === undefined || person === undefined) return [];
  type How = Pick<ExplainedPolicy, 'isInConflict' | 'idle'>;
  const acts: How = { isInConflict: false, idle: null };
  const explained = ({ rule, circumstance, who }: AppliedRule, how: How): ExplainedPolicy => {
    const { policyId, policyKey, name, kind, condition } = rule;
    const truth = condition === null ? [] : evaluateCondition(condition, person, source).truth;
    const result = !how.isInConflict && how.idle === null && isFulfilledBy(who, person);
    return { policyId, policyKey, name, kind, matchedCircumstance: circumstance, result, ...how, truth };
  };
  return [
    ...rules.grants.map((rule) => explained(rule, acts)),
    ...rules.conflict.map((rule) => explained(rule, { ...acts, isInConflict: true })),
    // A guardrail that does not act keeps nobody out, so that nobody is told of it.
    ...rules.waiting.filter(isGrant).map((rule) => explained(rule, { ...acts, idle: 'waiting' })),
    ...rules.off.filter(isGrant).map((rule) => explained(rule, { ...acts, idle: 'off' })),
    ...rules.guardrails.map((rule) => explained(rule, acts)),
  ];
}

const isGrant = ({ rule }: AppliedRule): boolean => rule.kind === 'grant';

const told = (truth: readonly CallTruth[]): string => truth.map(({ because }) => because).join('; ');

/** Why a condition does not hold: the calls that are false, or all of them where only a NOT is in the way. */
export function whyNot(truth: readonly CallTruth[]): string {
  const fails = truth.filter(({ value }) => !value);
  return told(fails.length > 0 ? fails : truth);
}

const toGuardrail = ({ name, result, truth }: ExplainedPolicy): ExplainedGuardrail => ({
  name,
  passes: result,
  reason: (result ? told(truth) : whyNot(truth)) || (result ? 'passes' : 'nobody passes it'),
});

function formulaOf(rules: SourceRules | undefined): string | null {
  if (rules === undefined) return null;
  const keys = (list: readonly AppliedRule[]) => list.map(({ rule }) => rule.policyKey);
  const causes = ['approvals', ...keys(rules.grants)];
  const any = causes.length > 1 ? `(${causes.join(' OR ')})` : causes[0];
  return [any, ...keys(rules.guardrails)].join(' AND ');
}

type About = { readonly question: Question; readonly held: HeldReason | null };

function causesOf(facts: AccessFacts, desired: DesiredAccess, about: About): ExplainedCause[] {
  const targets = new Map(facts.targets.map((t) => [t.targetId, t]));
  const awaiting = new Map(desired.awaiting.map((a) => [a.requestId, a.reason]));
  const causes: ExplainedCause[] = [];
  for (const approval of facts.approvals) {
    const target = targets.get(approval.targetId);
    if (approval.globalUserId !== about.question.globalUserId || target === undefined) continue;
    if (!target.sources.some((s) => s.dataSourceId === about.question.dataSourceId)) continue;
    const verdict = desired.verdicts.get(approval.requestId);
    const notLive = verdict !== undefined && !verdict.live ? verdict.reason : null;
    const reason =
      notLive ?? awaiting.get(approval.requestId) ?? about.held ?? unmetReason(desired, approval.requestId);
    causes.push({
      requestId: approval.requestId,
      targetId: target.targetId,
      targetKind: target.kind,
      label: target.label,
      notAfter: approval.notAfter,
      gives: reason === null,
      reason,
    });
  }
  return causes.sort((a, b) => Number(b.gives) - Number(a.gives) || (a.requestId < b.requestId ? -1 : 1));
}

function unmetReason({ prevented }: DesiredAccess, requestId: string): UnmetReason | null {
  const held = prevented.get(requestId);
  return held === undefined ? null : `guardrail.unmet: ${held.guardrails.map(({ name }) => name).join(', ')}`;
}
