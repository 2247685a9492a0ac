import type { PlatformSession, TakeBackResult } from '@stoa/connectors/connector';
import {
  type ExistingGrant,
  type GrantGroup,
  settledFindings,
  type TakenGroup,
} from '@stoa/core/provisioning/existing-grants';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { failPoint } from '../work/fail-point.ts';
import { type Held, lockFence, mayTakeAway, type WaitingKey } from './claim-work.ts';
import { closeTaken, type TakenFinding } from './close-taken.ts';
import { enqueueSwept } from './enqueue-keys.ts';
import { failureWords } from './failure-words.ts';
import { type Place, statementEntry, statementPayload } from './statement-audit.ts';
import { asRun, forgetIntents } from './statement-intent.ts';

type Work = Held & { readonly connectionKey: string; readonly keys: readonly WaitingKey[] };

/** So many objects are done in one go; whatever else waits for the connection has its turn in between. */
const objectsAtOnce = 50;

export const isOfTakeBacks = ({ facet }: WaitingKey): boolean => facet === 'take-back';

/**
 * Goes on with the plans that two people have agreed on, where keys ask for it: some objects of each. What was run, and was not recorded
 * before a process ended, is found gone and recorded as that. `more`: some of a plan is left.
 */
export async function runTakeBacks(
  deps: Deps,
  session: PlatformSession,
  work: Work,
): Promise<'done' | 'more' | 'fenced'> {
  const keys = work.keys.filter(isOfTakeBacks).map(({ id }) => id);
  if (keys.length === 0) return 'done';
  const { rows } = await sql<{ id: string }>`select id from take_back
    where connection_id = ${work.connectionId} and state = 'RUNNING' order by decided_at, id`.execute(deps.db);
  for (const { id } of rows) {
    const outcome = await runSome(deps, session, { work, id });
    if (outcome !== 'done') return outcome;
  }
  await sql`delete from provisioning_key where id = any(${keys}::bigint[])`.execute(deps.db);
  return 'done';
}

type Running = { readonly work: Work; readonly id: string };
type Planned = { readonly position: number; readonly group: TakenGroup };

async function runSome(deps: Deps, session: PlatformSession, running: Running): Promise<'done' | 'more' | 'fenced'> {
  const planned = await readPlanned(deps, running.id);
  if (planned.length > 0) {
    const outcome = await asRun((runId) => runPart(deps, session, { ...running, planned, runId }));
    if (outcome === 'fenced') return outcome;
    if ((await readPlanned(deps, running.id)).length > 0) return 'more';
  }
  return (await endPlan(deps, running)) ? 'done' : 'fenced';
}

/** What Stoa has still to run of the first objects, in the order of the plan. */
async function readPlanned(deps: Deps, id: string): Promise<Planned[]> {
  const { rows } = await sql<Planned>`
    with next as (select object_id from take_back_statement where take_back_id = ${id} and runs = 'stoa' and state = 'PLANNED'
      group by object_id order by min(position) limit ${objectsAtOnce})
    select position, grant_group as group from take_back_statement
    where take_back_id = ${id} and runs = 'stoa' and state = 'PLANNED' and object_id in (select object_id from next)
    order by position`.execute(deps.db);
  return rows;
}

type Part = Running & { readonly planned: readonly Planned[]; readonly runId: string };
type Outcome = { readonly position: number; readonly state: 'GONE' | 'FAILED'; readonly failure: string | null };

async function runPart(deps: Deps, session: PlatformSession, part: Part): Promise<'done' | 'fenced'> {
  const { work, planned, runId } = part;
  const objectIds = [...new Set(planned.map(({ group }) => group.objectId))];
  const look = () => session.observeGrants({ objectIds, containerIds: [] });
  const before = standing(await look());
  // Somebody else took it, or a run that ended before it could say so.
  const open = planned.filter(({ group }) => isThere(before, group));
  const statements = session.takeBackStatements(open.map(({ group }) => group));
  const results =
    statements.length === 0
      ? []
      : await session.applyTakeBack(statements, {
          holds: (batch) => mayTakeAway(deps.db, work, { runId, statements: batch }),
        });
  failPoint('takeBack.applied');
  const left = await look();
  const after = standing(left);
  const isFenced = results.some((one) => one.status === 'skipped' && one.reason === 'fenced');
  const resultAt = new Map(
    open.map(({ position }, at) => [position, results.find((one) => one.statement === statements[at])]),
  );
  const outcomes = planned.flatMap(({ position, group }): Outcome[] => {
    if (!isThere(after, group)) return [{ position, state: 'GONE', failure: null }];
    const result = resultAt.get(position);
    if (isFenced && (result === undefined || result.status === 'skipped')) return [];
    return [{ position, state: 'FAILED', failure: wordsOf(result) }];
  });
  const isRecorded = await record(deps, { part, results, outcomes, left });
  return isFenced || !isRecorded ? 'fenced' : 'done';
}

const wordsOf = (result: TakeBackResult | undefined): string => {
  // Nothing is tried again by itself: the plan was for what stood there then.
  const again = { remedy: 'File a new plan to try it again.' };
  if (result?.status === 'failed')
    return failureWords({ ...result.failure, ...(result.failure.class === 'retry' ? again : {}) });
  if (result?.status === 'skipped') return 'Another statement for the same object failed, so this one was not run.';
  return 'The platform confirmed the statement, and the grant is there all the same: somebody may have given it again.';
};

