import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tightestView } from './tightest-view.ts';
import type { ProtectedView, ViewColumn, ViewMask, ViewRow } from './view.ts';

const mask = (more: Partial<ViewMask> = {}): ViewMask => ({
  branches: [],
  masking: { maskingType: 'hash' },
  where: null,
  ...more,
});
const column = (ordinal: number, its: ViewMask | null): ViewColumn => ({
  ordinal,
  name: `c${ordinal}`,
  nativeType: 'text',
  family: 'text',
  mask: its,
});
const row = (tag: string, more: Partial<ViewRow> = {}): ViewRow => ({
  passKeys: [],
  needKeys: null,
  test: { kind: 'time', tag, keep: 'newerThan', amount: 1, unit: 'days' },
  ...more,
});
const view = (columns: readonly ViewColumn[], more: Partial<ProtectedView> = {}): ProtectedView => ({
  dataSourceId: 1,
  columns,
  rows: [],
  tagged: {},
  ...more,
});
const ordinals = new Set([1, 2, 3]);
const of = (standing: ViewMask | null, wanted: ViewMask | null) =>
  tightestView(view([column(1, standing)]), view([column(1, wanted)]), ordinals).columns[0]?.mask;
const clearFor = (...keys: string[]) => mask({ branches: [{ keys, value: 'clear' }] });

test('a mask that came stands, and one that went stands on', () => {
  expect(of(null, mask())).toEqual(mask());
  expect(of(mask(), null)).toEqual(mask());
});

test('who saw the value and may go on seeing it does; nobody else comes to see it', () => {
  expect(of(clearFor('a', 'b'), clearFor('b', 'c'))).toEqual(clearFor('b'));
  expect(of(clearFor('a'), clearFor('b'))).toEqual(mask());
  expect(of(clearFor('a'), mask())).toEqual(mask());
});

test('two masks of which neither is the tighter one show nothing', () => {
  expect(of(mask(), mask({ masking: { maskingType: 'constant', value: 'x' } }))).toEqual(
    mask({ masking: { maskingType: 'null' } }),
  );
  const where = { kind: 'isNull', operand: { kind: 'text', value: 'x' } } as unknown as ViewMask['where'];
  expect(of(mask({ where }), mask())).toEqual(mask());
  const changed = { ...column(1, null), nativeType: 'integer' };
  expect(tightestView(view([column(1, mask())]), view([changed]), ordinals).columns[0]?.mask).toEqual(
    mask({ masking: { maskingType: 'null' } }),
  );
});

test('a column that was not shown waits, and one that is shown no more goes', () => {
  const shown = tightestView(
    view([column(1, null), column(2, null)]),
    view([column(2, null), column(3, null)]),
    ordinals,
  );
  expect(shown.columns).toEqual([column(2, null)]);
});

test('rows pass the tests of both; a test that would be asked of another column now, or of none, lets no row pass', () => {
  const columns = [column(1, null)];
  const before = view(columns, { rows: [row('A')], tagged: { A: 1 } });
  const now = view(columns, { rows: [row('B')], tagged: { B: 2 } });
  expect(tightestView(before, now, ordinals)).toMatchObject({ rows: [row('B'), row('A')], tagged: { A: 1, B: 2 } });
  const moved = view(columns, { rows: [row('A')], tagged: { A: 2 } });
  const never = { passKeys: [], needKeys: null, test: { kind: 'never' } };
  expect(tightestView(before, moved, ordinals)).toMatchObject({ rows: [row('A'), never], tagged: { A: 2 } });
  expect(tightestView(before, now, new Set([2]))).toMatchObject({ rows: [row('B'), never], tagged: { B: 2 } });
});

test('a mask whose test cannot be asked any more is on for every row, and all rows are shown where none was kept back', () => {
  const where = { kind: 'isNull', operand: { kind: 'text', value: 'x' } } as unknown as ViewMask['where'];
  const before = view([column(1, mask({ where }))], { tagged: { A: 1 } });
  const moved = view([column(1, mask({ where }))], { tagged: { A: 2 } });
  expect(tightestView(before, moved, ordinals)).toEqual(view([column(1, mask())], { tagged: { A: 2 } }));
});

const masks = fc.option(
  fc.record({
    branches: fc.oneof(
      fc.subarray(['a', 'b', 'c']).map((keys) => (keys.length === 0 ? [] : [{ keys, value: 'clear' as const }])),
      fc.constant([
        { keys: ['a'], value: { maskingType: 'hash' as const } },
        { keys: ['b'], value: 'clear' as const },
      ]),
    ),
    masking: fc.constantFrom<ViewMask['masking'][]>(
      { maskingType: 'null' },
      { maskingType: 'hash' },
      { maskingType: 'constant', value: 'x' },
    ),
    where: fc.constant(null),
  }),
);
const views = fc
  .record({
    columns: fc.subarray([1, 2, 3]).chain((list) => fc.tuple(...list.map((n) => masks.map((its) => column(n, its))))),
    rows: fc.subarray([row('A'), row('B'), row('A', { passKeys: ['a'] }), row('B', { needKeys: ['b'] })]),
    tagged: fc.record({ A: fc.constantFrom(1, 2), B: fc.constantFrom(2, 3) }),
  })
  .map(({ columns, ...more }) => view(columns, more));
const shownTo = (of: ViewMask | null, keys: readonly string[]): unknown =>
  of === null ? 'clear' : (of.branches.find((one) => one.keys.some((key) => keys.includes(key)))?.value ?? of.masking);

test('of any two views it shows nobody anything that either does not, and looking again changes nothing', () => {
  fc.assert(
    fc.property(views, views, fc.subarray(['a', 'b', 'c']), (standing, wanted, keys) => {
      const tight = tightestView(standing, wanted, ordinals);
      expect(tightestView(tight, wanted, ordinals)).toEqual(tight);
      for (const { ordinal, mask: its } of tight.columns) {
        const told = shownTo(its, keys);
        for (const other of [standing, wanted]) {
          const there = other.columns.find((one) => one.ordinal === ordinal);
          if (there === undefined) throw new Error('a column that one of them does not show');
          const shown = shownTo(there.mask, keys);
          expect([told, 'clear'].some((one) => isAlike(one, shown)) || isNothing(told)).toBe(true);
          if (told === 'clear') expect(shown).toBe('clear');
        }
      }
      for (const test of wanted.rows) expect(tight.rows).toContainEqual(test);
    }),
  );
});

const isAlike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const isNothing = (told: unknown): boolean => isAlike(told, { maskingType: 'null' });
