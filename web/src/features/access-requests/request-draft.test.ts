import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  columnKeysOf,
  columnsOf,
  type Draft,
  draftFromWire,
  draftToWire,
  notAccepted,
  parseDraft,
} from './request-draft.ts';

const question = '00000000-0000-4000-8000-000000000011';
const draft: Draft = {
  user: '00000000-0000-4000-8000-000000000001',
  answers: { [question]: 'For the "report" 🙂', period: { amount: 2, unit: 'MONTHS' }, open: undefined, endless: null },
  accepted: [{ id: 'a', version: 2 }],
  columns: ['12/iban/old', '7/name'],
};
const agreement = (version: number) => ({ id: 'a', name: 'Terms', body: 'x', version, sha256: '' });
const author = { globalUserId: draft.user, name: 'Ada' };
const form = (version: number) => ({
  id: question,
  name: 'Form',
  fields: [{ id: question, type: 'SHORT_ANSWER' as const, label: 'Why?', required: true }],
  policy: { rules: [], defaultEvent: { type: 'dataProductPolicy' as const, params: {} } },
  dataUseAgreements: [agreement(version)],
  createdBy: author,
  updatedBy: author,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  version: 'cstandardrequestform00001',
  requestType: 'DATA_ACCESS' as const,
});

describe('the draft of a request', () => {
  it('comes back from the server as it was written', () => {
    const { open: _, ...written } = draft.answers;
    expect(draftFromWire('me')(draftToWire(draft))).toEqual({ ...draft, answers: written });
  });

  it('takes over the columns of an earlier request as they are chosen', () => {
    const columns = columnsOf(draft.columns);
    expect(columnKeysOf({ metadata: { columns } })).toEqual(draft.columns);
    expect(columnKeysOf({})).toEqual([]);
  });

  it('comes back from the tab as it was written, and not at all from another shape', () => {
    expect(parseDraft(JSON.parse(JSON.stringify(draft)))).toEqual({ ...draft, answers: { ...draft.answers } });
    expect(parseDraft({ ...draft, accepted: ['a'] })?.accepted).toEqual([]);
    expect(parseDraft({ answers: {} })).toBeUndefined();
  });

  it('keeps what was written when the agreement gets a new version, which is then to be accepted anew', () => {
    expect(notAccepted(form(2), draft.accepted)).toEqual([]);
    expect(notAccepted(form(3), draft.accepted)).toMatchObject([{ id: 'a', version: 3 }]);
    expect(bodyOf(form(3), draft).form).toMatchObject({
      answers: [{ fieldId: question, value: 'For the "report" 🙂' }],
      // What was accepted is sent as it was: the server says that there is a newer text.
      agreements: [{ id: 'a', version: 2 }],
    });
  });
});
