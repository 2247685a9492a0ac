import type { AuditEvent } from '@stoa/contract/audit';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

export type AuditFilter = {
  /** Every row, or those about some domains alone. */
  scope: 'all' | readonly string[];
  action?: readonly string[] | undefined;
  actor?: readonly string[] | undefined;
  targetType?: readonly string[] | undefined;
  target?: readonly string[] | undefined;
  outcome?: readonly string[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
  searchText?: string | undefined;
};

type AuditRow = {
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
};
export type AuditPage = { rows: AuditRow[]; next: number | null };

/** Without an index to find them by, rows are looked through in stretches, so that no call runs long. */
const stretch = 50_000;
const stretchesPerCall = 6;

/**
 * One page, newest first, below sequence `before`. With a filter that no index serves, a page may be shorter than asked
 * for and still have a next one: the search goes on from where it stopped.
 */
export async function searchAudit(
  db: Reader,
  filter: AuditFilter,
  page: { before: number | null; limit: number },
): Promise<AuditPage> {
  const conditions = await conditionsOf(db, filter);
  const top = page.before ?? (await nextSequence(db));
  if (isIndexed(filter)) {
    const rows = await readRows(db, conditions, { below: top, from: 0, limit: page.limit + 1 });
    return cut(rows, page.limit, null);
  }
  const rows: AuditRow[] = [];
  let below = top;
  for (let turn = 0; turn < stretchesPerCall && rows.length <= page.limit && below > 0; turn++) {
    const from = Math.max(0, below - stretch);
    rows.push(...(await readRows(db, conditions, { below, from, limit: page.limit + 1 - rows.length })));
    below = from;
  }
  return cut(rows, page.limit, below > 0 ? below : null);
}

function cut(rows: AuditRow[], limit: number, reached: number | null): AuditPage {
  if (rows.length <= limit) return { rows, next: reached };
  const kept = rows.slice(0, limit);
  return { rows: kept, next: kept.at(-1)?.sequence ?? null };
}

const isIndexed = (filter: AuditFilter): boolean =>
  filter.scope === 'all' && !filter.searchText && Boolean(filter.action ?? filter.actor ?? filter.target);

async function nextSequence(db: Reader): Promise<number> {
  const { rows } = await sql<{ top: number | null }>`select max(sequence) + 1 as top from audit_event`.execute(db);
  return rows[0]?.top ?? 0;
}

async function readRows(
  db: Reader,
  conditions: RawBuilder<unknown>,
  range: { below: number; from: number; limit: number },
): Promise<AuditRow[]> {
  const { rows } = await sql<AuditRow>`
    select id, sequence, action, action_status, event_timestamp, actor, actor_ip, target_type, targets, related_resources,
      payload, request_id, session_id
    from audit_event where sequence < ${range.below} and sequence >= ${range.from} and ${conditions}
    order by sequence desc limit ${range.limit}`.execute(db);
  return rows;
}

async function conditionsOf(db: Reader, filter: AuditFilter): Promise<RawBuilder<unknown>> {
  const all: RawBuilder<unknown>[] = [sql`true`];
  if (filter.scope !== 'all') all.push(sql`domain_ids && ${filter.scope}::uuid[]`);
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
      related_resources::text, request_id)), ${words}) > 0`);
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
});
