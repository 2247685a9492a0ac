import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { ConnectionRow } from './queries.ts';

/** The stored connection with this key; for features that hang things on it. */
export async function findConnection(db: Reader, connectionKey: string): Promise<ConnectionRow | undefined> {
  const { rows } = await sql<ConnectionRow>`select * from connection where connection_key = ${connectionKey}`.execute(
    db,
  );
  return rows[0];
}
