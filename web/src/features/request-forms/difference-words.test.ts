import type { FormField, RequestFormDifference } from '@stoa/contract/request-form';
import { describe, expect, it } from 'vitest';
import { linesOf } from './difference-words.ts';

const text = (label: string, required = true): FormField => ({ id: 'a', type: 'SHORT_ANSWER', label, required });
const choice = (...options: string[]): FormField => ({
  id: 'a',
  type: 'DROPDOWN',
  label: 'Where?',
  required: true,
  options: options.map((value) => ({ value })),
});
const ofField = (field: Partial<RequestFormDifference['fields'][number]>): RequestFormDifference => ({
  fields: [{ id: 'a', moved: false, ...field }],
  agreements: [],
});
const said = (difference: RequestFormDifference) =>
  linesOf(difference).map(({ mark, id, values }) => [mark, id, values]);

describe('a difference of two versions in lines', () => {
  it('names what was added and removed, with its place', () => {
    expect(said(ofField({ after: text('Why?'), placeAfter: 2 }))).toEqual([
      ['added', 'forms.change.added.SHORT_ANSWER', { label: 'Why?', place: 2 }],
    ]);
    expect(said(ofField({ before: text('Why?'), placeBefore: 1 }))).toEqual([
      ['removed', 'forms.change.removed', { label: 'Why?', place: 1 }],
    ]);
  });

  it('says each thing that changed about a question by itself', () => {
    const lines = linesOf(
      ofField({ before: text('Why?'), after: text('Why now?', false), placeBefore: 3, placeAfter: 1, moved: true }),
    );
    expect(lines.map((line) => line.id)).toEqual(['forms.change.moved', 'forms.change.label', 'forms.change.optional']);
    expect(lines[1]).toMatchObject({ before: 'Why?', after: 'Why now?' });
  });

  it('tells options that came, went and changed places', () => {
    const lines = said(ofField({ before: choice('a', 'b', 'c'), after: choice('c', 'a', 'd') }));
    expect(lines.map(([, id, values]) => [id, values])).toEqual([
      ['forms.change.optionAdded', { label: 'Where?', option: 'd' }],
      ['forms.change.optionRemoved', { label: 'Where?', option: 'b' }],
      ['forms.change.optionsMoved', { label: 'Where?' }],
    ]);
  });

  it('does not list the options of a question that just became one to choose from', () => {
    expect(said(ofField({ before: text('Where?'), after: choice('a', 'b') }))).toEqual([
      ['changed', 'forms.change.type.DROPDOWN', { label: 'Where?' }],
    ]);
  });

  it('keeps the order of the page: name, questions, agreements, who decides', () => {
    const policy = { rules: [], defaultEvent: { type: 'dataProductPolicy' as const } };
    const all: RequestFormDifference = {
      name: { before: 'A', after: 'B' },
      fields: [{ id: 'a', after: text('Why?'), placeAfter: 1, moved: false }],
      agreements: [{ id: 'x', name: 'Purpose', change: 'removed' }],
      policy: { before: policy, after: policy },
    };
    expect(linesOf(all).map((line) => line.key)).toEqual(['name', 'a', 'x', 'policy']);
  });
});
