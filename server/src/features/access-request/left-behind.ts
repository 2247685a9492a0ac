import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type LoadedRecord, recordJson } from './load-requests.ts';

/** The records that re-routes left behind, in the order in which they went. They have no say, but are still seen. */
export async function loadLeftBehind(db: Reader, requestId: string): Promise<LoadedRecord[]> {
  const { rows } = await sql<{ record: LoadedRecord }>`select ${recordJson} as record from approval_record a
    where a.access_request_id = ${requestId} and a.left_behind_at is not null
    order by a.left_behind_at, a.stage, a.position`.execute(db);
  return rows.map((row) => row.record);
}
