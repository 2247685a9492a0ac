import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtIns } from '../identification/built-ins.ts';
import { identifiersOf } from '../identification/identifier-set.ts';
import type { ColumnFamily } from '../identification/identifier.ts';
import { judgeColumn } from '../identification/judge-column.ts';

type Given = {
  readonly column: { readonly name: string; readonly family: ColumnFamily };
  /** Absent: the column could not be sampled. */
  readonly nonNull?: number;
  /** By name; a built-in that is not named here was asked about and nothing fitted. */
  readonly hits: Readonly<Record<string, number>>;
};
type Case = {
  readonly name: string;
  readonly given: Given;
  readonly want: Record<string, string>;
  readonly reason: string;
};

/** The outcomes of the built-ins that the case speaks of. */
function outcomes({ column, nonNull, hits }: Given, names: readonly string[]): Record<string, string> {
  const counts =
    nonNull === undefined ? null : { nonNull, hits: new Map(builtIns.map((one) => [one.id, hits[one.name] ?? 0])) };
  const evidence = judgeColumn({ name: column.name, typeFamily: column.family }, builtIns, counts);
  const byName = evidence.map(
    (one) => [builtIns.find((b) => b.id === one.identifierId)?.name ?? '', one.outcome] as const,
  );
  const told = byName.filter(
    ([name, outcome]) => names.includes(name) || outcome === 'tagged' || outcome === 'outscored',
  );
  return Object.fromEntries(told);
}

describe('judging a column', () => {
  const folder = new URL('identification/', import.meta.url);
  for (const file of readdirSync(folder)) {
    const cases: Case[] = parse(readFileSync(new URL(file, folder), 'utf8'));
    test.each(cases)('$name', ({ given, want, reason }) => {
      expect(outcomes(given, Object.keys(want)), reason).toEqual(want);
    });
  }
});

describe('the identifiers of a source', () => {
  const one = { ...builtIns[0]!, ofDomain: null };
  const entry = (domainId: string, isEnabled: boolean, tags: string[] | null = null) => ({
    domainId,
    identifierId: one.id,
    isEnabled,
    tags,
  });

  test('are all of them outside of domains, with their own tags', () => {
    expect(identifiersOf([one], [], [entry('a', false)]).map((x) => x.tags)).toEqual([one.tags]);
  });
  test('are without those that its domain leaves out', () => {
    expect(identifiersOf([one], ['a'], [entry('a', false)])).toEqual([]);
  });
  test('carry the tags that the domain put in their place', () => {
    expect(identifiersOf([one], ['a'], [entry('a', true, ['PII.Mail'])]).map((x) => x.tags)).toEqual([['PII.Mail']]);
  });
  test('follow each of several domains', () => {
    const entries = [entry('a', true, ['PII.Mail']), entry('c', false)];
    expect(identifiersOf([one], ['a', 'b', 'c'], entries).map((x) => x.tags)).toEqual([['PII.Mail', ...one.tags]]);
  });
  test('of a domain of their own do not leave it', () => {
    expect(identifiersOf([{ ...one, ofDomain: 'a' }], ['b'], [])).toEqual([]);
    expect(identifiersOf([{ ...one, ofDomain: 'a' }], ['a', 'b'], [])).toHaveLength(1);
  });
});
