import { readdirSync, readFileSync } from 'node:fs';
import type { Masking } from '@stoa/contract/masking';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ColumnText, policyOf, sourceOf } from './masking.fixture.ts';
import { fitMask } from '../masking/fit-mask.ts';
import { sourceJudge } from '../masking/judge-source.ts';
import { parsePredicate } from '../masking/parse-predicate.ts';
import { printPredicate } from '../masking/print-predicate.ts';
import { describeView, keysNeeded } from '../masking/view.ts';
import { everything } from './masking.fixture.ts';

type Case<Given> = { readonly name: string; readonly given: Given; readonly want: unknown; readonly reason: string };

const folder = new URL('.', import.meta.url);

const cases = <Given>(rule: string, answer: (given: Given) => unknown): void => {
  describe(rule, () => {
    for (const file of readdirSync(new URL(`${rule}/`, folder)).sort()) {
      const read: readonly Case<Given>[] = parse(readFileSync(new URL(`${rule}/${file}`, folder), 'utf8'));
      for (const { name, given, want, reason } of read) {
        test(name, () => {
          const got = answer(given);
          if (typeof want === 'object' && want !== null) expect(got, reason).toMatchObject(want);
          else expect(got, reason).toBe(want);
        });
      }
    }
  });
};

type MaskCase = {
  columns: Record<string, ColumnText>;
  tags?: string[];
  policies: Record<string, unknown>[];
  disabled?: number[];
};

cases('mask-source', (given: MaskCase) => {
  const source = sourceOf(given.columns, { tags: given.tags ?? [], disabled: given.disabled ?? [] });
  const verdict = sourceJudge(
    given.policies.map((policy, n) => policyOf(n + 1, policy)),
    everything,
  )(source);
  const needed = keysNeeded(source, verdict);
  const book = {
    columns: new Map(needed.columns.map((key, n) => [key, n + 1])),
    formulas: new Map(needed.formulas.map((formula, n) => [formula.text, n + 1])),
  };
  const view = describeView(source, verdict, book);
  const masks = Object.fromEntries(
    verdict.columns.map((column) => {
      const mask = view.columns.find(({ name }) => name === column.name)?.mask;
      return [
        column.name,
        {
          by: column.policyKey,
          mask: column.masking.maskingType,
          outranked: column.outranked,
          degraded: column.degradedWhy,
          isLiftable: column.isLiftable,
          cell: column.where !== null,
          branches: mask?.branches.map(
            ({ keys, value }) => `${keys.join('|')}: ${value === 'clear' ? value : value.maskingType}`,
          ),
          rest: mask?.masking.maskingType,
        },
      ];
    }),
  );
  return {
    masks,
    shown: view.columns.map((column) => column.name),
    clear: view.columns.filter((column) => column.mask === null).map((column) => column.name),
    formulas: needed.formulas.map((formula) => formula.text),
    rows: view.rows.map(({ passKeys, needKeys, test: { kind } }) => ({ kind, passKeys, needKeys })),
    notEnforceable: verdict.notEnforceable.map(
      ({ policyKey, column, reason }) => `${policyKey} ${column ?? 'rows'} ${reason}`,
    ),
    skipped: verdict.skipped,
    withheld: verdict.withheld,
  };
});

cases('fit-mask', (given: { column: string; mask: Masking }) => {
  const [column] = sourceOf({ value: { type: given.column } }).columns;
  if (column === undefined) throw new Error('a case without a column');
  return fitMask(given.mask, column, { dataSourceId: 1, abilities: everything }).degradedWhy ?? 'fits';
});

cases('predicate', (given: { text: string }) => {
  const parsed = parsePredicate(given.text);
  return parsed.ok ? printPredicate(parsed.predicate) : `${parsed.at}: ${parsed.message}`;
});
