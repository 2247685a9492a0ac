import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf } from './bounds.ts';
import { compilePattern } from './match-pattern.ts';
import { parsePattern } from './parse-pattern.ts';
import { ignoreCase } from './pattern.ts';
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

  test('bounds what it matches: length, first character, a character that must be there', () => {
    fc.assert(
      fc.property(
        randomPattern,
        fc.array(randomValue, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        (text, values, sensitive) => {
          const parsed = parsePattern(text);
          if (!parsed.ok) return;
          const node = sensitive ? parsed.node : ignoreCase(parsed.node);
          const { least, most, first, required } = boundsOf(node);
          for (const value of values.filter(compilePattern(node, { caseSensitive: true }))) {
            const codes = Array.from(value, (one) => one.codePointAt(0) ?? 0);
            const isWithin =
              codes.length >= least &&
              codes.length <= (most ?? Number.POSITIVE_INFINITY) &&
              (first === null || ((codes[0] ?? -1) >= first[0] && (codes[0] ?? -1) <= first[1])) &&
              (required.length === 0 || required.some((code) => codes.includes(code)));
            expect([text, value, isWithin]).toEqual([text, value, true]);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('of a known form has narrow bounds', () => {
    const of = (text: string) => {
      const parsed = parsePattern(text);
      return parsed.ok ? boundsOf(parsed.node) : null;
    };
    expect(of('[1-9][0-9]{2}-?[0-9]{3}')).toEqual({ least: 6, most: 7, first: [0x31, 0x39], required: [] });
    expect(of('[a-z]+@[a-z]+')).toEqual({ least: 3, most: null, first: [0x61, 0x7a], required: [0x40] });
    expect(of('a?b|c')).toEqual({ least: 1, most: 2, first: [0x61, 0x63], required: [0x62, 0x63] });
    expect(of('[0-9]+(\\.|:)[0-9]')).toEqual({ least: 3, most: null, first: [0x30, 0x39], required: [0x2e, 0x3a] });
    expect(of('a*')).toEqual({ least: 0, most: null, first: null, required: [] });
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
