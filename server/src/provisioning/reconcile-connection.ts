import {
  ConnectorError,
  type Failure,
  type Fence,
  type PlatformSession,
  type StepResult,
} from '@stoa/connectors/connector';
import { compileAccess } from '@stoa/core/access/compile';
import type { AccessFacts, DesiredAccess, Scope } from '@stoa/core/access/model';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope, type ObservedState } from '@stoa/core/provisioning/observed';
import type { Plan } from '@stoa/core/provisioning/plan';
import type { Proof } from '@stoa/core/provisioning/proof';
import { withholdGiving } from '@stoa/core/provisioning/withhold';
import type { Deps } from '../deps.ts';
import { nativeStatements } from '../http/metrics.ts';
import { findPeopleOn, resolveIdentities } from '../features/identity/resolve.ts';
import { failPoint, isFailPointSet, isWithout } from '../work/fail-point.ts';
import {
  type ClaimedWork,
  claimWork,
  type HeldWork,
  holdsFence,
  putOffSweeps,
  renewEveryMilliseconds,
  renewLease,
  scopeOf,
  sweptTargets,
  type WaitingKey,
} from './claim-work.ts';
import { endOpenSessions } from './end-open-sessions.ts';
import { failureWords } from './failure-words.ts';
import { isOfSessions, retryLeftSessions } from './left-sessions.ts';
import type { LoadedFacts } from './load-facts.ts';
import { loadPushableFacts } from './load-pushable-facts.ts';
import { recordLook, takeLook } from './look.ts';
import { questionsFor } from './questions.ts';
import { peopleOf, reconcileMasks, reconcileReaders } from './reconcile-masks.ts';
import type { RunOutcome } from './reconciler.ts';
import { type DriftRow, recordDrift } from './record-drift.ts';
import { recordFutures } from './record-futures.ts';
import { mendedBy } from './record-mended.ts';
import { recordPolicyMembers } from './record-policy-members.ts';
import { readPrevious, recordRun } from './record-run.ts';
import { recordUnmapped } from './record-unmapped.ts';
import { isOfTakeBacks, runTakeBacks } from './run-take-backs.ts';
import { takeFreeNames } from './take-free-names.ts';
import { asRun, recordLeftIntents, recordStatements } from './statement-intent.ts';
import { recordDown, recordUp } from './record-reach.ts';

/** What one run knows by the end; recorded as a whole. */
export type Run = {
  readonly connectionId: string;
  readonly connectionKey: string;
  readonly runId: string;
  readonly fence: number;
  readonly keys: readonly WaitingKey[];
  readonly facts: AccessFacts;
  readonly desired: DesiredAccess;
  readonly observed: ObservedState;
  readonly plan: Plan;
  readonly results: readonly (StepResult & { readonly milliseconds: number })[];
  readonly proofs: readonly Proof[];
  /** Container name -> platform id, as of after the run. */
  readonly containerIds: ReadonlyMap<string, string>;
  /** Requests whose access has ended, and whose sessions on the platform may go on. */
  readonly leftOpen?: ReadonlySet<string>;
  /** Findings that the run has put right. */
  readonly mended: readonly DriftRow[];
};

/**
 * One run of the road from 7 to 12 (architecture.md 4) over every key that waits for a connection: read the facts, compile,
 * observe, plan, apply, read back, record. Safe to repeat and to be killed anywhere: keys go with the record alone.
 */
export const reconcileConnection = (deps: Deps, connectionId: string): Promise<RunOutcome> =>
  asRun((runId) => reconcile(deps, connectionId, runId));

async function reconcile(deps: Deps, connectionId: string, runId: string): Promise<RunOutcome> {
  if (deps.schema.newer !== undefined) return 'not-ours';
  const asked = performance.now();
  const work = await claimWork(deps.frequent, connectionId, deps.replicaId);
  if (!work) return 'not-ours';
  if (isWithout('kept-keys')) await deps.db.deleteFrom('provisioning_key').where('id', '<=', work.lastKey).execute();
  failPoint('reconcile.claimed');
  if (work.hasIntents) await orLater(deps, recordLeftIntents(deps, { id: connectionId, name: work.connectionKey }));
  if (work.keys.length === 0 || work.connectionState === 'draft' || work.connectionState === 'paused') return 'done';
  const held: Work = { ...work, connectionId, replicaId: deps.replicaId, runId, scope: scopeOf(work.keys) };
  const renewing = setInterval(() => renewLease(deps.db, held).catch(() => {}), renewEveryMilliseconds);
  try {
    const session = await deps.platforms.session(connectionId, work.connectionVersion);
    failPoint('reconcile.connected');
    if ((await retryLeftSessions(deps, session, held)) === 'fenced') return 'again';
    const taking = await runTakeBacks(deps, session, held);
    if (taking === 'fenced') return 'again';
    // The key of a plan that is not done yet is not this run's to take away.
    const rest: Work = { ...held, keys: held.keys.filter((key) => !isOfTakeBacks(key)) };
    if (rest.keys.every(isOfSessions)) {
      if (work.wasDown) await recordUp(deps, connectionId);
      return taking === 'more' ? 'again' : 'done';
    }
    if (rest.scope.kind === 'all') await findPeopleOn(deps, connectionId);
    const isFresh = performance.now() - asked < freshMilliseconds;
    const outcome = await runMasks(deps, session, isFresh ? rest : { ...rest, rows: undefined });
    if (work.wasDown) await recordUp(deps, connectionId);
    if (outcome === 'again') await putOffSweeps(deps.db, held.keys);
    return outcome === 'done' && taking === 'more' ? 'again' : outcome;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await deps.platforms.forget(connectionId);
    await recordDown(deps, { connectionId, fence: work.fence, failure: error.failure, taskIds: tasksOf(work.keys) });
    return 'down';
  } finally {
    clearInterval(renewing);
  }
}

