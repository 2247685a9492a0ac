import type { FormField } from '@stoa/contract/request-form';
import { describe, expect, it } from 'vitest';
import {
  bodyOfDraft,
  copyOfDraft,
  duplicateOf,
  emptyFormDraft,
  type FormDraft,
  isSameDraft,
  lacksOf,
  newField,
  openIn,
  optionsOfLines,
  placeOfProblem,
  withChanged,
  withField,
  withoutField,
  withType,
} from './form-draft.ts';
import { emptyRule } from '../review-flows/flow-draft.ts';

const text = (id: string, label = id): FormField => ({ id, type: 'SHORT_ANSWER', label, required: true });
const choice = (id: string, ...options: string[]): FormField => ({
  id,
  type: 'DROPDOWN',
  label: id,
  required: true,
  options: options.map((value) => ({ value })),
});
const draft = (...fields: FormField[]): FormDraft => ({ ...emptyFormDraft(), name: 'Form', fields });
const ids = ({ fields }: FormDraft) => fields.map((field) => field.id);

describe('the draft of a request form', () => {
  it('starts with one question, for how long, and leaves the decision to the targets', () => {
    const start = emptyFormDraft();
    expect(start.fields.map((field) => field.type)).toEqual(['SHORT_ANSWER', 'ACCESS_DURATION']);
    expect(start.policy.defaultEvent.type).toBe('dataProductPolicy');
  });

  it('takes a new question after the chosen one, or at the end', () => {
    const before = draft(text('a'), text('b'));
    expect(ids(withField(before, text('c'), 'a'))).toEqual(['a', 'c', 'b']);
    expect(ids(withField(before, text('c'), undefined))).toEqual(['a', 'b', 'c']);
    expect(ids(withoutField(before, 'a'))).toEqual(['b']);
  });

  it('keeps the id of a question whatever is changed about it, and gives a copy another one', () => {
    const field = choice('a', 'x', 'y');
    expect(withType(field, 'CHECKBOXES')).toMatchObject({ id: 'a', type: 'CHECKBOXES', options: [{ value: 'x' }, {}] });
    expect(withType(field, 'SHORT_ANSWER')).toEqual({ id: 'a', type: 'SHORT_ANSWER', label: 'a', required: true });
    expect(withType(text('a'), 'DROPDOWN')).toMatchObject({ id: 'a', label: 'a', options: [{ value: '' }] });
    expect(withType(newField('ACCESS_DURATION'), 'SHORT_ANSWER').label).toBe('');
    expect(ids(withChanged(draft(text('a'), text('b')), text('b', 'B?')))).toEqual(['a', 'b']);
    const copy = duplicateOf(field);
    expect(copy).toMatchObject({ type: 'DROPDOWN', label: 'a' });
    expect(copy?.id).not.toBe('a');
    expect(duplicateOf(newField('ACCESS_DURATION'))).toBeUndefined();
  });

  it('says what is open in a rule that was just added, where a refusal of it would stand', () => {
    const before = draft(text('a'));
    expect(openIn(before, (id) => id)).toEqual([]);
    const open = openIn({ ...before, policy: { ...before.policy, rules: [emptyRule()] } }, (id) => id);
    expect(open).toContainEqual({ path: 'policy.rules[0].event.params.stages[0]', message: 'flows.problem.reviewer' });
    expect(open.map(({ path }) => placeOfProblem(path, before).tab)).toEqual(open.map(() => 'review'));
  });

  it('says what is not written yet, in the order of the page', () => {
    expect(lacksOf({ ...draft(text('a', ' '), choice('b', 'x', '', 'x'), choice('c')), name: ' ' })).toEqual([
      { text: 'forms.lack.name' },
      { text: 'forms.lack.label', fieldId: 'a' },
      { text: 'forms.lack.option', fieldId: 'b', option: 1 },
      { text: 'forms.lack.optionTwice', fieldId: 'b', option: 2 },
      { text: 'forms.lack.options', fieldId: 'c' },
    ]);
    expect(lacksOf(draft(text('a'), choice('b', 'x')))).toEqual([]);
  });

  it('sends only what differs', () => {
    const before = draft(text('a'));
    expect(bodyOfDraft(before, { ...before, name: ' Form ' })).toEqual({});
    expect(isSameDraft(before, { ...before, fields: [...before.fields] })).toBe(true);
    expect(bodyOfDraft(before, { ...before, agreementIds: ['x'] })).toEqual({ dataUseAgreementIds: ['x'] });
    expect(bodyOfDraft(before, draft(text('b'), text('a')))).toEqual({ fields: [text('b'), text('a')] });
  });

  it('takes options from pasted lines, each once', () => {
    expect(optionsOfLines(' EU\r\n\nUS\nEU', [{ value: '' }, { value: 'US' }])).toEqual([
      { value: 'US' },
      { value: 'EU' },
    ]);
  });

  it('copies a form with questions of its own, and rules that look at those', () => {
    const rule = {
      conditions: { all: [{ fact: 'answers', path: '$.a', operator: 'equal', value: 'a' }] },
      event: { type: 'deny' as const, params: {} },
    };
    const copy = copyOfDraft({ ...draft(text('a')), policy: { ...emptyFormDraft().policy, rules: [rule] } }, 'Copy');
    const id = copy.fields[0]?.id;
    expect(id).not.toBe('a');
    expect(copy.policy.rules[0]?.conditions).toEqual({
      all: [{ fact: 'answers', path: `$.${id}`, operator: 'equal', value: 'a' }],
    });
  });

  it('finds the place of a problem by its path', () => {
    const now = draft(text('a'), text('b'));
    expect(placeOfProblem('fields[1].label', now)).toEqual({ tab: 'questions', fieldId: 'b' });
    expect(placeOfProblem('body.fields.0.label', now)).toEqual({ tab: 'questions', fieldId: 'a' });
    expect(placeOfProblem('policy.rules[0].conditions.all[0].path', now)).toEqual({ tab: 'review' });
    expect(placeOfProblem('name', now)).toEqual({ tab: 'questions' });
  });
});
