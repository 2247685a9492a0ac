import type { RequestStatus } from '@stoa/contract/enums';
import type { Determined } from '@stoa/core/review/determine';
import { sql } from 'kysely';
import { type AuditEntry, auditParts } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newCuid } from '../../db/new-id.ts';
import { prepared, type Tx, withCommit } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { markEffects } from '../../http/idempotency.ts';
import { announceMembership, membershipKeys } from '../../provisioning/enqueue-keys.ts';
import { failPoint, isFailPointSet } from '../../work/fail-point.ts';
import { openAdvice } from '../assist/keep-advice.ts';
import { traitsOfRequest } from '../assist/traits.ts';
import { requestAudit } from './audit.ts';
import { toldOf } from './bulk-conditions.ts';
import { requestEvent } from './request-event.ts';
import type { DetermineCall, DeterminedRequest, Facts } from './determine.ts';
import type { LoadedRecord, LoadedRequest, Party } from './load-requests.ts';

type Writing = { tx: Tx; after: AfterCommit };
/** A decision that the rules allow, on the facts that stand behind the lock of its request. */
export type Allowed = { facts: Facts; outcome: Determined; input: DetermineCall };

/**
 * Writes decisions, each on a request of its own, with everything that follows from them, in the transaction that holds
 * the requests' locks.
 */
export async function storeDeterminations(
  { tx, after }: Writing,
  allowed: readonly Allowed[],
): Promise<DeterminedRequest[]> {
  const decisions = allowed.map(
    (one): Decision => ({ ...one, request: applyOutcome(one), determinationId: newCuid() }),
  );
  for (const { request } of decisions) {
    if (request.status === 'APPROVED') after.changed('membership', request.id);
    after.changed('access-request', request.id);
  }
  const keys = await writeDecisions(tx, decisions, after.takeEvents());
  failPoint('determine.recordInserted');
  failPoint('determine.requestUpdated');
  // Access follows from the approved request; there is no row of its own that could be forgotten.
  failPoint('determine.entitlementWritten');
  if (decisions.some(({ request }) => request.status === 'APPROVED'))
    announceMembership(
      after,
      keys.map((key) => key.connection_id),
    );
  const reached = new Set(keys.map((key) => key.target_id));
  for (const { request } of decisions) {
    if (request.status !== 'APPROVED') continue;
    // Approved a moment ago: no platform has been heard of.
    request.provisioning = {
      state: !reached.has(request.target_id)
        ? 'NONE'
        : request.awaits_acceptance
          ? 'AWAITING_ACCEPTANCE'
          : 'PROVISIONING',
      approvedAt: request.now.toISOString(),
    };
  }
  failPoint('determine.audited');
  failPoint('determine.outboxWritten');
  return decisions.map(({ request, facts }) => ({ request, actor: facts.actor, switches: facts.switches }));
}

/** The loaded request as it stands once `outcome` is stored, so that the answer needs no second read. */
function applyOutcome({ facts: { request, actor }, outcome }: Allowed): LoadedRequest {
  const updates = new Map(outcome.recordUpdates.map((r) => [r.id, r]));
  const me: Party = { ...actor, id: actor.userId };
  const records = request.records.map((record): LoadedRecord => {
    const update = updates.get(record.id);
    if (update === undefined) return record;
    const decided = outcome.decidedIds.includes(record.id);
    return {
      ...record,
      status: update.status,
      updatedAt: request.now.getTime(),
      ...(decided
        ? {
            actionBy: me,
            reason: update.reason,
            duration: update.duration,
            durationUnit: update.durationUnit,
            criteriaMet: [...update.approverCriteriaMet],
          }
        : {}),
    };
  });
  const status: RequestStatus = outcome.requestStatus;
  const isFinal = status !== 'PENDING';
  return {
    ...request,
    records,
    status,
    updated_at: request.now,
    decided_at: isFinal ? request.now : null,
    expiration: outcome.expiration === null ? null : new Date(outcome.expiration),
    provisioning: null,
  };
}

type Decision = Allowed & {
  /** As it stands once the decision is stored. */
  request: LoadedRequest;
  determinationId: string;
};

/** A test that stops the server between the statement and its commit needs them apart. */
const isStepwise = (): boolean => isFailPointSet('determine') || isFailPointSet('decision');

const recordRows = ({ request, outcome }: Decision) =>
  request.records
    .filter((r) => outcome.recordUpdates.some((u) => u.id === r.id))
    .map((r) => ({
      id: r.id,
      status: r.status,
      action_by: r.actionBy?.globalUserId ?? null,
      reason: r.reason,
      duration: r.duration,
      duration_unit: r.durationUnit,
      criteria_met: r.criteriaMet,
      updated_at: request.now,
    }));

const decidedBy = ({ request, outcome }: Decision) => request.records.find((r) => r.id === outcome.decidedIds[0]);

function decisionRow(decision: Decision) {
  const { request, outcome, determinationId, facts, input } = decision;
  const decided = decidedBy(decision);
  return {
    id: request.id,
    determination_id: determinationId,
    target_id: request.target_id,
    type: request.type,
    beneficiary: request.beneficiary.globalUserId,
    request_status: request.status,
    expiration: request.expiration,
    decided_at: request.decided_at,
    now: request.now,
    action_by: facts.actor.globalUserId,
    status: decided?.status ?? 'DENIED',
    reason: decided?.reason ?? null,
    duration: decided?.duration ?? null,
    duration_unit: decided?.durationUnit ?? null,
    record_ids: outcome.decidedIds,
    plan_hash: input.decision.planHash ?? null,
    bulk_id: input.bulk?.id ?? null,
  };
}