/** A trail that cannot be written holds up nobody's end of access: what was run stays written down until it can. */
const orLater = (deps: Deps, recording: Promise<void>): Promise<void> =>
  recording.catch((error) => deps.log.error({ err: error }, 'native statements wait to be recorded in the audit'));

type Work = HeldWork & Pick<ClaimedWork, 'connectionKey' | 'rows'> & { hasFailedMasks?: boolean; nameTries?: number };

/** Names that are looked for in one run: where all of these are taken as well, the next run goes on. */
const mostNameTries = 20;

/** Facts that came with the keys serve a run that begins at once; dialling a platform may have taken seconds. */
const freshMilliseconds = 1_000;

/** Masks stand before access is given: readers are only ever let at what is protected already. */
async function runMasks(deps: Deps, session: PlatformSession, work: Work): Promise<RunOutcome> {
  if (work.scope.kind === 'all') {
    const masks = await reconcileMasks(deps, session, work);
    if (masks === 'fenced') return 'again';
    return runOver(deps, session, { ...work, hasFailedMasks: masks === 'failed' });
  }
  const people = peopleOf(work.keys);
  if (people.length === 0) return runOver(deps, session, work);
  const endsKeys = work.scope.keys.length === 0;
  if ((await reconcileReaders(deps, session, { work, people, endsKeys })) === 'fenced') return 'again';
  return endsKeys ? 'done' : runOver(deps, session, work);
}

async function runOver(deps: Deps, session: PlatformSession, work: Work): Promise<RunOutcome> {
  const at = work.scope.kind === 'all' ? 'everything' : sweptTargets(work.keys);
  const look = at === 'everything' || at.size > 0 ? await takeLook(deps.db, session, work.connectionId) : null;
  const loaded = await loadPushableFacts(deps, {
    connectionId: work.connectionId,
    installationId: deps.installationId,
    scope: work.scope,
    rows: work.rows,
    keeps: work,
  });
  const { facts } = loaded;
  const desired = compileAccess(facts);
  const observed = await session.observe(observeScope(desired));
  const whole = diff(desired, observed);
  const plan = work.holdsGrants ? withholdGiving(whole, { desired, observed }) : whole;
  const again: Work = { ...work, rows: undefined };
  const tries = work.nameTries ?? 0;
  if (tries < mostNameTries && (await takeFreeNames(deps, work, plan)))
    return runOver(deps, session, { ...again, nameTries: tries + 1 });
  if (plan.widen.length > 0) return runOver(deps, session, { ...again, scope: widened(work.scope, plan.widen) });
  const found = await recordDrift(deps, { ...work, desired, observed, session });
  if (found === 'fenced') return 'again';
  if (!(await recordUnmapped(deps, { ...work, desired, observed }))) return 'again';
  if (await hasLostPrincipals(deps, work, { desired, observed })) return runOver(deps, session, again);
  failPoint('reconcile.planned');
  const previous = readPrevious(deps.db, { ...work, facts, desired });
  // Whoever waits for it below is told; until then the run may have failed for a reason of its own.
  previous.catch(() => undefined);
  const applied = await applyAndProbe(deps, session, { work, loaded, desired, plan, observed });
  if (applied === 'fenced') return 'again';
  failPoint('record.beforeMark');
  const mended = mendedBy(applied, found);
  const bare: Run = { ...work, facts, desired, observed, plan, ...applied, mended };
  const before = await previous;
  const leftOpen = await endOpenSessions(deps, session, { run: bare, previous: before, held: work });
  if (leftOpen === 'fenced') {
    await recordStatements(deps, bare, bare.results);
    return 'again';
  }
  const run: Run = { ...bare, leftOpen };
  await recordFutures(deps, session, run);
  await recordPolicyMembers(deps, run);
  if ((await recordRun(deps, run, before)) === 'fenced') return 'again';
  // After statements of our own it is of a state that is gone, and a mask that failed is to be tried again though nothing moves: the
  // sweep that follows takes the next.
  const isSettled = run.results.length === 0 && work.hasFailedMasks !== true;
  if (look !== null && isSettled) await recordLook(deps, work, { look, at });
  return 'done';
}

