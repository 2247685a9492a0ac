import type { ObjectProvisioningState } from '@stoa/contract/enums';
import type { Step } from '@stoa/core/provisioning/plan';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import { prepared, type Reader } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { grantSeconds } from '../http/metrics.ts';
import { failPoint } from '../work/fail-point.ts';
import {
  type JudgedMembership,
  type JudgedObject,
  type Judgement,
  judgeRun,
  type Previous,
  tooWideContainers,
} from './judge-run.ts';
import { closesMended, mendedRows } from './record-mended.ts';
import { provisioningEvents } from './provisioning-events.ts';
import { statementPayload } from './statement-audit.ts';
import { forgetIntents, recordStatements } from './statement-intent.ts';
import type { Run } from './reconcile-connection.ts';

/**
 * Records a run in one statement: states, proofs, audit, live events, and the end of its keys, all or nothing, and only
 * while the fence holds. It commits asynchronously on purpose: should a crash lose it, it loses the end of the keys too,
 * and the run is repeated.
 */
export async function recordRun(deps: Deps, run: Run, previous: Before): Promise<'recorded' | 'fenced'> {
  const judged = judgeRun(run, previous);
  const isChanged = (m: JudgedMembership): boolean => previous.memberships.get(m.requestId) !== m.state;
  const changed = judged.memberships.filter(isChanged);
  // A member that was put back stands as before: it was proved again all the same.
  const touched = new Set(run.results.flatMap((result) => result.statement.step.causes));
  const told =
    touched.size === 0 ? changed : judged.memberships.filter((m) => touched.has(m.requestId) || isChanged(m));
  const judgement = { ...judged, memberships: judged.memberships.filter((m) => !isRecorded(m, previous.recorded)) };
  failPoint('record.audited');
  const { rows } = await recordStatement(deps, run, { judgement, changed, told, isKnown: previous.isKnown });
  const row = rows[0];
  if (row?.held !== true) {
    await recordStatements(deps, run, run.results);
    return 'fenced';
  }
  for (const seconds of row.waits ?? []) grantSeconds.observe(seconds);
  deps.live.wake();
  return 'recorded';
}

/** A membership as it was read back so shortly ago that what is read again and says the same is not written again. */
type Recorded = Pick<JudgedMembership, 'state' | 'reason' | 'principal' | 'prevented'>;
export type Before = Previous & { readonly recorded: ReadonlyMap<string, Recorded>; readonly isKnown: boolean };
const noneBefore: Before = { memberships: new Map(), objects: new Map(), recorded: new Map(), isKnown: false };

/** Half a minute lies between two sweeps, and each of them may come to look at all memberships of a platform. */
const recordedAgain = '10 minutes';
const isSweep = (run: Pick<Run, 'keys'>): boolean => run.keys.every(({ cause }) => cause === 'sweep');

/**
 * What is recorded of what a run is about. Nobody but the holder of the lease writes it, so that it may be read while the statements
 * run: of a large product that is time which neither side has to wait.
 */
export async function readPrevious(
  db: Reader,
  run: Pick<Run, 'connectionId' | 'keys' | 'facts' | 'desired'>,
): Promise<Before> {
  const isWhole =
    run.desired.containers.some((container) => container.onlyPrincipals === null) || run.desired.scope.kind === 'all';
  if (!isWhole) return noneBefore;
  const targets = run.desired.containers.map((container) => container.targetId);
  const ofMembers = sql<Recorded & { key: string; isRecent: boolean }>`
    select access_request_id as key, state, reason, principal, case when prevented_parts is not null
        then json_build_object('parts', prevented_parts, 'reason', prevented_reason) end as prevented,
      coalesce(next_attempt_at is null and verified_at > now() - ${recordedAgain}::interval, false) as "isRecent"
    from membership_status where connection_id = ${run.connectionId}
      and access_request_id = any(${run.facts.approvals.map((a) => a.requestId)}::text[])`;
  const ofObjects = sql<{ key: string; state: ObjectProvisioningState }>`
    select target_id || '/' || data_source_id as key, state from container_object
      where connection_id = ${run.connectionId} and target_id = any(${targets}::uuid[])`;
  const [{ rows: members }, { rows: objects }] = await Promise.all([ofMembers.execute(db), ofObjects.execute(db)]);
  return {
    memberships: new Map(members.map((row) => [row.key, row.state])),
    objects: new Map(objects.map((row) => [row.key, row.state])),
    recorded: new Map(isSweep(run) ? members.flatMap((row) => (row.isRecent ? [[row.key, row]] : [])) : []),
    isKnown: true,
  };
}

