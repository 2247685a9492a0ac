import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tagOf } from './system-tags.ts';
import { isAtOrBelow } from '../condition/tag-path.ts';
import { faultOfTagName, lastSegmentOf, parentsOf, segmentsOf } from './tag-path.ts';

test('a path is cut at its dots, and an escaped dot is none', () => {
  expect(segmentsOf(String.raw`Finance.v1\.2.Revenue`)).toEqual(['Finance', 'v1.2', 'Revenue']);
  expect(lastSegmentOf(String.raw`a.b\.c`)).toBe('b.c');
  expect(parentsOf(String.raw`a\.b.c.d`)).toEqual([String.raw`a\.b`, String.raw`a\.b.c`]);
  expect(parentsOf('a')).toEqual([]);
});

test('any segments come back from the path they make', () => {
  const segment = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\\'));
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      expect(segmentsOf(tagOf(segments))).toEqual(segments);
    }),
  );
});

test('below means by whole segments', () => {
  expect(isAtOrBelow('Finance.Revenue', 'Finance')).toBe(true);
  expect(isAtOrBelow('Finance', 'Finance')).toBe(true);
  expect(isAtOrBelow('Finances', 'Finance')).toBe(false);
  expect(isAtOrBelow('Finance', 'Finance.Revenue')).toBe(false);
});

test.each([
  ['PII.Email', null],
  [String.raw`PII.v1\.2`, null],
  ['Größe.Maß', null],
  ['', 'empty_segment'],
  ['PII..Email', 'empty_segment'],
  ['PII.', 'empty_segment'],
  ['PII. Email', 'empty_segment'],
  [String.raw`PII\Email`, 'backslash'],
  ['PII\n', 'control'],
  ['Stoa New.Column', 'reserved'],
  ['stoa connections', 'reserved'],
  ['Stoa', null],
  ['1.2.3.4.5.6.7.8.9.10.11', 'too_deep'],
  ['x'.repeat(256), 'too_long'],
])('the name %j: %s', (name, fault) => {
  expect(faultOfTagName(name)).toBe(fault);
});