/**
 * A principal that is gone, or whose name is another's by now, is no longer the person (platforms.md 2, `identity_missing`).
 * True when an identity was changed for it: the facts have to be read again.
 */
async function hasLostPrincipals(
  deps: Deps,
  work: Work,
  { desired, observed }: { desired: DesiredAccess; observed: ObservedState },
): Promise<boolean> {
  const there = new Set(observed.principals.map((principal) => principal.platformId));
  const lost = observeScope(desired).principals.flatMap((id) => {
    const userId = there.has(id) ? undefined : desired.principals.get(id);
    return userId === undefined ? [] : [userId];
  });
  return lost.length > 0 && (await resolveIdentities(deps, work.connectionId, lost)).changed.length > 0;
}

function widened(scope: Scope, targets: readonly string[]): Scope {
  if (scope.kind === 'all') return scope;
  const wide = new Set(targets);
  return {
    kind: 'keys',
    keys: [...targets.map((targetId) => ({ targetId })), ...scope.keys.filter((key) => !wide.has(key.targetId))],
  };
}

type Application = {
  work: Work;
  loaded: LoadedFacts;
  desired: DesiredAccess;
  plan: Plan;
  observed: ObservedState;
};
type Applied = Pick<Run, 'results' | 'proofs' | 'containerIds'>;

/** Runs the plan and reads back what it came to. Where no container has to be made first, the two travel together. */
async function applyAndProbe(deps: Deps, session: PlatformSession, about: Application): Promise<Applied | 'fenced'> {
  const { loaded, desired, plan, observed } = about;
  const statements = session.statements(plan, observed);
  const fence = fenceOf(deps, about);
  const started = performance.now();
  const isMade = plan.steps.some((step) => step.kind === 'create-container');
  const known = isMade ? undefined : idsOf(observed);
  const { schemas } = observed;
  const questions = known && questionsFor(loaded, desired, { containerIds: known, schemas });
  const together =
    statements.length > 0 && questions !== undefined
      ? await session.applyThenProbe(statements, fence, questions)
      : null;
  const results = together?.results ?? (statements.length > 0 ? await session.apply(statements, fence) : []);
  const milliseconds = (performance.now() - started) / results.length;
  for (const result of results) nativeStatements.inc({ connection: about.work.connectionKey, result: result.status });
  const timed = results.map((result) => ({ ...result, milliseconds }));
  if (results.some((result) => result.status === 'skipped' && result.reason === 'fenced')) {
    await recordStatements(deps, about.work, timed);
    return 'fenced';
  }
  failPoint('readback.during');
  try {
    const containerIds = known ?? idsOf(await observeContainers(session, desired));
    const proofs =
      together?.proofs ?? (await session.probe(questions ?? questionsFor(loaded, desired, { containerIds, schemas })));
    return { results: timed, proofs, containerIds };
  } catch (error) {
    // The platform went away before it could be read back: what was run is told all the same.
    if (timed.length > 0) await orLater(deps, recordStatements(deps, about.work, timed));
    throw error;
  }
}

function fenceOf(deps: Deps, { work, desired }: Application): Fence {
  const targets = new Map(desired.containers.map((container) => [container.name, container.targetId]));
  return {
    holds: (batch) => {
      const written = batch.flatMap((statement) => targets.get(statement.step.container.name) ?? []);
      return holdsFence(deps.frequent, { ...work, targetIds: [...new Set(written)], statements: batch });
    },
    ...(isFailPointSet('apply') ? { at: async (point) => failPoint(`apply.${point}`) } : {}),
  };
}

const observeContainers = (session: PlatformSession, desired: DesiredAccess): Promise<ObservedState> =>
  session.observe({
    containers: desired.containers.map((c) => ({ name: c.name, privileges: false, members: [] })),
    known: observeScope(desired).known ?? [],
    objects: [],
    schemas: [],
    principals: [],
    foreign: false,
  });

/** The platform ids of our containers. */
const idsOf = (seen: ObservedState): Map<string, string> =>
  new Map(seen.containers.filter((container) => container.ours).map((c) => [c.name, c.platformId]));

const tasksOf = (keys: readonly WaitingKey[]): string[] =>
  keys.flatMap((key) => (key.task_id === null ? [] : [key.task_id]));

export const failureText = (failure: Failure): string => `${failure.class}: ${failureWords(failure)}`;
