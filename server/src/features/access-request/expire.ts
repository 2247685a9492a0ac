import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requestAudit } from './audit.ts';
import { requestEvent } from './request-event.ts';
import type { LoadedRequest } from './load-requests.ts';

/** Large enough that ten thousand ends of one second take ten transactions, small enough that each is short. */
const batch = 1_000;
/** Without any end in sight the caller's own cap decides when to look again. */
const noEndInSight = 60_000;

/**
 * Ends every access whose time has come by the database's clock: never early, and once only, since rows that another
 * replica is ending, or that somebody is revoking or extending, are left to them and looked at again. Aborted, it stops between batches.
 */
export async function endExpiredAccess(deps: Deps, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true) {
    const ended = await transact(deps, endBatch).catch((error: unknown) => takeAwayUnrecorded(deps, error));
    if (ended < batch) return;
  }
}

/**
 * The end could not be written, with its row in the audit trail or at all. What is over is taken away on the platforms nevertheless, as
 * facts say it is over whatever the status; the request and the trail follow once they can be written.
 */
async function takeAwayUnrecorded(deps: Deps, error: unknown): Promise<never> {
  const { rows } = await sql<{ connection_id: string }>`
    insert into provisioning_key (connection_id, target_id, global_user_id, cause, facet)
    select distinct c.connection_id, r.target_id, r.beneficiary, 'expiry', f.facet
    from access_request r join container c on c.target_id = r.target_id
      cross join lateral (select case r.type when 'MASKING_EXCEPTION' then 'reader' else 'access' end as facet) f
    where r.status = 'APPROVED' and r.expiration <= clock_timestamp()
      and not exists (select from provisioning_key k where k.connection_id = c.connection_id and k.target_id = r.target_id
        and k.global_user_id = r.beneficiary and k.facet = f.facet)
      and not exists (select from membership_status m where m.access_request_id = r.id and m.connection_id = c.connection_id and m.state = 'REMOVED')
    limit ${batch} returning connection_id`.execute(deps.db);
  for (const id of new Set(rows.map((row) => row.connection_id))) deps.reconciler.kick(id);
  deps.log.error(
    { err: error, keys: rows.length },
    'the end of access could not be recorded; it is taken away on the platforms, and recorded once it can be',
  );
  throw error;
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
        emits: [
          requestEvent(request, 'expired', {
            status: 'EXPIRED',
            expiration: request.expiration?.toISOString() ?? null,
          }),
        ],
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
