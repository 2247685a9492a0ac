import { builtIns } from '@stoa/core/identification/built-ins';
import { knownNumbers } from '@stoa/core/identification/make-numbers.fixture';
import { fitsValue, questionsOf } from '@stoa/core/identification/plan-questions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import type { SampleCounts } from '../sample.ts';
import { ownPostgres } from '../testing/own-postgres.ts';
import { makePostgresWorld } from '../testing/postgres-world.ts';
import type { World } from '../testing/world.ts';
import { openConnections, parseInput } from './connection.ts';
import { quoteText } from './identifiers.ts';
import { sample } from './sample.ts';

let world: World;
let session: PlatformSession;
let database: string;

beforeAll(async () => {
  world = await makePostgresWorld(ownPostgres(), '18');
  session = await world.connector.open(world.input);
  database = String((await world.admin('SELECT current_database() AS name'))[0]?.['name']);
});
afterAll(async () => {
  await session.close();
  await world.close();
});

/** Runs the statements as the owner of the schemas, whose objects the account may then read. */
async function make(statements: string): Promise<void> {
  await world.admin(
    `BEGIN; SET LOCAL ROLE ${world.quote(world.owner)}; SET LOCAL search_path = sales; ${statements}; COMMIT`,
  );
  await world.admin(`GRANT SELECT ON ALL TABLES IN SCHEMA sales TO ${world.quote(String(accountName()))}`);
}
const accountName = (): unknown => (world.input.credentials as { username: string }).username;

async function queryOf(table: string, columns: readonly string[], rows = 1_000) {
  const [found] = await world.admin(`SELECT ${quoteText(`sales.${world.quote(table)}`)}::regclass::oid::text AS id`);
  return {
    objectPath: [database, 'sales', table],
    platformId: String(found?.['id']),
    rows,
    columns: columns.map((name) => ({
      name,
      tests: questionsOf({ name, typeFamily: 'text' }, builtIns).map(({ identifierId, test: asked }) => ({
        key: identifierId,
        test: asked,
      })),
    })),
  };
}
const count = async (table: string, columns: readonly string[], rows?: number): Promise<SampleCounts> =>
  session.sample(await queryOf(table, columns, rows));

const email = 1;
const hitsOf = (counts: SampleCounts, column: string, key: number): number | undefined =>
  counts.columns.find((one) => one.name === column)?.hits.find((one) => one.key === key)?.hits;

