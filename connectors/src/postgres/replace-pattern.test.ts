import { parsePattern } from '@stoa/core/pattern/parse-pattern';
import { randomPattern, randomValue } from '@stoa/core/pattern/random-pattern.fixture';
import { replacePattern } from '@stoa/core/pattern/replace-pattern';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownPostgres } from '../testing/own-postgres.ts';
import { connectAs } from '../testing/postgres-world.ts';
import { quoteText } from './identifiers.ts';
import { regexSql } from './mask-sql.ts';

let client: pg.Client;
beforeAll(async () => {
  const server = ownPostgres();
  client = await connectAs(server, 'postgres', server);
  await client.query(`SET statement_timeout = '20s'`);
});
afterAll(() => client.end());

type Asked = { pattern: string; replacement: string; global: boolean; caseInsensitive: boolean };
const askServer = async (asked: Asked, value: string): Promise<string | null> => {
  const masking = { ...asked, maskingType: 'regex', onNoMatch: 'null' } as const;
  const { rows } = await client.query<{ masked: string | null }>(
    `SELECT ${regexSql(masking, `${quoteText(value)}::text`)} AS masked`,
  );
  return rows[0]?.masked ?? null;
};
const here = ({ pattern, replacement, global, caseInsensitive }: Asked, value: string): string | null => {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) throw new Error(parsed.problem);
  return replacePattern(parsed.node, value, { replacement, isGlobal: global, caseSensitive: !caseInsensitive });
};

test.each([
  ['an|ana', 'X', 'X.ruiz@example.com'],
  ['(ruiz)', '[$&]$$', 'ana.[$&]$$@example.com'],
  ['a(.a)', '<$2>', '<>.ruiz@example.com'],
  ['(a|an)(na|a)?', '<$1-$2>', '<an-a>.ruiz@ex<a->mple.com'],
  ['x*', '-', '-a-n-a-.-r-u-i-z-@-e--a-m-p-l-e-.-c-o-m-'],
  ['\\-', '-', null],
])('%s by %s makes of a value what PostgreSQL makes of it', async (pattern, replacement, want) => {
  const asked = { pattern, replacement, global: true, caseInsensitive: false };
  expect(here(asked, 'ana.ruiz@example.com')).toBe(want);
  expect(await askServer(asked, 'ana.ruiz@example.com')).toBe(want);
});

/** Of characters whose classes mean the same to every server. */
const plainValue = randomValue.map((text) => text.replaceAll(/[^ -~]/g, ''));

test('a sample of any pattern is what PostgreSQL shows', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomPattern.filter((text) => parsePattern(text).ok),
      plainValue,
      fc.record({
        replacement: fc.constantFrom('<$1>', '$2$1', '[$1|$2|$3]\\', 'X$&$0'),
        global: fc.boolean(),
        caseInsensitive: fc.boolean(),
      }),
      async (pattern, value, how) => {
        const asked = { pattern, ...how };
        expect([asked, value, here(asked, value)]).toEqual([asked, value, await askServer(asked, value)]);
      },
    ),
    { numRuns: 1000 },
  );
});
