import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { Refusal } from '../../http/refusal.ts';
import { readSwitches } from '../../settings-store.ts';
import type { Look } from './look-once.ts';

/** What came with the change: how many its author saw losing access, and the preview they judged it by. */
export type Confirmation = { readonly confirmLoss?: number | undefined; readonly basedOn?: string | undefined };
type Losing = 'one' | 'many';

/**
 * Lets a transaction commit when it does what its author saw, and when they repeated how many people lose access by it where these
 * are more than the installation lets pass in silence (governance.md 11). It looks at what the transaction has done, under its own
 * locks, so that nothing decided meanwhile slips through.
 */
export const requireConfirmedLoss =
  (look: Look, losing: Losing, { confirmLoss, basedOn }: Confirmation) =>
  async (tx: Tx, after: AfterCommit): Promise<void> => {
    const { confirmLossOver } = await readSwitches(tx);
    const isOfFew = losing === 'one' && confirmLossOver >= 1;
    if (basedOn === undefined && (isOfFew || !(await mayConcernOver({ tx, after }, confirmLossOver)))) return;
    const outcome = await look(tx, after);
    const count = outcome.losing.size;
    if (basedOn !== undefined && basedOn !== outcome.basedOn)
      throw new Refusal('simulation.stale', { extra: { basedOn: outcome.basedOn, losing: count } });
    if (count <= confirmLossOver || confirmLoss === count) return;
    throw new Refusal('policy.confirm_loss', {
      detail: `${count === 1 ? 'One person' : `${count} people`} would lose access. Nothing was changed.`,
      extra: { losing: count, basedOn: outcome.basedOn },
    });
  };

/**
 * Whether more people than the limit may be concerned in their access, by what is known at once: most changes are about few people or
 * about no access. By a product nobody has had access but who was approved for it.
 */
export async function mayConcernOver({ tx, after }: { tx: Tx; after: AfterCommit }, limit: number): Promise<boolean> {
  if (after.reconciles.size + after.sequels.length === 0) return false;
  const { rows } = await sql<{ everybody: number; named: number | null }>`
    with key as materialized (
      select k.global_user_id as person, p.id as product
      from provisioning_key k left join data_product p on p.id = k.target_id and k.global_user_id is null
      where k.xmin = pg_current_xact_id()::xid
    ), named as (
      select person from key where person is not null
      union
      select r.beneficiary from access_request r where r.target_id in (select product from key)
        and r.type = 'DATA_ACCESS' and r.status not in ('PENDING', 'DENIED')
    )
    select (select count(*)::int from app_user) as everybody,
      case when (select bool_and(person is not null or product is not null) from key)
        then (select count(*)::int from named) end as named`.execute(tx);
  const [row] = rows;
  if (row === undefined || row.everybody <= limit) return false;
  return after.sequels.length > 0 || row.named === null || row.named > limit;
}
