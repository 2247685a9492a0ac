import type { DataAction, DataWho, Masking, MaskTarget, RowRule } from '@stoa/contract/masking';
import type { DataDraft } from '@stoa/contract/policy-resource';
import { parsePattern } from '../pattern/parse-pattern.ts';
import { groupsOf } from '../pattern/pattern.ts';
import { groupReference } from '../pattern/replace-pattern.ts';
import { checkCircumstances, checkPattern } from './check-circumstances.ts';
import { checkCondition } from './check-condition.ts';
import { checkPredicate } from './check-predicate.ts';
import type { CheckedBody } from './check-draft.ts';
import { placeOf, type PolicyProblem, type UsedPolicyName } from './problem.ts';

type Found = { readonly problems: readonly PolicyProblem[]; readonly names: readonly UsedPolicyName[] };

const nothing: Found = { problems: [], names: [] };
const fault = (path: string, message: string): Found => ({ problems: [{ path, message }], names: [] });
const joined = (...parts: readonly Found[]): Found => ({
  problems: parts.flatMap((part) => part.problems),
  names: parts.flatMap((part) => part.names),
});

/** Every group that the replacement names is one of the pattern; a pattern that cannot be read is told by itself. */
function checkReplacement(
  { pattern, replacement }: Extract<Masking, { maskingType: 'regex' }>,
  path: string,
): readonly PolicyProblem[] {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) return [];
  const groups = groupsOf(parsed.node);
  const missing = [...replacement.matchAll(groupReference)].find(([, group]) => Number(group) > groups);
  if (missing === undefined) return [];
  const has = groups === 0 ? 'no group' : groups === 1 ? 'one group, $1' : `${groups} groups, $1 to $${groups}`;
  return [
    {
      path: `${path}.replacement`,
      message: `The replacement names ${missing[0]}, and the pattern has ${has}.`,
      place: placeOf(replacement, missing.index),
    },
  ];
}

function checkMasking(masking: Masking, path: string): Found {
  if (masking.maskingType === 'rounding' && masking.bucket === undefined && masking.unit === undefined)
    return fault(path, 'Rounding needs a bucket for numbers, a unit for dates, or both.');
  if (masking.maskingType === 'regex')
    return {
      problems: [...checkPattern(masking.pattern, `${path}.pattern`), ...checkReplacement(masking, path)],
      names: [],
    };
  if (masking.maskingType === 'custom' && !masking.expression.includes('@column'))
    return fault(`${path}.expression`, 'The SQL must use @column, the value to be masked.');
  return nothing;
}

function checkTarget(target: MaskTarget, path: string): Found {
  if (target.columns === 'nameRegex') return { problems: checkPattern(target.regex, `${path}.regex`), names: [] };
  if (target.columns === 'tagged')
    return { problems: [], names: [{ kind: 'tag', name: target.tag, path: `${path}.tag` }] };
  return nothing;
}

function checkRow(row: RowRule, path: string): Found {
  if (row.kind === 'where')
    return checkPredicate({ text: row.predicate, path: `${path}.predicate`, ifTagMissing: row.ifTagMissing });
  const tag: Found = { problems: [], names: [{ kind: 'tag', name: row.columnTag, path: `${path}.columnTag` }] };
  if (row.kind !== 'match' || row.by.kind === 'group') return tag;
  return joined(tag, {
    problems: [],
    names: [{ kind: 'attribute', name: row.by.name, path: `${path}.by.name` }],
  });
}

function checkWho(who: DataWho, action: DataAction): Found {
  if (action.kind === 'reveal' && !(who.for === 'everyoneWho' && who.otherwise === 'none'))
    return fault('who', 'A policy that reveals names who sees the column in clear; nothing changes for the others.');
  if (who.for === 'everyone') return nothing;
  const condition = checkCondition(who.condition.trim(), 'who.condition', 'user');
  if (who.for === 'everyoneExcept' || typeof who.otherwise === 'string') return condition;
  if (action.kind !== 'mask') return joined(condition, fault('who.otherwise', 'A row rule cannot mask the others.'));
  return joined(condition, checkMasking(who.otherwise, 'who.otherwise'));
}

function checkAction(action: DataAction): Found {
  switch (action.kind) {
    case 'mask':
      return joined(
        checkMasking(action.masking, 'action.masking'),
        checkTarget(action.target, 'action.target'),
        action.where === undefined
          ? nothing
          : checkPredicate({ text: action.where, path: 'action.where', ifTagMissing: action.ifTagMissing }),
      );
    case 'reveal':
      return checkTarget(action.target, 'action.target');
    case 'row':
      return checkRow(action.row, 'action.row');
  }
}

/** What is seen of data: mask, target and who fit together, and every text can be read. */
export function checkData(draft: DataDraft): Found & { readonly policy: CheckedBody } {
  const { action, who, circumstances, circumstanceOperator, certification } = draft;
  return {
    ...joined(checkAction(action), checkWho(who, action), checkCircumstances(circumstances)),
    policy: {
      type: 'data',
      kind: action.kind,
      body: { action, who, circumstances, circumstanceOperator, ...(certification && { certification }) },
    },
  };
}