function isRecorded(now: JudgedMembership, recorded: Before['recorded']): boolean {
  const before = recorded.get(now.requestId);
  return (
    before !== undefined &&
    settled.has(now.state) &&
    before.state === now.state &&
    before.reason === now.reason &&
    before.principal === now.principal &&
    before.prevented?.reason === now.prevented?.reason &&
    before.prevented?.parts.join() === now.prevented?.parts.join()
  );
}

/** `isKnown`: what was recorded before is known, and `changed` is what differs from it. */
type Outcome = {
  judgement: Judgement;
  changed: readonly JudgedMembership[];
  told: readonly JudgedMembership[];
  isKnown: boolean;
};

/** Somebody is still let in by a role that is told to be the container by its id alone. */
const ofStray = 'container.unmarked';

/** Then that id stays in mind, although there is another container by now: else nobody would ask about it any more. */
const isStrayNamed = sql`(x.is_stray or c.native_id <> x.native_id and exists (select from membership_status m
  where m.connection_id = c.connection_id and m.target_id = c.target_id and m.state = 'REMOVE_FAILED' and m.reason = ${ofStray}))`;

/** The ids of a target's further containers; null where it has none. */
function partIds(run: Run, { targetId }: { readonly targetId: string }): Record<number, string> | null {
  const ids = run.desired.containers.flatMap((c) => {
    const id = c.targetId === targetId && c.part !== 1 ? run.containerIds.get(c.name) : undefined;
    return id === undefined ? [] : [[c.part, id] as const];
  });
  return ids.length === 0 ? null : Object.fromEntries(ids);
}

const isOfMembers = (kind: Step['kind']): boolean => kind === 'add-members' || kind === 'end-members';

const json = (value: unknown) => sql`${JSON.stringify(value)}::json`;

