import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';

/** How many connections to this database wait for a lock that another one holds. */
export async function countWaiting(db: Reader): Promise<number> {
  const { rows } = await sql`
    select distinct w.pid from pg_locks w where not granted and exists (select from pg_locks l where l.pid = w.pid
      and l.database = (select oid from pg_database where datname = current_database()))`.execute(db);
  return rows.length;
}

/** Whether some connection to this database waits for a lock that another one holds. */
export const isSomebodyWaiting = async (db: Reader): Promise<boolean> => (await countWaiting(db)) > 0;
