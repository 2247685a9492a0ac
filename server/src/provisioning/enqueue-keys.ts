import type { RequestType } from '@stoa/contract/enums';
import { type RawBuilder, sql } from 'kysely';
import type { AfterCommit } from '../db/transact.ts';
import { enqueueReaders } from './enqueue-readers.ts';
import { type Tx, withNext } from '../db/pool.ts';

/** Why a key was enqueued; shown in the audit trail and on the provisioning page. */
export type KeyCause =
  | 'restore'
  | 'determination'
  | 'acceptance'
  | 'revoke'
  | 'expiry'
  | 'product'
  | 'suspension'
  | 'deletion'
  | 'user'
  | 'identity'
  | 'crawl'
  | 'object-state'
  | 'domain'
  | 'tag'
  | 'policy'
  | 'group'
  | 'attribute'
  | 'drift'
  | 'retry'
  | 'button'
  | 'sweep';

type MembershipKey = { targetId: string; globalUserId: string; type: RequestType; cause: KeyCause };

/**
 * The keys of memberships as a part of a statement that changes the facts; `announceMembership` belongs to it.
 * A masking exception is about what a platform knows of its holder, and about no container.
 * @param pairs a query of targets, people and types of request
 */
export const membershipKeys = (
  pairs: RawBuilder<unknown>,
  cause: KeyCause,
): RawBuilder<{ connection_id: string; target_id: string }> => sql`
    insert into provisioning_key (connection_id, target_id, global_user_id, cause, facet)
    select c.connection_id, c.target_id, w.global_user_id, ${cause}, case w.type when 'MASKING_EXCEPTION' then 'reader' else 'access' end
    from (${pairs}) as w (target_id, global_user_id, type) join container c on c.target_id = w.target_id
    where c.target_id = any(array(select p.target_id from (${pairs}) as p (target_id, global_user_id, type)))
    returning connection_id, target_id`;

export function announceMembership(after: AfterCommit, connectionIds: readonly string[]): void {
  after.isDecision = true;
  for (const id of connectionIds) after.reconcile(id);
}

/** One user on one target, on every connection that the target's sources lie on. */
export async function enqueueMembership(tx: Tx, after: AfterCommit, key: MembershipKey): Promise<void> {
  const keys = membershipKeys(sql`values (${key.targetId}::uuid, ${key.globalUserId}::uuid, ${key.type})`, key.cause);
  const { rows } = await sql<{ connection_id: string }>`${keys}`.execute(tx);
  announceMembership(
    after,
    rows.map((row) => row.connection_id),
  );
}

/** Some policy in force may act on what is published, or compares people with it. */
const namesProducts = sql<boolean>`exists (select from policy p where p.state = 'active' and not p.protected
  and p.deleted_at is null and (p.body::text like '%hasTagAs%' or p.body::text like '%Stoa Data Product%'))`;

/** The whole of a target, on every connection it has a container on. */
export async function enqueueTarget(
  tx: Tx,
  after: AfterCommit,
  key: { targetId: string; cause: KeyCause },
): Promise<void> {
  // What a product holds is told by a tag, which policies may ask about.
  const { rows } = await sql<{ connection_id: string }>`
    insert into provisioning_key (connection_id, target_id, cause)
    select c.connection_id, case when ${['product', 'deletion'].includes(key.cause)} and ${namesProducts} then null else c.target_id end, ${key.cause}
    from container c where c.target_id = ${key.targetId}
    returning connection_id`.execute(tx);
  for (const row of rows) after.reconcile(row.connection_id);
}

/** Everything of one connection. */
export async function enqueueConnection(
  tx: Tx,
  after: AfterCommit,
  key: { connectionId: string; cause: KeyCause; taskId?: string },
): Promise<void> {
  await sql`insert into provisioning_key (connection_id, cause, task_id) values (${key.connectionId}, ${key.cause}, ${key.taskId ?? null})`.execute(
    tx,
  );
  after.reconcile(key.connectionId);
}

/** What a sweep asks for: a look at targets, or, by null, at the whole. One that waits for it already sees what moved since as well. */
export async function enqueueSwept(
  tx: Tx,
  after: AfterCommit,
  { connectionId, targetIds }: { connectionId: string; targetIds: readonly (string | null)[] },
): Promise<void> {
  await sql`insert into provisioning_key (connection_id, target_id, cause)
    select ${connectionId}, w.target_id, 'sweep' from unnest(${[...targetIds]}::uuid[]) as w (target_id)
    where not exists (select from provisioning_key k
      where k.connection_id = ${connectionId} and k.cause = 'sweep' and (k.target_id is null or k.target_id = w.target_id))`.execute(
    tx,
  );
  after.reconcile(connectionId);
}

/** More people than this are looked at container by container. */
const peopleAtOnce = 100;

/**
 * Every membership that people hold or held and that may still stand on a platform. When it is their logins that changed, the
 * targets as a whole: the membership to take away is that of the former one, which no fact names any more. What policies give
 * is looked at as well, whether or not they had it.
 * @param key.people a query of their ids
 */
export async function enqueueUsers(
  tx: Tx,
  after: AfterCommit,
  key: { people: RawBuilder<unknown>; cause: KeyCause },
): Promise<void> {
  const isOther = key.cause === 'identity';
  const { rows } = await sql<{ connection_id: string }>`
    with person (id) as materialized (select * from (${key.people}) w),
    one (id) as materialized (select distinct case when not ${isOther} and (select count(*) from person) <= ${peopleAtOnce} then id end from person)
    insert into provisioning_key (connection_id, target_id, global_user_id, cause)
    select distinct c.connection_id, c.target_id, one.id, ${key.cause}
    from person p join access_request r on r.beneficiary = p.id join container c on c.target_id = r.target_id
      join one on one.id is null or one.id = r.beneficiary
    where r.type = 'DATA_ACCESS' and r.decided_at is not null and r.status <> 'DENIED'
    union
    select c.connection_id, case when not ${isOther} then c.target_id end, one.id, ${key.cause}
    from container c cross join one where c.kind = 'po'
    returning connection_id`.execute(tx);
  for (const id of new Set(rows.map((row) => row.connection_id))) after.reconcile(id);
  await enqueueReaders(tx, after, { people: key.people, cause: key.cause, isOther });
}

/** The same for one person. */
export const enqueueUser = (
  tx: Tx,
  after: AfterCommit,
  key: { globalUserId: string; cause: KeyCause },
): Promise<void> => enqueueUsers(tx, after, { people: sql`select ${key.globalUserId}::uuid`, cause: key.cause });

/**
 * Gives a target its container on every connection that one of its sources lies on. The container itself is made on the
 * platform by the reconciler; its number is taken here, once, since role names are cluster-wide.
 */
export async function ensureContainers(tx: Tx, target: { targetId: string; kind: 'dp' | 'as' }): Promise<void> {
  const places =
    target.kind === 'as'
      ? sql`select o.connection_id from data_object o where o.id = ${target.targetId}::uuid`
      : sql`select distinct s.connection_id from data_product_source p join data_source s on s.id = p.data_source_id
          where p.data_product_id = ${target.targetId}::uuid`;
  await sql`${withNext}
    insert into container (connection_id, target_id, kind)
    select place.connection_id, ${target.targetId}::uuid, ${target.kind} from (${places}) place
    on conflict do nothing`.execute(tx);
}
