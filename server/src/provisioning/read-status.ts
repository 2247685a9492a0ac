import type {
  ObjectProvisioningState,
  ProvisioningState,
  RequestStatus,
  RequestType,
  Technology,
} from '@stoa/contract/enums';
import type { ObjectProvisioning, ProvisioningStatus, ProvisioningSummary } from '@stoa/contract/provisioning';
import { type MembershipState, objectStateOfRequest } from '@stoa/core/provisioning/membership-state';
import { requestState } from '@stoa/core/provisioning/states';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { leafTypes } from './crawl-tree.ts';
import { sourcesOf } from './sources-of-target.ts';

type PartRow = {
  request_id: string;
  type: RequestType;
  exemption_state: ProvisioningState | null;
  exemption_reason: string | null;
  exemption_verified_at: Date | null;
  status: RequestStatus;
  awaits_acceptance: boolean;
  approved_at: Date | null;
  active_at: Date | null;
  verified_at: Date | null;
  membership_state: ObjectProvisioningState | null;
  membership_reason: string | null;
  waits_for: string | null;
  object_state: ObjectProvisioningState | null;
  object_reason: string | null;
  /** A guardrail keeps the objects closed to this person. */
  is_prevented: boolean;
  prevented_reason: string | null;
  objects: number;
  /** The target lies on a platform, or did when access was given. */
  has_place: boolean;
  lists: Lists;
};

/**
 * What a container's target gives on its connection; a product that lost its last source there keeps its container.
 * `group`: an asset with whatever is below it now and later, which may be nothing. `disabled`: a
 * single object that nobody shares.
 */
type Lists = 'sources' | 'nothing' | 'group' | 'disabled';

/**
 * The product of container `k` has a source on its connection. Sources are looked up one by one until the first is found:
 * a join would read every source there is, for a product that it expects to find early.
 */
const listsSomethingThere = sql`exists (select from data_product_source p where p.data_product_id = k.target_id
  and (select s.connection_id from data_source s where s.id = p.data_source_id) = k.connection_id)`;

/** What the target of container `k` is on its connection. */
const lists = sql<Lists>`case
  when k.kind = 'dp' then case when ${listsSomethingThere} then 'sources' else 'nothing' end
  when exists (select from data_object o where o.id = k.target_id and o.object_type <> all(${leafTypes}::text[])) then 'group'
  when exists (select from data_source s where s.data_object_id = k.target_id and s.enabled) then 'sources' else 'disabled' end`;

/** A guardrail keeps the container's object `object` closed to the person of the membership `m`. */
export const isPrevented = (object: string) =>
  sql<boolean>`coalesce(${sql.ref(`${object}.part`)} = any(m.prevented_parts), false)`;

/**
 * Where the access of each request stands: the worst of its objects, with counts. Reads one row per connection and state,
 * never one per object, and counts a container once however many of its requests are asked for; requests that were never
 * approved stand at `NONE`.
 */
export async function readProvisioningSummaries(
  db: Reader,
  requestIds: readonly string[],
): Promise<Map<string, ProvisioningSummary>> {
  if (requestIds.length === 0) return new Map();
  const { rows } = await sql<PartRow>`
    with asked as materialized (
      select id, type, status, awaits_acceptance, decided_at, target_id, asset_id from access_request
      where id = any(${[...requestIds]}::text[]) and status in ('APPROVED', 'REVOKED', 'EXPIRED')
    ), place as materialized (
      select k.connection_id, k.target_id, ${lists} as lists
      from container k where k.target_id in (select target_id from asked where type = 'DATA_ACCESS')
    ), object as materialized (
      select x.connection_id, x.target_id, x.part, x.state, min(x.reason) as reason, count(*) as n
      from place k join container_object x on x.connection_id = k.connection_id and x.target_id = k.target_id group by 1, 2, 3, 4
    )
    select r.id as request_id, r.type, e.state as exemption_state, e.reason as exemption_reason, e.verified_at as exemption_verified_at, r.status, r.awaits_acceptance, r.decided_at as approved_at, m.active_at, m.verified_at, m.state as membership_state,
      m.reason as membership_reason, c.run_error as waits_for, o.state as object_state, o.reason as object_reason, coalesce(o.n, 0)::int as objects,
      ${isPrevented('o')} as is_prevented, m.prevented_reason, (k.target_id is not null or m.access_request_id is not null) as has_place, coalesce(k.lists, 'nothing') as lists
    from asked r
      left join place k on k.target_id = r.target_id and r.type = 'DATA_ACCESS'
      left join exemption_status e on e.access_request_id = r.id and r.type = 'MASKING_EXCEPTION'
      left join membership_status m on m.access_request_id = r.id and (k.connection_id is null or m.connection_id = k.connection_id)
      left join connection c on c.id = coalesce(k.connection_id, m.connection_id)
      left join object o on o.connection_id = k.connection_id and o.target_id = k.target_id`.execute(db);
  const parts = new Map<string, PartRow[]>();
  for (const row of rows) parts.set(row.request_id, [...(parts.get(row.request_id) ?? []), row]);
  return new Map(requestIds.map((id) => [id, summarise(parts.get(id) ?? [])]));
}

