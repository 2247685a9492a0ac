import type { AnsweredForm } from '@stoa/contract/access-request';
import type { ApprovalStatus, DurationUnit, RequestStatus, RequestType } from '@stoa/contract/enums';
import type { ProvisioningSummary } from '@stoa/contract/provisioning';
import type { FormFlow, TargetFlow } from '@stoa/contract/review-flow';
import type { Duration } from '@stoa/core/duration/duration';
import type { DomainRef } from '@stoa/core/permissions/objects';
import type { DecidedEvent, ReviewerSource } from '@stoa/core/review/flow';
import { standardRequestForm } from '@stoa/core/review/standard';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader } from '../../db/pool.ts';
import { readProvisioningSummaries } from '../../provisioning/read-status.ts';

/** A person as requests show one. */
export type Party = {
  id: number;
  iamId: string;
  globalUserId: string;
  personId: string;
  username: string;
  name: string;
  email: string | null;
  status: 'active' | 'disabled';
};

export type LoadedRecord = {
  id: string;
  /** 0 is the first stage. */
  stage: number;
  approvers: ReviewerSource[];
  prerequisites: string[];
  status: ApprovalStatus;
  actionBy: Party | null;
  reason: string | null;
  duration: number | null;
  durationUnit: DurationUnit | null;
  criteriaMet: ReviewerSource[] | null;
  /** Milliseconds, as all instants that come out of JSON. */
  createdAt: number;
  updatedAt: number;
};

/** A request with every fact that its pages and its rules look at, as one query reads them. */
export type LoadedRequest = {
  id: string;
  type: RequestType;
  status: RequestStatus;
  requesting_user: Party;
  beneficiary: Party;
  data_product_id: string | null;
  target_id: string;
  target_name: string;
  target_description: string | null;
  slug: string | null;
  suspended: boolean;
  deleted: boolean;
  asset: { objectPath: string[]; technology: string; objectType: string; dataSourceId: number | null } | null;
  domains: DomainRef[];
  request_form_id: string | null;
  form_version: string;
  form: AnsweredForm;
  event: DecidedEvent;
  metadata: Record<string, unknown>;
  requested_duration: Duration | null;
  /** The beneficiary of an on-behalf request has not accepted its agreements yet. */
  awaits_acceptance: boolean;
  expiration: Date | null;
  decided_at: Date | null;
  ended_at: Date | null;
  end_reason: string | null;
  created_at: Date;
  updated_at: Date;
  records: LoadedRecord[];
  /** The flows in force on the target now; null where the form of an asset, or the default, is meant. */
  current_form: { version: string; policy: FormFlow } | null;
  target_flow: TargetFlow | null;
  /** Where the platforms stand; null while nothing was approved, and where only the decision is looked at. */
  provisioning: ProvisioningSummary | null;
  now: Date;
};

const millis = (column: string): RawBuilder<number> =>
  sql`floor(extract(epoch from ${sql.ref(column)}) * 1000)::float8`;

/** A person as JSON; the surrounding query names `app_user` as `alias`. */
export const party = (alias: string): RawBuilder<Party> => {
  const of = (column: string) => sql.ref(`${alias}.${column}`);
  return sql`json_build_object('id', ${of('id')}, 'iamId', ${of('iam_id')}, 'globalUserId', ${of('global_user_id')},
    'personId', ${of('person_id')}, 'username', ${of('username')}, 'name', ${of('name')}, 'email', ${of('email')},
    'status', ${of('status')})`;
};

const records = sql`(select coalesce(json_agg(json_build_object(
    'id', a.id, 'stage', a.stage, 'approvers', a.approvers, 'prerequisites', a.prerequisites, 'status', a.status,
    'reason', a.reason, 'duration', a.duration, 'durationUnit', a.duration_unit, 'criteriaMet', a.criteria_met,
    'createdAt', ${millis('a.created_at')}, 'updatedAt', ${millis('a.updated_at')},
    'actionBy', (select ${party('d')} from app_user d where d.global_user_id = a.action_by)) order by a.stage, a.position), '[]')
  from approval_record a where a.access_request_id = r.id)`;

const domains = sql`(select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
  from domain d where d.id in (
    select x.domain_id from data_product_domain x where x.data_product_id = r.data_product_id
    union select y.domain_id from domain_data_source y join data_source s on s.id = y.data_source_id
    where s.data_object_id = r.asset_id))`;

const currentForm = sql`(select json_build_object('version', v.version, 'policy', v.policy)
  from request_form f join request_form_version v on v.version = f.current_version
  where f.id = coalesce(case r.type when 'DATA_ACCESS' then p.data_access_form_id else p.masking_exception_form_id end,
    ${standardRequestForm.id}::uuid))`;

const asset = sql`case when r.asset_id is null then null else (
  select json_build_object('objectPath', o.object_path, 'technology', c.technology, 'objectType', o.object_type,
    'dataSourceId', (select s.id from data_source s where s.data_object_id = o.id))
  from data_object o join connection c on c.id = o.connection_id where o.id = r.asset_id) end`;

/** The columns of `LoadedRequest`, to be followed by `requestTables`. The clock is read after any lock was waited for. */
export const requestColumns = sql`
  r.id, r.type, r.status, ${party('q')} as requesting_user, ${party('b')} as beneficiary, r.data_product_id, r.target_id,
  coalesce(p.name, (select o.name from data_object o where o.id = r.asset_id), '') as target_name,
  p.description as target_description, p.slug, coalesce(p.suspended, false) as suspended,
  coalesce(p.deleted_at is not null, false) as deleted, ${asset} as asset, ${domains} as domains,
  r.request_form_id, r.form_version, r.form, r.event, r.metadata, r.requested_duration, r.awaits_acceptance, r.expiration, r.decided_at,
  r.ended_at, r.end_reason, r.created_at, r.updated_at, ${records} as records, ${currentForm} as current_form,
  case r.type when 'DATA_ACCESS' then p.data_access_review_flow else p.masking_exception_review_flow end as target_flow,
  null as provisioning, date_trunc('milliseconds', clock_timestamp()) as now`;
export const requestTables = sql`
  access_request r
  join app_user q on q.global_user_id = r.requesting_user
  join app_user b on b.global_user_id = r.beneficiary
  left join data_product p on p.id = r.data_product_id`;

/** Requests by id, in the order of the ids; ids of nothing are left out. */
export async function loadRequests(db: Reader, ids: readonly string[]): Promise<LoadedRequest[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<LoadedRequest>`${prepared('requests')}
    select ${requestColumns} from ${requestTables} where r.id = any(${[...ids]}::text[])`.execute(db);
  const approvedOnce = rows
    .filter((row) => ['APPROVED', 'REVOKED', 'EXPIRED'].includes(row.status))
    .map((row) => row.id);
  const summaries = await readProvisioningSummaries(db, approvedOnce);
  const byId = new Map(rows.map((row) => [row.id, { ...row, provisioning: summaries.get(row.id) ?? null }]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
