import { describe, expect, it } from 'vitest';
import { emptyProductDraft, flowOfStewards, type ProductDraft, updateBodyOf } from './product-draft.ts';
import { differingParts, joinedList, mergeDraft, withPartsOf } from './product-merge.ts';

const me = { id: '018f3c00-0000-7000-8000-000000000001', name: 'Ana Ruiz' };
const ben = { id: '018f3c00-0000-7000-8000-000000000002', name: 'Ben Okafor' };
const base: ProductDraft = {
  ...emptyProductDraft(me),
  domains: ['sales'],
  sources: new Set(['1', '2', '3']),
  name: 'Claims 360',
  description: 'Claims',
};
const flow = flowOfStewards([{ type: 'USER', id: me.id }]);
const merge = (theirs: Partial<ProductDraft>, mine: Partial<ProductDraft>, sent?: Partial<ProductDraft>) => {
  const now = { ...base, ...theirs };
  const merged = mergeDraft(
    { base, theirs: now, mine: { ...base, ...mine } },
    sent === undefined ? undefined : { ...base, ...sent },
  );
  return { ...merged, sends: updateBodyOf(now, merged.draft) };
};

describe('a draft over what somebody else saved meanwhile', () => {
  it('does not put back a source that was taken out while a description was written', () => {
    const { sends, followed, both } = merge({ sources: new Set(['1', '3']) }, { description: 'Claims since 2020' });
    expect(sends).toEqual({ description: 'Claims since 2020' });
    expect({ followed, both }).toEqual({ followed: ['sources'], both: [] });
  });

  it('keeps what each of two people put into a list and took out of it', () => {
    const { draft, both } = merge({ sources: new Set(['2', '3', '4']) }, { sources: new Set(['1', '2', '5']) });
    expect([...draft.sources]).toEqual(['2', '4', '5']);
    expect(both).toEqual([]);
    expect(merge({ owners: [me, ben] }, { domains: ['sales', 'finance'] }).sends).toEqual({
      domains: ['sales', 'finance'],
    });
  });

  it('leaves it to its writer whose text goes on where both changed it', () => {
    const { draft, sends, both } = merge({ name: 'Claims', description: 'All' }, { name: 'Claims 2026' });
    expect(both).toEqual(['name']);
    expect(sends).toEqual({ name: 'Claims 2026' });
    const theirs = { ...base, name: 'Claims', description: 'All' };
    expect(updateBodyOf(theirs, withPartsOf(draft, theirs, both))).toEqual({});
    expect(differingParts({ ...draft, name: 'Claims ' }, theirs, both)).toEqual([]);
  });

  it('takes the same change of both for one', () => {
    expect(merge({ name: 'Claims' }, { name: ' Claims ' })).toMatchObject({ followed: [], both: [], sends: {} });
  });

  it('tells apart how masking exceptions are asked once only one of them was changed by somebody else', () => {
    const theirs = {
      masksAlike: false,
      asking: { ...base.asking, MASKING_EXCEPTION: { formId: 'form-2', flow: null } },
    };
    const asking = { ...base.asking, DATA_ACCESS: { formId: '', flow } };
    const { draft, sends, both } = merge(theirs, { asking });
    expect(both).toEqual([]);
    expect(draft.masksAlike).toBe(false);
    expect(sends).toMatchObject({ dataAccessReviewFlow: flow });
    expect(sends).not.toHaveProperty('maskingExceptionRequestFormId');
  });

  it('knows its own save, also when the server gives it back in other words, and keeps what was written on since', () => {
    const sent = { description: 'New' };
    expect(merge({ description: 'New' }, { description: 'New, and on' }, sent)).toMatchObject({
      both: [],
      sends: { description: 'New, and on' },
    });
    expect(merge({ description: 'New.' }, sent, sent)).toMatchObject({ both: [], sends: {} });
    expect(merge({ description: 'Theirs' }, sent)).toMatchObject({ both: ['description'] });
  });

  it('does not bring back what both took out', () => {
    expect(joinedList(['a', 'b'], ['b', 'c'], ['b'], (id) => id)).toEqual(['b', 'c']);
    expect(joinedList(['a'], [], ['a', 'd'], (id) => id)).toEqual(['d']);
  });
});