function recordStatement(deps: Deps, run: Run, outcome: Outcome) {
  const { connectionId } = run;
  const whole = run.desired.containers.filter((c) => c.onlyPrincipals === null).map((c) => c.targetId);
  const isDropped = new Set(
    run.results
      .filter((r) => r.status === 'done' && r.statement.step.kind === 'drop-container')
      .map((r) => r.statement.step.container.name),
  );
  const isGone = (c: (typeof run.desired.containers)[number]) =>
    !c.exists &&
    (isDropped.has(c.name) || !run.containerIds.has(c.name)) &&
    c.onlyPrincipals === null &&
    !outcome.judgement.memberships.some((m) => m.targetId === c.targetId && m.state !== 'REMOVED');
  // A part may go while its target stays.
  const standing = new Set(run.desired.containers.filter((c) => !isGone(c)).map((c) => c.targetId));
  const dropped = [...new Set(run.desired.containers.map((c) => c.targetId))].filter((id) => !standing.has(id));
  const containers = run.desired.containers.flatMap((c) => {
    const nativeId = c.part === 1 ? run.containerIds.get(c.name) : undefined;
    if (nativeId === undefined) return [];
    const is_stray = outcome.judgement.memberships.some((m) => m.targetId === c.targetId && m.reason === ofStray);
    return [{ target_id: c.targetId, native_id: nativeId, part_ids: partIds(run, c), is_stray }];
  });
  const taskIds = run.keys.flatMap((key) => (key.task_id === null ? [] : [key.task_id]));
  const failure = run.results.find((result) => result.status === 'failed');
  const objects = groupObjects(outcome.judgement.objects);
  // A platform that we changed may be changed back to the very state of the last fingerprint; it must not pass for unmoved.
  const isMoved = run.results.length > 0 || outcome.changed.some((m) => settled.has(m.state));
  const isFew = outcome.judgement.memberships.length <= 64;
  const { suspicious } = outcome.judgement;
  const wide = tooWideContainers(run);
  const excess = run.desired.containers.flatMap((c) =>
    wide.has(c.name) ? [{ target_id: c.targetId, part: c.part }] : [],
  );
  const beside = { connectionId, objects, whole, excess, dropped, suspicious, isSweep: isSweep(run), taskIds, failure };
  // Most runs are about a few people alone: what such a run cannot have done is not looked for.
  const isOfPeople = [objects, whole, dropped, suspicious, taskIds, run.mended].every((list) => list.length === 0);
  // Of members alone the containers are told; after anything else the whole is looked at. Without a statement it was an earlier run's.
  const ofMembers = run.results.every(({ statement }) => isOfMembers(statement.step.kind));
  const isTold =
    ofMembers &&
    run.desired.scope.kind !== 'all' &&
    (run.results.length > 0 || isOfPeople) &&
    run.desired.containers.length === containers.length;
  // A membership that is not ours to take away is also seen only by who looks at the container.
  const isLeft = outcome.changed.some((m) => m.state === 'REMOVE_FAILED');
  const [isContainerMoved, isPlatformMoved] = [isTold && (isMoved || isLeft), !isTold && isMoved];
  return sql<{
    held: boolean;
    waits: number[] | null;
  }>`${!isFew || beside.isSweep ? sql`` : isOfPeople ? prepared('record-people') : prepared('record-run')}
    with fence as materialized (
      select from connection_lease where connection_id = ${connectionId} and holder = ${deps.replicaId} and fence = ${run.fence}
    ), soft as materialized (select set_config('synchronous_commit', 'off', true)
    ), member as (
      insert into membership_status as m (access_request_id, connection_id, target_id, global_user_id, state, reason, error_class,
        attempt, next_attempt_at, active_at, removed_at, verified_at, principal, probe, proof, prevented_parts, prevented_reason)
      select x.request_id, ${connectionId}, x.target_id, x.user_id, x.state, x.reason, x.error_class, 1,
        case when x.is_open then now() + interval '2 seconds' end, case when x.state = 'ACTIVE' then now() end,
        case when x.state = 'REMOVED' then now() end, case when x.is_proven then now() end, x.principal, x.probe, x.proof,
        x.prevented_parts, x.prevented_reason
      from json_to_recordset(${json(outcome.judgement.memberships.map(toMemberRow))}) as x (request_id text, target_id uuid, user_id uuid, state text,
        reason text, error_class text, is_open boolean, is_proven boolean, principal text, probe text, proof jsonb, prevented_parts int[], prevented_reason text)
      where exists (select from fence)
      on conflict (access_request_id, connection_id) do update set
        state = excluded.state, reason = excluded.reason, error_class = excluded.error_class,
        attempt = case when excluded.next_attempt_at is null then 0 else m.attempt + 1 end,
        next_attempt_at = case when excluded.next_attempt_at is null then null
          else now() + make_interval(secs => least(60, power(2, least(m.attempt + 1, 6)))) end,
        active_at = coalesce(m.active_at, excluded.active_at), removed_at = excluded.removed_at,
        verified_at = coalesce(excluded.verified_at, m.verified_at), principal = coalesce(excluded.principal, m.principal),
        probe = coalesce(excluded.probe, m.probe), proof = coalesce(excluded.proof, m.proof),
        prevented_parts = excluded.prevented_parts, prevented_reason = excluded.prevented_reason, updated_at = now()
      returning m.access_request_id, m.state, m.active_at
    ), native as (
      update container c set native_id = case when ${isStrayNamed} then c.native_id else x.native_id end, verified_at = now(), moved_by_us = c.moved_by_us or ${isContainerMoved},
        part_ids = case when ${isStrayNamed} then c.part_ids else coalesce(x.part_ids, c.part_ids) end
      from json_to_recordset(${json(containers)}) as x (target_id uuid, native_id text, part_ids jsonb, is_stray boolean)
      where c.connection_id = ${connectionId} and c.target_id = x.target_id and exists (select from fence)
        and (c.native_id is distinct from x.native_id or c.part_ids is distinct from coalesce(x.part_ids, c.part_ids)
          or ${isContainerMoved} and not c.moved_by_us)
    ), key as (
      delete from provisioning_key where id = any(${run.keys.map((k) => k.id)}::bigint[]) and exists (select from fence)
    ), intent as (${forgetIntents(run)} and exists (select from fence)
    ), audit as (
      insert into audit_event (id, action, action_status, actor, actor_id, target_type, targets, related_resources, payload)
      select x.id, x.action, x.status, '{"type":"SYSTEM_ACTOR","id":"stoa","name":"Stoa"}'::jsonb, 'stoa', x.target_type, x.targets, x.related, x.payload
      from json_to_recordset(${json(auditRows(run, outcome))}) as x (id uuid, action text, status text, target_type text, targets jsonb, related jsonb, payload jsonb, held_back text, state text)
      where exists (select from fence) and (x.held_back is null or exists (select from membership_status b
        where b.access_request_id = x.held_back and b.connection_id = ${connectionId} and b.active_at is not null and b.state <> x.state))
    ), ${provisioningEvents(connectionId, outcome.changed.map(toToldState), sql`membership_status`)}
    ), live as (
      insert into live_event (type, subject_id)
      select x.type, x.id from json_to_recordset(${json(liveRows(run, outcome.changed, taskIds))}) as x (type text, id text) where exists (select from fence)
    ), mark as (
      update connection set last_run_at = now(), fingerprint = case when ${isPlatformMoved} then null else fingerprint end
      where id = ${connectionId} and exists (select from fence)
        and (last_run_at is null or last_run_at < now() - interval '1 second' or (${isPlatformMoved} and fingerprint is not null))
    ${isOfPeople ? sql`` : sql`${partsBesidePeople(beside)}${closesMended(run)}`})
    select exists (select from fence) as held, (select count(*) from soft) as soft,
      (select array_agg(extract(epoch from clock_timestamp() - r.decided_at)::float8) from member m join access_request r on r.id = m.access_request_id
       where m.state = 'ACTIVE' and r.decided_at > now() - interval '1 hour' and m.active_at = now()) as waits`.execute(
    isOfPeople ? deps.frequent : deps.db,
  );
}