/** Access that stands, or did until it was taken away: since when is of interest. */
const stoodOnce: ReadonlySet<string> = new Set(['ACTIVE', 'REMOVING', 'REMOVED', 'REMOVE_FAILED']);

function summarise(parts: readonly PartRow[]): ProvisioningSummary {
  const first = parts[0];
  if (!first) return { state: 'NONE' };
  if (first.type === 'MASKING_EXCEPTION') return summariseException(first, parts);
  if (!parts.some((part) => part.has_place)) {
    return { state: 'NONE', ...(first.approved_at ? { approvedAt: first.approved_at.toISOString() } : {}) };
  }
  // A single object that was never shared has no row of its own, and is held back all the same.
  const judged = parts.map((part) => ({
    ...judgePart(part),
    objects: part.objects || Number(part.lists === 'disabled'),
  }));
  const state = requestState(judged.map((part) => part.state));
  const count = (wanted: readonly ObjectProvisioningState[]) =>
    judged.filter((p) => wanted.includes(p.state)).reduce((sum, p) => sum + p.objects, 0);
  const reason = judged.find((part) => part.reason !== null && requestState([part.state]) === state)?.reason;
  const active = latest(parts.map((part) => part.active_at));
  const verified = latest(parts.map((part) => part.verified_at));
  return {
    state,
    // Until a platform has spoken of this membership, the objects of its container say nothing about it.
    ...(parts.every((part) => part.membership_state === null)
      ? {}
      : {
          counts: {
            total: judged.reduce((sum, p) => sum + p.objects, 0),
            active: count(['ACTIVE']),
            prevented: count(['PREVENTED']),
            failed: count(['FAILED', 'REMOVE_FAILED']),
          },
        }),
    ...(first.approved_at ? { approvedAt: first.approved_at.toISOString() } : {}),
    ...(active && stoodOnce.has(state) ? { activeAt: active.toISOString() } : {}),
    ...(verified ? { lastVerifiedAt: verified.toISOString() } : {}),
    ...(reason ? { reason } : {}),
  };
}

/** One exception on one platform: what was recorded, unless the decision has moved on since. */
export function exemptionStateOf(
  part: Pick<PartRow, 'status' | 'awaits_acceptance' | 'exemption_state'>,
): ObjectProvisioningState {
  const { exemption_state: state, status } = part;
  const isBehind = status !== 'APPROVED' && state !== 'REMOVED' && state !== 'REMOVE_FAILED';
  return state === null || isBehind ? underWay({ ...part, membership_state: null }) : state;
}

/** Of a masking exception: the worst of the platforms on which its columns lie. */
function summariseException(first: PartRow, parts: readonly PartRow[]): ProvisioningSummary {
  const state = requestState(parts.map(exemptionStateOf));
  const reason = parts.find(
    (part) => part.exemption_reason !== null && part.exemption_state === state,
  )?.exemption_reason;
  const verified = latest(parts.map((part) => part.exemption_verified_at));
  return {
    state,
    ...(first.approved_at ? { approvedAt: first.approved_at.toISOString() } : {}),
    ...(verified ? { lastVerifiedAt: verified.toISOString() } : {}),
    ...(verified && state === 'ACTIVE' ? { activeAt: verified.toISOString() } : {}),
    ...(reason ? { reason } : {}),
  };
}

