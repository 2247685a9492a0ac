import type { DecisionsRow } from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Report } from './read-report.ts';
import { speaksOfRequest } from './report-scope.ts';

type Row = {
  global_user_id: string;
  username: string;
  name: string;
  approved: number;
  denied: number;
  temporary: number;
  median_seconds: number;
  p90_seconds: number;
  followed: number;
  overrode: number;
  in_bulk: number;
};

type Question = {
  scope: Scope;
  from?: string | undefined;
  to?: string | undefined;
  searchText?: string | undefined;
};

/** In bulk: decided in one pass, or in quick succession: so many or more, each within so many seconds of the one before. */
const fewestInBulk = 3;
const bulkSeconds = 10;

/** Decisions with `run`, which is the same for those that one person made one right after the other. */
const inRuns = sql`select d.*, count(*) over (partition by d.action_by, d.run) as run_length from (
  select d.*, count(*) filter (where d.is_new_run) over (partition by d.action_by order by d.created_at, d.id) as run from (
    select d.*, coalesce(d.created_at - lag(d.created_at) over (partition by d.action_by order by d.created_at, d.id) > make_interval(secs => ${bulkSeconds}), true) as is_new_run
    from determination d where d.action_by is not null) d) d`;

/** Per person who decided, by what they did most. What a rule decided by itself is nobody's, and left out. */
export function decisionsReport({ scope, from, to, searchText }: Question): Report<Row, DecisionsRow> {
  const text = searchText?.trim() ?? '';
  const pattern = likePattern(text);
  const waited = sql`extract(epoch from d.created_at - r.created_at)`;
  return {
    rows: sql`select by.global_user_id, by.username, by.name, done.* from (
      select d.action_by, (count(*) filter (where d.status = 'APPROVED'))::int as approved, (count(*) filter (where d.status = 'DENIED'))::int as denied,
        (count(*) filter (where d.status = 'APPROVED' and d.duration is not null))::int as temporary, count(*)::int as decided,
        coalesce(percentile_cont(0.5) within group (order by ${waited}) filter (where d.is_final), 0)::float8 as median_seconds,
        coalesce(percentile_cont(0.9) within group (order by ${waited}) filter (where d.is_final), 0)::float8 as p90_seconds,
        (count(*) filter (where a.recommendation in ('APPROVED', 'DENIED') and a.recommendation = d.status))::int as followed,
        (count(*) filter (where a.recommendation in ('APPROVED', 'DENIED') and a.recommendation <> d.status))::int as overrode,
        (count(*) filter (where d.bulk_id is not null or d.run_length >= ${fewestInBulk}))::int as in_bulk
      from (${inRuns}) d join access_request r on r.id = d.access_request_id left join determination_advice a on a.determination_id = d.id
      where ${speaksOfRequest(scope)}
        and (${from ?? null}::timestamptz is null or d.created_at >= ${from ?? null}::timestamptz)
        and (${to ?? null}::timestamptz is null or d.created_at < ${to ?? null}::timestamptz)
      group by d.action_by) done join app_user by on by.global_user_id = done.action_by
      where ${text === '' ? sql`true` : sql`(by.name ilike ${pattern} or by.username ilike ${pattern})`}`,
    order: [
      { value: sql`- decided`, type: 'integer' },
      { value: sql`lower(name)`, type: 'text' },
      { value: sql`global_user_id`, type: 'uuid' },
    ],
    tell: (row) => ({
      steward: { globalUserId: row.global_user_id, username: row.username, name: row.name },
      approved: row.approved,
      denied: row.denied,
      temporary: row.temporary,
      medianSeconds: Math.max(0, row.median_seconds),
      p90Seconds: Math.max(0, row.p90_seconds),
      inBulk: row.in_bulk,
      followedAdvice: row.followed,
      overrodeAdvice: row.overrode,
    }),
  };
}
