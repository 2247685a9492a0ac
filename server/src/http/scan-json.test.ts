import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanJson } from './scan-json.ts';

test('every JSON text without repeated keys passes', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => scanJson(JSON.stringify(value)) === undefined));
});

test('a key that stands twice is refused, also when one of them is escaped', () => {
  expect(scanJson('{"a":1,"a":2}')).toContain('twice');
  expect(scanJson('{"a":1,"\\u0061":2}')).toContain('twice');
  expect(scanJson('{"a":{"a":1},"b":["a","a"]}')).toBeUndefined();
});

test('depth and number of keys are bounded', () => {
  expect(scanJson('['.repeat(32) + ']'.repeat(32))).toBeUndefined();
  expect(scanJson('['.repeat(33) + ']'.repeat(33))).toContain('nested');
  const wide = `{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`).join(',')}}`;
  expect(scanJson(wide)).toContain('keys');
});
