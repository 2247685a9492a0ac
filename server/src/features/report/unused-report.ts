import type { Technology } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import type { UnusedRow, UnusedState } from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';
import { assetName } from '../access-request/load-requests.ts';
import type { Report } from './read-report.ts';
import { speaksOfSource } from './report-scope.ts';
import { countedSince } from './use-in-sql.ts';

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
  scope: Scope;
  days: number;
  sourceId?: number | undefined;
  connectionKey?: string | undefined;
  state?: readonly UnusedState[] | undefined;
  searchText?: string | undefined;
};

type Asked = { readonly text: string; readonly connectionKey: string | undefined };

/** What gives people access: approvals that hold, and the containers of policies that the platform holds them in. */
const held = sql`
  select r.beneficiary as user_id, given.id as data_source_id, r.id as request_id, null::text as label, r.decided_at as since
  from access_request r cross join lateral (${sourcesOf(sql`r.target_id`)}) given
  where r.type = 'DATA_ACCESS' and r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())
  union all
  select m.global_user_id, x.data_source_id, null, coalesce(k.body ->> 'label', ''), m.since
  from policy_member m join container_object x on x.connection_id = m.connection_id and x.target_id = m.target_id and x.part = m.part
    join container_part k on k.connection_id = m.connection_id and k.target_id = m.target_id and k.part = m.part`;

/** What is asked about names, where it is asked. */
function isNamed({ text, connectionKey }: Asked): RawBuilder<boolean> {
  const pattern = likePattern(text);
  const byText =
    text === ''
      ? sql<boolean>`true`
      : sql<boolean>`(s.name ilike ${pattern} or exists (select from app_user named where named.global_user_id = pair.user_id
          and (named.name ilike ${pattern} or named.username ilike ${pattern})))`;
  return connectionKey === undefined
    ? byText
    : sql<boolean>`${byText} and s.connection_id = (select id from connection where connection_key = ${connectionKey})`;
}

/** A pair of a person and a source may be one of half a million: what is told of it is read for those that are shown. */
const told = (shown: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select pair.*, json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name)::jsonb as person,
    i.external_name as account, s.name as source_name, c.connection_key, c.technology, o.object_path, way.through, way.request_id
  from ${shown} pair join app_user u on u.global_user_id = pair.user_id join data_source s on s.id = pair.data_source_id
    join data_object o on o.id = s.data_object_id join connection c on c.id = s.connection_id
    left join platform_identity i on i.connection_id = s.connection_id and i.global_user_id = pair.user_id
    cross join lateral (
      select array_agg(distinct coalesce(h.label, p.name, ${assetName}, '')) as through, max(h.request_id) as request_id
      from (${held}) h left join access_request r on r.id = h.request_id left join data_product p on p.id = r.data_product_id
      where h.user_id = pair.user_id and h.data_source_id = pair.data_source_id) way`;

/** Access that was there for the last `days` and was not used in them; what is known for sure comes first. */
export function unusedReport(question: Question): Report<Row, UnusedRow> {
  const { scope, days, sourceId, connectionKey, state } = question;
  const span = sql`now() - make_interval(days => ${days})`;
  return {
    rows: sql`select * from (
      select pair.user_id, pair.data_source_id, pair.since, used.at as last_used_at, ${countedSince} as used_since,
        case when ${countedSince} is null then 'unknown' when ${countedSince} > ${span} then 'too_short' else 'unused' end as state
      from (select h.user_id, h.data_source_id, min(h.since) as since from (${held}) h
          ${sourceId === undefined ? sql`` : sql`where h.data_source_id = ${sourceId}`} group by 1, 2) pair
        join data_source s on s.id = pair.data_source_id
        left join platform_identity i on i.connection_id = s.connection_id and i.global_user_id = pair.user_id
        left join (select data_object_id, principal_id, max(last_at) as at from query_activity group by 1, 2) used
          on used.data_object_id = s.data_object_id and used.principal_id = i.platform_principal_id
        left join activity_reading reading on reading.connection_id = s.connection_id
      where pair.since <= ${span} and (used.at is null or used.at <= ${span})
        and ${isNamed({ text: question.searchText?.trim() ?? '', connectionKey })}
        and ${speaksOfSource(scope, sql`s.id`)}) idle
      where ${state === undefined || state.length === 0 ? sql`true` : sql`idle.state = any(${[...state]}::text[])`}`,
    detail: told,
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
