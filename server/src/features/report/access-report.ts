import type { ObjectProvisioningState, RequestStatus, Technology } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import type { AccessRow } from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { isPrevented, isProven, objectStateOf } from '../../provisioning/read-status.ts';
import { sourcesOfMember } from '../../provisioning/sources-of-member.ts';
import { assetsOver, sourcesOf } from '../../provisioning/sources-of-target.ts';
import { assetName } from '../access-request/load-requests.ts';
import type { Report } from './read-report.ts';
import { gaveAt, type PastFacts, pastFacts, tellPast } from './access-at.ts';
import { speaksOfSource } from './report-scope.ts';
import { countedSince, lastUse } from './use-in-sql.ts';

/** Who can read one data source, or could at an earlier moment; or what one person can read. */
export type AccessQuestion = ({ sourceId: number; at?: string | undefined } | { user: string }) & {
  scope: Scope;
  searchText?: string | undefined;
  /** All where none is named. */
  cause?: readonly AccessRow['cause'][] | undefined;
};

export type AccessReportRow = {
  person: PersonName | null;
  account: string | null;
  data_source_id: number;
  source_name: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  cause: AccessRow['cause'];
  cause_text: string;
  target_id: string | null;
  target_slug: string | null;
  is_product: boolean | null;
  request_id: string | null;
  since: Date | null;
  decided_by: PersonName | null;
  reason: string | null;
  until: Date | null;
  status: RequestStatus;
  awaits_acceptance: boolean;
  member_state: ObjectProvisioningState | null;
  object_state: ObjectProvisioningState | null;
  object_reason: string | null;
  is_prevented: boolean;
  verified_at: Date | null;
  last_used_at: Date | null;
  used_since: Date | null;
};

/** One row per person, data source and cause: approvals that hold, and ways that others opened on the platform. */
export function accessReport(question: AccessQuestion): Report<AccessReportRow, AccessRow> {
  return {
    ...listed(question, {
      used: sql`used.at as last_used_at, ${countedSince} as used_since`,
      from: sql`left join lateral ${lastUse('way.data_object_id', 'way.principal_id')} used on true
        left join activity_reading reading on reading.connection_id = way.connection_id`,
    }),
    tell: tellAccess,
  };
}

/** The same of one data source at an earlier moment. What was on record by then is read for the rows that are shown. */
export function accessReportAt(
  question: AccessQuestion & { sourceId: number; at: string },
): Report<AccessReportRow & PastFacts, AccessRow> {
  return {
    ...listed(question, { used: sql`null::timestamptz as last_used_at, null::timestamptz as used_since`, from: sql`` }),
    detail: pastFacts(question),
    tell: (row) => ({ ...tellAccess(row), ...tellPast(row) }),
  };
}

type Use = { readonly used: RawBuilder<unknown>; readonly from: RawBuilder<unknown> };

function listed(
  question: AccessQuestion,
  { used, from }: Use,
): Pick<Report<AccessReportRow, AccessRow>, 'rows' | 'order'> {
  const text = question.searchText?.trim() ?? '';
  const pattern = likePattern(text);
  const isFound =
    text === ''
      ? sql`true`
      : sql`(person ->> 'name' ilike ${pattern} or person ->> 'username' ilike ${pattern} or account ilike ${pattern}
          or source_name ilike ${pattern} or cause_text ilike ${pattern})`;
  const byPerson = sql`coalesce(lower(person ->> 'name'), account, '')`;
  const bySource = sql`source_name`;
  const first = 'sourceId' in question ? byPerson : bySource;
  const rest = 'sourceId' in question ? bySource : byPerson;
  return {
    rows: sql`
      with source as materialized (${sourcesAsked(question)})
      select way.*, ${used}
      from (${approvals} union all ${policies(question)} union all ${waysOfOthers(question)} union all ${membersOfOthers(question)}) way ${from}
      where ${isFound} and ${isAsked(question)} and ${speaksOfSource(question.scope, sql`way.data_source_id`)}`,
    order: [
      { value: first, type: 'text' },
      { value: rest, type: 'text' },
      { value: sql`row_id`, type: 'text' },
    ],
  };
}

const momentOf = (question: AccessQuestion): string | undefined => ('at' in question ? question.at : undefined);

