import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requestAudit } from './audit.ts';
import type { LoadedRequest } from './load-requests.ts';

/** Large enough that ten thousand ends of one second take ten transactions, small enough that each is short. */
const batch = 1_000;
/** Without any end in sight the caller's own cap decides when to look again. */
const noEndInSight = 60_000;

/**
 * Ends every access whose time has come by the database's clock: never early, and once only, since rows that another
 * replica is ending, or that somebody is revoking or extending, are left to them and looked at again.
 */
export async function endExpiredAccess(deps: Deps): Promise<void> {
  for (;;) {
    const ended = await transact(deps, endBatch);
    if (ended < batch) return;
  }
}

type Expired = Pick<
  LoadedRequest,
  | 'id'
  | 'type'
  | 'requesting_user'
  | 'beneficiary'
  | 'target_id'
  | 'target_name'
  | 'data_product_id'
  | 'domains'
  | 'form_version'
  | 'expiration'
>;

async function endBatch(tx: Tx, after: AfterCommit): Promise<number> {
  const { rows } = await sql<Expired & { connection_ids: string[] }>`
    with due as (
      select id from access_request where status = 'APPROVED' and expiration <= clock_timestamp()
      order by expiration limit ${batch} for no key update skip locked
    ), ended as (
      update access_request r set status = 'EXPIRED', ended_at = clock_timestamp(), end_reason = 'The approved period is over.', updated_at = now()
      from due where r.id = due.id
      returning r.id, r.type, r.requesting_user, r.beneficiary, r.target_id, r.data_product_id, r.asset_id, r.form_version, r.expiration
    ), keys as (
      insert into provisioning_key (connection_id, target_id, global_user_id, cause, facet)
      select distinct c.connection_id, e.target_id, e.beneficiary, 'expiry', case e.type when 'MASKING_EXCEPTION' then 'reader' else 'access' end from ended e join container c on c.target_id = e.target_id
      returning connection_id
    )
    select e.id, e.type, e.target_id, e.data_product_id, e.form_version, e.expiration,
      json_build_object('globalUserId', q.global_user_id, 'name', q.name) as requesting_user,
      json_build_object('globalUserId', b.global_user_id, 'name', b.name) as beneficiary,
      coalesce(p.name, (select coalesce(o.name, t.object_path[cardinality(t.object_path)]) from requested_asset t
        left join data_object o on o.id = t.id where t.id = e.asset_id), '') as target_name,
      (select coalesce(json_agg(json_build_object('id', x.domain_id)), '[]') from data_product_domain x
        where x.data_product_id = e.data_product_id) as domains,
      (select array_agg(distinct k.connection_id) from keys k) as connection_ids
    from ended e join app_user q on q.global_user_id = e.requesting_user join app_user b on b.global_user_id = e.beneficiary
    left join data_product p on p.id = e.data_product_id`.execute(tx);
  await appendAudit(
    tx,
    rows.map((request) =>
      requestAudit(request, {
        action: 'AccessExpired',
        actor: systemActor,
        payload: { expiration: request.expiration?.toISOString() },
      }),
    ),
  );
  for (const row of rows) {
    after.changed('access-request', row.id);
    after.changed('membership', row.id);
  }
  for (const id of rows[0]?.connection_ids ?? []) after.reconcile(id);
  return rows.length;
}

/** Milliseconds until the next end of access by the database's clock; 0 when one is due. */
export async function nextExpiry(deps: Deps): Promise<number> {
  const { rows } = await sql<{ wait: number | null }>`
    select ceil(extract(epoch from min(expiration) - clock_timestamp()) * 1000)::float8 as wait
    from access_request where status = 'APPROVED' and expiration is not null`.execute(deps.db);
  const wait = rows[0]?.wait ?? noEndInSight;
  return Math.min(noEndInSight, Math.max(0, wait));
}
