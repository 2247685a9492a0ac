import { describe, expect, it } from 'vitest';
import { relationsOf } from './statement-relations.ts';

const namesIn = async (statement: string): Promise<readonly string[] | null> =>
  (await relationsOf(statement))?.map(({ schema, name }) => (schema === null ? name : `${schema}.${name}`)) ?? null;

const reads: Readonly<Record<string, readonly string[] | null>> = {
  'SELECT * FROM orders': ['orders'],
  'SELECT a FROM Sales.Orders o JOIN "Odd Name" USING (id) WHERE b > now() - interval $1 AND c IN ($2 /*, ... */)': [
    'sales.orders',
    'Odd Name',
  ],
  'SELECT (SELECT max(x) FROM a) FROM b WHERE EXISTS (SELECT FROM c) UNION ALL SELECT 1 FROM ONLY d': [
    'a',
    'b',
    'c',
    'd',
  ],
  'WITH orders AS (SELECT * FROM orders) SELECT * FROM orders': ['orders'],
  'WITH x AS (SELECT 1), y AS (SELECT * FROM x) SELECT * FROM y': [],
  'WITH RECURSIVE t AS (SELECT 1 UNION SELECT * FROM t) SELECT * FROM t, s.t': ['s.t'],
  'SELECT 1 FROM (WITH inside AS (SELECT 1) SELECT * FROM inside) q, inside': ['inside'],
  'INSERT INTO target SELECT * FROM source': ['source'],
  'UPDATE target SET a = s.a FROM source s WHERE s.id = target.id': ['source'],
  'DELETE FROM target USING source WHERE source.id = target.id': ['source'],
  'MERGE INTO target USING source s ON s.id = target.id WHEN MATCHED THEN DELETE': ['source'],
  'CREATE TABLE made AS SELECT * FROM source': ['source'],
  'SELECT * INTO made FROM source': ['source'],
  'SELECT * FROM orders o FOR UPDATE OF o': ['orders'],
  'COPY sales.orders TO STDOUT': ['sales.orders'],
  'COPY (SELECT * FROM a) TO STDOUT': ['a'],
  'COPY sales.orders FROM STDIN': [],
  'EXPLAIN SELECT * FROM orders': [],
  'EXPLAIN (ANALYZE) SELECT * FROM orders': ['orders'],
  'DECLARE c CURSOR FOR SELECT * FROM orders': ['orders'],
  'TABLE orders': ['orders'],
  'DROP TABLE orders': [],
  'ALTER ROLE somebody PASSWORD $1': [],
  '<insufficient privilege>': null,
  'SELECT $1 FROM': null,
};

describe('the tables that a statement reads', () => {
  for (const [statement, names] of Object.entries(reads))
    it(`of ${statement}`, async () => expect(await namesIn(statement)).toEqual(names));

  it('are not looked for in what is too long or too deep, and the next statement is understood all the same', async () => {
    expect(await relationsOf(`SELECT '${'x'.repeat(100_000)}' FROM a`)).toBeNull();
    expect(await relationsOf(`SELECT ${'('.repeat(40_000)}1${')'.repeat(40_000)} FROM a`)).toBeNull();
    expect(await relationsOf(`SELECT ${'1+'.repeat(40_000)}1 FROM a`)).toBeNull();
    expect(await namesIn('SELECT 1 FROM a')).toEqual(['a']);
  });
});
