import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldName } from './folded-name.ts';

test('names that differ in case, width, ligature or spaces alone are one name', () => {
  for (const [a, b] of [
    ['Straße', 'STRASSE'],
    ['Straße', 'STRAẞE'],
    ['ｓｔｒａｓｓｅ', 'Strasse'],
    ['Terms  of use ', 'terms of\u00a0USE'],
    ['ﬁles', 'FILES'],
    ['ΟΔΟΣ', 'οδος'],
    ['e\u0301tat', 'ÉTAT'],
  ] as const)
    expect(foldName(a)).toBe(foldName(b));
});

test('names of other letters stay apart', () => {
  expect(foldName('résumé')).not.toBe(foldName('resume'));
  expect(foldName('Terms 1')).not.toBe(foldName('Terms 2'));
});

test('folding twice changes nothing, whatever the name', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => foldName(foldName(name)) === foldName(name)));
});