type Beside = {
  connectionId: string;
  objects: readonly ObjectGroup[];
  whole: readonly string[];
  excess: readonly { target_id: string; part: number }[];
  dropped: readonly string[];
  suspicious: readonly string[];
  isSweep: boolean;
  taskIds: readonly string[];
  failure: Extract<Run['results'][number], { status: 'failed' }> | undefined;
};

/** What a run recorded that was not about single people: further parts of its statement. */
const partsBesidePeople = ({
  connectionId,
  objects,
  whole,
  excess,
  dropped,
  suspicious,
  isSweep,
  taskIds,
  failure,
}: Beside) => sql`
    ), seen as materialized (
      select x.target_id, i.id::int as data_source_id, x.part, x.state, x.reason
      from json_to_recordset(${json(objects)}) as x (target_id uuid, part int, state text, reason text, ids text)
        cross join lateral unnest(string_to_array(x.ids, ',')) as i (id)
    ), object as (
      insert into container_object as c (connection_id, target_id, data_source_id, part, state, reason, verified_at)
      select ${connectionId}, x.target_id, x.data_source_id, x.part, x.state, x.reason, case when x.state = 'ACTIVE' then now() end
      from seen x where exists (select from fence) ${
        isSweep
          ? sql`and not exists (select from container_object o
        where o.connection_id = ${connectionId} and o.target_id = x.target_id and o.data_source_id = x.data_source_id and o.part = x.part
          and o.state = x.state and o.reason is not distinct from x.reason and o.verified_at > now() - ${recordedAgain}::interval)`
          : sql``
      }
      on conflict (connection_id, target_id, data_source_id) do update set
        part = excluded.part, state = excluded.state, reason = excluded.reason, verified_at = coalesce(excluded.verified_at, c.verified_at), checked_at = now()
    ), gone as (
      delete from container_object c where c.connection_id = ${connectionId} and c.target_id = any(${[...whole]}::uuid[]) and exists (select from fence)
        and not exists (select from seen x where x.target_id = c.target_id and x.data_source_id = c.data_source_id)
    ), excess as materialized (
      select x.target_id, x.part from json_to_recordset(${json(excess)}) as x (target_id uuid, part int) where exists (select from fence)
    ), mended as (
      delete from container_excess e where e.connection_id = ${connectionId} and e.target_id = any(${[...whole]}::uuid[]) and exists (select from fence)
        and not exists (select from excess x where x.target_id = e.target_id and x.part = e.part)
    ), wider as (
      insert into container_excess (connection_id, target_id, part)
      select ${connectionId}, x.target_id, x.part from excess x on conflict do nothing
    ), dropped as (
      delete from container c where c.connection_id = ${connectionId} and c.target_id = any(${[...dropped]}::uuid[]) and exists (select from fence)
    ), more as (
      insert into provisioning_key (connection_id, target_id, cause)
      select ${connectionId}, t, 'drift' from unnest(${[...suspicious]}::uuid[]) as t where exists (select from fence)
    ), task as (
      update task set status = ${failure ? 'FAILED' : 'SUCCEEDED'}, error = ${failure?.failure.message ?? null},
        started_at = coalesce(started_at, created_at), finished_at = now()
      where id = any(${[...taskIds]}::uuid[]) and exists (select from fence)`;

