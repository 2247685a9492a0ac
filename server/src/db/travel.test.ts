import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { createDatabase, dropDatabase } from '../testing/postgres.ts';
import { until } from '../testing/until.ts';
import { type Db, openDatabase, openPool, withCommit, withNext } from './pool.ts';

let url: string;
let db: Db;
let other: pg.Client;

beforeAll(async () => {
  url = await createDatabase();
  db = openDatabase(openPool({ url, max: 2, log: createLog('silent') }));
  other = new pg.Client({ connectionString: url });
  await other.connect();
  await other.query('create table purse (id int primary key, coins int not null check (coins >= 0))');
});
afterAll(async () => {
  await db.destroy();
  await other.end();
  await dropDatabase(url);
});
beforeEach(() => other.query('truncate purse; insert into purse values (1, 10)'));

const coins = async (): Promise<number> => {
  const { rows } = await other.query<{ coins: number }>('select coins from purse where id = 1');
  return rows[0]?.coins ?? -1;
};
const spend = (many: number) => sql`update purse set coins = coins - ${many} where id = 1`;

test('a transaction whose begin went along with its first statement commits as a whole or not at all', async () => {
  await db.transaction().execute(async (tx) => {
    await spend(1).execute(tx);
    await spend(2).execute(tx);
  });
  expect(await coins()).toBe(7);
  const failing = db.transaction().execute(async (tx) => {
    await spend(3).execute(tx);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await coins()).toBe(7);
});

test('a transaction that asks nothing leaves the session as it was', async () => {
  await db.transaction().execute(async () => {});
  await expect(
    db.transaction().execute(async () => {
      throw new Error('nothing asked');
    }),
  ).rejects.toThrow('nothing asked');
  await spend(1).execute(db);
  expect(await coins()).toBe(9);
});

test('what is read behind a lock that was sent along is as it stands once the lock is held', async () => {
  await other.query('begin');
  await other.query('update purse set coins = 4 where id = 1');
  const reading = db.transaction().execute(async (tx) => {
    await sql`${withNext} select from purse where id = 1 for update`.execute(tx);
    return (await sql<{ coins: number }>`select coins from purse where id = 1`.execute(tx)).rows;
  });
  const isWaiting = `select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()) as w`;
  await until(async () => (await other.query<{ w: boolean }>(isWaiting)).rows[0]?.w || undefined);
  await other.query('commit');
  expect(await reading).toEqual([{ coins: 4 }]);
});

test('of statements sent together the first that failed tells why, and nothing of the transaction stays', async () => {
  const failing = db.transaction().execute(async (tx) => {
    await spend(1).execute(tx);
    await sql`${withNext} select 1 / 0`.execute(tx);
    await spend(1).execute(tx);
  });
  await expect(failing).rejects.toMatchObject({ code: '22012' });
  expect(await coins()).toBe(10);
});

test('a last statement takes the commit along; one that fails takes nothing', async () => {
  await db.transaction().execute(async (tx) => {
    await spend(1).execute(tx);
    await sql`${withCommit} update purse set coins = coins - 1 where id = 1`.execute(tx);
    await until(async () => (await coins()) === 8 || undefined);
  });
  const failing = db.transaction().execute(async (tx) => {
    await spend(1).execute(tx);
    await sql`${withCommit} update purse set coins = -1 where id = 1`.execute(tx);
  });
  await expect(failing).rejects.toMatchObject({ code: '23514' });
  await spend(1).execute(db);
  expect(await coins()).toBe(7);
});
