import type { ObjectAsset } from '@stoa/contract/asset';
import { describe, expect, it } from 'vitest';
import { startFlow } from '../review-flows/flow-draft.ts';
import { changedFields, draftOf, draftOver, isFlowGood, isLinkGood, patchOf } from './asset-draft.ts';

const asset: ObjectAsset = {
  id: '018f0000-0000-7000-8000-000000000001',
  name: 'policies',
  type: 'DATA_OBJECT',
  metadata: {
    objectPath: ['warehouse', 'claims', 'policies'],
    description: 'From the platform',
    externalLink: 'https://catalog.example/1',
    subjectMatterExperts: [{ id: 'a', name: 'Ana' }],
  },
  overrides: {
    description: null,
    subjectMatterExperts: [{ id: 'a', name: 'Ana' }],
    dataAccessRequestFormId: 'form',
    maskingExceptionRequestFormId: null,
    dataAccessReviewFlow: null,
    maskingExceptionReviewFlow: null,
  },
};

describe('the draft of an asset', () => {
  const before = draftOf(asset);

  it('shows what is set here, never what is taken from the platform', () => {
    expect(before).toMatchObject({ description: '', dataAccess: { formId: 'form', flow: undefined } });
  });

  it('sends the members that were changed and no others', () => {
    const flow = startFlow();
    const now = { ...before, dataAccess: { formId: '', flow }, externalLink: ' ' };
    const fields = changedFields(before, now);
    expect(fields).toEqual(['externalLink', 'dataAccess.form', 'dataAccess.flow']);
    expect(patchOf(now, fields)).toEqual({
      type: 'DATA_OBJECT',
      metadata: { externalLink: null },
      dataAccessRequestFormId: null,
      dataAccessReviewFlow: { rules: [], defaultEvent: flow.defaultEvent },
    });
    expect(changedFields(before, { ...before })).toEqual([]);
  });

  it('does not put back what somebody else changed while other words were written', () => {
    const theirs = { ...before, dataAccess: { formId: '', flow: startFlow() }, description: 'Theirs' };
    const mine = { ...before, externalLink: 'https://x.example', description: 'Mine' };
    const next = draftOver({ base: before, theirs, mine });
    expect(changedFields(theirs, next)).toEqual(['description', 'externalLink']);
    expect(next).toMatchObject({ description: 'Mine', dataAccess: theirs.dataAccess });
    expect(draftOver({ base: before, theirs, mine: before })).toEqual(theirs);
  });

  it('takes no address that is none of the web, and no flow that delegates further', () => {
    expect(['', 'https://x.example/a', 'HTTP://x'].map(isLinkGood)).toEqual([true, true, true]);
    expect(['javascript:alert(1)', 'x.example', 'https://a b'].map(isLinkGood)).toEqual([false, false, false]);
    expect(isFlowGood(undefined)).toBe(true);
    expect(isFlowGood({ rules: [], defaultEvent: { type: 'dataProductPolicy' } })).toBe(false);
  });
});
