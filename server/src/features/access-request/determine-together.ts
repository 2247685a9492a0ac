import { sql } from 'kysely';
import pg from 'pg';
import { prepared, type Tx, unseen, withNext } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { isFailPointSet, isWithout } from '../../work/fail-point.ts';
import { Gather } from '../../work/gather.ts';
import {
  type ActorColumns,
  actorColumns,
  type DetermineCall,
  determineAlone,
  type DeterminedRequest,
  type Facts,
  isAttempt,
  judge,
  recordAttempt,
  toFacts,
} from './determine.ts';
import { type LoadedRequest, requestColumns, requestTables } from './load-requests.ts';
import { type Allowed, storeDeterminations } from './store-determinations.ts';

/** A decision on a request as a whole that was not held against a plan. */
type Gathered = DetermineCall & { subject: { requestId: string } };
/** Undefined: it has to be decided alone. */
type Result = PromiseSettledResult<DeterminedRequest | undefined>;

const gatherings = new WeakMap<Deps, Gather<Gathered, DeterminedRequest | undefined>>();

/**
 * Decides. Decisions that come while others are being written are written together, each judged by itself on the facts
 * behind its own lock: a commit for eight costs what it costs for one.
 */
export async function determineRequest(deps: Deps, input: DetermineCall): Promise<DeterminedRequest> {
  if (!isGathered(input)) return determineAlone(deps, input);
  const known = gatherings.get(deps);
  const gathering = known ?? new Gather((inputs) => determineTogether(deps, inputs), mostTogether);
  if (known === undefined) gatherings.set(deps, gathering);
  return (await gathering.add(input)) ?? determineAlone(deps, input);
}

const mostTogether = 16;
const alone: Result = { status: 'fulfilled', value: undefined };

/** A test that stops the server in the middle of a decision means that one. */
const isGathered = (input: DetermineCall): input is Gathered =>
  'requestId' in input.subject && input.decision.planHash === undefined && !isFailPointSet('determine');

/** Settles each decision, in their order. Of several on one request the first is decided here, the others come after it. */
async function determineTogether(deps: Deps, inputs: readonly Gathered[]): Promise<Result[]> {
  const firsts = new Map(inputs.toReversed().map((one) => [one.subject.requestId, one]));
  const results = await tryTogether(deps, [...firsts.values()]);
  return inputs.map((one) => results.get(one) ?? alone);
}

/** What is missing from the answer has to be decided alone: a request that is not there, or all when one is held by somebody. */
async function tryTogether(deps: Deps, inputs: readonly Gathered[]): Promise<Map<Gathered, Result>> {
  const refusals = new Map<Gathered, Refused>();
  const results = new Map<Gathered, Result>();
  try {
    const stored = await transact({ ...deps, db: deps.frequent }, async (tx, after) => {
      const facts = await lockAndLoadAll(tx, inputs);
      const allowed = judgeAll(inputs, facts, refusals);
      const determined = allowed.length === 0 ? [] : await storeDeterminations({ tx, after }, allowed);
      return determined.map((value, place) => ({ input: allowed[place]?.input, value }));
    });
    for (const { input, value } of stored) if (input) results.set(input, { status: 'fulfilled', value });
  } catch (error) {
    // Nothing was written; what the database took exception to is found by going one by one.
    if (isUndone(error)) return new Map();
    throw error;
  }
  // What was decided is decided by now, whatever becomes of the refusals.
  for (const [input, refused] of refusals) results.set(input, await refuse(deps, input, refused));
  return results;
}

type Refused = { facts: Facts; reason: unknown };

function judgeAll(
  inputs: readonly Gathered[],
  facts: ReadonlyMap<string, Facts>,
  refusals: Map<Gathered, Refused>,
): (Allowed & { input: Gathered })[] {
  return inputs.flatMap((input) => {
    const own = facts.get(input.subject.requestId);
    if (own === undefined) return [];
    try {
      return [{ facts: own, outcome: judge(own, input), input }];
    } catch (reason) {
      refusals.set(input, { facts: own, reason });
      return [];
    }
  });
}

/** As for one alone: an attempt that cannot be put on record is a failure, and that one's alone. */
async function refuse(deps: Deps, input: Gathered, { facts, reason }: Refused): Promise<Result> {
  try {
    if (isAttempt(reason)) await recordAttempt(deps, facts, input);
    return { status: 'rejected', reason };
  } catch (failure) {
    return { status: 'rejected', reason: failure };
  }
}

/** The database refused a statement. When it goes away itself (class 57P), the commit may have been made. */
const isUndone = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code?.startsWith('57P') !== true;

/** As for one: two statements on purpose, the second sees what the locks were waited for. They are taken in one order. */
async function lockAndLoadAll(tx: Tx, inputs: readonly Gathered[]): Promise<Map<string, Facts>> {
  const ids = inputs.map((input) => input.subject.requestId);
  if (!isWithout('request-lock'))
    await sql`${withNext}${prepared('lock-requests')}
    select from access_request where id = any(${unseen(ids, 'text')}) order by id for no key update nowait`.execute(tx);
  const { rows } = await sql<LoadedRequest & ActorColumns>`${prepared('facts-of-determinations')}
    select ${requestColumns}, ${actorColumns({ actorId: sql`asked.actor_id`, by: sql`asked.by`, credentialId: sql`asked.credential_id` })}
    from ${requestTables} join unnest(${ids}::text[], ${inputs.map((input) => input.actorId)}::uuid[], ${inputs.map(({ call }) => call.by ?? null)}::text[],
      ${inputs.map(({ call }) => call.credentialId ?? null)}::uuid[]) as asked (request_id, actor_id, by, credential_id)
      on asked.request_id = r.id where r.id = any(${ids}::text[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, toFacts(row, null)]));
}
