import { readdirSync, readFileSync } from 'node:fs';
import type { Exposure } from '@stoa/contract/enums';
import type { Masking } from '@stoa/contract/masking';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ColumnText, policyOf, sourceOf } from './masking.fixture.ts';
import { personFacts } from '../condition/facts.ts';
import { explainMasks } from '../masking/explain-masks.ts';
import { fitMask } from '../masking/fit-mask.ts';
import { sourceJudge } from '../masking/judge-source.ts';
import { isProtected } from '../masking/model.ts';
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
  /** Places of policies that an owner has switched off. */
  disabled?: number[];
  /** The policies are for their author's own sources, and this is one. */
  isOwners?: boolean;
  isInDomain?: boolean;
  exposure?: Exposure;
};

cases('mask-source', (given: MaskCase) => {
  const alone = sourceOf(given.columns, { tags: given.tags ?? [], exposure: given.exposure ?? 'auto' });
  const source = given.isInDomain === true ? { ...alone, domainIds: new Set(['sales']) } : alone;
  const verdict = sourceJudge(
    given.policies.map((policy, n) => {
      const isOff = given.disabled?.includes(n + 1) === true;
      const decisions = { owned: [1], selected: [], certified: [], off: isOff ? [1] : [] };
      const own = policyOf(n + 1, policy, decisions);
      return given.isOwners === true ? { ...own, scope: { kind: 'restricted' as const } } : own;
    }),
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
    isProtected: isProtected(verdict),
  };
});

type ReaderCase = Pick<MaskCase, 'columns' | 'policies'> & {
  person?: { username?: string; groups?: string[]; attributes?: Record<string, string[]> };
  /** The columns of approved exceptions, with their ends. */
  exceptions?: Record<string, number | null>;
};

/** At the instant 1000. */
cases('explain-masks', ({ columns, policies, person = {}, exceptions = {} }: ReaderCase) => {
  const source = sourceOf(columns);
  const judge = sourceJudge(
    policies.map((policy, n) => policyOf(n + 1, policy)),
    everything,
  );
  const raw = { globalUserId: 'u', username: 'ada', iam: null, groups: [], attributes: {}, ...person };
  const answer = explainMasks({
    source,
    verdict: judge(source),
    reader: { principalId: 'p', person: personFacts(raw), raw },
    exceptions: source.columns.flatMap(({ ordinal, name }) =>
      name in exceptions ? [{ ordinal, requestId: 'r', notAfter: exceptions[name] ?? null }] : [],
    ),
    now: 1000,
  });
  const told = answer.columns.map(({ name, shown, shownAs, where, mask, exemptBy, truth }) => [
    name,
    {
      shown,
      as: shownAs,
      where,
      by: mask?.policyKey ?? null,
      outranked: mask?.outranked,
      degraded: mask?.degradedWhy,
      exempt:
        exemptBy === null ? null : 'condition' in exemptBy ? `${exemptBy.kind} ${exemptBy.condition}` : exemptBy.kind,
      truth: truth.map(({ call, value }) => `${call} ${value}`),
    },
  ]);
  return {
    columns: Object.fromEntries(told),
    rows: Object.fromEntries(answer.rows.map((row) => [row.policyKey, `${row.keeps} ${row.predicate}`])),
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
