import { sql } from 'kysely';
import { systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { bindRequested } from './bind-requested.ts';
import { matchesOf } from './find-matches.ts';

/**
 * After a crawl: binds what people asked for before it was known, where one object alone bears the name now. Of several a
 * governor picks.
 */
export async function bindFound(tx: Tx, after: AfterCommit, connectionId: string): Promise<void> {
  const { rows } = await sql<{ requested_id: string; object_id: string }>`
    select t.id as requested_id, min(m.id::text) as object_id
    from requested_asset t cross join lateral ${matchesOf} m
    where t.registered_at is null
    group by t.id having count(*) = 1 and bool_or(m.connection_id = ${connectionId}) order by t.id`.execute(tx);
  for (const row of rows)
    await bindRequested(tx, after, { requestedId: row.requested_id, objectId: row.object_id, actor: systemActor });
}