type WrittenKey = { target_id: string; connection_id: string };

/**
 * One statement, and the transaction's last: the decisions, the requests as they are now, the keys by which approvals
 * become access, the audit rows. It divides by zero, and so undoes itself, should a request not be pending under the
 * lock, or a call not have its Idempotency-Key any more. Tables are read by arrays of ids: a join with rows of JSON, of unknown number, would read them whole.
 */
async function writeDecisions(
  tx: Tx,
  decisions: readonly Decision[],
  events: ReturnType<AfterCommit['takeEvents']>,
): Promise<readonly WrittenKey[]> {
  const ids = sql`array(select id from decision)`;
  const claims = decisions.flatMap(({ input }) => input.call.claim ?? []);
  const json = (rows: readonly object[]) => sql`${JSON.stringify(rows)}::jsonb`;
  const { rows } = await sql<{
    keys: WrittenKey[] | null;
  }>`${isStepwise() ? sql`` : withCommit}${prepared('determinations')}
    with decision as materialized (
      select * from jsonb_to_recordset(${json(decisions.map(decisionRow))}) as d(id text, determination_id text, target_id uuid, beneficiary uuid,
        type text, request_status text, expiration timestamptz, decided_at timestamptz, now timestamptz, action_by uuid, status text,
        reason text, duration int, duration_unit text, record_ids text[], plan_hash text, bulk_id uuid)
    ), record as materialized (
      select * from jsonb_to_recordset(${json(decisions.flatMap(recordRows))}) as g(id text, status text, action_by uuid, reason text,
        duration int, duration_unit text, criteria_met jsonb, updated_at timestamptz)
    ), decided as (
      update approval_record a set status = g.status, action_by = g.action_by, reason = g.reason, duration = g.duration,
        duration_unit = g.duration_unit, criteria_met = g.criteria_met, updated_at = g.updated_at
      from record g where a.id = any(array(select id from record)) and a.id = g.id
    ), determined as (
      insert into determination (id, access_request_id, target_id, type, request_form_id, traits, action_by, status, reason, duration,
        duration_unit, record_ids, is_final, plan_hash, bulk_id, created_at)
      select d.determination_id, r.id, r.target_id, r.type, r.request_form_id, ${traitsOfRequest}, d.action_by, d.status, d.reason,
        d.duration, d.duration_unit, d.record_ids, d.request_status <> 'PENDING', d.plan_hash, d.bulk_id, d.now
      from access_request r join decision d on d.id = r.id where r.id = any(${ids})
    ), advised as (
      ${openAdvice(sql`select d.determination_id from decision d`)}
    ), keys as (
      ${membershipKeys(sql`select d.target_id, d.beneficiary, d.type from decision d where d.request_status = 'APPROVED'`, 'determination')}
    ), touched as (
      update access_request r set status = d.request_status, expiration = d.expiration, decided_at = d.decided_at, updated_at = d.now
      from decision d where r.id = any(${ids}) and r.id = d.id and r.status = 'PENDING' returning r.id
    ), marked as (
      ${markEffects(claims)}
    ), ${auditParts(decisions.flatMap(auditOf), events)}
    select (select json_agg(k) from keys k) as keys, 1 / ((select count(*) from touched) = ${decisions.length}
      and (select count(*) from marked) = ${claims.length})::int`.execute(tx);
  return rows[0]?.keys ?? [];
}

/** Each decision is told; the one that ends the waiting is told a second time, as the request's own. */
function eventsOf(decision: Decision) {
  const { request, outcome, determinationId } = decision;
  const decided = decidedBy(decision);
  const reason = decided?.reason ?? null;
  const one = { status: request.status, decision: decided?.status, reason, recordIds: outcome.decidedIds };
  const events = [requestEvent(request, 'data_steward.updated', { ...one, determinationId })];
  if (request.status === 'PENDING') return events;
  const expiration = request.expiration?.toISOString() ?? null;
  const final = { status: request.status, expiration, reason, determinationId };
  return [...events, requestEvent(request, 'consumer.updated', final)];
}

function auditOf(decision: Decision): AuditEntry[] {
  const { request, outcome, determinationId, facts, input } = decision;
  const act = { actor: userActor(facts.actor), call: input.call };
  const decided = decidedBy(decision);
  const entries = [
    requestAudit(request, {
      ...act,
      action: 'ApprovalRecordDecided',
      payload: {
        status: decided?.status,
        reason: decided?.reason,
        duration: decided?.duration,
        durationUnit: decided?.durationUnit,
        recordIds: outcome.decidedIds,
        determinationId,
        requestStatus: request.status,
        planHash: input.decision.planHash,
        bulk: toldOf(input.bulk),
      },
      emits: eventsOf(decision),
    }),
  ];
  if (request.status !== 'APPROVED') return entries;
  const payload = { determinationId, expiration: request.expiration?.toISOString() ?? null };
  return [...entries, requestAudit(request, { ...act, action: 'SubscriptionGranted', payload })];
}