type ObjectGroup = { target_id: string; part: number; state: string; reason: string | null; ids: string };

/** Of 10,000 objects nearly all are in one state: they are sent, and read there, as one list of ids. */
function groupObjects(objects: readonly JudgedObject[]): ObjectGroup[] {
  const groups = new Map<string, { first: JudgedObject; ids: number[] }>();
  for (const object of objects) {
    const key = `${object.targetId}/${object.part}/${object.state}/${object.reason ?? ''}`;
    const group = groups.get(key);
    if (group) group.ids.push(object.dataSourceId);
    else groups.set(key, { first: object, ids: [object.dataSourceId] });
  }
  return [...groups.values()].map(({ first, ids }) => ({
    target_id: first.targetId,
    part: first.part,
    state: first.state,
    reason: first.reason,
    ids: ids.join(),
  }));
}

const settled = new Set<ObjectProvisioningState>(['ACTIVE', 'REMOVED']);

const isProvenNow = (m: JudgedMembership): boolean => m.proof !== undefined && settled.has(m.state);

/** What the platform was asked; null where it has nothing to prove. */
const probeOf = (m: JudgedMembership): string | null =>
  isProvenNow(m) ? [m.proof?.probe, ...new Set(m.reads.map((read) => read.probe))].join('; ') : null;

function toMemberRow(m: JudgedMembership) {
  const isProven = isProvenNow(m);
  return {
    request_id: m.requestId,
    target_id: m.targetId,
    user_id: m.globalUserId,
    state: m.state,
    reason: m.reason,
    error_class: m.state === 'FAILED' || m.state === 'REMOVE_FAILED' ? m.errorClass : null,
    // What waits for a person or a guardrail is not tried again: what they wait for leaves a key.
    is_open: !settled.has(m.state) && m.state !== 'AWAITING_ACCEPTANCE' && m.state !== 'PREVENTED',
    is_proven: isProven,
    principal: m.principal,
    probe: probeOf(m),
    proof: isProven ? { member: m.proof, reads: m.reads.slice(0, 64) } : null,
    prevented_parts: m.prevented?.parts ?? null,
    prevented_reason: m.prevented?.reason ?? null,
  };
}

