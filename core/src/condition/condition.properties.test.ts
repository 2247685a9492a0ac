import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCondition, anyPerson, anySource, anyWrittenCondition } from './condition.fixture.ts';
import { evaluateCondition } from './evaluate.ts';
import type { Condition } from './model.ts';
import { parseCondition } from './parse.ts';
import { PersonIndex } from './person-index.ts';
import { printCondition } from './print.ts';
import { isFulfilledBy, remainderOf } from './remainder.ts';

/** Where a call stood in its text is no part of what it means. */
const withoutPlaces = (condition: Condition): Condition => {
  if (condition.kind === 'call') return { ...condition, call: { ...condition.call, at: 0 } };
  if (condition.kind === 'not') return { ...condition, operand: withoutPlaces(condition.operand) };
  return { ...condition, operands: condition.operands.map(withoutPlaces) };
};

describe('the text of a condition', () => {
  it('is read back as the same condition, and printed the same again', () => {
    fc.assert(
      fc.property(anyWrittenCondition, (condition) => {
        const text = printCondition(condition);
        const read = parseCondition(text);
        if (!read.ok) throw new Error(`${text}\n${read.problem.message}`);
        expect(withoutPlaces(read.condition)).toEqual(withoutPlaces(condition));
        expect(printCondition(read.condition)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused in a sentence, at a place inside it, whatever is written', () => {
    const pieces = fc.constantFrom(
      '@isInGroups',
      "('A')",
      '(',
      ')',
      "'",
      ' AND ',
      ' or ',
      'NOT ',
      ',',
      '@',
      '"',
      'x',
      '🙂',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const read = parseCondition(text);
        if (read.ok) return;
        expect(read.problem.at).toBeGreaterThanOrEqual(0);
        expect(read.problem.at).toBeLessThanOrEqual(text.length);
        expect(read.problem.message).toMatch(/^\S.*\.$/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has limits of length, depth and calls', () => {
    const call = "@isInGroups('A')";
    const message = (text: string) => {
      const read = parseCondition(text);
      return read.ok ? null : read.problem.message;
    };
    expect(message(`@isInGroups('${'a'.repeat(10_000)}')`)).toBe('A condition has at most 10,000 characters.');
    expect(message(`${'('.repeat(32)}${call}${')'.repeat(32)}`)).toBeNull();
    expect(message(`${'('.repeat(33)}${call}${')'.repeat(33)}`)).toBe('Conditions nest at most 32 deep.');
    expect(message(Array.from({ length: 200 }, () => call).join(' OR '))).toBeNull();
    expect(message(Array.from({ length: 201 }, () => call).join(' OR '))).toBe('A condition has at most 200 calls.');
  });
});

describe('both ways to judge a condition', () => {
  it('agree on 20,000 random cases of a condition, a person and a source', () => {
    const people = 10;
    let cases = 0;
    fc.assert(
      fc.property(
        anyCondition,
        anySource,
        fc.array(anyPerson, { minLength: people, maxLength: people }),
        (...world) => {
          const [condition, source, rows] = world;
          const persons = rows.map((person, n) => ({ ...person, globalUserId: `${n}` }));
          const remainder = remainderOf(condition, source);
          const set = new PersonIndex(persons).fulfilling(remainder);
          for (const [place, person] of persons.entries()) {
            const { value } = evaluateCondition(condition, person, source);
            const sets = [set.has(place), isFulfilledBy(remainder, person)];
            if (sets.some((answer) => answer !== value)) throw new Error(`${printCondition(condition)} of ${place}`);
            cases += 1;
          }
          expect([...set]).toEqual(persons.flatMap((_, place) => (set.has(place) ? [place] : [])));
        },
      ),
      { numRuns: 2_000 },
    );
    expect(cases).toBeGreaterThanOrEqual(20_000);
  });
});
