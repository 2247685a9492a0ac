import type { AuditEvent } from '@stoa/contract/audit';
import type { Scope } from '@stoa/core/permissions/standing';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { ownNodes } from '../data-object/held-roles.ts';

export type AuditFilter = {
  /** Every row, or those about some domains and what somebody owns. */
  scope: Scope;
  action?: readonly string[] | undefined;
  actor?: readonly string[] | undefined;
  targetType?: readonly string[] | undefined;
  target?: readonly string[] | undefined;
  outcome?: readonly string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  searchText?: string | undefined;
};

export type AuditRow = {
  id: string;
  sequence: number;
  action: string;
  action_status: AuditEvent['actionStatus'];
  event_timestamp: Date;
  actor: AuditEvent['actor'];
  actor_ip: string | null;
  target_type: string | null;
  targets: { id: string; name?: string; type?: string }[];
  related_resources: AuditEvent['relatedResources'];
  payload: Record<string, unknown> & { type: string; version: number | string };
  request_id: string | null;
  session_id: string | null;
  seal: { seq: number; checkpointAt: string | null } | null;
};
export type AuditPage = {
  rows: AuditRow[];
  next: number | null;
  /** Where the search stopped before it had a whole page: it goes on from there. */
  lookedSince: Date | null;
};

/** Without an index to find them by, rows are looked through in stretches, so that no call runs long. */
const stretch = 50_000;
const stretchesPerCall = 6;
/** Nor as many as that where their payloads are large: 20,000 statements of 16 kB, unpacked to be searched, take 5 s. */
export const searchedBytes = 16_000_000;
/** As it is stored; telling it unpacks nothing. */
export const payloadBytes = sql`pg_column_size(payload)`;
/** Of a statement that names thousands of tables the rest would take longer than all else of the search. */
const searchedOfStatement = 1_000;

/**
 * One page, newest first, below sequence `before`. With a filter that no index serves, a page may be shorter than asked
 * for and still have a next one: the search goes on from where it stopped.
 */
export async function searchAudit(
  db: Reader,
  filter: AuditFilter,
  page: { before: number | null; limit: number; most?: number },
): Promise<AuditPage> {
  const { before, limit, most = searchedBytes } = page;
  const conditions = await conditionsOf(db, filter);
  const top = before ?? (await nextSequence(db));
  if (isIndexed(filter)) return cut(await readRows(db, conditions, { below: top, from: 0, limit: limit + 1 }), limit);
  const rows: AuditRow[] = [];
  let below = top;
  for (let turn = 0; turn < stretchesPerCall && rows.length <= limit && below > 0; turn++) {
    const next = await nextStretch(db, filter, { from: 0, below, most });
    rows.push(...(await readRows(db, conditions, { ...next, limit: limit + 1 - rows.length })));
    below = next.from;
  }
  if (rows.length > limit || below === 0) return cut(rows, limit);
  return { rows, next: below, lookedSince: await timeAt(db, below) };
}

function cut(rows: AuditRow[], limit: number): AuditPage {
  const kept = rows.slice(0, limit);
  return { rows: kept, next: rows.length > limit ? (kept.at(-1)?.sequence ?? null) : null, lookedSince: null };
}

/**
 * The next stretch to look through, from either end of what is left. Where payloads are searched it is of one row at least, and of no
 * more bytes than `most`.
 */
export async function nextStretch(
  db: Reader,
  { searchText }: AuditFilter,
  left: { from: number; below: number; isOldestFirst?: boolean; most?: number },
): Promise<{ from: number; below: number }> {
  const { isOldestFirst = false, most = searchedBytes } = left;
  const from = isOldestFirst ? left.from : Math.max(left.from, left.below - stretch);
  const below = isOldestFirst ? Math.min(left.below, left.from + stretch) : left.below;
  if (!searchText) return { from, below };
  const [order, first] = isOldestFirst ? [sql`asc`, sql`min`] : [sql`desc`, sql`max`];
  const { rows } = await sql<{ heavy: number | null }>`
    select ${first}(sequence) as heavy from (
      select sequence, sum(${payloadBytes}) over walked as bytes, row_number() over walked as place
      from audit_event where sequence < ${below} and sequence >= ${from} window walked as (order by sequence ${order})) e
    where bytes > ${most} and place > 1`.execute(db);
  const heavy = rows[0]?.heavy ?? null;
  if (heavy === null) return { from, below };
  return isOldestFirst ? { from, below: heavy } : { from: heavy + 1, below };
}

async function timeAt(db: Reader, sequence: number): Promise<Date | null> {
  const { rows } = await sql<{ at: Date }>`
    select event_timestamp as at from audit_event where sequence >= ${sequence} order by sequence limit 1`.execute(db);
  return rows[0]?.at ?? null;
}

/** Whether an index finds what the filter lets through, so that nothing is looked through for it. */
export const isIndexed = (filter: AuditFilter): boolean =>
  filter.scope === 'all' && !filter.searchText && Boolean(filter.action ?? filter.actor ?? filter.target);