const entryKey = (
  one: Pick<ExistingGrant, 'objectId' | 'columnId' | 'granteeId' | 'grantorId'>,
  privilege: string,
): string => JSON.stringify([one.objectId, one.columnId, one.granteeId, one.grantorId, privilege]);

const standing = (grants: readonly ExistingGrant[]): ReadonlySet<string> =>
  new Set(grants.map((one) => entryKey(one, one.privilege)));

/** Any of what the group names is there. */
const isThere = (entries: ReadonlySet<string>, group: GrantGroup): boolean =>
  group.privileges.some((privilege) => entries.has(entryKey(group, privilege)));

type Recording = {
  readonly part: Part;
  readonly results: readonly TakeBackResult[];
  readonly outcomes: readonly Outcome[];
  /** What stands on the objects after it. */
  readonly left: readonly ExistingGrant[];
};

/** False where the lease is another's by now: what was run is told all the same, and what came of it is found by the next run. */
function record(deps: Deps, { part, results, outcomes, left }: Recording): Promise<boolean> {
  const { work, id, planned, runId } = part;
  const place: Place = { id: work.connectionId, name: work.connectionKey };
  const tried = results.filter((one) => one.status !== 'skipped');
  return transact(deps, async (tx, after) => {
    const isHeld = await lockFence(tx, work);
    if (tried.length > 0)
      await appendAudit(
        tx,
        tried.map((one) => statementEntry(place, { ...statementPayload(one), takeBackId: id }, one.status === 'done')),
      );
    await forgetIntents({ connectionId: place.id, runId }).execute(tx);
    if (!isHeld) return false;
    await storeOutcomes(tx, id, outcomes);
    await closeTaken(tx, { place, takeBackId: id, taken: takenOf(planned, outcomes, left) });
    after.changed('drift', place.id);
    return true;
  });
}

function takenOf(
  planned: readonly Planned[],
  outcomes: readonly Outcome[],
  left: readonly ExistingGrant[],
): TakenFinding[] {
  const gone = new Set(outcomes.flatMap(({ position, state }) => (state === 'GONE' ? [position] : [])));
  return planned.flatMap(({ position, group }) =>
    gone.has(position)
      ? settledFindings(group, left).map((words) => ({ objectId: group.objectId, granteeId: group.granteeId, words }))
      : [],
  );
}

const storeOutcomes = (tx: Tx, id: string, outcomes: readonly Outcome[]): Promise<unknown> =>
  sql`update take_back_statement s set state = x.state, failure = x.failure
    from json_to_recordset(${JSON.stringify(outcomes)}::json) as x (position int, state text, failure text)
    where s.take_back_id = ${id} and s.position = x.position`.execute(tx);

/** Nothing is left for Stoa to run: the plan is done, and the next look tells what else there is. False where the lease is another's. */
function endPlan(deps: Deps, { work, id }: Running): Promise<boolean> {
  return transact(deps, async (tx, after) => {
    if (!(await lockFence(tx, work))) return false;
    const { rows } = await sql<Record<string, unknown>>`
      update take_back t set state = 'DONE', ended_at = now() where id = ${id} and state = 'RUNNING'
      returning mode, path, filed_by as "filedBy", decided_by as "confirmedBy",
        (select count(*)::int from take_back_statement s where s.take_back_id = t.id and s.state = 'GONE') as gone,
        (select count(*)::int from take_back_statement s where s.take_back_id = t.id and s.state = 'FAILED') as failed,
        (select count(*)::int from take_back_statement s where s.take_back_id = t.id and s.state = 'PLANNED') as "leftToAdministrator"`.execute(
      tx,
    );
    const [ended] = rows;
    if (ended === undefined) return true;
    await appendAudit(tx, {
      action: 'TakeOverApplied',
      actor: systemActor,
      targetType: 'CONNECTION',
      targets: [{ id: work.connectionId, name: work.connectionKey }],
      payload: { takeBackId: id, ...ended },
    });
    await enqueueSwept(tx, after, { connectionId: work.connectionId, targetIds: [null] });
    after.changed('drift', work.connectionId);
    return true;
  });
}

/** Looks whether what an administrator had to run is gone by now, and closes what it was found in. */
export async function recheckTakeBack(deps: Deps, place: Place, id: string): Promise<void> {
  const { rows: planned } = await sql<Planned>`select position, grant_group as group from take_back_statement
    where take_back_id = ${id} and (runs = 'administrator' and state = 'PLANNED' or state = 'FAILED') order by position`.execute(
    deps.db,
  );
  if (planned.length === 0) return;
  const session = await deps.platforms.session(place.id);
  const objectIds = [...new Set(planned.map(({ group }) => group.objectId))];
  const left = await session.observeGrants({ objectIds, containerIds: [] });
  const entries = standing(left);
  const outcomes = planned.flatMap(({ position, group }): Outcome[] =>
    isThere(entries, group) ? [] : [{ position, state: 'GONE', failure: null }],
  );
  if (outcomes.length === 0) return;
  await transact(deps, async (tx, after) => {
    await storeOutcomes(tx, id, outcomes);
    await closeTaken(tx, { place, takeBackId: id, taken: takenOf(planned, outcomes, left) });
    await enqueueSwept(tx, after, { connectionId: place.id, targetIds: [null] });
    after.changed('drift', place.id);
  });
}
