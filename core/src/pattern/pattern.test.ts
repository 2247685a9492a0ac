import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { randomPattern, randomValue } from './random-pattern.fixture.ts';

const matches = (text: string, value: string, caseSensitive = true): boolean => {
  const parsed = parsePattern(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return compilePattern(parsed.node, { caseSensitive })(value);
};

describe('a pattern', () => {
  test.each<[string, string, boolean]>([
    ['[a-z]+@example\\.com', 'ana@example.com', true],
    ['[a-z]+@example\\.com', 'mail ana@example.com', false],
    ['[a-z]+@example\\.com', 'ana@example.com ', false],
    ['a|bc', 'bc', true],
    ['a|bc', 'ac', false],
    ['(ab){2,3}', 'ababab', true],
    ['(ab){2,3}', 'abababab', false],
    ['^\\d{3}$', '123', true],
    ['a$b', 'ab', false],
    ['.', '\n', false],
    ['.', '😀', true],
    ['\\d', '٣', false],
    ['\\w', 'é', false],
    ['()', '', true],
  ])('%s and %j: %j, for the whole value', (text, value, expected) => {
    expect(matches(text, value)).toBe(expected);
  });

  test('takes either case of a letter when asked to', () => {
    expect(matches('[a-c]É', 'Bé', false)).toBe(true);
    expect(matches('[a-c]É', 'Bé', true)).toBe(false);
    expect(matches('[^a]', 'A', false)).toBe(false);
  });

  test.each([
    ['(a)\\1', 3],
    ['(?=a)', 0],
    ['(?i)a', 0],
    ['(?<n>a)', 0],
    ['a*?', 2],
    ['a**', 2],
    ['a{2}{3}', 4],
    ['*a', 0],
    ['^*', 1],
    ['a{1,900}', 1],
    ['a{3,2}', 1],
    ['a{', 1],
    ['(a', 0],
    ['a)', 1],
    ['[a', 0],
    ['[]', 0],
    ['[z-a]', 1],
    ['[[:alpha:]]', 1],
    ['[\\W]', 1],
    ['\\b', 0],
    ['\\pL', 0],
    ['\\x41', 0],
    ['a\\', 1],
    ['', 0],
    ['((a{100}){100})', 0],
    ['\0', 0],
    ['\ud800', 0],
  ])('%s is refused, with its place', (text, at) => {
    expect(parsePattern(text)).toMatchObject({ ok: false, at });
  });

  test('means what it means to another engine', () => {
    fc.assert(
      fc.property(randomPattern, fc.array(randomValue, { minLength: 5, maxLength: 5 }), (text, values) => {
        const parsed = parsePattern(text);
        if (!parsed.ok) return;
        const own = compilePattern(parsed.node, { caseSensitive: true });
        // JavaScript's \s knows more spaces than RE2's; none of them is among the values.
        const other = new RegExp(`^(?:${text})$`, 'u');
        for (const value of values) expect([text, value, own(value)]).toEqual([text, value, other.test(value)]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('whose evaluation explodes elsewhere is evaluated step by step', () => {
    const value = `${'a'.repeat(4_000)}!`;
    for (const text of ['(a+)+', '(a|a)*', '(a*)*', '(a?){100}a{100}', '((a|aa)+)+']) {
      expect(matches(text, value)).toBe(false);
    }
  });

  test('is parsed or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => typeof parsePattern(text).ok === 'boolean'),
    );
  });
});
