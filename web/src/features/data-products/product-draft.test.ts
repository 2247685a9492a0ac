import type { Stage, TargetFlow } from '@stoa/contract/review-flow';
import { describe, expect, it } from 'vitest';
import {
  createBodyOf,
  emptyProductDraft,
  flowOfStewards,
  isNameGood,
  isSameDraft,
  needsOf,
  stewardsOf,
  updateBodyOf,
} from './product-draft.ts';

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

  it('says how many sources are outside its domains: new ones stand in the way, those from before do not', () => {
    const sources = (added: number, kept: number) =>
      needsOf(draft, { added, kept }).find((one) => one.need === 'sources');
    expect(sources(0, 0)).toEqual({ need: 'sources', state: 'done' });
    expect(sources(0, 2)).toEqual({ need: 'sources', state: 'advised', outside: 2 });
    expect(sources(1, 2)).toEqual({ need: 'sources', state: 'missing', outside: 3 });
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

  it('shows a flow as a list of names when it is one', () => {
    const flow = (...stages: Stage[]): TargetFlow => ({
      rules: [],
      defaultEvent: { type: 'review', params: { stages } },
    });
    expect(stewardsOf(null)).toEqual([]);
    expect(stewardsOf(flowOfStewards([ana]))).toEqual([ana]);
    expect(flowOfStewards([])).toBeNull();
    for (const more of [
      flow({ all: [ana] }),
      flow({ any: [ana] }, { any: [ana] }),
      flow({ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }),
    ])
      expect(stewardsOf(more)).toBeUndefined();
  });

  it('asks for masking exceptions as for data access until they are told apart', () => {
    const asking = { formId: me.id, flow: flowOfStewards([ana]) };
    const alike = { ...draft, name: 'A', asking: { ...draft.asking, DATA_ACCESS: asking } };
    expect(createBodyOf(alike)).toMatchObject({
      dataAccessRequestFormId: me.id,
      maskingExceptionRequestFormId: me.id,
      maskingExceptionReviewFlow: asking.flow,
    });
    const apart = { ...alike, masksAlike: false };
    expect(createBodyOf(apart)).not.toHaveProperty('maskingExceptionRequestFormId');
    expect(
      isSameDraft(alike, { ...alike, masksAlike: false, asking: { DATA_ACCESS: asking, MASKING_EXCEPTION: asking } }),
    ).toBe(true);
  });

  it('writes out who decides by default when the last steward is taken away', () => {
    const asking = { formId: '', flow: flowOfStewards([ana]) };
    const named = { ...draft, name: 'A', masksAlike: false, asking: { ...draft.asking, DATA_ACCESS: asking } };
    const body = updateBodyOf(named, { ...named, asking: draft.asking });
    expect(body.dataAccessReviewFlow?.defaultEvent).toMatchObject({
      params: { stages: [{ any: [{ permission: 'GOVERNANCE' }, { permission: 'Manage Data Products' }] }] },
    });
    expect(body).not.toHaveProperty('maskingExceptionReviewFlow');
  });

  it('takes the names that the published API takes', () => {
    expect(isNameGood('Größe (2026) - a/b\\c_d')).toBe(true);
    expect(['', '   ', 'a;b', '<b>'].map(isNameGood)).toEqual([false, false, false, false]);
  });
});
