import { ConnectorError, type Failure, type PlatformSession, type StepResult } from '@stoa/connectors/connector';
import { compileAccess } from '@stoa/core/access/compile';
import type { AccessFacts, DesiredAccess, Scope } from '@stoa/core/access/model';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope, type ObservedState } from '@stoa/core/provisioning/observed';
import type { Plan } from '@stoa/core/provisioning/plan';
import type { Proof } from '@stoa/core/provisioning/proof';
import type { Deps } from '../deps.ts';
import { nativeStatements } from '../http/metrics.ts';
import { resolveIdentities } from '../features/identity/resolve.ts';
import { failPoint, isFailPointSet } from '../work/fail-point.ts';
import {
  claimWork,
  type HeldWork,
  holdsFence,
  renewEveryMilliseconds,
  renewLease,
  scopeOf,
  type WaitingKey,
} from './claim-work.ts';
import { loadPushableFacts } from './load-pushable-facts.ts';
import { questionsFor } from './questions.ts';
import type { RunOutcome } from './reconciler.ts';
import { recordDrift } from './record-drift.ts';
import { recordRun } from './record-run.ts';
import { recordDown, recordUp } from './record-reach.ts';

/** What one run knows by the end; recorded as a whole. */
export type Run = {
  readonly connectionId: string;
  readonly connectionKey: string;
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
};

/**
 * One run of the road from 7 to 12 (architecture.md 4) over every key that waits for a connection: read the facts, compile,
 * observe, plan, apply, read back, record. Safe to repeat and to be killed anywhere: keys go with the record alone.
 */
export async function reconcileConnection(deps: Deps, connectionId: string): Promise<RunOutcome> {
  const work = await claimWork(deps.db, connectionId, deps.replicaId);
  if (!work) return 'not-ours';
  failPoint('reconcile.claimed');
  if (work.keys.length === 0 || work.connectionState === 'draft' || work.connectionState === 'paused') return 'done';
  const held: Work = { ...work, connectionId, replicaId: deps.replicaId, scope: scopeOf(work.keys) };
  const renewing = setInterval(() => renewLease(deps.db, held).catch(() => {}), renewEveryMilliseconds);
  try {
    const session = await deps.platforms.session(connectionId, work.connectionVersion);
    failPoint('reconcile.connected');
    const outcome = await runOver(deps, session, held);
    if (work.wasDown) await recordUp(deps, connectionId);
    return outcome;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await deps.platforms.forget(connectionId);
    await recordDown(deps, { connectionId, fence: work.fence, failure: error.failure, taskIds: tasksOf(work.keys) });
    return 'down';
  } finally {
    clearInterval(renewing);
  }
}

type Work = HeldWork & { connectionKey: string };

async function runOver(deps: Deps, session: PlatformSession, work: Work): Promise<RunOutcome> {
  const loaded = await loadPushableFacts(deps, {
    connectionId: work.connectionId,
    installationId: deps.installationId,
    scope: work.scope,
  });
  const { facts } = loaded;
  const desired = compileAccess(facts);
  // Taken before the look, so that what moves during the run makes the next sweep look again.
  const fingerprint = desired.scope.kind === 'all' ? JSON.stringify(await session.fingerprint()) : null;
  const observed = await session.observe(observeScope(desired));
  const plan = diff(desired, observed);
  if (plan.widen.length > 0) return runOver(deps, session, { ...work, scope: widened(work.scope, plan.widen) });
  if (desired.scope.kind === 'all' && !(await recordDrift(deps, { ...work, desired, observed }))) return 'again';
  if (await hasLostPrincipals(deps, work, { desired, observed })) return runOver(deps, session, work);
  failPoint('reconcile.planned');
  const results = await applyPlan(deps, session, { work, desired, plan, observed });
  if (results.some((result) => result.status === 'skipped' && result.reason === 'fenced')) return 'again';
  failPoint('readback.during');
  const containerIds = await readContainerIds(session, { desired, observed, plan });
  const proofs = await session.probe(questionsFor(loaded, desired, containerIds));
  failPoint('record.beforeMark');
  const run: Run = { ...work, facts, desired, observed, plan, results, proofs, containerIds };
  if ((await recordRun(deps, run)) === 'fenced') return 'again';
  // After statements of our own it is of a state that is gone: the sweep that follows takes the next.
  if (fingerprint !== null && results.length === 0) await recordFingerprint(deps, work.connectionId, fingerprint);
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

type Application = { work: Work; desired: DesiredAccess; plan: Plan; observed: ObservedState };

async function applyPlan(
  deps: Deps,
  session: PlatformSession,
  { work, desired, plan, observed }: Application,
): Promise<Run['results']> {
  const statements = session.statements(plan, observed);
  if (statements.length === 0) return [];
  const targets = new Map(desired.containers.map((container) => [container.name, container.targetId]));
  const started = performance.now();
  const results = await session.apply(statements, {
    holds: (batch) => {
      const written = batch.flatMap((statement) => targets.get(statement.step.container.name) ?? []);
      return holdsFence(deps.db, { ...work, targetIds: [...new Set(written)] });
    },
    ...(isFailPointSet('apply') ? { at: async (point) => failPoint(`apply.${point}`) } : {}),
  });
  const milliseconds = (performance.now() - started) / results.length;
  for (const result of results) nativeStatements.inc({ connection: work.connectionId, result: result.status });
  return results.map((result) => ({ ...result, milliseconds }));
}

/** The platform ids of our containers; asked again only when this run made one. */
async function readContainerIds(
  session: PlatformSession,
  about: { desired: DesiredAccess; observed: ObservedState; plan: Plan },
): Promise<Map<string, string>> {
  const { desired, observed, plan } = about;
  const isMade = plan.steps.some((step) => step.kind === 'create-container');
  const seen = isMade
    ? await session.observe({
        containers: desired.containers.map((c) => ({ name: c.name, privileges: false, members: [] })),
        objects: [],
        principals: [],
        foreign: false,
      })
    : observed;
  return new Map(
    seen.containers.filter((container) => container.ours).map((container) => [container.name, container.platformId]),
  );
}

async function recordFingerprint(deps: Deps, connectionId: string, fingerprint: string): Promise<void> {
  await deps.db.updateTable('connection').set({ fingerprint }).where('id', '=', connectionId).execute();
}

const tasksOf = (keys: readonly WaitingKey[]): string[] =>
  keys.flatMap((key) => (key.task_id === null ? [] : [key.task_id]));

export const failureText = (failure: Failure): string =>
  `${failure.class}: ${failure.message}. ${failure.remedy}`.trim();
