import type { ObjectProvisioningState, ProvisioningState, RequestStatus, Technology } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import type { ClearColumnRow, ClearGap } from '@stoa/contract/report';
import { stateAt } from '@stoa/core/provisioning/state-at';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { exemptionStateOf, isProven } from '../../provisioning/read-status.ts';
import { loadExplainedMasks } from '../access/load-explained-masks.ts';
import { assetName } from '../access-request/load-requests.ts';
import { eventsAbout } from './access-at.ts';
import type { Report } from './read-report.ts';

type Row = {
  person: PersonName | null;
  account: string | null;
  column_name: string | null;
  masking_type: string | null;
  cause: ClearColumnRow['cause'];
  cause_text: string;
  policy_name: string | null;
  request_id: string | null;
  since: Date | null;
  decided_by: PersonName | null;
  reason: string | null;
  until: Date | null;
  status: RequestStatus;
  awaits_acceptance: boolean;
  is_held: boolean;
  exemption_state: ProvisioningState | null;
  verified_at: Date | null;
  /** Of an earlier moment: what the platform had said last by then. */
  said_state?: ObjectProvisioningState | null;
  said_login?: string | null;
  said_at?: Date | null;
};

/** `at`: an earlier moment; what policies except is of now alone. */
export type ClearQuestion = { sourceId: number; at?: string | undefined; searchText?: string | undefined };

/** One row per person, masked column and cause; of a policy one per column, with whom it excepts as a condition. */
export async function clearReport(db: Reader, question: ClearQuestion): Promise<Report<Row, ClearColumnRow>> {
  const { at, searchText } = question;
  const text = searchText?.trim() ?? '';
  const pattern = likePattern(text);
  const excepted = at === undefined ? await exceptedByPolicies(db, question.sourceId) : [];
  return {
    rows: sql`select * from (${exceptions(question)} union all ${policies(excepted)} union all ${pastTheView(question)}) clear
      where (${text === ''} or person ->> 'name' ilike ${pattern} or person ->> 'username' ilike ${pattern} or account ilike ${pattern}
        or column_name ilike ${pattern} or cause_text ilike ${pattern} or policy_name ilike ${pattern})`,
    order: [
      { value: sql`coalesce(lower(person ->> 'name'), account, '')`, type: 'text' },
      { value: sql`coalesce(column_name, '')`, type: 'text' },
      { value: sql`row_id`, type: 'text' },
    ],
    ...(at === undefined ? {} : { detail: saidBy(at) }),
    tell: (row) => ({ ...tell(row), ...(at === undefined ? tellNow(row) : tellThen(row)) }),
  };
}

const named = (user: string) =>
  sql`json_build_object('globalUserId', ${sql.ref(`${user}.global_user_id`)}, 'username', ${sql.ref(`${user}.username`)}, 'name', ${sql.ref(`${user}.name`)})`;

