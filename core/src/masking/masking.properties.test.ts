import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everything, policyOf, sourceOf } from '../cases/masking.fixture.ts';
import { sourceJudge } from './judge-source.ts';
import type { DataPolicy, GovernedSource } from './model.ts';
import { parsePredicate } from './parse-predicate.ts';
import type { Operand, Predicate } from './predicate.ts';
import { printPredicate } from './print-predicate.ts';
import { describeView, keysNeeded, type ViewColumn } from './view.ts';

const tag = fc.constantFrom('A', 'A.B', 'A.B.C', 'B', 'AB');
const target = fc.oneof(
  tag.map((name) => ({ columns: 'tagged', tag: name })),
  fc.constantFrom({ columns: 'all' }, { columns: 'anyTag' }, { columns: 'noTags' }),
  fc.constantFrom('c.*', 'c1', '(').map((regex) => ({ columns: 'nameRegex', regex })),
);
const masking = fc.constantFrom(
  { maskingType: 'null' },
  { maskingType: 'hash' },
  { maskingType: 'constant', value: 'x' },
  { maskingType: 'rounding', bucket: 10, unit: 'month' },
  { maskingType: 'regex', pattern: 'a', replacement: 'b' },
  { maskingType: 'custom', expression: '@column' },
);
const condition = fc.constantFrom("@isInGroups('G')", "NOT @hasAttribute('N', 'v')", 'broken');
const who = fc.oneof(
  fc.constant({ for: 'everyone' }),
  condition.map((text) => ({ for: 'everyoneExcept', condition: text })),
  fc
    .tuple(condition, fc.oneof(masking, fc.constantFrom('deny', 'none')))
    .map(([text, otherwise]) => ({ for: 'everyoneWho', condition: text, otherwise })),
);
const where = fc.option(fc.constantFrom("@columnTagged('B') = 'x'", 'nonsense', "@columnTagged('Z') = 1"), {
  nil: undefined,
});
const maskPolicy = fc
  .tuple(masking, target, who, where, fc.constantFrom('skip', 'deny'))
  .map(([mask, to, for_, cell, ifTagMissing]) => ({
    action: { kind: 'mask', masking: mask, target: to, ...(cell === undefined ? {} : { where: cell, ifTagMissing }) },
    who: for_,
  }));
const revealPolicy = fc.tuple(target, condition).map(([to, text]) => ({
  action: { kind: 'reveal', target: to },
  who: { for: 'everyoneWho', condition: text, otherwise: 'none' },
}));
const policies = fc
  .array(fc.oneof({ weight: 4, arbitrary: maskPolicy }, { weight: 1, arbitrary: revealPolicy }), { maxLength: 5 })
  .map((bodies) => bodies.map((body, n) => policyOf(n + 1, body)));
const column = fc.record({
  type: fc.constantFrom('text', 'integer', 'date', 'uuid', 'character varying(10)', 'point'),
  tags: fc.subarray(['A', 'A.B', 'A.B.C', 'B', 'AB'], { maxLength: 2 }),
});
const source = fc
  .array(column, { minLength: 1, maxLength: 4 })
  .map((columns) => sourceOf(Object.fromEntries(columns.map((one, n) => [`c${n}`, one]))));

function viewOf(given: GovernedSource, list: readonly DataPolicy[]) {
  const verdict = sourceJudge(list, everything)(given);
  const needed = keysNeeded(given, verdict);
  const book = {
    columns: new Map(needed.columns.map((key, n) => [key, n + 1])),
    formulas: new Map(needed.formulas.map((formula, n) => [formula.text, n + 1])),
  };
  return { verdict, view: describeView(given, verdict, book) };
}

/** Whether a reader with these keys is shown the value of a row that a cell mask covers. */
function isClear(shown: ViewColumn, keys: ReadonlySet<string>): boolean {
  if (shown.mask === null) return true;
  return shown.mask.branches.find((branch) => branch.keys.some((key) => keys.has(key)))?.value === 'clear';
}

