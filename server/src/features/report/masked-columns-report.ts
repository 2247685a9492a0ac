import type { Technology } from '@stoa/contract/enums';
import type { MaskedColumnRow } from '@stoa/contract/report';
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
  column_name: string;
  masking_type: string;
  degraded_to: string | null;
  policy_id: string;
  policy_name: string;
  matched_tag: string | null;
  except_who: string | null;
  exceptions: MaskedColumnRow['exceptions'];
  exception_count: number;
};

type Question = { scope: Scope; connectionKey?: string | undefined; searchText?: string | undefined };

/** Exceptions that a row tells by name; the count is of all. */
const toldByName = 20;

/** The mask that wins on each column, as the platforms hold it, with whoever sees the column in clear. */
export function maskedColumnsReport({ scope, connectionKey, searchText }: Question): Report<Row, MaskedColumnRow> {
  const text = searchText?.trim() ?? '';
  const pattern = likePattern(text);
  return {
    rows: sql`
      select m.data_source_id, s.name as source_name, c.connection_key, c.technology, o.object_path, m.column_name, m.ordinal, m.masking_type,
        m.degraded_to, m.policy_id, m.policy_name, m.matched_tag,
        (select p.body -> 'who' ->> 'condition' from policy p where p.id = m.policy_id and p.body -> 'who' ->> 'for' = 'everyoneExcept') as except_who,
        held.exceptions, held.exception_count
      from column_mask m join data_source s on s.id = m.data_source_id join data_object o on o.id = s.data_object_id
        join connection c on c.id = s.connection_id
        cross join lateral (
          select coalesce((json_agg(json_build_object('requestId', x.id, 'until', x.until,
              'user', json_build_object('globalUserId', x.global_user_id, 'username', x.username, 'name', x.name))) filter (where x.place <= ${toldByName}))::jsonb, '[]') as exceptions,
            count(*)::int as exception_count
          from (
            select r.id, to_char(r.expiration at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until, u.global_user_id, u.username, u.name,
              row_number() over (order by lower(u.name), r.id) as place
            from access_request r join app_user u on u.global_user_id = r.beneficiary
            where r.type = 'MASKING_EXCEPTION' and r.status = 'APPROVED' and not r.awaits_acceptance and (r.expiration is null or r.expiration > now())
              and r.metadata -> 'columns' @> jsonb_build_array(jsonb_build_object('sourceId', m.data_source_id::text, 'columnName', m.column_name))
              and not exists (select from exception_column e where e.access_request_id = r.id and e.data_source_id = m.data_source_id
                and e.column_name = m.column_name and e.ended_at is not null)) x) held
      where (${connectionKey ?? null}::text is null or c.connection_key = ${connectionKey ?? null})
        and (${text === ''} or s.name ilike ${pattern} or m.column_name ilike ${pattern} or m.policy_name ilike ${pattern} or m.matched_tag ilike ${pattern})
        and ${speaksOfSource(scope, sql`m.data_source_id`)}`,
    order: [
      { value: sql`connection_key`, type: 'text' },
      { value: sql`source_name`, type: 'text' },
      { value: sql`data_source_id`, type: 'integer' },
      { value: sql`ordinal`, type: 'integer' },
    ],
    tell: (row) => ({
      source: {
        dataSourceId: row.data_source_id,
        name: row.source_name,
        connectionKey: row.connection_key,
        technology: row.technology,
        objectPath: row.object_path,
      },
      columnName: row.column_name,
      maskingType: row.masking_type,
      degradedTo: row.degraded_to,
      policyId: row.policy_id,
      policyName: row.policy_name,
      matchedTag: row.matched_tag,
      exceptPeopleWho: row.except_who,
      exceptionCount: row.exception_count,
      exceptions: row.exceptions,
    }),
  };
}