describe('a sample of PostgreSQL', () => {
  test('counts what core would count, for every built-in, without a value leaving', async () => {
    const numbers = Object.values(knownNumbers).flatMap(({ valid, invalid }) => [...valid, ...invalid]);
    const values = [
      ...numbers,
      'ana@example.com',
      'AKIAIOSFODNN7EXAMPLE',
      '::1',
      '10.0.0.1',
      '+49 1555 1234567',
      '536-90-4399',
      "'; --",
      '\\',
    ];
    await make(`CREATE TABLE mixed (id int, "Mixed ""Value""" text, mail varchar(200), code char(40));
      INSERT INTO mixed SELECT 1, v, v, v FROM unnest(ARRAY[${values.map(quoteText).join(',')}]::text[]) AS v;
      INSERT INTO mixed VALUES (1, NULL, NULL, NULL)`);
    const names = ['Mixed "Value"', 'mail'];
    const counts = await count('mixed', names);
    expect(counts.refused).toEqual([]);
    for (const name of names) {
      const column = counts.columns.find((one) => one.name === name);
      expect(column).toMatchObject({ rows: values.length + 1, nonNull: values.length });
      for (const { identifierId, test: asked } of questionsOf({ name, typeFamily: 'text' }, builtIns)) {
        const expected = values.filter((value) => fitsValue(asked, value)).length;
        expect([name, identifierId, hitsOf(counts, name, identifierId)]).toEqual([name, identifierId, expected]);
      }
    }
    expect(JSON.stringify(counts)).not.toContain('example.com');
  });

  test('looks a dictionary up, with or without case', async () => {
    await make(`CREATE TABLE words (w text); INSERT INTO words VALUES ('Ja'), ('NEIN'), ('ÄRZTIN'), ('x'), (NULL)`);
    const query = await queryOf('words', ['w']);
    const tests = [true, false].map((caseSensitive, key) => ({
      key,
      test: { kind: 'dictionary' as const, values: ['ja', 'NEIN', 'ärztin', "'"], caseSensitive },
    }));
    const counts = await session.sample({ ...query, columns: [{ name: 'w', tests }] });
    expect(counts.columns[0]?.hits).toEqual([
      { key: 0, hits: 1 },
      { key: 1, hits: 3 },
    ]);
  });

  test('draws pages from a large table, and takes the first rows where the estimate was wrong', async () => {
    await make(`CREATE TABLE large AS SELECT 'a' || i || '@example.com' AS mail FROM generate_series(1, 60000) AS i`);
    await world.admin('ANALYZE sales.large');
    const drawn = await count('large', ['mail'], 2_000);
    expect(drawn.columns[0]?.rows).toBeGreaterThan(100);
    expect(drawn.columns[0]?.rows).toBeLessThanOrEqual(2_000);
    expect(hitsOf(drawn, 'mail', email)).toBe(drawn.columns[0]?.nonNull);
    await world.admin(
      'DELETE FROM sales.large WHERE mail > $$a2$$; UPDATE pg_class SET reltuples = 90000000 WHERE oid = $$sales.large$$::regclass',
    );
    expect((await count('large', ['mail'], 2_000)).columns[0]?.rows).toBe(2_000);
  });

  test('reads partitions, enumerations, domains and numbers as text', async () => {
    await make(`CREATE TYPE colour AS ENUM ('red'); CREATE DOMAIN mail AS text CHECK (VALUE LIKE '%@%');
      CREATE TABLE parted (m mail, c colour, n numeric(20, 0)) PARTITION BY HASH (n); CREATE TABLE p0 PARTITION OF parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
      INSERT INTO parted VALUES ('a@example.com', 'red', 4111111111111111)`);
    const counts = await count('parted', ['m', 'c', 'n']);
    expect([hitsOf(counts, 'm', email), hitsOf(counts, 'c', email), hitsOf(counts, 'n', 9)]).toEqual([1, 0, 1]);
  });

  test('never fetches what is long, and reads no documents or bytes', async () => {
    await make(`CREATE TABLE heavy (t text, b bytea, j jsonb, x xml, r int4range);
      INSERT INTO heavy SELECT repeat('a@example.com ', 300000), decode(repeat('00', 500000), 'hex'), '{}', '<a/>', '[1,2)' FROM generate_series(1, 20)`);
    const counts = await count('heavy', ['t', 'b', 'j', 'x', 'r']);
    expect(counts.columns).toMatchObject([{ name: 't', rows: 20, nonNull: 20 }]);
    expect(hitsOf(counts, 't', email)).toBe(0);
    expect(counts.refused).toEqual(['b', 'j', 'x', 'r'].map((column) => ({ column, reason: 'type' })));
  });
});