async function nextSequence(db: Reader): Promise<number> {
  const { rows } = await sql<{ top: number | null }>`select max(sequence) + 1 as top from audit_event`.execute(db);
  return rows[0]?.top ?? 0;
}

export async function readRows(
  db: Reader,
  conditions: RawBuilder<unknown>,
  range: { below: number; from: number; limit: number; isOldestFirst?: boolean },
): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    select e.*, (select json_build_object('seq', s.seq, 'checkpointAt', (select to_char(c.time at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from audit_checkpoint c where c.seq >= s.seq order by c.seq, c.number limit 1))
      from audit_seal s where s.event_id = e.id) as seal
    from (select id, sequence, action, action_status, event_timestamp, actor, actor_ip, target_type, targets, related_resources,
        payload, request_id, session_id
      from audit_event where sequence < ${range.below} and sequence >= ${range.from} and ${conditions}
      order by sequence ${range.isOldestFirst === true ? sql`asc` : sql`desc`} limit ${range.limit}) e
    order by sequence ${range.isOldestFirst === true ? sql`asc` : sql`desc`}`.execute(db);
  return rows;
}

/** What a row is about is among its targets or beside them: objects and data sources of an owner, and requests for what holds one. */
function isInScope({ domainIds, owner }: Exclude<Scope, 'all'>): RawBuilder<boolean> {
  const isOfDomain = sql<boolean>`domain_ids && ${[...domainIds]}::uuid[]`;
  if (owner === null) return isOfDomain;
  const owned = sql`select o.id from data_source o where o.data_object_id in (${ownNodes(owner, 'Data Owner')})`;
  return sql<boolean>`(${isOfDomain} or exists (
    select from jsonb_array_elements(targets || related_resources) about
    where about ->> 'id' in (select mine.id::text from (${ownNodes(owner, 'Data Owner')}) mine)
      or (about ->> 'type' = 'DATA_SOURCE' and about ->> 'id' in (select mine.id::text from (${owned}) mine))
      or (target_type = 'ACCESS_REQUEST' and about ->> 'id' in (select x.data_product_id::text from data_product_source x
        where x.data_source_id in (${owned})))))`;
}

export async function conditionsOf(db: Reader, filter: AuditFilter): Promise<RawBuilder<unknown>> {
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (filter.scope !== 'all') all.push(isInScope(filter.scope));
  if (filter.action) all.push(sql`action = any(${filter.action})`);
  if (filter.actor) all.push(sql`actor_id = any(${await actorIds(db, filter.actor)})`);
  if (filter.targetType) all.push(sql`target_type = any(${filter.targetType})`);
  if (filter.outcome) all.push(sql`action_status = any(${filter.outcome})`);
  if (filter.from !== undefined) all.push(sql`event_timestamp >= ${filter.from}::timestamptz`);
  if (filter.to !== undefined) all.push(sql`event_timestamp < ${filter.to}::timestamptz`);
  if (filter.target) {
    // One containment test per word, since the index of `targets` serves those alone.
    const tests = filter.target.flatMap((word) => [
      sql`targets @> ${JSON.stringify([{ id: word }])}::jsonb`,
      sql`targets @> ${JSON.stringify([{ name: word }])}::jsonb`,
    ]);
    all.push(sql`(${sql.join(tests, sql` or `)})`);
  }
  if (filter.searchText) {
    const words = filter.searchText.toLowerCase();
    all.push(sql`strpos(lower(concat_ws(' ', action, actor->>'name', actor_id, target_type, targets::text,
      related_resources::text, request_id, payload->>'status', payload->>'reason', left(payload->>'statement', ${searchedOfStatement}::int))), ${words}) > 0`);
  }
  return sql.join(all, sql` and `);
}

/** Actors are asked for by id, username or name; rows are found by id. */
async function actorIds(db: Reader, words: readonly string[]): Promise<string[]> {
  const lower = words.map((word) => word.toLowerCase());
  const { rows } = await sql<{ id: string }>`
    select global_user_id::text as id from app_user where lower(username) = any(${lower}) or lower(name) = any(${lower})`.execute(
    db,
  );
  return [...words, ...rows.map((row) => row.id)];
}

export const presentAuditEvent = (row: AuditRow, tenantId: string): AuditEvent => ({
  id: row.id,
  tenantId,
  action: row.action,
  actionStatus: row.action_status,
  eventTimestamp: row.event_timestamp.toISOString(),
  // An event is written in the transaction it describes, so it is received when it happens.
  receivedTimestamp: row.event_timestamp.toISOString(),
  actor: row.actor,
  actorIp: row.actor_ip,
  targetType: row.target_type ?? '',
  targets: row.targets.map((target) => ({ ...target, type: target.type ?? row.target_type ?? '' })),
  relatedResources: row.related_resources,
  auditPayload: { ...row.payload, version: String(row.payload.version) },
  requestId: row.request_id,
  sessionId: row.session_id,
  seal: row.seal,
});
