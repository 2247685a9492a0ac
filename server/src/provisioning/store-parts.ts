import type { TargetKind, TargetPart } from '@stoa/core/access/model';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { Reader } from '../db/pool.ts';

export type PartBody = {
  readonly who: NonNullable<TargetPart['who']>;
  readonly guardrails: TargetPart['guardrails'];
  readonly causes: readonly string[];
  /** Of policy containers: the names of the policies, for the comment on the platform. */
  readonly label: string | null;
};

/** A part as it was compiled last. */
export type StoredPart = {
  readonly targetId: string;
  readonly kind: TargetKind;
  readonly containerNumber: number;
  readonly part: number;
  readonly key: string | null;
  readonly body: PartBody | null;
};

/** A part as it is to be stored. */
export type PartRow = Pick<StoredPart, 'targetId' | 'part' | 'key' | 'body'> & { readonly asks: readonly string[] };

/** Whose lease it is, and under which fence. */
export type Writer = { readonly replicaId: string; readonly fence: number };

type Storing = {
  readonly connectionId: string;
  readonly writer: Writer;
  readonly changed: readonly PartRow[];
  /** Policy containers that are new; they have no target yet. */
  readonly added: readonly PartRow[];
};

/**
 * Keeps what was compiled while the lease is the writer's: approvals are judged by it, so that a replica which was paused
 * must not put back what it saw long ago. Answers the target and number of each new policy container by its key.
 */
export async function storeParts(
  db: Reader,
  { connectionId, writer, changed, added }: Storing,
): Promise<ReadonlyMap<string, { targetId: string; containerNumber: number }>> {
  if (changed.length + added.length === 0) return new Map();
  const fresh = added.map((row) => ({ ...row, targetId: newUuid() }));
  const { rows } = await sql<{ key: string; targetId: string; containerNumber: number }>`
    with fence as materialized (
      select from connection_lease
      where connection_id = ${connectionId} and holder = ${writer.replicaId} and fence = ${writer.fence} for share
    ), fresh as materialized (
      select x.* from fence, jsonb_to_recordset(${JSON.stringify(fresh)}::jsonb) as x ("targetId" uuid, part int, key text, body jsonb, asks text[])
    ), container_of as (
      insert into container (connection_id, target_id, kind) select ${connectionId}, f."targetId", 'po' from fresh f
      returning target_id, number
    ), stored as (
      insert into container_part (connection_id, target_id, part, key, body, asks)
      select ${connectionId}, x."targetId", x.part, x.key, nullif(x.body, 'null'), coalesce(x.asks, '{}')
      from (select * from fresh union all
        select c.* from fence, jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as c ("targetId" uuid, part int, key text, body jsonb, asks text[])) x
      where x."targetId" in (select target_id from container_of)
        or exists (select from container c where c.connection_id = ${connectionId} and c.target_id = x."targetId")
      on conflict (connection_id, target_id, part) do update set key = excluded.key, body = excluded.body, asks = excluded.asks
    )
    select f.key, f."targetId", c.number::int as "containerNumber" from fresh f join container_of c on c.target_id = f."targetId"`.execute(
    db,
  );
  return new Map(rows.map(({ key, ...place }) => [key, place]));
}

/** What was compiled before, of some targets and of every container of policies. */
export async function loadStoredParts(
  db: Reader,
  connectionId: string,
  targets: readonly { readonly targetId: string }[],
): Promise<StoredPart[]> {
  const { rows } = await sql<StoredPart>`
    select x.target_id as "targetId", c.kind, c.number::int as "containerNumber", x.part, x.key, x.body
    from container c join container_part x on x.connection_id = c.connection_id and x.target_id = c.target_id
    where c.connection_id = ${connectionId}
      and (c.kind = 'po' or c.target_id = any(${targets.map((target) => target.targetId)}::uuid[]))`.execute(db);
  return rows;
}
