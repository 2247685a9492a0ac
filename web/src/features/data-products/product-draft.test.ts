import { describe, expect, it } from 'vitest';
import { createBodyOf, emptyProductDraft, isNameGood, needsOf, stewardsOf, updateBodyOf } from './product-draft.ts';

const me = { id: '018f3c00-0000-7000-8000-000000000001', name: 'Ana Ruiz' };
const draft = {
  ...emptyProductDraft(me),
  domains: ['018f3c00-0000-7000-8000-000000000002'],
  sources: new Set(['10', '9']),
  name: ' Claims 360 ',
};
const ana = { type: 'USER', id: me.id } as const;

describe('the draft of a data product', () => {
  it('misses a domain, a source and a name at first, and only advises a description', () => {
    const states = Object.fromEntries(needsOf(emptyProductDraft(me)).map((one) => [one.need, one.state]));
    expect(states).toMatchObject({ domain: 'missing', sources: 'missing', name: 'missing', description: 'advised' });
  });

  it('publishes without the spaces around the name, sources in the order of their ids', () => {
    const body = createBodyOf(draft);
    expect(body.name).toBe('Claims 360');
    expect(body.dataSources).toEqual([{ sourceId: '9' }, { sourceId: '10' }]);
    expect(body.dataAccessReviewFlow).toBeUndefined();
  });

  it('sends only the members that were changed', () => {
    expect(updateBodyOf(draft, { ...draft, description: 'New' })).toEqual({
      name: 'Claims 360',
      description: 'New',
    });
    expect(updateBodyOf({ ...draft, name: 'A' }, { ...draft, name: 'A' })).toEqual({});
  });

  it('does not call another order of the same sources a change', () => {
    const saved = { ...draft, name: 'A' };
    expect(updateBodyOf(saved, { ...saved, sources: new Set(['9', '10']) })).toEqual({});
    expect(updateBodyOf(saved, { ...saved, sources: new Set(['9']) })).toEqual({ dataSources: [{ sourceId: '9' }] });
  });

  it('leaves a flow of several stages or of permissions alone', () => {
    const review = (stages: { any: (typeof ana)[] }[]) =>
      ({ rules: [], defaultEvent: { type: 'review', params: { stages } } }) as const;
    expect(stewardsOf(undefined)).toEqual([]);
    expect(stewardsOf({ rules: [], defaultEvent: { type: 'review', params: { stages: [{ any: [ana] }] } } })).toEqual([
      ana,
    ]);
    expect(
      stewardsOf({ ...review([]), defaultEvent: { type: 'review', params: { stages: [{ all: [ana] }] } }, rules: [] }),
    ).toBe(undefined);
  });

  it('takes the names that the published API takes', () => {
    expect(isNameGood('Größe (2026) - a/b\\c_d')).toBe(true);
    expect(['', '   ', 'a;b', '<b>'].map(isNameGood)).toEqual([false, false, false, false]);
  });
});
