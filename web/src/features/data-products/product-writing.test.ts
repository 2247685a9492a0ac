import { productDraft } from '@stoa/contract/product-draft';
import { describe, expect, it } from 'vitest';
import { emptyProductDraft, flowOfStewards, isSameDraft } from './product-draft.ts';
import { keptOf, startOf, writingOf } from './product-writing.ts';

const me = { id: '018f3c00-0000-7000-8000-000000000001', name: 'Ana Ruiz' };
const draft = {
  ...emptyProductDraft(me),
  domains: ['018f3c00-0000-7000-8000-000000000002'],
  sources: new Set(['10', '9']),
  name: ' half a na',
  asking: {
    DATA_ACCESS: { formId: '018f3c00-0000-7000-8000-000000000003', flow: flowOfStewards([{ type: 'USER', ...me }]) },
    MASKING_EXCEPTION: { formId: '', flow: null },
  },
  masksAlike: false,
};

describe('a draft of a data product as the server keeps it', () => {
  it('is one that the server takes, and comes back as it was written', () => {
    const kept = productDraft.parse(keptOf(draft, { from: emptyProductDraft(me), updatedAt: '2026-01-01T00:00:00Z' }));
    const start = startOf(kept);
    expect(isSameDraft(start.draft, draft)).toBe(true);
    expect(start.draft.name).toBe(' half a na');
    expect(start.begun?.updatedAt).toBe('2026-01-01T00:00:00Z');
    expect(isSameDraft(start.begun?.from ?? draft, emptyProductDraft(me))).toBe(true);
  });

  it('is taken without an expert and without anything written', () => {
    const nobody = { ...emptyProductDraft(me), expert: { id: '', name: '' }, owners: [] };
    expect(startOf(productDraft.parse(keptOf(nobody, undefined)))).toEqual({ draft: nobody });
  });

  it('leaves out a flow that the editor could not show', () => {
    const writing = writingOf(draft);
    const asking = { ...writing.asking, DATA_ACCESS: { formId: null, flow: { rules: [], defaultEvent: null } } };
    expect(startOf({ writing: { ...writing, asking } }).draft.asking.DATA_ACCESS.flow).toBeNull();
  });
});
