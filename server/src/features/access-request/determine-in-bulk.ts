import { createHash } from 'node:crypto';
import type { BulkDetermination, BulkDeterminationBody, BulkResult } from '@stoa/contract/bulk-determination';
import { errorDefinitions } from '@stoa/contract/error';
import type { DeterminationBody } from '@stoa/contract/approval-record';
import { may } from '@stoa/core/permissions/may';
import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Db } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { asRefusal } from '../../http/as-refusal.ts';
import { refusalOfConstraint } from '../../http/constraints.ts';
import { notAuthenticated, type Refusal, toProblem } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import { assessRequests } from '../assist/assess-request.ts';
import { loadPerson } from '../user/load-people.ts';
import { askedByLoaded, type BulkPart } from './bulk-conditions.ts';
import { determineRequest } from './determine-together.ts';
import { loadRequests } from './load-requests.ts';
import { presentRequest } from './present-request.ts';
import { toRequestObject } from './request-object.ts';

type BulkCall = { actorId: string; body: BulkDeterminationBody; call: Call };

/**
 * Decides several requests, one after the other, each by the same road as alone: what is decided stays decided whatever
 * becomes of the others. The effect is noted with each decision and not with the call's Idempotency-Key, so that a call that
 * was cut off and is sent again with it goes on where it ended.
 */
export async function determineInBulk(deps: Deps, input: BulkCall): Promise<BulkDetermination> {
  const { actorId, body, call } = input;
  const { accessRequests, ...decision } = body;
  const bulkId = bulkIdOf(input);
  const ids = accessRequests.map(({ id }) => id);
  const earlier = await findDecided(deps.db, bulkId, ids);
  const partOf = await findParts(deps.db, { actorId, bulkId, ids, begun: earlier.begun });
  // The claim would say of the whole what is true of one.
  const { claim: _, ...own } = call;
  const results = new Map<string, BulkResult>();
  for (const { id, planHash } of accessRequests) {
    if (earlier.ids.has(id)) continue;
    const one = { ...decision, ...(planHash === undefined ? {} : { planHash }) };
    results.set(id, await decideOne(deps, { actorId, call: own, decision: one, requestId: id, bulk: partOf(id) }));
  }
  const refused = ids.filter((id) => results.get(id)?.outcome !== 'DECIDED');
  const stored = await showDecided(deps.db, actorId, (await findDecided(deps.db, bulkId, refused)).ids);
  return { bulkId, results: ids.flatMap((id) => stored.get(id) ?? results.get(id) ?? []) };
}

/** The same for a call that is sent again with its Idempotency-Key, so that the pass is one. */
function bulkIdOf({ actorId, body, call: { claim } }: BulkCall): string {
  if (claim === undefined) return newUuid();
  const bytes = createHash('sha256')
    .update(JSON.stringify([actorId, claim.key, body]))
    .digest()
    .subarray(0, 16);
  // RFC 9562, version 8: made of what it stands for.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Those that this pass has decided already, and when it decided the first. */
type Decided = { ids: ReadonlySet<string>; begun: Date | undefined };

async function findDecided(db: Db, bulkId: string, ids: readonly string[]): Promise<Decided> {
  const { rows } = await sql<{
    id: string;
    at: Date;
  }>`select access_request_id as id, created_at as at from determination
    where bulk_id = ${bulkId} and access_request_id = any(${ids}::text[]) order by created_at`.execute(db);
  return { ids: new Set(rows.map(({ id }) => id)), begun: rows[0]?.at };
}

type Pass = { actorId: string; bulkId: string; ids: readonly string[]; begun: Date | undefined };

/**
 * What each request is held against when it is decided, behind its own lock: what the first one asked for, and its risk as it
 * before any of them is decided, also when a call is sent again. Of those that the caller does not review nothing is looked at.
 */
async function findParts(db: Db, { actorId, bulkId, ids, begun }: Pass): Promise<(id: string) => BulkPart> {
  const [actor, switches, found] = await Promise.all([
    loadPerson(db, actorId),
    readSwitches(db),
    loadRequests(db, ids),
  ]);
  if (actor === undefined) throw notAuthenticated();
  const mine = found.filter((one) => may(actor, 'access-request.assess', toRequestObject(one, switches)).allowed);
  const assessments = await assessRequests(db, mine, begun);
  const risks = new Map(mine.map(({ id }, place) => [id, assessments[place]?.approvalRisk]));
  const like = mine[0] && askedByLoaded(mine[0]);
  return (id) => ({ id: bulkId, count: ids.length, like, risk: risks.get(id) });
}

type One = { actorId: string; call: Call; decision: DeterminationBody; requestId: string; bulk: BulkPart };

async function decideOne(deps: Deps, { requestId, ...one }: One): Promise<BulkResult> {
  const id = requestId;
  try {
    const decided = await determineRequest(deps, { ...one, subject: { requestId } });
    return { outcome: 'DECIDED', id, accessRequest: presentRequest(decided.request, decided) };
  } catch (error) {
    return { outcome: 'REFUSED', id, problem: toItemProblem(refusalOf(deps, error, one.call), one.call) };
  }
}

/** One refusal ends nothing but its own decision; a credential that has ended, and a database that is away, end the call. */
function refusalOf({ log }: Deps, error: unknown, call: Call): Refusal {
  if (!(error instanceof Error)) throw error;
  const refusal = refusalOfConstraint(error) ?? asRefusal(error);
  if (refusal.code === 'auth.not_authenticated' || refusal.code === 'server.busy') throw refusal;
  if (errorDefinitions[refusal.code].status >= 500)
    log.error({ err: error, call: call.id }, 'one of several decisions failed');
  return refusal;
}

/** The problem as it would be answered alone; what it carries beside the common members goes with it. */
const toItemProblem = (refusal: Refusal, call: Call) => {
  const problem = toProblem(refusal, call.id);
  return { ...problem, next: String(problem['next']) };
};

/** Requests that are decided, as they stand now. */
async function showDecided(
  db: Db,
  actorId: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, BulkResult>> {
  if (ids.size === 0) return new Map();
  const [actor, switches, found] = await Promise.all([
    loadPerson(db, actorId),
    readSwitches(db),
    loadRequests(db, [...ids]),
  ]);
  if (actor === undefined) throw notAuthenticated();
  const shown = found.map((one): [string, BulkResult] => [
    one.id,
    { outcome: 'DECIDED', id: one.id, accessRequest: presentRequest(one, { actor, switches }) },
  ]);
  return new Map(shown);
}
