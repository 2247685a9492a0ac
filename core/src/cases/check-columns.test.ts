import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkColumns } from '../review/check-columns.ts';

type Case = {
  readonly name: string;
  readonly given: {
    /** `<source> <column>` */
    readonly asked: readonly string[];
    /** `<source> <column> [masked|fixed]` */
    readonly known: readonly string[];
    /** `<source> <column> of <request>` */
    readonly taken?: readonly string[];
    readonly times?: number;
  };
  readonly want: object;
  readonly reason: string;
};

const column = (text: string) => {
  const [sourceId = '', columnName = '', ...rest] = text.split(' ');
  return { sourceId, columnName, rest };
};

describe('check-columns', () => {
  const file = new URL('check-columns/columns.yaml', import.meta.url);
  const cases: readonly Case[] = parse(readFileSync(file, 'utf8'));
  for (const { name, given, want, reason } of cases)
    test(name, () => {
      const asked = Array.from({ length: given.times ?? 1 }, () => given.asked.map(column)).flat();
      const known = given.known
        .map(column)
        .map((one) => ({ ...one, isMasked: one.rest[0] !== undefined, isFixed: one.rest[0] === 'fixed' }));
      const taken = (given.taken ?? []).map(column).map((one) => ({ ...one, requestId: one.rest[1] ?? '' }));
      expect(checkColumns(asked, known, taken), reason).toMatchObject(want);
    });
});
