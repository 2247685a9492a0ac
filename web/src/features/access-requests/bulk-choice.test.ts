import type { AccessRequest } from '@stoa/contract/access-request';
import { mostInBulk } from '@stoa/contract/bulk-determination';
import { expect, it } from 'vitest';
import { type Candidate, mayBeOne, whyNotTogether, withAllLike } from './bulk-choice.ts';

const person = { id: 1, iamId: 'i', globalUserId: 'g', username: 'u', name: 'Uma' };
const fieldId = '0190a5e0-0000-7000-8000-000000000001';
const made = (id: string, more: Partial<AccessRequest> = {}, approvalRisk: 'LOW' | 'HIGH' = 'LOW'): Candidate => ({
  request: {
    id,
    requestingUser: person,
    user: person,
    formVersion: 'v1',
    form: { formVersion: 'v1', answers: [{ fieldId, type: 'SHORT_ANSWER', value: 'For work.' }], agreements: [] },
    type: 'DATA_ACCESS',
    status: 'PENDING',
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    dataProduct: { id: 'p1', name: 'Claims' },
    abilities: { determine: { allowed: true } },
    ...more,
  },
  risk: { id, approvalRisk },
});
const answered = (value: string | string[]) => ({
  form: { formVersion: 'v1', answers: [{ fieldId, type: 'CHECKBOXES' as const, value }], agreements: [] },
});

it('joins what asks for the same, and says of everything else why it is left out', () => {
  const chosen = [made('a')];
  expect(whyNotTogether(made('b'), chosen)).toBeUndefined();
  expect(whyNotTogether(made('b', { dataProduct: { id: 'p2', name: 'Claims' } }), chosen)).toEqual({
    kind: 'unlike',
    what: 'TARGET',
  });
  expect(whyNotTogether(made('b', answered('For fun.')), chosen)).toEqual({ kind: 'unlike', what: 'ANSWERS' });
  expect(whyNotTogether(made('b', { type: 'MASKING_EXCEPTION' }), chosen)).toEqual({ kind: 'unlike', what: 'TYPE' });
  expect(whyNotTogether(made('b', { formVersion: 'v2' }), chosen)).toEqual({ kind: 'unlike', what: 'FORM' });
  expect(whyNotTogether(made('b', {}, 'HIGH'), chosen)).toEqual({ kind: 'risk', risk: 'HIGH' });
  expect(whyNotTogether({ ...made('b'), risk: undefined }, chosen)).toEqual({ kind: 'risk', risk: undefined });
  const reason = 'It is your own.';
  const own = made('b', { abilities: { determine: { allowed: false, reason } } });
  expect(whyNotTogether(own, [])).toEqual({ kind: 'ability', reason });
  expect([mayBeOne(own), mayBeOne(made('b'))]).toEqual([false, true]);
});

it('takes options for the same in whichever order they were ticked, and columns in whichever they were picked', () => {
  const columns = [
    { columnName: 'a', sourceId: '1' },
    { columnName: 'b', sourceId: '2' },
  ];
  const one = made('a', { ...answered(['x', 'y']), metadata: { columns } });
  expect(
    whyNotTogether(made('b', { ...answered(['y', 'x']), metadata: { columns: columns.toReversed() } }), [one]),
  ).toBe(undefined);
  expect(whyNotTogether(made('b', { ...answered(['x', 'y']), metadata: { columns: [] } }), [one])).toEqual({
    kind: 'unlike',
    what: 'COLUMNS',
  });
});

it('takes all that are like the first, each once, and no more than one pass takes', () => {
  const many = Array.from({ length: 30 }, (_, n) => made(`r${n}`));
  const together = withAllLike([], [made('r3'), made('other', answered('Else.')), ...many]);
  expect(together).toHaveLength(mostInBulk);
  expect(new Set(together.map(({ request }) => request.id)).size).toBe(mostInBulk);
  expect(together.some(({ request }) => request.id === 'other')).toBe(false);
  expect(whyNotTogether(made('late'), together)).toEqual({ kind: 'many' });
});
