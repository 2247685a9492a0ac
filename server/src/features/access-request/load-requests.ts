import type { AnsweredForm } from '@stoa/contract/access-request';
import type { ApprovalStatus, DurationUnit, RequestStatus, RequestType } from '@stoa/contract/enums';
import type { ProvisioningSummary } from '@stoa/contract/provisioning';
import type { FormFlow, TargetFlow } from '@stoa/contract/review-flow';
import type { Duration } from '@stoa/core/duration/duration';
import type { DomainRef } from '@stoa/core/permissions/objects';
import type { PersonRef } from '@stoa/core/person';
import type { DecidedEvent, ReviewerSource } from '@stoa/core/review/flow';
import { standardRequestForm } from '@stoa/core/review/standard';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader, unseen } from '../../db/pool.ts';
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
  /** Who re-routed the request to these sources, where that first named them. */
  routedBy: PersonRef | null;
  /** Milliseconds, as all instants that come out of JSON. */
  createdAt: number;
  updatedAt: number;
};

/** The asset of a request as its object is now, or as it was when it was asked for. */
export type LoadedAsset = {
  name: string;
  objectPath: string[];
  technology: string | null;
  host: string | null;
  port: number | null;
  objectType: string | null;
  dataSourceId: number | null;
  description: string | null;
  /** False while no crawl has found it. */
  registered: boolean;
  /** It was registered once, and went with its connection. */
  gone: boolean;
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
  asset: LoadedAsset | null;
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
  /** The flows in force on the target now; null where the default is meant. */
  current_form: { version: string; policy: FormFlow } | null;
  target_flow: TargetFlow | null;
  /** The target's own flow as it was when this was asked. */
  pinned_target_flow: TargetFlow | null;
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

/** The record `a` as JSON. */
export const recordJson: RawBuilder<LoadedRecord> = sql`json_build_object(
    'id', a.id, 'stage', a.stage, 'approvers', a.approvers, 'prerequisites', a.prerequisites, 'status', a.status,
    'reason', a.reason, 'duration', a.duration, 'durationUnit', a.duration_unit, 'criteriaMet', a.criteria_met,
    'createdAt', ${millis('a.created_at')}, 'updatedAt', ${millis('a.updated_at')},
    'actionBy', (select ${party('d')} from app_user d where d.global_user_id = a.action_by),
    'routedBy', (select json_build_object('globalUserId', w.global_user_id, 'personId', w.person_id)
      from app_user w where w.global_user_id = a.routed_by))`;

/** Those of the route in force: what a re-route left behind has no say. */
const records = sql`(select coalesce(json_agg(${recordJson} order by a.stage, a.position), '[]')
  from approval_record a where a.access_request_id = r.id and a.left_behind_at is null)`;

/** Each domain by its key: the planner would read through all of them, for every request anew. */
const domains = sql`(select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
  from (select x.domain_id as id from data_product_domain x where x.data_product_id = r.data_product_id
    union select y.domain_id from domain_data_source y join data_source s on s.id = y.data_source_id
    where s.data_object_id = r.asset_id) held
  cross join lateral (select w.id, w.name from domain w where w.id = held.id offset 0) d)`;

/** A member of the product, or of what is in force on the asset, by the type of the request. */
const inForce = (ofDataAccess: string, ofMaskingException: string) => {
  const pick = (table: string) =>
    sql`case r.type when 'DATA_ACCESS' then ${sql.ref(`${table}.${ofDataAccess}`)} else ${sql.ref(`${table}.${ofMaskingException}`)} end`;
  return sql`case when r.asset_id is null then ${pick('p')} else (select ${pick('a')} from asset_in_force(r.asset_id) a) end`;
};

const currentForm = sql`(select json_build_object('version', v.version, 'policy', v.policy)
  from request_form f join request_form_version v on v.version = f.current_version
  where f.id = coalesce(${inForce('data_access_form_id', 'masking_exception_form_id')}, ${standardRequestForm.id}::uuid))`;

const asset = sql`case when r.asset_id is null then null else (
  select json_build_object('name', coalesce(o.name, t.object_path[cardinality(t.object_path)]),
    'objectPath', coalesce(o.object_path, t.object_path), 'technology', coalesce(c.technology, t.technology),
    'host', coalesce(c.config ->> 'host', t.host), 'port', coalesce((c.config ->> 'port')::int, t.port),
    'objectType', coalesce(o.object_type, t.object_type), 'description', coalesce(o.comment, t.description),
    'dataSourceId', (select s.id from data_source s where s.data_object_id = o.id and s.enabled),
    'registered', t.registered_at is not null and t.bound_to is null,
    'gone', t.registered_at is not null and t.bound_to is null and o.id is null)
  from requested_asset t left join data_object o on o.id = t.id left join connection c on c.id = o.connection_id
  where t.id = r.asset_id) end`;

/** The name of the asset of request `r`; null where it is about a product. */
export const assetName: RawBuilder<string | null> = sql`(
  select coalesce(o.name, t.object_path[cardinality(t.object_path)]) from requested_asset t left join data_object o on o.id = t.id
  where t.id = r.asset_id)`;

/** Of a masking exception, with the columns that have ended while others of it may hold. */
const metadataOf = sql<Record<string, unknown>>`case when r.type = 'MASKING_EXCEPTION' then r.metadata || coalesce((
  select jsonb_build_object('endedColumns', jsonb_agg(jsonb_build_object('at', x.ended_at, 'column', array_to_string(o.object_path || x.column_name, '.'),
    'why', x.ended_why) order by x.ended_at, x.column_name))
  from exception_column x join data_source s on s.id = x.data_source_id join data_object o on o.id = s.data_object_id
  where x.access_request_id = r.id and x.ended_at is not null having count(*) > 0), '{}') else r.metadata end`;

/** The columns of `LoadedRequest`, to be followed by `requestTables`. The clock is read after any lock was waited for. */
export const requestColumns = sql`
  r.id, r.type, r.status, ${party('q')} as requesting_user, ${party('b')} as beneficiary, r.data_product_id, r.target_id,
  coalesce(p.name, ${assetName}, '') as target_name,
  p.description as target_description, p.slug, coalesce(p.suspended, false) as suspended,
  coalesce(p.deleted_at is not null, false) as deleted, ${asset} as asset, ${domains} as domains,
  r.request_form_id, r.form_version, r.form, r.event, ${metadataOf} as metadata, r.requested_duration, r.awaits_acceptance, r.expiration, r.decided_at,
  r.ended_at, r.end_reason, r.created_at, r.updated_at, ${records} as records, ${currentForm} as current_form,
  ${inForce('data_access_review_flow', 'masking_exception_review_flow')} as target_flow,
  nullif(r.flow -> 'target', 'null'::jsonb) as pinned_target_flow,
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
    select ${requestColumns} from ${requestTables} where r.id = any(${unseen(ids, 'text')})`.execute(db);
  const approvedOnce = rows
    .filter((row) => ['APPROVED', 'REVOKED', 'EXPIRED'].includes(row.status))
    .map((row) => row.id);
  const summaries = await readProvisioningSummaries(db, approvedOnce);
  const byId = new Map(rows.map((row) => [row.id, { ...row, provisioning: summaries.get(row.id) ?? null }]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
