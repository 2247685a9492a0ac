import type { FormField } from '@stoa/contract/request-form';
import { describe, expect, it } from 'vitest';
import { fieldOfError, formInputOf, missingAnswers, startAnswers } from './answers.ts';

const text: FormField = { id: 'f1', type: 'SHORT_ANSWER', label: 'Why?', required: true };
const optional: FormField = { id: 'f2', type: 'SHORT_ANSWER', label: 'Else?', required: false };
const boxes: FormField = { id: 'f3', type: 'CHECKBOXES', label: 'Where?', required: true, options: [{ value: 'A' }] };
const period: FormField = {
  id: 'f4',
  type: 'ACCESS_DURATION',
  label: 'How long do you need access to this data?',
  required: true,
};
const fields = [text, optional, boxes, period];

describe('the answers of a request form', () => {
  it('begin with the earlier ones, and with a usual period where there is none', () => {
    expect(startAnswers(fields, { f1: 'churn' })).toEqual({
      f1: 'churn',
      f2: undefined,
      f3: undefined,
      f4: { amount: 90, unit: 'DAYS' },
    });
    expect(startAnswers([period], { f4: null })).toEqual({ f4: null });
  });

  it('miss what is required and empty, and nothing else', () => {
    expect(missingAnswers(fields, { f1: '  ', f3: [], f4: null }).map((field) => field.id)).toEqual(['f1', 'f3']);
    expect(missingAnswers(fields, { f1: 'x', f3: ['A'], f4: null })).toEqual([]);
  });

  it('leave out optional questions without an answer, but send a period without end', () => {
    expect(formInputOf(fields, { f1: 'x', f2: '', f3: ['A'], f4: null })).toEqual([
      { fieldId: 'f1', value: 'x' },
      { fieldId: 'f3', value: ['A'] },
      { fieldId: 'f4', value: null },
    ]);
  });

  it('find the question that an error of the server is about', () => {
    const sent = [
      { fieldId: 'f1', value: 'x' },
      { fieldId: 'f3', value: ['Z'] },
    ];
    expect(fieldOfError('form.answers.1.value', sent)).toBe('f3');
    expect(fieldOfError('answers.f1', sent)).toBe('f1');
    expect(fieldOfError('user', sent)).toBeUndefined();
  });
});
