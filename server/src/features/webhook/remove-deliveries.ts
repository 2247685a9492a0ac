import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { inParts } from '../../work/in-parts.ts';

/** What arrived is kept for so long; what did not, longer, since somebody may still want to send it again. */
const deliveredDays = 30;
const deadDays = 90;

/** Removes deliveries with their attempts, and texts that nobody else is told. Answers how many. */
async function removeDeliveries(db: Db, where: RawBuilder<unknown>, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with gone as (
      delete from webhook_delivery where id = any(array(select id from webhook_delivery where ${where} limit ${most}))
      returning id, message
    ), text as (
      delete from webhook_message m where m.id in (select message from gone)
        and not exists (select from webhook_delivery d where d.message = m.id and d.id not in (select id from gone))
    )
    select count(*) from gone`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Removes deliveries that have had their day. Answers whether there may be more. */
export async function forgetOldDeliveries({ db }: Pick<Deps, 'db'>): Promise<boolean> {
  let isMore = false;
  for (const [state, days] of [['DELIVERED', deliveredDays] as const, ['DEAD', deadDays] as const]) {
    const old = sql`state = ${state} and state in ('DELIVERED', 'DEAD') and created_at < now() - make_interval(days => ${days})`;
    if (await inParts((most) => removeDeliveries(db, old, most))) isMore = true;
  }
  // Those whose last two deliveries went at once, each seeing the other.
  const areLeft = await inParts(async (most) => {
    const { numAffectedRows } = await sql`
      delete from webhook_message where id = any(array(select id from webhook_message m
        where created_at < now() - make_interval(days => ${deadDays})
          and not exists (select from webhook_delivery d where d.message = m.id) limit ${most}))`.execute(db);
    return Number(numAffectedRows);
  });
  return isMore || areLeft;
}

/** Removes what is left of webhooks that were deleted. Answers whether there may be more. */
export async function removeRemains({ db }: Pick<Deps, 'db'>): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`select webhook_id as id from webhook_remains`.execute(db);
  for (const { id } of rows) {
    if (await inParts((most) => removeDeliveries(db, sql`webhook_id = ${id}`, most))) return true;
    await sql`delete from webhook_remains where webhook_id = ${id}`.execute(db);
  }
  return false;
}
