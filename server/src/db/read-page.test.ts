import { Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { connectionString } from '../testing/postgres.ts';
import { Landmarks } from './landmarks.ts';
import type { Database } from './schema.ts';
import { type List, longestWalk, readPage } from './read-page.ts';

const rows = 45_000;
let db: Kysely<Database>;
let statements: { text: string; values: readonly unknown[] }[] = [];
let deps: { db: Kysely<Database>; landmarks: Landmarks };

beforeAll(async () => {
  const pool = new pg.Pool({ connectionString: connectionString('postgres'), max: 1 });
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void statements.push({ text: query.sql, values: query.parameters }),
  });
  // Many rows alike in the first part of the order, and instants finer than a millisecond.
  await sql`create temp table walked as
    select i as id, 'name ' || i % 97 as name, now() - make_interval(secs => (i % 5003) * 0.000001) as at
    from generate_series(1, ${rows}) i`.execute(db);
  await sql`create index on walked (name, id)`.execute(db);
});
afterAll(() => db.destroy());
beforeEach(() => {
  statements = [];
  deps = { db, landmarks: new Landmarks() };
});

const list = (more: Partial<List> = {}): List => ({
  from: sql`walked w`,
  where: sql`true`,
  order: [
    { value: sql`w.name`, type: 'text' },
    { value: sql`w.id`, type: 'integer' },
  ],
  ...more,
});
const byTime: Partial<List> = {
  order: [
    { value: sql`w.at`, type: 'timestamptz' },
    { value: sql`w.id`, type: 'integer' },
  ],
};

async function byOffset(order: RawBuilder<unknown>, page: { offset: number; limit: number }): Promise<string[]> {
  const found = await sql<{ id: number }>`
    select id from walked order by ${order} offset ${page.offset} limit ${page.limit}`.execute(db);
  return found.rows.map((row) => String(row.id));
}
const surveys = () => statements.filter(({ text }) => text.includes('row_number()'));
const idsOf = (keys: readonly (readonly string[])[]) => keys.map((key) => key.at(-1));

describe('a page by offset', () => {
  const offsets = [0, 7, longestWalk, longestWalk + 1, 22_222, 30_000, rows - longestWalk - 30, rows - 40, rows - 1];

  it.each(offsets)('at %i holds the rows that an offset finds, in every order', async (offset) => {
    const page = { offset, limit: 25 };
    const up = await readPage(deps, list(), page);
    expect(up.total).toBe(rows);
    expect(idsOf(up.keys)).toEqual(await byOffset(sql`name, id`, page));
    const down = await readPage(deps, list({ isDescending: true }), page);
    expect(idsOf(down.keys)).toEqual(await byOffset(sql`name desc, id desc`, page));
    const inTime = await readPage(deps, list({ ...byTime, isDescending: true }), page);
    expect(idsOf(inTime.keys)).toEqual(await byOffset(sql`at desc, id desc`, page));
  });

  it('of a list that ends on its first page is asked for once; else it is counted as well', async () => {
    const three = list({ where: sql`w.id <= 3` });
    const asked: number[] = [];
    for (const limit of [10, 4, 3, 2]) {
      statements = [];
      const { total, keys } = await readPage(deps, three, { offset: 0, limit });
      expect([total, keys.length]).toEqual([3, Math.min(3, limit)]);
      asked.push(statements.length);
    }
    expect(asked).toEqual([1, 1, 2, 2]);
    const none = list({ where: sql`false` });
    expect(await readPage(deps, none, { offset: 0, limit: 10 })).toEqual({ total: 0, keys: [] });
  });

  it('of a list that is found whole is counted by the same look, in both directions', async () => {
    for (const isDescending of [false, true]) {
      statements = [];
      const page = { offset: 0, limit: 25 };
      const found = await readPage(deps, list({ isFoundWhole: true, isDescending }), page);
      expect(statements).toHaveLength(1);
      expect(found).toEqual(await readPage(deps, list({ isDescending }), page));
    }
    const none = list({ isFoundWhole: true, where: sql`false` });
    expect(await readPage(deps, none, { offset: 0, limit: 10 })).toEqual({ total: 0, keys: [] });
    const later = list({ isFoundWhole: true });
    expect(idsOf((await readPage(deps, later, { offset: 7, limit: 5 })).keys)).toEqual(
      await byOffset(sql`name, id`, { offset: 7, limit: 5 }),
    );
  });

  it('past the end is empty and still counts', async () => {
    expect(await readPage(deps, list(), { offset: rows, limit: 10 })).toEqual({ total: rows, keys: [] });
  });

  it('surveys a list once and goes on from its landmarks, until rows came or went', async () => {
    await readPage(deps, list(), { offset: 20_000, limit: 50 });
    await readPage(deps, list(), { offset: 21_050, limit: 50 });
    expect(surveys()).toHaveLength(1);
    await sql`insert into walked values (0, 'name 0', now())`.execute(db);
    const page = { offset: 20_000, limit: 50 };
    const { total, keys } = await readPage(deps, list(), page);
    const wanted = await byOffset(sql`name, id`, page);
    await sql`delete from walked where id = 0`.execute(db);
    expect({ total, ids: idsOf(keys) }).toEqual({ total: rows + 1, ids: wanted });
    expect(surveys()).toHaveLength(2);
  });

  it('never shares the landmarks of one set of rows with another', async () => {
    const page = { offset: 11_000, limit: 5 };
    const all = await readPage(deps, list(), page);
    const some = await readPage(deps, list({ where: sql`w.id <> ${1}` }), page);
    const others = await readPage(deps, list({ where: sql`w.id <> ${2}` }), page);
    expect(new Set([all, some, others].map(({ keys }) => JSON.stringify(keys))).size).toBeGreaterThan(1);
    expect(surveys()).toHaveLength(3);
  });

  it.each(offsets)('at %i skips few rows in any statement', async (offset) => {
    await readPage(deps, list(), { offset, limit: 25 });
    const pages = statements.filter(({ text }) => / limit \$\d+ offset \$\d+\) page$/.test(text));
    expect(pages).toHaveLength(1);
    expect(Number(pages[0]?.values.at(-1))).toBeLessThanOrEqual(longestWalk);
  });
});
