import { type AuditCounts, auditFamily } from '@stoa/contract/audit';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { familyOf } from './families.ts';
import { type AuditFilter, conditionsOf, isIndexed, payloadBytes, searchedBytes } from './search-audit.ts';

/** As many of the newest as are looked at, so that no call runs long; fewer where their payloads are searched and large. */
const mostLookedAt = 300_000;
const day = 86_400_000;
const usualDays = 30;

type Counted = { day: string; action: string; found: number; looked: number; count: number; others: number };
type Ask = { readonly now: Date; readonly most?: number; readonly mostBytes?: number };

/** How many events a day and of which family, within the filter. */
export async function countAudit(
  db: Reader,
  filter: AuditFilter,
  { now, most = mostLookedAt, mostBytes = searchedBytes }: Ask,
): Promise<AuditCounts> {
  const to = filter.to ?? now.toISOString();
  const from = filter.from ?? new Date(Date.parse(to) - usualDays * day).toISOString();
  const { from: _from, to: _to, ...narrowing } = filter;
  const conditions = await conditionsOf(db, narrowing);
  // Where no index finds what the filter lets through, the bound is on what is looked through for it.
  const [indexed, fits] = isIndexed(filter) ? [conditions, sql`true`] : [sql`true`, conditions];
  const bytes = filter.searchText
    ? sql`sum(${payloadBytes}) over (order by event_timestamp desc, sequence desc)`
    : sql`0`;
  const { rows } = await sql<Counted>`
    select to_char(event_timestamp at time zone 'UTC', 'YYYY-MM-DD') as day, action, count(*)::int as found, count(fits)::int as looked,
      (count(*) filter (where fits))::int as count, (count(*) filter (where fits and action_status <> 'SUCCESS'))::int as others
    from (select event_timestamp, action, action_status, case when bytes <= ${mostBytes} then (${fits}) end as fits
      from (select *, ${bytes} as bytes from audit_event
        where event_timestamp >= ${from}::timestamptz and event_timestamp < ${to}::timestamptz and ${indexed}
        order by event_timestamp desc, sequence desc limit ${most}) newest) e
    group by 1, 2 order by 1`.execute(db);
  const days = new Map<string, { day: string; count: number; others: number }>();
  const families = new Map(auditFamily.options.map((family) => [family, 0]));
  let [found, looked] = [0, 0];
  for (const row of rows) {
    found += row.found;
    looked += row.looked;
    if (row.count === 0) continue;
    const one = days.get(row.day) ?? { day: row.day, count: 0, others: 0 };
    days.set(row.day, { ...one, count: one.count + row.count, others: one.others + row.others });
    const family = familyOf(row.action);
    families.set(family, (families.get(family) ?? 0) + row.count);
  }
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    days: [...days.values()],
    families: [...families].map(([family, count]) => ({ family, count })),
    countedOnly: looked < found || found >= most ? looked : null,
  };
}