describe('masks of random worlds', () => {
  it('show a masked column in clear to nobody whom the platform does not know, and lift by the right key alone', () => {
    fc.assert(
      fc.property(source, policies, (given, list) => {
        const { verdict, view } = viewOf(given, list);
        for (const judged of verdict.columns) {
          const shown = view.columns.find((one) => one.name === judged.name);
          if (shown === undefined) throw new Error('a masked column is not in its view');
          expect(isClear(shown, new Set())).toBe(false);
          const others = view.columns.flatMap((one) =>
            one === shown ? [] : (one.mask?.branches ?? []).flatMap((b) => b.keys),
          );
          expect(isClear(shown, new Set(others.filter((key) => key.startsWith('um_'))))).toBe(false);
          const own = (shown.mask?.branches ?? [])
            .flatMap((branch) => branch.keys)
            .filter((key) => key.startsWith('um_'));
          expect(own).toHaveLength(judged.isLiftable ? 1 : 0);
          if (judged.isLiftable) expect(isClear(shown, new Set(own))).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('are the same in whatever order the policies are read', () => {
    fc.assert(
      fc.property(source, policies, (given, list) => {
        expect(viewOf(given, list.toReversed())).toEqual(viewOf(given, list));
      }),
      { numRuns: 300 },
    );
  });

  it('mask at least what fewer masks do', () => {
    fc.assert(
      fc.property(source, policies, (given, list) => {
        const masks = list.filter((policy) => policy.body.action.kind === 'mask');
        const names = (some: readonly DataPolicy[]) => viewOf(given, some).verdict.columns.map((one) => one.name);
        const all = new Set(names(masks));
        for (const name of names(masks.slice(1))) expect(all.has(name)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

const textOf = fc.string({
  unit: fc.constantFrom('a', "'", ';', '-', ' ', '"', '\\', '%', '@', 'é', '$'),
  maxLength: 6,
});
const operand: fc.Arbitrary<Operand> = fc.letrec<{ node: Operand }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    textOf.map((name): Operand => ({ kind: 'column', tag: name })),
    textOf.map((value): Operand => ({ kind: 'text', value })),
    fc.constantFrom('0', '-1', '12.50').map((digits): Operand => ({ kind: 'number', digits })),
    fc.boolean().map((value): Operand => ({ kind: 'boolean', value })),
    fc.constantFrom('username' as const, 'iam' as const).map((field): Operand => ({ kind: 'user', field })),
    fc
      .tuple(fc.constantFrom('lower' as const, 'trim' as const), tie('node'))
      .map(([name, of]): Operand => ({ kind: 'call', name, of: [of] })),
  ),
})).node;
const predicate: fc.Arbitrary<Predicate> = fc.letrec<{ node: Predicate }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc
      .tuple(fc.constantFrom('=' as const, '<>' as const, '<=' as const), operand, operand)
      .map(([op, left, right]): Predicate => ({ kind: 'compare', op, left, right })),
    fc.tuple(operand, fc.boolean()).map(([one, negated]): Predicate => ({ kind: 'isNull', operand: one, negated })),
    fc
      .tuple(operand, fc.array(operand, { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([one, among, negated]): Predicate => ({ kind: 'in', operand: one, among, negated })),
    fc
      .tuple(operand, textOf, fc.boolean())
      .map(([one, pattern, negated]): Predicate => ({ kind: 'like', operand: one, pattern, negated })),
    fc
      .tuple(textOf, operand, fc.option(textOf))
      .map(([name, one, placeholder]): Predicate => ({ kind: 'attributeContains', name, operand: one, placeholder })),
    fc.tuple(textOf, textOf).map(([name, value]): Predicate => ({ kind: 'hasAttribute', name, value })),
    fc.array(textOf, { minLength: 1, maxLength: 3 }).map((groups): Predicate => ({ kind: 'isInGroups', groups })),
    tie('node').map((part): Predicate => ({ kind: 'not', part })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
      .map(([kind, parts]): Predicate => ({ kind, parts })),
  ),
})).node;

describe('the text of a predicate', () => {
  it('is read back as the same predicate', () => {
    fc.assert(
      fc.property(predicate, (one) => {
        const parsed = parsePredicate(printPredicate(one));
        if (!parsed.ok) throw new Error(`${printPredicate(one)}: ${parsed.message}`);
        expect(parsed.predicate).toEqual(one);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never makes the reader fail, whatever is written', () => {
    const pieces = fc.constantFrom(
      "@columnTagged('A')",
      '=',
      "'x'",
      '(',
      ')',
      ' AND ',
      'NOT ',
      ',',
      '@',
      'lower',
      'IN',
      ';',
      '1',
      '"',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join(' ');
        const parsed = parsePredicate(text);
        if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
