import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { isReplicaAlive, loopLockClass, loopLocks } from '../../work/advisory-locks.ts';

/** One delivery that is to be sent now, with all that its sending needs. */
export type Claimed = {
  id: string;
  webhookId: string;
  /** Another one once somebody has changed the webhook. */
  version: string;
  messageId: string;
  body: string;
  contentType: string;
  url: string;
  verifyTls: boolean;
  secret: string;
  /** Of the key before a reset, while it signs as well. */
  formerSecret: string | null;
  /** Attempts of the schedule so far; null: it was sent again by hand, and is not tried on. */
  scheduled: number | null;
};

/** Of all replicas together, to one receiver (reliability.md W2). */
export const mostInFlight = 10;
/** Held at a time for a receiver that answers at once: it need not wait until what it was sent is stored. */
const mostForFast = 150;
/** Longer than any attempt takes: whoever claimed it is paused or gone. */
const leaseSeconds = 60;

/** Replicas claim one after the other, so that together they keep to what one receiver is to get at a time. */
export async function takeClaimLock(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${loopLockClass}::int, ${loopLocks.webhookClaims}::int)`.execute(tx);
}

/** The versions of those among some webhooks that are still to be told. */
export async function readVersions(tx: Tx, webhookIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; version: string }>`
    select id, updated_at::text as version from webhook
    where id = any(${[...webhookIds]}::uuid[]) and enabled and suppressed_at is null`.execute(tx);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** Gives back what was claimed and not sent. */
export async function giveBack(tx: Tx, replicaId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`update webhook_delivery set claimed_by = null, claimed_at = null
    where id = any(${[...ids]}::uuid[]) and claimed_by = ${replicaId}`.execute(tx);
}

/** What a replica held that is gone, or stands still, is free: it may have been sent, and is sent again under its id. */
export async function freeAbandoned(tx: Tx, replicaId: string): Promise<void> {
  await sql`
    update webhook_delivery d set claimed_by = null, claimed_at = null where d.claimed_by is not null
      and (d.claimed_at < now() - make_interval(secs => ${leaseSeconds})
        or (d.claimed_by <> ${replicaId} and not ${isReplicaAlive(sql.ref('d.claimed_by'))}))`.execute(tx);
}

/**
 * Claims what is due, for each receiver as much as it has room for: nobody waits for the slow. First attempts about one request
 * follow each other; what failed once is passed by. Of a receiver that another replica sends to as well, no more is claimed
 * than may be in flight.
 * @param of.fast ids of webhooks whose receivers answer at once
 * @param of.most deliveries in all
 */
export async function claimDue(
  tx: Tx,
  { replicaId, fast, most }: { replicaId: string; fast: readonly string[]; most: number },
): Promise<Claimed[]> {
  const { rows } = await sql<Claimed>`
    with busy as materialized (
      select webhook_id, count(*) as n, bool_or(claimed_by <> ${replicaId}) as is_shared from webhook_delivery
      where claimed_by is not null group by 1
    ), hook as materialized (
      select w.*, case when w.id = any(${[...fast]}::uuid[]) and b.is_shared is not true then ${mostForFast}::int else ${mostInFlight}::int end
        - coalesce(b.n, 0) as room
      from webhook w left join busy b on b.webhook_id = w.id where w.enabled and w.suppressed_at is null
    ), due as materialized (
      select x.id from hook h cross join lateral (
        select d.id, d.due_at, d.sequence from webhook_delivery d where d.webhook_id = h.id and d.state in ('PENDING', 'RETRYING') and d.claimed_by is null
          and d.due_at <= now() and (d.state = 'RETRYING' or d.subject is null or not exists (
            select from webhook_delivery e where e.webhook_id = d.webhook_id and e.subject = d.subject and e.state = 'PENDING'
              and e.sequence < d.sequence))
        order by d.due_at, d.sequence limit greatest(h.room, 0)) x order by x.due_at, x.sequence limit ${most}
    ), taken as (
      update webhook_delivery d set claimed_by = ${replicaId}, claimed_at = now()
      where d.id = any(array(select id from due)) and d.claimed_by is null returning d.*
    )
    select t.id, t.webhook_id as "webhookId", h.updated_at::text as version, m.message_id as "messageId", m.body, m.content_type as "contentType", h.url,
      h.verify_tls as "verifyTls", h.secret, case when h.former_until > now() then h.former_secret end as "formerSecret",
      case when t.is_replay then null else t.scheduled end as scheduled
    from taken t join hook h on h.id = t.webhook_id join webhook_message m on m.id = t.message order by t.due_at, t.sequence`.execute(
    tx,
  );
  return rows;
}
