import type { ActivityReadingState, SourceActivity } from '@stoa/contract/query-activity';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import { speaksOfSource } from '../report/report-scope.ts';

type Question = { sourceId: number; days: number; scope: Scope };

type ReadingRow = {
  way: 'statistics' | 'log' | 'none' | null;
  observed_since: Date | null;
  last_read_at: Date | null;
  forgotten: string | null;
  unresolved_calls: string | null;
  failure: string | null;
};

type SourceRow = ReadingRow & {
  data_object_id: string;
  connection_key: string;
  from_day: string;
  to_day: string;
};

/** Day by day; undefined where the reader's reports do not speak of the source. */
export async function readSourceActivity(deps: Deps, question: Question): Promise<SourceActivity | undefined> {
  const { rows } = await sql<SourceRow>`
    select s.data_object_id, c.connection_key, a.way, a.observed_since, a.last_read_at, a.forgotten, a.unresolved_calls, a.failure,
      to_char((now() - make_interval(days => ${question.days - 1})) at time zone 'UTC', 'YYYY-MM-DD') as from_day,
      to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as to_day
    from data_source s join connection c on c.id = s.connection_id left join activity_reading a on a.connection_id = c.id
    where s.id = ${question.sourceId} and ${speaksOfSource(question.scope, sql`s.id`)}`.execute(deps.db);
  const source = rows[0];
  if (source === undefined) return undefined;
  const days = await readDays(deps, source);
  const { rows: whole } = await sql<{ accounts: number; last_at: Date | null }>`
    select count(distinct principal_id)::int as accounts, max(last_at) as last_at from query_activity
    where data_object_id = ${source.data_object_id} and day >= ${source.from_day}::date::timestamp at time zone 'UTC'`.execute(
    deps.db,
  );
  return {
    dataSourceId: question.sourceId,
    connectionKey: source.connection_key,
    reading: tellReading(source, await readSwitches(deps.db)),
    from: source.from_day,
    to: source.to_day,
    days,
    calls: days.reduce((sum, day) => sum + day.calls, 0),
    accounts: whole[0]?.accounts ?? 0,
    lastAt: whole[0]?.last_at?.toISOString() ?? null,
  };
}

async function readDays(deps: Deps, source: SourceRow): Promise<SourceActivity['days']> {
  const { rows } = await sql<{ day: string; calls: string; maybe_calls: string; accounts: number }>`
    select to_char(day at time zone 'UTC', 'YYYY-MM-DD') as day, sum(calls) as calls, sum(maybe_calls) as maybe_calls, count(*)::int as accounts
    from query_activity where data_object_id = ${source.data_object_id} and day >= ${source.from_day}::date::timestamp at time zone 'UTC'
    group by query_activity.day order by query_activity.day`.execute(deps.db);
  return rows.map((row) => ({
    day: row.day,
    calls: Number(row.calls),
    maybeCalls: Number(row.maybe_calls),
    accounts: row.accounts,
  }));
}

function tellReading(row: ReadingRow, switches: ApplicationSwitches): ActivityReadingState {
  return {
    state: stateOf(row, switches),
    way: row.way === 'none' ? null : row.way,
    observedSince: row.observed_since?.toISOString() ?? null,
    lastReadAt: row.last_read_at?.toISOString() ?? null,
    forgotten: Number(row.forgotten ?? 0),
    unresolvedCalls: Number(row.unresolved_calls ?? 0),
    failure: row.failure,
    everyMinutes: switches.activityEveryMinutes,
    keptDays: switches.activityKeepDays,
  };
}

function stateOf(row: ReadingRow, { activityEveryMinutes }: ApplicationSwitches): ActivityReadingState['state'] {
  if (activityEveryMinutes === 0) return 'off';
  if (row.failure !== null) return 'failed';
  if (row.way === null) return 'waiting';
  return row.way === 'none' ? 'not_told' : 'counted';
}
