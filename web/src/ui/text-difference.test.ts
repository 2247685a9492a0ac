import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTexts, difference, type TextPart } from './text-difference.ts';

const without = (parts: readonly TextPart[], kind: 'added' | 'removed'): string =>
  parts
    .filter((part) => part.kind !== kind)
    .map((part) => part.text)
    .join('');

const text = fc
  .array(fc.constantFrom('a', 'b', 'use', 'data', ' ', '\n', '.', 'ü', '🙂'), { maxLength: 60 })
  .map((words) => words.join(''));

describe('the difference of two texts', () => {
  it('is both texts, whatever they are: without what was put in the old one, without what was taken out the new one', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = compareTexts(before, after);
        expect(without(parts, 'added')).toBe(before);
        expect(without(parts, 'removed')).toBe(after);
      }),
    );
  });

  it('is nothing but the text when nothing changed', () => {
    expect(compareTexts('One.\nTwo.', 'One.\nTwo.')).toEqual([{ kind: 'same', text: 'One.\nTwo.' }]);
    expect(compareTexts('', '')).toEqual([]);
  });

  it('is told in words, not in lines', () => {
    expect(compareTexts('Keep it for 30 days.\n', 'Keep it for 90 days.\n')).toEqual([
      { kind: 'same', text: 'Keep it for ' },
      { kind: 'removed', text: '30' },
      { kind: 'added', text: '90' },
      { kind: 'same', text: ' days.\n' },
    ]);
  });

  it('has as few edits as there are', () => {
    const edits = (before: string, after: string) =>
      difference([...before], [...after]).flatMap((c) => (c.kind === 'same' ? [] : c.items)).length;
    expect(edits('ABCABBA', 'CBABAC')).toBe(5);
    expect(edits('abc', 'xyz')).toBe(6);
  });

  it('of texts with nothing in common is told all the same, quickly', () => {
    const long = (word: string) => Array.from({ length: 5_000 }, (_, n) => `${word}${n}\n`).join('');
    const parts = compareTexts(long('a'), long('b'));
    expect(without(parts, 'added')).toBe(long('a'));
  });
});
