import { durationProblem } from '../duration/duration.ts';
import { conditionProblems, parseCondition } from './parse-condition.ts';
import { type Flow, type FlowDraft, type FlowEvent, type ReviewerSource, type Rule, sourcesOfStage } from './flow.ts';

export type FlowProblem = {
  readonly path: string;
  readonly code: 'review_flow.invalid' | 'review_flow.reviewer_unsupported';
  readonly message: string;
};
/** Where the flow stands: a form's may delegate, a target's own may not. */
export type FlowOwner = 'form' | 'target';

const invalid = (path: string, message: string): FlowProblem => ({ path, code: 'review_flow.invalid', message });

const sourceProblems = (source: ReviewerSource, path: string): readonly FlowProblem[] => {
  if (source.type === 'CATALOG PERMISSION')
    return [
      { path, code: 'review_flow.reviewer_unsupported', message: 'Catalog permissions cannot name reviewers here.' },
    ];
  return [];
};

const approveProblems = (event: Extract<FlowEvent, { type: 'approve' }>, path: string): readonly FlowProblem[] => {
  const { comment, duration, durationUnit } = event.params;
  const problems: FlowProblem[] = [];
  if (comment === undefined || comment.trim() === '')
    problems.push(invalid(`${path}.params.comment`, 'Automatic approval needs a comment that justifies it.'));
  if ((duration === undefined) !== (durationUnit === undefined))
    problems.push(invalid(`${path}.params.duration`, 'A period needs both its number and its unit.'));
  if (duration !== undefined && durationUnit !== undefined) {
    const message = durationProblem({ amount: duration, unit: durationUnit }, Date.UTC(2100, 0, 1));
    if (message !== null) problems.push(invalid(`${path}.params.duration`, message));
  }
  return problems;
};

const reviewProblems = (event: Extract<FlowEvent, { type: 'review' }>, path: string): readonly FlowProblem[] => {
  const { stages } = event.params;
  if (stages.length === 0) return [invalid(`${path}.params.stages`, 'A review needs at least one stage.')];
  return stages.flatMap((stage, i) => {
    const at = `${path}.params.stages[${i}]`;
    if ('all' in stage && 'any' in stage) return [invalid(at, 'A stage is either any or all, not both.')];
    const sources = sourcesOfStage(stage);
    if (sources.length === 0) return [invalid(at, 'A stage needs at least one reviewer.')];
    return sources.flatMap((source, j) => sourceProblems(source, `${at}[${j}]`));
  });
};

const eventProblems = (event: FlowEvent, path: string, owner: FlowOwner): readonly FlowProblem[] => {
  switch (event.type) {
    case 'approve':
      return approveProblems(event, path);
    case 'deny':
      return [];
    case 'review':
      return reviewProblems(event, path);
    case 'dataProductPolicy':
      return owner === 'target' ? [invalid(path, "A target's own review flow cannot delegate.")] : [];
  }
};

/** Everything that is wrong with a flow about to be saved; empty when nothing is. */
export const validateFlow = (draft: FlowDraft, owner: FlowOwner): readonly FlowProblem[] => {
  const problems = draft.rules.flatMap((rule, i) => [
    ...conditionProblems(rule.conditions, `rules[${i}].conditions`).map((p) => invalid(p.path, p.message)),
    ...eventProblems(rule.event, `rules[${i}].event`, owner),
  ]);
  problems.push(...eventProblems(draft.defaultEvent, 'defaultEvent', owner));
  if (owner === 'target' && draft.defaultEvent.type === 'deny')
    problems.push(
      invalid('defaultEvent', "The default event of a target's own review flow approves or asks for review."),
    );
  return problems;
};

/** Checks a flow and gives it its type: the only way from the wire (or the database) to a `Flow`. */
export const parseFlow = (
  draft: FlowDraft,
  owner: FlowOwner,
): { readonly ok: true; readonly flow: Flow } | { readonly ok: false; readonly problems: readonly FlowProblem[] } => {
  const problems = validateFlow(draft, owner);
  if (problems.length > 0) return { ok: false, problems };
  const rules: Rule[] = [];
  for (const { conditions, event } of draft.rules) {
    const condition = parseCondition(conditions);
    if (condition !== null) rules.push({ conditions: condition, event });
  }
  return { ok: true, flow: { version: draft.version, rules, defaultEvent: draft.defaultEvent } };
};
