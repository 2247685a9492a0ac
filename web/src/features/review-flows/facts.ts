import type { FlowEvent, FlowFact, FlowOperator } from '@stoa/contract/review-flow';
import { flowFact, flowOperator } from '@stoa/contract/review-flow';
import type { FormField } from '@stoa/contract/request-form';
import { isTextList, wordOf } from '../../lib/members.ts';
import { type Group, type Leaf, leavesOf, pathOfMembers, treeOf } from './condition-tree.ts';
import { type FlowDraft, type FlowProblem, sourcesOf } from './flow-draft.ts';

const equality: readonly FlowOperator[] = ['equal', 'notEqual', 'in', 'notIn'];
const membership: readonly FlowOperator[] = ['contains', 'doesNotContain'];
const size: readonly FlowOperator[] = ['lessThanInclusive', 'lessThan', 'greaterThan', 'greaterThanInclusive'];

/** The comparisons that can hold for each fact; for answers the question decides. */
const sensible: Readonly<Record<FlowFact, readonly FlowOperator[]>> = {
  answers: ['equal', 'notEqual'],
  requestType: ['equal', 'notEqual'],
  duration: size,
  userGroups: membership,
  userAttributes: membership,
  targetTags: membership,
  columnTags: membership,
  columnCount: size,
  onBehalf: ['equal'],
  risk: equality,
};

/** Questions whose answer can be compared; a period is the fact `duration`. */
export const questionsOf = (fields: readonly FormField[]): readonly FormField[] =>
  fields.filter((field) => field.type !== 'ACCESS_DURATION');

export const questionOf = (leaf: Leaf, fields: readonly FormField[]): FormField | undefined =>
  leaf.fact === 'answers' ? fields.find((field) => leaf.path === `$.${field.id}`) : undefined;

export const factOf = (leaf: Leaf): FlowFact | undefined => wordOf(flowFact.options, leaf.fact);

/** The comparisons to offer; one that is stored stays offered. */
export function operatorsFor(leaf: Leaf, fields: readonly FormField[]): readonly FlowOperator[] {
  const fact = factOf(leaf);
  if (fact === undefined) return [];
  const offered = fact === 'answers' ? operatorsOfQuestion(questionOf(leaf, fields)) : sensible[fact];
  const stored = wordOf(flowOperator.options, leaf.operator);
  return stored === undefined || offered.includes(stored) ? offered : [...offered, stored];
}

function operatorsOfQuestion(question: FormField | undefined): readonly FlowOperator[] {
  if (question?.type === 'CHECKBOXES') return membership;
  return question?.type === 'DROPDOWN' ? equality : sensible.answers;
}

export const comparesWithList = (operator: string): boolean => operator === 'in' || operator === 'notIn';

const emptyValue = (fact: FlowFact, operator: string): unknown => {
  if (comparesWithList(operator)) return [];
  if (fact === 'onBehalf') return true;
  if (fact === 'requestType') return 'DATA_ACCESS';
  return fact === 'duration' ? 30 : fact === 'columnCount' ? 10 : '';
};

/** A comparison of that fact with nothing chosen yet. */
export function emptyLeaf(fact: FlowFact, question?: FormField): Leaf {
  const operator = (fact === 'answers' ? operatorsOfQuestion(question) : sensible[fact])[0] ?? 'equal';
  const leaf = { kind: 'leaf', fact, operator, value: emptyValue(fact, operator) } as const;
  if (fact === 'answers') return { ...leaf, path: `$.${question?.id ?? ''}` };
  return fact === 'userAttributes' ? { ...leaf, path: '$.' } : leaf;
}

/** The same comparison with another operator: one value becomes a list, and a list its first value. */
export function withOperator(leaf: Leaf, operator: string): Leaf {
  const { value } = leaf;
  const isList = Array.isArray(value);
  if (comparesWithList(operator) === isList) return { ...leaf, operator };
  if (isList) return { ...leaf, operator, value: value[0] ?? '' };
  return { ...leaf, operator, value: value === '' || value === undefined ? [] : [value] };
}

/** What is compared with, as texts; the words for them are chosen by whoever shows them. */
export function valuesOf({ value }: Leaf): readonly string[] {
  if (isTextList(value)) return value;
  if (value === undefined || value === null || value === '') return [];
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

type Lack = 'value' | 'question' | 'attribute' | 'condition' | 'stage' | 'reviewer' | 'justification';
type Words = (id: `flows.problem.${Lack}`) => string;
type Open = { readonly path: string; readonly lack: Lack };

function lackOf(leaf: Leaf, fields: readonly FormField[]): Lack | undefined {
  if (leaf.fact === 'answers' && questionOf(leaf, fields) === undefined) return 'question';
  if (leaf.fact === 'userAttributes' && (leaf.path ?? '$.').length < 3) return 'attribute';
  return valuesOf(leaf).length === 0 ? 'value' : undefined;
}

function openInGroup(group: Group, path: string, fields: readonly FormField[]): Open[] {
  const inside = pathOfMembers(path, group);
  if (group.members.length === 0) return [{ path: inside, lack: 'condition' }];
  return group.members.flatMap((member, at): Open[] => {
    const own = `${inside}[${at}]`;
    if (member.kind === 'group') return openInGroup(member, own, fields);
    const lack = lackOf(member, fields);
    return lack === undefined ? [] : [{ path: own, lack }];
  });
}

function openInEvent(event: FlowEvent, path: string): Open[] {
  if (event.type === 'approve' && (event.params.comment ?? '').trim() === '')
    return [{ path: `${path}.params.comment`, lack: 'justification' }];
  if (event.type !== 'review') return [];
  const { stages } = event.params;
  if (stages.length === 0) return [{ path: `${path}.params.stages`, lack: 'stage' }];
  return stages.flatMap((stage, at): Open[] =>
    sourcesOf(stage).length === 0 ? [{ path: `${path}.params.stages[${at}]`, lack: 'reviewer' }] : [],
  );
}

/** What is not filled in yet. While there is any the server need not be asked: it could only refuse. */
export const openParts = (flow: FlowDraft, fields: readonly FormField[], words: Words): readonly FlowProblem[] =>
  [
    ...flow.rules.flatMap((rule, at) => [
      ...openInGroup(treeOf(rule.conditions), `rules[${at}].conditions`, fields),
      ...openInEvent(rule.event, `rules[${at}].event`),
    ]),
    ...openInEvent(flow.defaultEvent, 'defaultEvent'),
  ].map(({ path, lack }) => ({ path, message: words(`flows.problem.${lack}`) }));

/** The questions that any rule looks at, by their ids. */
export const questionsAskedBy = (flow: FlowDraft): ReadonlySet<string> =>
  new Set(
    flow.rules.flatMap((rule) =>
      leavesOf(treeOf(rule.conditions), '').flatMap(({ leaf }) =>
        leaf.fact === 'answers' && leaf.path !== undefined ? [leaf.path.slice(2)] : [],
      ),
    ),
  );