const toToldState = (m: JudgedMembership) => ({ requestId: m.requestId, state: m.state, reason: m.reason });

/** States in which access that stood does so no more without the platform having been asked to say so. */
const heldBack = new Set<ObjectProvisioningState>(['PREVENTED', 'AWAITING_IDENTITY', 'DRIFTED']);

/** So many requests are named by one row of the audit. */
const requestsAtOnce = 1_000;

/**
 * One row per native statement, and rows that name every request whose state was proved or lost by this run. From these it is told
 * who had access at an earlier moment: no change may be missing. What holds access back is written where that is news alone.
 */
function auditRows(run: Run, { changed, told, isKnown }: Outcome): object[] {
  const connection = { id: run.connectionId, name: run.connectionKey, type: 'CONNECTION' };
  const rows: object[] = run.results.map((result) => ({
    id: newUuid(),
    action: 'ProvisioningStatementExecuted',
    status: result.status === 'done' ? 'SUCCESS' : 'FAILURE',
    target_type: 'CONTAINER',
    targets: [
      {
        id: result.statement.step.container.platformId ?? result.statement.step.container.name,
        name: result.statement.step.container.name,
      },
    ],
    related: [connection, ...result.statement.step.causes.slice(0, 200).map((id) => ({ id, name: id, type: 'CAUSE' }))],
    payload: {
      type: 'ProvisioningStatementExecutedAuditPayload',
      version: '1',
      ...statementPayload(result),
    },
  }));
  rows.push(...mendedRows(run));
  for (const [action, status, states] of [
    ['ProvisioningVerified', 'SUCCESS', ['ACTIVE', 'REMOVED']],
    ['ProvisioningFailed', 'FAILURE', ['FAILED', 'REMOVE_FAILED']],
  ] as const) {
    const list = told.filter((m) => states.some((s) => s === m.state));
    for (let from = 0; from < list.length; from += requestsAtOnce)
      rows.push(statesRow(connection, list.slice(from, from + requestsAtOnce), { action, status }));
  }
  const held = changed.filter(({ state }) => heldBack.has(state));
  for (let from = 0; from < held.length; from += isKnown ? requestsAtOnce : 1) {
    const list = held.slice(from, from + (isKnown ? requestsAtOnce : 1));
    const row = statesRow(connection, list, { action: 'ProvisioningHeldBack', status: 'SUCCESS' });
    rows.push(isKnown ? row : { ...row, held_back: list[0]?.requestId, state: list[0]?.state });
  }
  return rows;
}

const statesRow = (
  connection: object,
  list: readonly JudgedMembership[],
  { action, status }: { action: string; status: string },
) => ({
  id: newUuid(),
  action,
  status,
  target_type: 'ACCESS_REQUEST',
  targets: list.map((m) => ({ id: m.requestId, name: `${m.principal ?? 'nobody'}: ${m.state}` })),
  related: [connection],
  payload: {
    type: `${action}AuditPayload`,
    version: '1',
    states: list.map((m) => {
      const probe = probeOf(m);
      return { requestId: m.requestId, state: m.state, reason: m.reason, ...(probe === null ? {} : { probe }) };
    }),
  },
});

function liveRows(
  run: Run,
  changed: readonly JudgedMembership[],
  taskIds: readonly string[],
): { type: string; id: string }[] {
  const rows = [
    ...changed.map((m) => ({ type: 'provisioning', id: m.requestId })),
    ...taskIds.map((id) => ({ type: 'task', id })),
  ];
  if (run.mended.length > 0) rows.push({ type: 'drift', id: run.connectionId });
  return run.results.length > 0 || taskIds.length > 0 ? [...rows, { type: 'connection', id: run.connectionId }] : rows;
}