const latest = (dates: readonly (Date | null)[]): Date | undefined =>
  dates.filter((date) => date !== null).sort((a, b) => b.getTime() - a.getTime())[0];

type MembershipPart = Pick<PartRow, 'status' | 'awaits_acceptance' | 'membership_state'>;

/** What the decision itself says before a platform has been heard of, or after it was heard of for the last time. */
function underWay({ status, awaits_acceptance }: MembershipPart): ObjectProvisioningState {
  if (status !== 'APPROVED') return 'REMOVING';
  return awaits_acceptance ? 'AWAITING_ACCEPTANCE' : 'PROVISIONING';
}

/** The recorded state speaks of what was before: access has ended since, or its agreements have been accepted. */
function isBehind({ status, awaits_acceptance, membership_state }: MembershipPart): boolean {
  if (status !== 'APPROVED') return membership_state !== 'REMOVED' && membership_state !== 'REMOVE_FAILED';
  return membership_state === 'AWAITING_ACCEPTANCE' && !awaits_acceptance;
}

/** The membership half of an approval as it stands now. */
export const membershipStateOf = (part: MembershipPart): ObjectProvisioningState =>
  isBehind(part) ? underWay(part) : (part.membership_state ?? underWay(part));

/** One object of an approval: until the reconciler has written, the decision says what is under way. */
export const objectStateOf = (
  part: MembershipPart & Pick<PartRow, 'object_state' | 'object_reason' | 'is_prevented'>,
): ObjectProvisioningState =>
  judgePart({ ...part, lists: 'sources', membership_reason: null, prevented_reason: null, waits_for: null }).state;

/** The platform has said so; of other states it has nothing to prove. */
export const isProven = (state: ObjectProvisioningState): boolean => state === 'ACTIVE' || state === 'REMOVED';

function judgePart(
  part: Pick<
    PartRow,
    | 'status'
    | 'awaits_acceptance'
    | 'membership_state'
    | 'membership_reason'
    | 'object_state'
    | 'object_reason'
    | 'waits_for'
    | 'lists'
    | 'is_prevented'
    | 'prevented_reason'
  >,
) {
  const state = membershipStateOf(part);
  const membership = { state, reason: part.membership_reason ?? (state === underWay(part) ? part.waits_for : null) };
  if (part.is_prevented && state === 'ACTIVE') return { state: 'PREVENTED' as const, reason: part.prevented_reason };
  if (part.object_state === null) return objectStateOfRequest(membership, unseenObjects[part.lists]);
  return objectStateOfRequest(membership, { state: part.object_state, reason: part.object_reason });
}

/** What holds of a container's objects while the reconciler has recorded none. */
const unseenObjects: Readonly<Record<Lists, MembershipState>> = {
  sources: { state: 'PROVISIONING', reason: null },
  nothing: { state: 'NONE', reason: null },
  // The membership is all there is to give: what is made below it later comes to the container.
  group: { state: 'ACTIVE', reason: null },
  disabled: { state: 'PREVENTED', reason: 'source.disabled' },
};

type ObjectRow = Omit<
  PartRow,
  'objects' | 'has_place' | 'lists' | 'type' | 'exemption_state' | 'exemption_reason' | 'exemption_verified_at'
> & {
  data_source_id: number;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  next_attempt_at: Date | null;
  principal: string | null;
  probe: string | null;
  object_verified_at: Date | null;
};