describe('a sample refuses', () => {
  test.each([
    ['a function of its author', 'SELECT steal() AS mail'],
    ['a function of its author in a view below', 'SELECT mail FROM trap_below'],
    ['text that runs as SQL', `SELECT query_to_xml('SELECT sales.steal()', true, true, '')::text AS mail`],
    ['a table as a document', `SELECT table_to_xml('sales.trap_below'::regclass, true, true, '')::text AS mail`],
    ['what acts', `SELECT set_config('a.b', 'c', true) AS mail`],
    ['a check of a type', `SELECT 'x'::trapped AS mail`],
    ['an operator of its author', 'SELECT (1 OPERATOR(sales.!!!) 1) AS mail'],
  ])('a view that would run %s, and does not run it', async (_what, select) => {
    await make(`CREATE TABLE IF NOT EXISTS proof (i int);
      CREATE OR REPLACE FUNCTION steal() RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''was run''; END';
      CREATE OR REPLACE FUNCTION steal(int, int) RETURNS text LANGUAGE sql AS 'SELECT sales.steal()';
      CREATE OR REPLACE VIEW trap_below AS SELECT steal() AS mail;
      DO 'BEGIN CREATE DOMAIN trapped AS text CHECK (sales.steal() = VALUE); CREATE OPERATOR !!! (LEFTARG = int, RIGHTARG = int, FUNCTION = steal); EXCEPTION WHEN duplicate_object THEN END';
      DROP VIEW IF EXISTS trap; CREATE VIEW trap AS ${select}`);
    expect(await count('trap', ['mail'])).toEqual({ columns: [], refused: [{ column: null, reason: 'foreign_code' }] });
  });

  test('no plain view', async () => {
    await make(`CREATE TABLE base (mail text, at timestamptz); INSERT INTO base VALUES ('a@example.com', now());
      CREATE VIEW plain AS SELECT lower(mail) AS mail, date_trunc('day', at) AS day, count(*) AS n FROM base GROUP BY 1, 2`);
    expect(hitsOf(await count('plain', ['mail']), 'mail', email)).toBe(1);
  });

  test('a cast of its author, for that column alone', async () => {
    await make(`CREATE TYPE cast_away AS ENUM ('a'); CREATE FUNCTION to_words(cast_away) RETURNS text LANGUAGE sql AS 'SELECT sales.steal()';
      CREATE TABLE casted (c cast_away, mail text); INSERT INTO casted VALUES ('a', 'a@example.com')`);
    await world.admin('CREATE CAST (sales.cast_away AS text) WITH FUNCTION sales.to_words(sales.cast_away)');
    const counts = await count('casted', ['c', 'mail']);
    expect(counts.refused).toEqual([{ column: 'c', reason: 'type' }]);
    expect(hitsOf(counts, 'mail', email)).toBe(1);
  });

  test('a table whose rows are hidden from it, one that is locked, and one that has gone', async () => {
    await make(`CREATE TABLE ruled (mail text); ALTER TABLE ruled ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON ruled USING (steal() = '');
      CREATE TABLE busy (mail text); CREATE TABLE gone (mail text)`);
    expect((await count('ruled', ['mail'])).refused).toEqual([{ column: null, reason: 'row_security' }]);
    const query = await queryOf('gone', ['mail']);
    await world.admin('DROP TABLE sales.gone');
    expect((await session.sample(query)).refused).toEqual([{ column: null, reason: 'missing' }]);
    await make('CREATE TABLE gone (mail text)');
    expect((await session.sample(query)).refused).toEqual([{ column: null, reason: 'missing' }]);
    await world.admin('REVOKE ALL ON sales.gone FROM PUBLIC');
    await world.admin('BEGIN; LOCK TABLE sales.busy IN ACCESS EXCLUSIVE MODE');
    try {
      expect((await count('busy', ['mail'])).refused).toEqual([{ column: null, reason: 'locked' }]);
    } finally {
      await world.admin('ROLLBACK');
    }
  });

  test('a view that takes too long, once its time is over', async () => {
    await make(
      `CREATE VIEW slow AS SELECT 'a' || count(*) AS mail FROM generate_series(1, 100000) a, generate_series(1, 100000) b`,
    );
    const own = openConnections({ ...parseInput(world.input), poolSize: 1 }, { statement: 500, answer: 10_000 });
    try {
      expect(await sample(own, await queryOf('slow', ['mail']))).toEqual({
        columns: [],
        refused: [{ column: null, reason: 'timeout' }],
      });
    } finally {
      await own.close();
    }
  });
});
