import type { Technology } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import type { UnusedRow, UnusedState } from '@stoa/contract/report';
import type { ReportScope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';
import { assetName } from '../access-request/load-requests.ts';
import type { Report } from './read-report.ts';
import { speaksOfSource } from './report-scope.ts';
import { countedSince, lastUse } from './use-in-sql.ts';

type Row = {
  user_id: string;
  person: PersonName;
  account: string | null;
  data_source_id: number;
  source_name: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  state: UnusedState;
  through: string[];
  request_id: string | null;
  since: Date | null;
  last_used_at: Date | null;
  used_since: Date | null;
};

type Question = {
  scope: ReportScope;
  days: number;
  sourceId?: number | undefined;
  connectionKey?: string | undefined;
  state?: readonly UnusedState[] | undefined;
  searchText?: string | undefined;
};

/** What gives people access: approvals that hold, and the containers of policies that the platform holds them in. */
const held = sql`
  select r.beneficiary as user_id, given.id as data_source_id, r.id as request_id, coalesce(p.name, ${assetName}, '') as through, r.decided_at as since
  from access_request r left join data_product p on p.id = r.data_product_id cross join lateral (${sourcesOf(sql`r.target_id`)}) given
  where r.type = 'DATA_ACCESS' and r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())
  union all
  select m.global_user_id, x.data_source_id, null, coalesce(k.body ->> 'label', ''), m.since
  from policy_member m join container_object x on x.connection_id = m.connection_id and x.target_id = m.target_id and x.part = m.part
    join container_part k on k.connection_id = m.connection_id and k.target_id = m.target_id and k.part = m.part`;

/** Access that was there for the last `days` and was not used in them; what is known for sure comes first. */
export function unusedReport(question: Question): Report<Row, UnusedRow> {
  const { scope, days, sourceId, connectionKey, state } = question;
  const text = question.searchText?.trim() ?? '';
  const pattern = likePattern(text);
  const span = sql`now() - make_interval(days => ${days})`;
  return {
    rows: sql`select * from (
      select pair.user_id, json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name)::jsonb as person,
        i.external_name as account, s.id as data_source_id, s.name as source_name, c.connection_key, c.technology, o.object_path,
        case when ${countedSince} is null then 'unknown' when ${countedSince} > ${span} then 'too_short' else 'unused' end as state,
        pair.through, pair.request_id, pair.since, used.at as last_used_at, ${countedSince} as used_since
      from (select h.user_id, h.data_source_id, min(h.since) as since, array_agg(distinct h.through order by h.through) as through, max(h.request_id) as request_id
          from (${held}) h group by 1, 2) pair
        join app_user u on u.global_user_id = pair.user_id join data_source s on s.id = pair.data_source_id
        join data_object o on o.id = s.data_object_id join connection c on c.id = s.connection_id
        left join platform_identity i on i.connection_id = s.connection_id and i.global_user_id = pair.user_id
        left join lateral ${lastUse('s.data_object_id', 'i.platform_principal_id')} used on true
        left join activity_reading reading on reading.connection_id = s.connection_id
      where pair.since <= ${span} and (used.at is null or used.at <= ${span})
        and (${sourceId ?? null}::int is null or s.id = ${sourceId ?? null}) and (${connectionKey ?? null}::text is null or c.connection_key = ${connectionKey ?? null})
        and (${text === ''} or u.name ilike ${pattern} or u.username ilike ${pattern} or s.name ilike ${pattern})
        and ${speaksOfSource(scope, sql`s.id`)}) idle
      where ${state === undefined || state.length === 0 ? sql`true` : sql`idle.state = any(${[...state]}::text[])`}`,
    order: [
      { value: sql`array_position(array['unused', 'too_short', 'unknown'], state)`, type: 'integer' },
      { value: sql`extract(epoch from coalesce(last_used_at, since))`, type: 'numeric' },
      { value: sql`data_source_id`, type: 'integer' },
      { value: sql`user_id`, type: 'uuid' },
    ],
    tell: (row) => ({
      user: row.person,
      account: row.account,
      source: {
        dataSourceId: row.data_source_id,
        name: row.source_name,
        connectionKey: row.connection_key,
        technology: row.technology,
        objectPath: row.object_path,
      },
      state: row.state,
      through: row.through,
      requestId: row.request_id,
      since: row.since?.toISOString() ?? null,
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
      usedSince: row.used_since?.toISOString() ?? null,
    }),
  };
}
