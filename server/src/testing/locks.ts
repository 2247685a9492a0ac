import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';

/** Whether some connection to this database waits for a lock that another one holds. */
export async function isSomebodyWaiting(db: Reader): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks w where not granted and exists (select from pg_locks l where l.pid = w.pid
      and l.database = (select oid from pg_database where datname = current_database()))`.execute(db);
  return rows.length > 0;
}
