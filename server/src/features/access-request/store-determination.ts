import type { RequestStatus } from '@stoa/contract/enums';
import type { Determined } from '@stoa/core/review/determine';
import { sql } from 'kysely';
import { type AuditEntry, auditParts } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newCuid } from '../../db/new-id.ts';
import { prepared, type Tx, withCommit } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { announceMembership, membershipKeys } from '../../provisioning/enqueue-keys.ts';
import { failPoint, isFailPointSet } from '../../work/fail-point.ts';
import { openAdvice } from '../assist/keep-advice.ts';
import { traitsOfRequest } from '../assist/traits.ts';
import { requestAudit } from './audit.ts';
import type { DetermineCall, DeterminedRequest, Facts } from './determine.ts';
import type { LoadedRecord, LoadedRequest, Party } from './load-requests.ts';

type Writing = { tx: Tx; after: AfterCommit; input: DetermineCall };

/** Writes the decision with everything that follows from it, in the transaction that holds the request's lock. */
export async function storeDetermination(
  { tx, after, input }: Writing,
  facts: Facts,
  outcome: Determined,
): Promise<DeterminedRequest> {
  const request = applyOutcome(facts, outcome);
  if (outcome.requestStatus === 'APPROVED') after.changed('membership', request.id);
  after.changed('access-request', request.id);
  const decided = { request, outcome, determinationId: newCuid(), facts, input };
  const connectionIds = await writeDecision(tx, decided, after.takeEvents());
  failPoint('determine.recordInserted');
  failPoint('determine.requestUpdated');
  // Access follows from the approved request; there is no row of its own that could be forgotten.
  failPoint('determine.entitlementWritten');
  if (outcome.requestStatus === 'APPROVED') {
    announceMembership(after, connectionIds);
    // Approved a moment ago: no platform has been heard of.
    request.provisioning = {
      state: after.reconciles.size === 0 ? 'NONE' : request.awaits_acceptance ? 'AWAITING_ACCEPTANCE' : 'PROVISIONING',
      approvedAt: request.now.toISOString(),
    };
  }
  failPoint('determine.audited');
  failPoint('determine.outboxWritten');
  return { request, actor: facts.actor, switches: facts.switches };
}

/** The loaded request as it stands once `outcome` is stored, so that the answer needs no second read. */
function applyOutcome({ request, actor }: Facts, outcome: Determined): LoadedRequest {
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

type Decided = {
  request: LoadedRequest;
  outcome: Determined;
  determinationId: string;
  facts: Facts;
  input: DetermineCall;
};

/** A test that stops the server between the statement and its commit needs them apart. */
const isStepwise = (): boolean => isFailPointSet('determine') || isFailPointSet('decision');

/**
 * One statement, and the transaction's last: the decision, the request as it is now, the key by which an approval becomes
 * access, the audit rows. It divides by zero, and so undoes itself, should the request not be pending under the lock.
 */
async function writeDecision(
  tx: Tx,
  decision: Decided,
  events: ReturnType<AfterCommit['takeEvents']>,
): Promise<readonly string[]> {
  const { request, outcome, determinationId, facts, input } = decision;
  const changed = request.records.filter((r) => outcome.recordUpdates.some((u) => u.id === r.id));
  const rows = changed.map((r) => ({
    id: r.id,
    status: r.status,
    action_by: r.actionBy?.globalUserId ?? null,
    reason: r.reason,
    duration: r.duration,
    duration_unit: r.durationUnit,
    criteria_met: r.criteriaMet,
  }));
  const decided = request.records.find((r) => r.id === outcome.decidedIds[0]);
  const isApproved = request.status === 'APPROVED';
  const key = { targetId: request.target_id, globalUserId: request.beneficiary.globalUserId };
  const keys = membershipKeys({ ...key, cause: 'determination' });
  const { rows: touched } = await sql<{
    connection_ids: string[];
  }>`${isStepwise() ? sql`` : withCommit}${prepared(isApproved ? 'approval' : 'determination')}
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as g(id text, status text, action_by uuid, reason text, duration int, duration_unit text, criteria_met jsonb)
    ), decided as (
      update approval_record a set status = g.status, action_by = g.action_by, reason = g.reason, duration = g.duration,
        duration_unit = g.duration_unit, criteria_met = g.criteria_met, updated_at = ${request.now}
      from given g where a.access_request_id = ${request.id} and a.left_behind_at is null and a.id = g.id
    ), determined as (
      insert into determination (id, access_request_id, target_id, type, request_form_id, traits, action_by, status, reason, duration,
        duration_unit, record_ids, is_final, plan_hash, created_at)
      select ${determinationId}, r.id, r.target_id, r.type, r.request_form_id, ${traitsOfRequest}, ${facts.actor.globalUserId}::uuid,
        ${decided?.status ?? 'DENIED'}, ${decided?.reason ?? null}, ${decided?.duration ?? null}::int, ${decided?.durationUnit ?? null},
        ${[...outcome.decidedIds]}::text[], ${request.status !== 'PENDING'}::boolean, ${input.decision.planHash ?? null},
        ${request.now}::timestamptz
      from access_request r where r.id = ${request.id}
    ), advised as (${openAdvice(determinationId)}
    ), keys as (${isApproved ? keys : sql`select null::uuid as connection_id where false`}
    ), touched as (
      update access_request set status = ${request.status}, expiration = ${request.expiration}, decided_at = ${request.decided_at},
        updated_at = ${request.now}
      where id = ${request.id} and status = 'PENDING' returning id
    ), ${auditParts(auditOf(decision), events)}
    select (select coalesce(array_agg(connection_id::text), '{}') from keys) as connection_ids, 1 / (select count(*) from touched)`.execute(
    tx,
  );
  return touched[0]?.connection_ids ?? [];
}

function auditOf({ request, outcome, determinationId, facts, input }: Decided): AuditEntry[] {
  const act = { actor: userActor(facts.actor), call: input.call };
  const decided = request.records.find((r) => r.id === outcome.decidedIds[0]);
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
      },
    }),
  ];
  if (request.status !== 'APPROVED') return entries;
  const payload = { determinationId, expiration: request.expiration?.toISOString() ?? null };
  return [...entries, requestAudit(request, { ...act, action: 'SubscriptionGranted', payload })];
}
