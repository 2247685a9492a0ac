import { compileAccess, identityProblem, sourceProblem } from './compile.ts';
import { containerName } from './container-name.ts';
import type { AccessFacts, ApprovalVerdict, AwaitingReason, DesiredAccess, HeldReason, TargetKind } from './model.ts';

/** One request that could give the access, and whether it does. */
export type ExplainedCause = {
  readonly requestId: string;
  readonly targetId: string;
  readonly targetKind: TargetKind;
  readonly label: string;
  readonly notAfter: number | null;
  readonly gives: boolean;
  readonly reason: Extract<ApprovalVerdict, { live: false }>['reason'] | AwaitingReason | HeldReason | null;
};

/** A condition that everybody must pass, whatever was approved. */
export type ExplainedGuardrail = { readonly name: string; readonly passes: boolean; readonly reason: string };

export type ExplainedStep = {
  readonly kind: 'user' | 'identity' | 'container' | 'object';
  readonly name: string;
  readonly holds: boolean;
};

export type Explanation = {
  readonly effective: boolean;
  readonly causes: readonly ExplainedCause[];
  readonly guardrails: readonly ExplainedGuardrail[];
  /** From the person to the object, through the first cause that gives access (or would). */
  readonly path: readonly ExplainedStep[];
};

export type Question = { readonly globalUserId: string; readonly dataSourceId: number };

/** Why a user may read a source, or why not: from the same compile that is enforced. */
export function explainAccess(facts: AccessFacts, question: Question): Explanation {
  const desired = compileAccess(facts);
  const user = facts.users.find((u) => u.globalUserId === question.globalUserId);
  const source = facts.sources.find((s) => s.dataSourceId === question.dataSourceId);
  const held = sourceProblem(source);
  const causes = causesOf(facts, desired, { question, held });
  const effective = causes.some((cause) => cause.gives);
  const guardrails: ExplainedGuardrail[] = [
    { name: 'user.active', passes: user?.status === 'active', reason: user?.status ?? 'user.unknown' },
    { name: 'source.available', passes: held === null, reason: held ?? 'source.enabled' },
  ];
  const best = causes.find((cause) => cause.gives) ?? causes[0];
  const target = facts.targets.find((t) => t.targetId === best?.targetId);
  const path: ExplainedStep[] = [
    { kind: 'user', name: question.globalUserId, holds: user?.status === 'active' },
    {
      kind: 'identity',
      name: user?.identity?.externalName ?? '',
      holds: user !== undefined && identityProblem(user.identity) === null,
    },
  ];
  if (target !== undefined) {
    const name = containerName(facts.namePrefix, target);
    path.push({ kind: 'container', name, holds: best?.gives === true });
  }
  path.push({ kind: 'object', name: source?.objectPath.join('.') ?? '', holds: effective });
  return { effective, causes, guardrails, path };
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
    const reason = notLive ?? awaiting.get(approval.requestId) ?? about.held;
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
