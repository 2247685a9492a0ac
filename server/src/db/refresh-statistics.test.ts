import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { until } from '../testing/until.ts';
import { refreshStatistics } from './refresh-statistics.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  // PostgreSQL itself looks at what is new each minute, and would be taken for the server.
  const owner = await server.deps.pool.connect();
  try {
    await owner.query('begin; set local role none; alter table live_event set (autovacuum_enabled = false); commit');
  } finally {
    owner.release();
  }
});
afterAll(() => server.stop());

async function addEvents(count: number): Promise<void> {
  await server.deps.db.connection().execute(async (db) => {
    await sql`insert into live_event (type, subject_id) select 'task', n::text from generate_series(1, ${count}::int) as n`.execute(
      db,
    );
    // Else it is heard of when the session has been at rest for ten seconds.
    await sql`select pg_stat_force_next_flush()`.execute(db);
  });
}
async function known(): Promise<number> {
  const { rows } = await sql<{
    n: number;
  }>`select reltuples::int as n from pg_class where oid = 'public.live_event'::regclass`.execute(server.deps.db);
  return rows[0]?.n ?? 0;
}

it('tells the planner of many new rows soon, and by itself', async () => {
  await addEvents(3_000);
  await until(async () => ((await known()) >= 3_000 ? true : undefined));
});

it('leaves a table alone of which little is new', async () => {
  const before = await known();
  await addEvents(1_200);
  expect(await refreshStatistics(server.deps.db)).not.toBe('public.live_event');
  expect(await known()).toBe(before);
});

it('passes by a table that somebody holds, and comes back to it', async () => {
  const before = await known();
  const holder = await server.deps.pool.connect();
  try {
    await holder.query('begin; set local role none; lock table live_event in share update exclusive mode');
    await addEvents(4_000);
    expect(await refreshStatistics(server.deps.db)).not.toBe('public.live_event');
    expect(await known()).toBe(before);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await until(async () => ((await known()) >= before + 4_000 ? true : undefined));
});

it('may be asked by nobody else', async () => {
  const { rows } = await sql<{ grantee: string }>`
    select a.grantee::regrole::text as grantee from pg_proc p, aclexplode(p.proacl) a
    where p.proname = 'refresh_statistics' and a.grantee <> p.proowner`.execute(server.deps.db);
  expect(rows).toEqual([{ grantee: 'stoa_app' }]);
});

it('works under any expression that is indexed', async () => {
  const { rows } = await sql<{
    name: string;
  }>`select distinct tablename as name from pg_indexes where schemaname = 'public'`.execute(server.deps.db);
  expect(rows.length).toBeGreaterThan(50);
  const owner = await server.deps.pool.connect();
  try {
    await owner.query('begin; set local role none; set local search_path = pg_catalog, pg_temp');
    for (const { name } of rows) await owner.query(`analyze public."${name}"`);
    await owner.query('rollback');
  } finally {
    owner.release();
  }
});
