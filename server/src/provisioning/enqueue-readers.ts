import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { AfterCommit } from '../db/transact.ts';
import type { KeyCause } from './enqueue-keys.ts';
import { hasDataPolicies, viewedConnections } from './load-mask-facts.ts';

/** More people than this are looked at with everybody: one look costs less than so many keys. */
const peopleAtOnce = 2_000;

/**
 * Wakes the reconciler for what platforms know about some people: whom policies except, what row rules ask, and exceptions. Only
 * where any of it is looked up. `isOther`: their logins may be others by now, so that what stands under the former ones is not
 * found by them.
 * @param change.people a query of the ids of the people
 */
export async function enqueueReaders(
  tx: Tx,
  after: AfterCommit,
  change: { people: RawBuilder<unknown>; cause: KeyCause; isOther?: boolean },
): Promise<void> {
  const { people, cause, isOther = false } = change;
  const { rows } = await sql<{ connection_id: string }>`
    with place as materialized (
      select n.connection_id from reader_need n where n.formulas <> '[]' or n.attributes <> '{}' or n.groups or n.fields <> '{}'
      union select e.connection_id from exemption_status e where e.state <> 'REMOVED' and e.global_user_id in (${people})
    ), person (id) as materialized (select * from (${people}) w where exists (select from place)
    ), many as materialized (select ${isOther} or count(*) > ${peopleAtOnce} as is_many from person)
    insert into provisioning_key (connection_id, global_user_id, cause, facet)
    select distinct place.connection_id, case when not m.is_many then w.id end, ${cause}, case when m.is_many then 'access' else 'reader' end
    from place, person w, many m
    returning connection_id`.execute(tx);
  for (const id of new Set(rows.map((row) => row.connection_id))) after.reconcile(id);
}

/** Wakes the reconciler for a connection whose tables or their columns changed, as far as anything stands before them. */
export async function enqueueMaskedSources(
  tx: Tx,
  after: AfterCommit,
  connectionId: string,
  cause: KeyCause,
): Promise<void> {
  const { rows } = await sql<{ connection_id: string }>`
    insert into provisioning_key (connection_id, cause) select ${connectionId}::uuid, ${cause} where ${hasDataPolicies} or ${connectionId}::uuid in (${viewedConnections})
    returning connection_id`.execute(tx);
  for (const row of rows) after.reconcile(row.connection_id);
}
