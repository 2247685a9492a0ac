import { expect, test } from 'vitest';
import { policyOf, sourceOf } from '../cases/masking.fixture.ts';
import { policiesMeantFor } from './judge-source.ts';

const source = sourceOf({ id: { type: 'integer' }, email: { tags: ['PII.Email'] } });
const standing = (body: object, decisions?: Parameters<typeof policyOf>[2]) =>
  policiesMeantFor([policyOf(1, body, decisions)], source)[0]?.standing;
const masks = (target: object, more: object = {}) => ({
  action: { kind: 'mask', masking: { maskingType: 'null' }, target, ...more },
});
const keepsRows = (columnTag: string, ifTagMissing: string) => ({
  action: { kind: 'row', row: { kind: 'match', columnTag, by: { kind: 'group' }, ifTagMissing } },
});

test('a mask acts where a column meets it, and nowhere else', () => {
  expect(standing(masks({ columns: 'tagged', tag: 'PII' }))).toBe('acting');
  expect(standing(masks({ columns: 'tagged', tag: 'Money' }))).toBe('idle');
  expect(standing(masks({ columns: 'nameRegex', regex: 'id' }))).toBe('acting');
  expect(standing(masks({ columns: 'nameRegex', regex: 'iban' }))).toBe('idle');
  const cell = { where: "@columnTagged('Money') = 'x'" };
  expect(standing(masks({ columns: 'all' }, { ...cell, ifTagMissing: 'skip' }))).toBe('idle');
  expect(standing(masks({ columns: 'all' }, { ...cell, ifTagMissing: 'deny' }))).toBe('acting');
});

test('what reveals needs a column as well; a rule for rows is idle only where it skips sources without its tag', () => {
  const reveals = (tag: string) => ({
    action: { kind: 'reveal', target: { columns: 'tagged', tag } },
    who: { for: 'everyoneWho', condition: "@isInGroups('G')", otherwise: 'none' },
  });
  expect([standing(reveals('PII.Email')), standing(reveals('Money'))]).toEqual(['acting', 'idle']);
  expect([standing(keepsRows('PII.Email', 'skip')), standing(keepsRows('Money', 'skip'))]).toEqual(['acting', 'idle']);
  expect(standing(keepsRows('Money', 'deny'))).toBe('acting');
});
