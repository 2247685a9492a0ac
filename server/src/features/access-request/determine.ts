import type { DeterminationBody } from '@stoa/contract/approval-record';
import { may } from '@stoa/core/permissions/may';
import type { Refused } from '@stoa/core/refusal';
import { determine, type Determined } from '@stoa/core/review/determine';
import { type RawBuilder, sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { prepared, type Tx, withNext } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { credentialHolds } from '../../http/authenticate.ts';
import { notAuthenticated, notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { planHashOf } from '../../provisioning/plan-preview.ts';
import { type ApplicationSwitches, toSwitches } from '../../settings-store.ts';
import { failPoint, isWithout } from '../../work/fail-point.ts';
import { presentRecord } from '../approval-record/present-record.ts';
import { type LoadedPerson, personColumns, toPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { type BulkPart, checkBulk, toldOf } from './bulk-conditions.ts';
import { type LoadedRecord, type LoadedRequest, requestColumns, requestTables } from './load-requests.ts';
import { toRequestObject, toReviewedRequest, toReviewRecord } from './request-object.ts';
import { storeDeterminations } from './store-determinations.ts';

/** What is decided: a request as a whole, or the one slot of it that is named. */
export type Subject = { requestId: string } | { recordId: string };
export type DetermineCall = {
  /** Who decides, however they came: session, token, or on behalf of nobody. */
  actorId: string;
  subject: Subject;
  decision: DeterminationBody;
  call: Call;
  /** Decided in one pass with others. */
  bulk?: BulkPart;
};
/** The request as it stands after the act, and what is needed to show it. */
export type DeterminedRequest = { request: LoadedRequest; actor: LoadedPerson; switches: ApplicationSwitches };
export type ActorColumns = {
  actor: Parameters<typeof toPerson>[0];
  application: Partial<ApplicationSwitches> | null;
  is_proven: boolean;
};
/** `isProven`: the credential by which they came was still good behind the lock. */
export type Facts = DeterminedRequest & { recordId: string | null; isProven: boolean };

/**
 * Decides on one request. Every path ends here or in `determineTogether`: the request row is locked first, then everything
 * that bears on the decision is read afresh, so that two who decide at once are one after the other, and rights lost a
 * moment ago are lost.
 */
export async function determineAlone(deps: Deps, input: DetermineCall): Promise<DeterminedRequest> {
  failPoint('determine.parsed');
  let judged: Facts | undefined;
  try {
    return await transact(deps, async (tx, after) => {
      const facts = await lockAndLoad(tx, input);
      failPoint('determine.locked');
      judged = facts;
      const outcome = judge(facts, input);
      await checkPlan(tx, facts, input);
      failPoint('determine.outcomeComputed');
      judged = undefined;
      const [determined] = await storeDeterminations({ tx, after }, [{ facts, outcome, input }]);
      if (determined === undefined) throw new Error('a decision was stored and is not there');
      return determined;
    });
  } catch (error) {
    if (judged && isAttempt(error)) await recordAttempt(deps, judged, input);
    throw error;
  }
}

/** What the decision comes to, or the refusal that says why not. */
export function judge(facts: Facts, input: DetermineCall): Determined {
  if (!facts.isProven) throw notAuthenticated();
  checkRight(facts);
  failPoint('determine.authorised');
  const outcome = decide(facts, input);
  if (input.bulk !== undefined) checkBulk(facts.request, input.bulk);
  return outcome;
}

/** Somebody tried to decide for themself. */
export const isAttempt = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'approval_record.four_eyes';

/**
 * Two statements on purpose, sent together: the second one's snapshot begins when the lock is held. The lock keeps out
 * every other act on the request, but not the rows that merely refer to it: what a run records would wait, and deadlock.
 */
async function lockAndLoad(tx: Tx, { actorId, subject, call }: DetermineCall): Promise<Facts> {
  const recordId = 'recordId' in subject ? subject.recordId : null;
  const id =
    'recordId' in subject
      ? sql`(select access_request_id from approval_record where id = ${subject.recordId})`
      : sql`${subject.requestId}`;
  if (!isWithout('request-lock'))
    await sql`${withNext}${prepared(recordId === null ? 'lock-request' : 'lock-request-of-record')}
    select from access_request where id = ${id} for no key update`.execute(tx);
  const { rows } = await sql<LoadedRequest & ActorColumns>`${
    recordId === null ? prepared('facts-of-determination') : prepared('facts-of-record')
  }
    select ${requestColumns}, ${actorColumns({ actorId: sql`${actorId}`, by: sql`${call.by ?? null}::text`, credentialId: sql`${call.credentialId ?? null}::uuid` })} from ${requestTables} where r.id = ${id}`.execute(
    tx,
  );
  const row = rows[0];
  if (row === undefined) throw notFound('request');
  return toFacts(row, recordId);
}

type Deciding = { actorId: RawBuilder<unknown>; by: RawBuilder<unknown>; credentialId: RawBuilder<unknown> };

/** Who decides, whether they are still who they were when they called, and what the application is set to. */
export const actorColumns = ({ actorId, by, credentialId }: Deciding): RawBuilder<unknown> => sql`
      ${credentialHolds({ by, id: credentialId, ownerId: actorId })} as is_proven,
      (select row_to_json(me) from (select ${personColumns} from app_user u where u.global_user_id = ${actorId}) me) as actor,
      (select value from setting where name = 'application') as application`;

export function toFacts(
  { actor, application, is_proven: isProven, ...request }: LoadedRequest & ActorColumns,
  recordId: string | null,
): Facts {
  return { request, actor: toPerson(actor), switches: toSwitches(application), recordId, isProven };
}

function checkRight({ request, actor, switches, recordId }: Facts): void {
  const object = toRequestObject(request, switches);
  if (!may(actor, 'access-request.read', object).allowed) throw notFound('request');
  if (recordId !== null && !request.records.some((record) => record.id === recordId))
    throw new Refusal('approval_record.rerouted', { extra: { requestId: request.id, requestStatus: request.status } });
  requireMay(actor, 'access-request.determine', object);
}

function decide({ request, actor, switches, recordId }: Facts, { decision }: DetermineCall): Determined {
  const outcome = determine({
    actor,
    request: toReviewedRequest(request),
    records: request.records.map(toReviewRecord),
    recordId,
    decision,
    settings: switches,
    now: request.now.getTime(),
  });
  if (outcome.ok) return outcome;
  throw refusalOf(outcome, { request, actor, switches });
}

function refusalOf({ code, detail, facts, errors }: Refused, { request, actor, switches }: DeterminedRequest): Refusal {
  const shared = { detail, ...(errors === undefined ? {} : { errors: [...errors] }) };
  const id = facts?.['record'];
  const decided = request.records.find((r) => isRecordOf(id, r));
  if (decided === undefined)
    return new Refusal(code, { ...shared, extra: { requestStatus: request.status, requestId: request.id } });
  const record = presentRecord(decided, { request, viewer: { actor, switches } });
  return new Refusal(code, {
    ...shared,
    detail: `${decided.actionBy?.name ?? 'Somebody'} ${record.status.toLowerCase()} this at ${record.updatedAt}. Your decision was not stored.`,
    extra: { record, requestStatus: request.status, requestId: request.id },
  });
}

const isRecordOf = (fact: unknown, record: LoadedRecord): boolean =>
  typeof fact === 'object' && fact !== null && 'id' in fact && fact.id === record.id;

/** The one place where an approval is held against the plan that was shown. A denial runs no statement. */
async function checkPlan(tx: Tx, { request }: Facts, { decision: { planHash, status } }: DetermineCall): Promise<void> {
  if (planHash === undefined || status !== 'APPROVED') return;
  const current = await planHashOf(tx, request);
  if (current !== planHash) throw new Refusal('plan.changed', { extra: { planHash: current } });
}

/** An attempt changes nothing, and is on record. */
export async function recordAttempt(
  deps: Deps,
  { request, actor }: Facts,
  { call, decision, bulk }: DetermineCall,
): Promise<void> {
  const attempt = requestAudit(request, {
    action: 'ApprovalRecordDecided',
    actionStatus: 'DENIED',
    actor: userActor(actor),
    call,
    payload: { status: decision.status, refused: 'approval_record.four_eyes', bulk: toldOf(bulk) },
  });
  await transact(deps, (tx) => appendAudit(tx, attempt));
}
