import type { FormField } from '@stoa/contract/request-form';
import { describe, expect, it } from 'vitest';
import { emptyLeaf, openParts, withOperator } from './facts.ts';
import { type FlowDraft, eventsFor, moved, problemsUnder, startFlow, targetFlowOf } from './flow-draft.ts';

const field: FormField = {
  id: 'f1',
  type: 'DROPDOWN',
  label: 'Purpose',
  required: true,
  options: [{ value: 'Audit' }],
};
const words = (id: string) => id;
const flowWith = (...all: Record<string, unknown>[]): FlowDraft => ({
  rules: [{ conditions: { all }, event: { type: 'deny', params: {} } }],
  defaultEvent: startFlow().defaultEvent,
});

describe('a flow that is edited', () => {
  it('moves rules by one place and leaves the ends alone', () => {
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 2, 3)).toEqual(['a', 'b', 'c']);
    expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  });

  it('offers a target neither delegation nor a denial of everybody', () => {
    expect(eventsFor('target', 'default')).toEqual(['review', 'approve']);
    expect(eventsFor('target', 'rule')).not.toContain('dataProductPolicy');
    expect(targetFlowOf({ rules: [], defaultEvent: { type: 'deny', params: {} } })).toBeUndefined();
    expect(targetFlowOf(startFlow())).toEqual(startFlow());
  });

  it('begins with people, never with approval', () => {
    expect(startFlow().defaultEvent.type).toBe('review');
  });

  it('says which comparisons are not filled in, and which ask about a question that is gone', () => {
    const open = openParts(
      flowWith(
        { fact: 'userGroups', operator: 'contains', value: '' },
        { fact: 'answers', operator: 'equal', value: 'Audit', path: '$.f1' },
        { fact: 'answers', operator: 'equal', value: 'Audit', path: '$.gone' },
        { fact: 'userAttributes', operator: 'contains', value: 'x', path: '$.' },
        { fact: 'risk', operator: 'in', value: [] },
      ),
      [field],
      words,
    );
    expect(open).toEqual([
      { path: 'rules[0].conditions.all[0]', message: 'flows.problem.value' },
      { path: 'rules[0].conditions.all[2]', message: 'flows.problem.question' },
      { path: 'rules[0].conditions.all[3]', message: 'flows.problem.attribute' },
      { path: 'rules[0].conditions.all[4]', message: 'flows.problem.value' },
    ]);
  });

  it('says which events are not filled in', () => {
    const open = openParts(
      {
        rules: [
          { conditions: { any: [] }, event: { type: 'approve', params: { comment: ' ' } } },
          {
            conditions: { not: { all: [{ fact: 'onBehalf', operator: 'equal', value: false }] } },
            event: { type: 'review', params: { stages: [{ any: [] }] } },
          },
        ],
        defaultEvent: { type: 'review', params: { stages: [] } },
      },
      [],
      words,
    );
    expect(open).toEqual([
      { path: 'rules[0].conditions.any', message: 'flows.problem.condition' },
      { path: 'rules[0].event.params.comment', message: 'flows.problem.justification' },
      { path: 'rules[1].event.params.stages[0]', message: 'flows.problem.reviewer' },
      { path: 'defaultEvent.params.stages', message: 'flows.problem.stage' },
    ]);
  });

  it('turns a value into a list and back with the comparison', () => {
    const leaf = { ...emptyLeaf('answers', field), value: 'Audit' };
    const listed = withOperator(leaf, 'in');
    expect(listed.value).toEqual(['Audit']);
    expect(withOperator(listed, 'notEqual').value).toBe('Audit');
  });

  it('takes its own problems out of those of a body', () => {
    expect(
      problemsUnder(
        [
          { path: 'policy.rules[0].conditions', message: 'a' },
          { path: 'name', message: 'b' },
        ],
        'policy',
      ),
    ).toEqual([{ path: 'rules[0].conditions', message: 'a' }]);
  });
});