/** It holds, or has ended while the platform was not seen to refuse it yet: whoever may read it still has it. */
const live = (connectionId: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`r.type = 'DATA_ACCESS' and r.status in ('APPROVED', 'REVOKED', 'EXPIRED')
    and (r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())
      or exists (select from membership_status its where its.access_request_id = r.id and its.connection_id = ${connectionId}
        and its.active_at is not null and its.removed_at is null))`;

const isAsked = ({ cause = [] }: AccessQuestion) =>
  cause.length === 0 ? sql`true` : sql`way.cause = any(${[...cause]}::text[])`;

/** Pairs of an approval that holds and a source that it gives. */
function sourcesAsked(question: AccessQuestion): RawBuilder<unknown> {
  const at = momentOf(question);
  if ('sourceId' in question && at !== undefined) return gaveAt({ sourceId: question.sourceId, at });
  return 'sourceId' in question
    ? sql`select r.id as request_id, own.id as data_source_id from data_source own join access_request r on ${live(sql`own.connection_id`)}
        and r.target_id in (select p.data_product_id from data_product_source p where p.data_source_id = own.id
          union all (${assetsOver(sql`own.data_object_id`)}))
        where own.id = ${question.sourceId}`
    : sql`select r.id as request_id, own.id as data_source_id from access_request r cross join lateral (${sourcesOf(sql`r.target_id`)}) given
          join data_source own on own.id = given.id
        where r.beneficiary = ${question.user} and ${live(sql`own.connection_id`)}`;
}

const named = (user: string) =>
  sql`json_build_object('globalUserId', ${sql.ref(`${user}.global_user_id`)}, 'username', ${sql.ref(`${user}.username`)}, 'name', ${sql.ref(`${user}.name`)})`;

const aboutSource = sql`s.id as data_source_id, s.data_object_id, s.connection_id, s.name as source_name, c.connection_key, c.technology, o.object_path`;

const approvals: RawBuilder<unknown> = sql`
  select r.id || '/' || s.id as row_id, ${named('u')}::jsonb as person, i.external_name as account, i.platform_principal_id as principal_id, ${aboutSource},
    'REQUEST' as cause, coalesce(p.name, ${assetName}, '') as cause_text, r.target_id, p.slug as target_slug,
    r.data_product_id is not null as is_product, r.id as request_id, r.decided_at as since,
    (select ${named('by')}::jsonb from approval_record a join app_user by on by.global_user_id = a.action_by
      where a.access_request_id = r.id and a.left_behind_at is null and a.status = 'APPROVED' order by a.updated_at desc limit 1) as decided_by,
    (select a.reason from approval_record a where a.access_request_id = r.id and a.left_behind_at is null and a.status = 'APPROVED' and a.action_by is not null
      order by a.updated_at desc limit 1) as reason,
    r.expiration as until, r.status, r.awaits_acceptance, m.state as member_state, x.state as object_state, x.reason as object_reason,
    ${isPrevented('x')} as is_prevented, m.verified_at
  from source g join access_request r on r.id = g.request_id join app_user u on u.global_user_id = r.beneficiary
    join data_source s on s.id = g.data_source_id join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    left join data_product p on p.id = r.data_product_id
    left join platform_identity i on i.connection_id = s.connection_id and i.global_user_id = r.beneficiary
    left join membership_status m on m.access_request_id = r.id and m.connection_id = s.connection_id
    left join container_object x on x.connection_id = s.connection_id and x.target_id = r.target_id and x.data_source_id = s.id`;

/** Whom the platform holds as members of the containers of policies. */
const policies = (question: AccessQuestion): RawBuilder<unknown> => sql`
  select m.target_id || '/' || m.part || '/' || m.global_user_id || '/' || s.id as row_id, ${named('u')}::jsonb as person,
    i.external_name as account, i.platform_principal_id as principal_id, ${aboutSource}, 'POLICY' as cause, coalesce(k.body ->> 'label', '') as cause_text, null::uuid as target_id,
    null::text as target_slug, null::boolean as is_product, null::text as request_id, m.since, null::jsonb as decided_by,
    null::text as reason, null::timestamptz as until, 'APPROVED' as status, false as awaits_acceptance, 'ACTIVE' as member_state,
    x.state as object_state, x.reason as object_reason, false as is_prevented, greatest(m.verified_at, x.verified_at) as verified_at
  from policy_member m
    join container_object x on x.connection_id = m.connection_id and x.target_id = m.target_id and x.part = m.part
    join container_part k on k.connection_id = m.connection_id and k.target_id = m.target_id and k.part = m.part
    join app_user u on u.global_user_id = m.global_user_id
    join data_source s on s.id = x.data_source_id join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    left join platform_identity i on i.connection_id = m.connection_id and i.global_user_id = m.global_user_id
  where ${'sourceId' in question ? sql`x.data_source_id = ${question.sourceId}` : sql`m.global_user_id = ${question.user}`}
    and ${stoodSince(sql`m.since`, question)}`;

/** Of what is kept from its beginning to its end. */
function stoodSince(
  since: RawBuilder<unknown>,
  question: AccessQuestion,
  until?: RawBuilder<unknown>,
): RawBuilder<boolean> {
  const at = momentOf(question);
  if (at === undefined) return until === undefined ? sql<boolean>`true` : sql<boolean>`${until} is null`;
  const begun = sql<boolean>`${since} <= ${at}::timestamptz`;
  return until === undefined ? begun : sql<boolean>`${begun} and (${until} is null or ${until} > ${at}::timestamptz)`;
}

/** Of what others granted on a view of ours: the table behind it. */
const tableOfView = sql`(select k.platform_id from source_protection v join data_source w on w.id = v.data_source_id join data_object k on k.id = w.data_object_id
    where v.connection_id = f.connection_id and v.view_id = f.detail ->> 'objectId' limit 1)`;

/** A login that a finding lets at a source. */
const wayColumns = (causeText: RawBuilder<string>) => sql`
  select f.id || '/' || s.id || '/' || way.principal as row_id,
    case when u.global_user_id is not null then ${named('u')}::jsonb end as person, coalesce(i.external_name, f.principal) as account,
    way.principal as principal_id, ${aboutSource},
    'PLATFORM' as cause, ${causeText} as cause_text, null::uuid as target_id, null::text as target_slug,
    null::boolean as is_product, null::text as request_id, f.since, null::jsonb as decided_by, null::text as reason,
    null::timestamptz as until, 'APPROVED' as status, false as awaits_acceptance, 'ACTIVE' as member_state, 'ACTIVE' as object_state,
    null::text as object_reason, false as is_prevented, f.last_seen_at as verified_at`;

const wayPeople = sql`cross join lateral jsonb_array_elements_text(f.detail -> 'consumers') way (principal)
    left join platform_identity i on i.connection_id = f.connection_id and i.platform_principal_id = way.principal
    left join app_user u on u.global_user_id = i.global_user_id`;

/** Each login that a finding opens the object to; findings that open everything on a platform name no object. */
const waysOfOthers = (
  question: AccessQuestion,
): RawBuilder<unknown> => sql`${wayColumns(sql`f.privilege || ' of ' || f.principal`)}
  from drift_finding f
    join data_object o on o.connection_id = f.connection_id and (f.detail ->> 'objectId' is null or o.platform_id = coalesce(${tableOfView}, f.detail ->> 'objectId'))
    join data_source s on s.data_object_id = o.id join connection c on c.id = s.connection_id
    ${wayPeople}
  where f.finding = 'bypass' and ${stoodSince(sql`f.since`, question, sql`f.closed_at`)}
    and ${'sourceId' in question ? sql`s.id = ${question.sourceId}` : sql`i.global_user_id = ${question.user}`}`;

/** Each login that somebody else made a member of a container of ours: it reads what the container reads. */
const membersOfOthers = (question: AccessQuestion): RawBuilder<unknown> => sql`${wayColumns(
  sql`f.privilege || ' of ' || f.object || case when way.principal <> f.detail ->> 'principalId' then ' by ' || f.principal else '' end`,
)}
  from drift_finding f
    join lateral (${sourcesOfMember}) read (id) on true
    join data_source s on s.id = read.id join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    ${wayPeople}
  where f.finding = 'unknown_member' and ${stoodSince(sql`f.since`, question, sql`f.closed_at`)}
    and ${'sourceId' in question ? sql`s.id = ${question.sourceId}` : sql`i.global_user_id = ${question.user}`}`;

const stateOf = (row: AccessReportRow) => objectStateOf({ ...row, membership_state: row.member_state });

const tellAccess = (row: AccessReportRow): AccessRow => ({
  user: row.person,
  account: row.account,
  source: {
    dataSourceId: row.data_source_id,
    name: row.source_name,
    connectionKey: row.connection_key,
    technology: row.technology,
    objectPath: row.object_path,
  },
  cause: row.cause,
  causeText: row.cause_text,
  target:
    row.target_id === null
      ? null
      : {
          id: row.target_id,
          type: row.is_product === true ? 'DATA_PRODUCT' : 'DATA_OBJECT',
          name: row.cause_text,
          ...(row.target_slug === null ? {} : { slug: row.target_slug }),
        },
  requestId: row.request_id,
  since: row.since?.toISOString() ?? null,
  decidedBy: row.decided_by,
  reason: row.reason,
  until: row.until?.toISOString() ?? null,
  state: stateOf(row),
  verifiedAt: isProven(stateOf(row)) ? (row.verified_at?.toISOString() ?? null) : null,
  evidence: null,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  usedSince: row.used_since?.toISOString() ?? null,
});