/** The same, object by object, with the read-back that proves each. */
export async function readProvisioningStatus(db: Reader, requestId: string): Promise<ProvisioningStatus> {
  const summary = (await readProvisioningSummaries(db, [requestId])).get(requestId) ?? {
    state: 'NONE' as ProvisioningState,
  };
  if (summary.state === 'NONE' && summary.counts === undefined) return { ...summary, objects: [] };
  const exception = await readExceptionObjects(db, requestId);
  if (exception !== undefined) return { ...summary, objects: exception };
  const { rows } = await sql<ObjectRow>`
    with listed (data_source_id) as (${sourcesOf(sql`(select target_id from access_request where id = ${requestId})`)})
    select r.id as request_id, r.status, r.awaits_acceptance, r.decided_at as approved_at, m.active_at, m.verified_at, m.state as membership_state,
      m.reason as membership_reason, m.next_attempt_at, m.principal, m.probe, c.run_error as waits_for, c.connection_key, c.technology,
      s.id as data_source_id, d.object_path, o.state as object_state, o.reason as object_reason, o.verified_at as object_verified_at,
      ${isPrevented('o')} as is_prevented, m.prevented_reason
    from access_request r cross join listed l
      join data_source s on s.id = l.data_source_id join data_object d on d.id = s.data_object_id join connection c on c.id = s.connection_id
      left join membership_status m on m.access_request_id = r.id and m.connection_id = s.connection_id
      left join container_object o on o.connection_id = s.connection_id and o.target_id = r.target_id and o.data_source_id = s.id
    where r.id = ${requestId} order by d.object_path limit 10000`.execute(db);
  return { ...summary, objects: rows.map(presentObject) };
}

type ExceptionRow = Pick<PartRow, 'type' | 'status' | 'awaits_acceptance' | 'exemption_state' | 'exemption_reason'> & {
  data_source_id: number | null;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  exemption_verified_at: Date | null;
  next_attempt_at: Date | null;
};

/** Of a masking exception: the sources of its columns, and whether the platform shows them in clear. Undefined for other requests. */
async function readExceptionObjects(db: Reader, requestId: string): Promise<ObjectProvisioning[] | undefined> {
  const { rows } = await sql<ExceptionRow>`
    select r.type, r.status, r.awaits_acceptance, s.id as data_source_id, c.connection_key, c.technology, o.object_path,
      e.state as exemption_state, e.reason as exemption_reason, e.verified_at as exemption_verified_at, e.next_attempt_at
    from access_request r
      left join lateral (select distinct (k ->> 'sourceId')::int as id from jsonb_array_elements(r.metadata -> 'columns') k) its on true
      left join data_source s on s.id = its.id left join data_object o on o.id = s.data_object_id left join connection c on c.id = s.connection_id
      left join exemption_status e on e.access_request_id = r.id and e.connection_id = s.connection_id
    where r.id = ${requestId} and r.type = 'MASKING_EXCEPTION' order by o.object_path`.execute(db);
  if (rows.length === 0) return undefined;
  return rows.flatMap((row): ObjectProvisioning[] => {
    if (row.data_source_id === null) return [];
    const state = exemptionStateOf(row);
    return [
      {
        dataSourceId: row.data_source_id,
        connectionKey: row.connection_key,
        technology: row.technology,
        objectPath: row.object_path,
        state,
        ...(row.exemption_reason !== null && row.exemption_state === state ? { reason: row.exemption_reason } : {}),
        ...(row.exemption_verified_at ? { lastVerifiedAt: row.exemption_verified_at.toISOString() } : {}),
        ...(row.next_attempt_at ? { nextAttemptAt: row.next_attempt_at.toISOString() } : {}),
      },
    ];
  });
}

function presentObject(row: ObjectRow): ObjectProvisioning {
  const { state, reason } = judgePart({ ...row, lists: 'sources' });
  const verified = isProven(state)
    ? latest([row.verified_at, state === 'ACTIVE' ? row.object_verified_at : null])
    : undefined;
  return {
    dataSourceId: row.data_source_id,
    connectionKey: row.connection_key,
    technology: row.technology,
    objectPath: row.object_path,
    state,
    ...(reason ? { reason } : {}),
    ...(!isProven(state) && row.next_attempt_at ? { nextAttemptAt: row.next_attempt_at.toISOString() } : {}),
    ...(verified ? { lastVerifiedAt: verified.toISOString() } : {}),
    ...(isProven(state) && row.verified_at && row.principal && row.probe
      ? { proof: { principal: row.principal, probe: row.probe, observedAt: row.verified_at.toISOString() } }
      : {}),
  };
}
