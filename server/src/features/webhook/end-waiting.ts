import { sql } from 'kysely';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { inParts } from '../../work/in-parts.ts';

/**
 * What waits for a webhook that is off or suppressed is dead: it is seen as such, and can be sent again once the webhook is on.
 * What is on its way meanwhile follows when it has come back. Answers whether there may be more.
 */
export async function endWaiting(deps: Deps): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook w where (not enabled or suppressed_at is not null) and exists (select from webhook_delivery d
      where d.webhook_id = w.id and d.state in ('PENDING', 'RETRYING') and d.claimed_by is null)`.execute(deps.db);
  for (const { id } of rows) if (await inParts((most) => endSome(deps, id, most))) return true;
  return false;
}

function endSome(deps: Deps, id: string, most: number): Promise<number> {
  return transact(deps, async (tx, after) => {
    // Held against being turned on meanwhile: what is sent again then must not end here.
    const { rows } = await sql<{ why: string }>`
      select case when suppressed_at is null then 'The webhook was turned off.' else 'The webhook was suppressed. ' || suppressed_why end as why
      from webhook where id = ${id} and (not enabled or suppressed_at is not null) for share`.execute(tx);
    if (rows[0] === undefined) return 0;
    const { numAffectedRows } = await sql`
      update webhook_delivery set state = 'DEAD', dead_why = ${rows[0].why}, is_replay = false where id = any(array(
        select id from webhook_delivery where webhook_id = ${id} and state in ('PENDING', 'RETRYING') and claimed_by is null
        limit ${most} for update skip locked))`.execute(tx);
    if (numAffectedRows) after.changed('webhook', id);
    return Number(numAffectedRows ?? 0);
  });
}
