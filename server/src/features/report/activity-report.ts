import type { Technology } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import type { ActivityRow } from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Report } from './read-report.ts';
import { speaksOfSource } from './report-scope.ts';

type Row = {
  data_source_id: number;
  source_name: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  principal_id: string;
  person: PersonName | null;
  account: string;
  calls: string;
  maybe_calls: string;
  first_at: Date;
  last_at: Date;
};

type Question = {
  scope: Scope;
  days: number;
  sourceId?: number | undefined;
  connectionKey?: string | undefined;
  searchText?: string | undefined;
};

/** How often each login read each data source in the last `days`, the latest first. */
export function activityReport({
  scope,
  days,
  sourceId,
  connectionKey,
  searchText,
}: Question): Report<Row, ActivityRow> {
  const text = searchText?.trim() ?? '';
  const pattern = likePattern(text);
  return {
    rows: sql`
      select s.id as data_source_id, s.name as source_name, c.connection_key, c.technology, o.object_path, q.principal_id, q.account, q.calls, q.maybe_calls,
        q.first_at, q.last_at, case when u.global_user_id is not null
          then json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name)::jsonb end as person
      from (select data_object_id, principal_id, max(account) as account, sum(calls) as calls, sum(maybe_calls) as maybe_calls, min(first_at) as first_at, max(last_at) as last_at
          from query_activity where day > now() - make_interval(days => ${days}) - interval '1 day' and last_at > now() - make_interval(days => ${days})
            and (${sourceId ?? null}::int is null or data_object_id = (select one.data_object_id from data_source one where one.id = ${sourceId ?? null}))
          group by 1, 2) q
        join data_source s on s.data_object_id = q.data_object_id join data_object o on o.id = s.data_object_id join connection c on c.id = s.connection_id
        left join platform_identity i on i.connection_id = s.connection_id and i.platform_principal_id = q.principal_id
        left join app_user u on u.global_user_id = i.global_user_id
      where (${connectionKey ?? null}::text is null or c.connection_key = ${connectionKey ?? null})
        and (${text === ''} or s.name ilike ${pattern} or q.account ilike ${pattern} or u.name ilike ${pattern} or u.username ilike ${pattern})
        and ${speaksOfSource(scope, sql`s.id`)}`,
    order: [
      { value: sql`- extract(epoch from last_at)`, type: 'numeric' },
      { value: sql`data_source_id`, type: 'integer' },
      { value: sql`principal_id`, type: 'text' },
    ],
    tell: (row) => ({
      source: {
        dataSourceId: row.data_source_id,
        name: row.source_name,
        connectionKey: row.connection_key,
        technology: row.technology,
        objectPath: row.object_path,
      },
      user: row.person,
      account: row.account,
      calls: Number(row.calls),
      maybeCalls: Number(row.maybe_calls),
      firstAt: row.first_at.toISOString(),
      lastAt: row.last_at.toISOString(),
    }),
  };
}