const heldAt = (at: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`((r.ended_at is null or r.ended_at > ${at}) and (r.expiration is null or r.expiration > ${at}))`;

/** Approved exceptions, also those that have ended while the platform was not seen to hide the column yet. */
function exceptions({ sourceId, at }: ClearQuestion): RawBuilder<unknown> {
  const moment = at === undefined ? sql`now()` : sql`${at}::timestamptz`;
  // Of what has been proved to be gone, nothing is written any more.
  const isLeft =
    at === undefined
      ? sql`(e.state is not null and e.state <> 'REMOVED')`
      : sql`(e.state is not null and (e.state <> 'REMOVED' or e.updated_at > ${moment}))`;
  return sql`
    select 'e/' || r.id || '/' || x.column_name as row_id, s.connection_id, ${named('u')}::jsonb as person, i.external_name as account, x.column_name,
      m.masking_type, 'EXCEPTION' as cause, coalesce(p.name, ${assetName}, '') as cause_text, m.policy_name, r.id as request_id, r.decided_at as since,
      (select ${named('by')}::jsonb from approval_record a join app_user by on by.global_user_id = a.action_by
        where a.access_request_id = r.id and a.left_behind_at is null and a.status = 'APPROVED' order by a.updated_at desc limit 1) as decided_by,
      (select a.reason from approval_record a where a.access_request_id = r.id and a.left_behind_at is null and a.status = 'APPROVED'
        and a.action_by is not null order by a.updated_at desc limit 1) as reason,
      r.expiration as until, r.status, r.awaits_acceptance, ${heldAt(moment)} as is_held, e.state as exemption_state, e.verified_at
    from exception_column x join access_request r on r.id = x.access_request_id and r.type = 'MASKING_EXCEPTION'
      join data_source s on s.id = x.data_source_id join app_user u on u.global_user_id = r.beneficiary
      left join data_product p on p.id = r.data_product_id
      left join column_mask m on m.data_source_id = s.id and m.column_name = x.column_name
      left join platform_identity i on i.connection_id = s.connection_id and i.global_user_id = r.beneficiary
      left join exemption_status e on e.access_request_id = r.id and e.connection_id = s.connection_id
    where x.data_source_id = ${sourceId} and s.created_at <= ${moment} and r.decided_at <= ${moment} and (x.ended_at is null or x.ended_at > ${moment})
      and r.status in ('APPROVED', 'REVOKED', 'EXPIRED') and (${heldAt(moment)} or ${isLeft})`;
}

type Excepted = { place: number; column: string; mask: string; policy: string; condition: string };

/** Whom policies show which column in clear, as conditions. */
async function exceptedByPolicies(db: Reader, sourceId: number): Promise<Excepted[]> {
  const { rows } = await sql<{ id: number; connection_id: string; technology: Technology }>`
    select s.id, s.connection_id, c.technology from data_source s join connection c on c.id = s.connection_id where s.id = ${sourceId}`.execute(
    db,
  );
  const source = rows[0];
  const masks = source === undefined ? undefined : await loadExplainedMasks(db, source, []);
  return (masks?.verdict.columns ?? []).flatMap((column) => {
    const { who, reveals, name, chosen, policyName } = column;
    const own =
      who.kind === 'everyoneExcept'
        ? [who.condition]
        : who.kind === 'everyoneWho' && who.otherwise === 'none'
          ? [`not (${who.condition})`]
          : [];
    return [...own, ...reveals].map((condition, place) => ({
      place,
      column: name,
      mask: chosen,
      policy: policyName,
      condition,
    }));
  });
}

const policies = (excepted: readonly Excepted[]): RawBuilder<unknown> => sql`
    select 'p/' || x.column || '/' || x.place, null::uuid, null::jsonb, null::text, x.column, x.mask, 'POLICY', x.condition, x.policy, null::text,
      null::timestamptz, null::jsonb, null::text, null::timestamptz, 'APPROVED', false, true, null::text, null::timestamptz
    from json_to_recordset(${JSON.stringify(excepted)}::json) as x (place int, "column" text, mask text, policy text, condition text)`;

/** Logins that others let at the table itself, which the view before it hides from nobody. */
function pastTheView({ sourceId, at }: ClearQuestion): RawBuilder<unknown> {
  const stood =
    at === undefined
      ? sql`f.closed_at is null and exists (select from column_mask m where m.data_source_id = s.id)`
      : sql`f.since <= ${at}::timestamptz and (f.closed_at is null or f.closed_at > ${at}::timestamptz)`;
  return sql`
    select 'f/' || f.id || '/' || way.principal, s.connection_id, case when u.global_user_id is not null then ${named('u')}::jsonb end,
      coalesce(i.external_name, f.principal), null::text, null::text, 'PLATFORM', f.privilege || ' of ' || f.principal, null::text, null::text,
      f.since, null::jsonb, null::text, null::timestamptz, 'APPROVED', false, true, null::text, f.last_seen_at
    from data_source s join data_object o on o.id = s.data_object_id
      join drift_finding f on f.connection_id = s.connection_id and f.finding = 'bypass'
        and (f.detail ->> 'objectId' is null or f.detail ->> 'objectId' = o.platform_id)
      cross join lateral jsonb_array_elements_text(f.detail -> 'consumers') way (principal)
      left join platform_identity i on i.connection_id = f.connection_id and i.platform_principal_id = way.principal
      left join app_user u on u.global_user_id = i.global_user_id
    where s.id = ${sourceId} and ${stood}`;
}

/** What the audit tells of the exceptions among `shown` at the moment. */
const saidBy =
  (at: string) =>
  (shown: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`
    select clear.*, said.at as said_at, substring(said.told from ': ([A-Z_]+)$') as said_state,
      nullif(regexp_replace(said.told, ': [A-Z_]+$', ''), 'nobody') as said_login
    from ${shown} clear left join lateral (
      select e.event_timestamp as at, jsonb_path_query_first(e.targets, '$[*] ? (@.id == $id)', jsonb_build_object('id', clear.request_id)) ->> 'name' as told
      from ${eventsAbout(sql`clear.request_id`, at)} e
      where e.action in ('MaskingExceptionGranted', 'MaskingExceptionRevoked', 'ProvisioningFailed')
        and e.related_resources @> jsonb_build_array(jsonb_build_object('id', clear.connection_id, 'type', 'CONNECTION'))
      order by e.sequence desc limit 1) said on clear.request_id is not null`;

const tell = (row: Row) => ({
  user: row.person,
  account: row.account,
  columnName: row.column_name,
  maskingType: row.masking_type,
  cause: row.cause,
  causeText: row.cause_text,
  policyName: row.policy_name,
  requestId: row.request_id,
  since: row.since?.toISOString() ?? null,
  decidedBy: row.decided_by,
  reason: row.reason,
  until: row.until?.toISOString() ?? null,
});

type Told = Pick<ClearColumnRow, 'state' | 'verifiedAt' | 'evidence'> & Partial<Pick<ClearColumnRow, 'account'>>;

function tellNow(row: Row): Told {
  const state = row.cause === 'EXCEPTION' ? exemptionStateOf(row) : 'ACTIVE';
  return { state, verifiedAt: isProven(state) ? (row.verified_at?.toISOString() ?? null) : null, evidence: null };
}

function tellThen(row: Row): Told {
  if (row.cause !== 'EXCEPTION')
    return { state: 'ACTIVE', verifiedAt: row.since?.toISOString() ?? null, evidence: 'FOUND' };
  const { state, evidence } = stateAt({
    isHeld: row.is_held,
    awaitsAcceptance: row.awaits_acceptance,
    recorded: row.said_state ?? null,
    isEnabled: true,
  });
  const verifiedAt = evidence === 'PROVED' ? (row.said_at?.toISOString() ?? null) : null;
  return { state, evidence, verifiedAt, account: row.said_login ?? row.account };
}

/** What an answer about the moment cannot know. */
export async function clearGapsAt(db: Reader, { sourceId, at }: { sourceId: number; at: string }): Promise<ClearGap[]> {
  const { rows } = await sql<{ is_before: boolean; has_policies: boolean }>`
    select created_at > ${at}::timestamptz as is_before, exists (select from policy where type = 'data') as has_policies
    from data_source where id = ${sourceId}`.execute(db);
  const row = rows[0];
  if (row === undefined || row.is_before) return ['BEFORE_SOURCE'];
  return ['MASKS', ...(row.has_policies ? ['POLICIES' as const] : []), 'PAST_STOA'];
}
