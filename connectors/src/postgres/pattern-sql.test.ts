import { compilePattern } from '@stoa/core/pattern/match-pattern';
import { parsePattern } from '@stoa/core/pattern/parse-pattern';
import { randomPattern, randomValue } from '@stoa/core/pattern/random-pattern.fixture';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownPostgres } from '../testing/own-postgres.ts';
import { connectAs } from '../testing/postgres-world.ts';
import { patternSql } from './pattern-sql.ts';

let client: pg.Client;
beforeAll(async () => {
  const server = ownPostgres();
  client = await connectAs(server, 'postgres', server);
  await client.query(`SET statement_timeout = '20s'`);
});
afterAll(() => client.end());

const nodeOf = (text: string) => {
  const parsed = parsePattern(text);
  return parsed.ok ? parsed.node : null;
};

async function askServer(text: string, caseSensitive: boolean, values: readonly string[]): Promise<boolean[]> {
  const node = nodeOf(text);
  if (node === null) throw new Error(`${text} was refused`);
  const { rows } = await client.query<{ is: boolean }>(
    `SELECT ${patternSql('v', node, { caseSensitive })} AS is FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n`,
    [values],
  );
  return rows.map((row) => row.is);
}

describe('a pattern on PostgreSQL', () => {
  test('means what it means here', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomPattern,
        fc.boolean(),
        fc.array(randomValue, { minLength: 25, maxLength: 25 }),
        async (text, sensitive, values) => {
          const node = nodeOf(text);
          if (node === null) return;
          const own = compilePattern(node, { caseSensitive: sensitive });
          const server = await askServer(text, sensitive, values);
          expect([text, sensitive, values.map((value, index) => [value, server[index]])]).toEqual([
            text,
            sensitive,
            values.map((value) => [value, own(value)]),
          ]);
        },
      ),
      { numRuns: 800 },
    );
  });

  test.each([
    "'",
    '\\\\',
    '"',
    "a'; DROP TABLE x; --",
    '\\]',
    '[\\]\\[^-]',
    '\\$\\{x\\}',
    '\\*\\*\\*=a',
    'ä|ö',
    '\\(\\?i\\)a',
  ])('%s reaches the server as what it is', async (text) => {
    const node = nodeOf(text);
    if (node === null) throw new Error('refused');
    const own = compilePattern(node, { caseSensitive: true });
    const values = [text, text.replaceAll('\\', ''), '\\', "'", ']', '[', '^', 'ä', 'x'];
    expect(await askServer(text, true, values)).toEqual(values.map(own));
  });

  test('at the limits of the subset is compiled and evaluated by the server', async () => {
    const long = 'a'.repeat(8_000);
    for (const text of [
      '(a?){200}a{200}',
      '((a|b)*c?){100}',
      '(.{0,30}){0,30}',
      '((a{0,8}){0,8}b{0,5}){0,6}',
      '(a+)+b',
      `[a-z]{200}${'(x|y|z)'.repeat(100)}`,
    ]) {
      expect([text, await askServer(text, true, [long])]).toEqual([
        text,
        [compilePattern(nodeOf(text) ?? { kind: 'start' }, { caseSensitive: true })(long)],
      ]);
    }
  });
});
