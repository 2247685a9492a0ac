import { expect, it } from 'vitest';
import { columnOfError } from './answers.ts';
import { byTable, goneOf, keyOfColumn, maskOf, pickableOf } from './column-choice.ts';
import { nameOfKey } from './request-draft.ts';

const column = { name: 'email', sourceId: '7', sourceName: 'customers', tags: [] };
const masked = { ...column, globalPolicyInfo: { maskingType: 'last 4' } };

it('names a column by its source, so that two sources may have one of the same name', () => {
  expect(keyOfColumn(column)).toBe('7/email');
});

it('knows the mask that comes from a policy of all or of the source', () => {
  expect(maskOf(column)).toBeUndefined();
  expect(maskOf({ ...column, globalPolicyInfo: null, localPolicyInfo: null })).toBeUndefined();
  expect(maskOf(masked)).toBe('last 4');
  expect(maskOf({ ...column, localPolicyInfo: { maskingType: 'hash' } })).toBe('hash');
});

it('offers masked columns alone, and none that is asked for or in clear already', () => {
  expect(pickableOf(column, undefined)).toBe(false);
  expect(pickableOf(masked, undefined)).toBe(true);
  expect(pickableOf(masked, 'DENIED')).toBe(true);
  expect(pickableOf(masked, 'EXPIRED')).toBe(true);
  expect(pickableOf(masked, 'PENDING')).toBe(false);
  expect(pickableOf(masked, 'APPROVED')).toBe(false);
});

it('finds what was chosen and is not there any more', () => {
  expect(goneOf(['7/email', '7/phone', '8/email'], [masked])).toEqual(['7/phone', '8/email']);
  expect(nameOfKey('12/iban/old')).toBe('iban/old');
});

it('tells which of the columns that were sent an error names', () => {
  const sent = ['7/email', '7/phone'];
  expect(columnOfError('columns[1]', sent)).toBe('7/phone');
  expect(columnOfError('body.columns.0.columnName', sent)).toBe('7/email');
  expect(columnOfError('columns[4]', sent)).toBeUndefined();
  expect(columnOfError('body.form.answers[0]', sent)).toBeUndefined();
});

it('gathers columns by their table', () => {
  const policies = { ...column, sourceId: '8', sourceName: 'policies' };
  expect(byTable([column, policies, { ...column, name: 'phone' }])).toMatchObject([
    { sourceId: '7', name: 'customers', columns: [{ name: 'email' }, { name: 'phone' }] },
    { sourceId: '8', name: 'policies', columns: [{ name: 'email' }] },
  ]);
});
