import { ConnectorError, type PlatformSession } from '@stoa/connectors/connector';
import { containerName } from '@stoa/core/access/container-name';
import type { DesiredAccess, TargetKind } from '@stoa/core/access/model';
import { diffMasks } from '@stoa/core/masking/plan';
import { diff } from '@stoa/core/provisioning/diff';
import { type KnownContainer, observeScope } from '@stoa/core/provisioning/observed';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { claimWork } from '../../provisioning/claim-work.ts';
import { lockTree } from '../../provisioning/crawl-tree.ts';
import { failureWords } from '../../provisioning/failure-words.ts';
import { namePrefix } from '../../provisioning/platforms.ts';
import { asRun, intend, recordLeftIntents, recordStatements } from '../../provisioning/statement-intent.ts';
import { findTask, markTask } from '../task/queries.ts';

type Going = { id: string; connectionKey: string; native: string; runId: string };
type Removal = { removed: string[]; left: string[] };

/** Takes back what Stoa made on the platform, proves that it is gone, and then forgets the connection. */
export const removeConnection = (deps: Deps, taskId: string): Promise<void> =>
  asRun((runId) => remove(deps, taskId, runId));

async function remove(deps: Deps, taskId: string, runId: string): Promise<void> {
  const task = await findTask(deps.db, taskId);
  if (!task || task.view.status === 'SUCCEEDED' || task.view.status === 'FAILED') return;
  const going: Going = {
    id: String(task.subject['connectionId']),
    connectionKey: task.view.target,
    native: String(task.subject['native']),
    runId,
  };
  await markTask(deps.db, taskId, { status: 'RUNNING' });
  try {
    await recordLeftIntents(deps, { id: going.id, name: going.connectionKey });
    const removal = going.native === 'leave' ? await listContainers(deps, going) : await takeBack(deps, going);
    await forgetConnection(deps, going, { taskId, removal });
    await deps.platforms.forget(going.id);
  } catch (error) {
    if (!(error instanceof ConnectorError || error instanceof NotGone)) {
      deps.log.error({ err: error, connection: going.connectionKey }, 'a connection could not be removed');
    }
    await reportFailure(deps, going, { taskId, error });
  }
}

const runOf = ({ id: connectionId, connectionKey, runId }: Going) => ({ connectionId, connectionKey, runId });

class NotGone extends Error {}

const nothingDesired = (deps: Deps, connectionId: string): DesiredAccess => ({
  scope: { kind: 'all' },
  installationId: deps.installationId,
  connectionId,
  namePrefix,
  strictMembers: true,
  containers: [],
  awaiting: [],
  held: [],
  verdicts: new Map(),
  prevented: new Map(),
  principals: new Map(),
  governed: [],
  nextExpiry: null,
});

/** More than one round where the first left something, such as a role that a colliding change kept in use. */
const rounds = 3;

async function takeBack(deps: Deps, going: Going): Promise<Removal> {
  await waitForLease(deps, going.id);
  const session = await deps.platforms.session(going.id);
  await takeMasksBack(deps, going, session);
  const desired = nothingDesired(deps, going.id);
  const known = await knownContainers(deps, going.id);
  const removed = new Set<string>();
  let problem = '';
  for (let round = 0; round < rounds; round++) {
    const seen = await session.observe({ ...observeScope(desired), known, foreign: false });
    const plan = diff(desired, seen);
    if (plan.steps.length === 0) {
      if (plan.blocked.length > 0) throw new NotGone(`Something keeps our roles in use (${plan.blocked[0]?.reason}).`);
      return { removed: [...removed], left: [] };
    }
    for (const step of plan.steps) removed.add(step.container.nativeName);
    problem = await applyAll(deps, going, { session, plan, seen });
  }
  throw new NotGone(`Not everything could be taken back. ${problem}`);
}

/** Views of ours and what they look up; the tables behind them were given to nobody by them. */
async function takeMasksBack(deps: Deps, going: Going, session: PlatformSession): Promise<void> {
  const seen = await session.observeMasks({ sources: 'all', bases: [], readers: 'all' });
  const plan = diffMasks({ views: [], entitlements: [], isWhole: true }, seen);
  if (plan.steps.length === 0) return;
  const results = await session.applyMasks(session.maskStatements(plan, seen), { holds: holdsLease(deps, going) });
  await recordStatements(deps, runOf(going), results);
  const failed = results.find((result) => result.status === 'failed');
  if (failed?.status === 'failed') throw new NotGone(failureWords(failed.failure));
}

const holdsLease =
  (deps: Deps, going: Going) =>
  async (statements: Parameters<typeof intend>[2]): Promise<boolean> => {
    if ((await claimWork(deps.db, going.id, deps.replicaId)) === undefined) return false;
    await intend(deps.db, runOf(going), statements);
    return true;
  };

/** One writer per connection: another replica lets go of it within this time once it has nothing to do there. */
const leaseWaitMilliseconds = 30_000;

async function waitForLease(deps: Deps, connectionId: string): Promise<void> {
  for (let waited = 0; waited < leaseWaitMilliseconds; waited += 500) {
    if ((await claimWork(deps.db, connectionId, deps.replicaId)) !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new NotGone('Another replica is at work on it.');
}

/** By its id a container is found that somebody renamed. */
async function knownContainers(deps: Deps, connectionId: string): Promise<KnownContainer[]> {
  const { rows } = await sql<{ kind: TargetKind; number: number; part: number; platformId: string }>`
    select c.kind, c.number::int as number, p.part::int as part, p.id as "platformId"
    from container c cross join lateral jsonb_each_text(jsonb_build_object('1', c.native_id) || coalesce(c.part_ids, '{}')) as p (part, id)
    where c.connection_id = ${connectionId} and p.id is not null`.execute(deps.db);
  return rows.map(({ kind, number, part, platformId }) => ({
    name: containerName(namePrefix, { kind, containerNumber: number }, part),
    platformId,
  }));
}

type Applying = {
  session: PlatformSession;
  plan: ReturnType<typeof diff>;
  seen: Awaited<ReturnType<PlatformSession['observe']>>;
};

async function applyAll(deps: Deps, going: Going, { session, plan, seen }: Applying): Promise<string> {
  const results = await session.apply(session.statements(plan, seen), { holds: holdsLease(deps, going) });
  await recordStatements(deps, runOf(going), results);
  const failed = results.find((result) => result.status === 'failed');
  return failed?.status === 'failed' ? failureWords(failed.failure) : '';
}

/** What stays behind is written down for whoever cleans up by hand; a platform that is away is no obstacle here. */
async function listContainers(deps: Deps, going: Going): Promise<Removal> {
  try {
    const session = await deps.platforms.session(going.id);
    const seen = await session.observe({
      containers: 'all',
      objects: [],
      schemas: [],
      principals: [],
      foreign: false,
    });
    return { removed: [], left: seen.containers.filter((c) => c.ours).map((c) => c.nativeName) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { rows } = await sql<{ name: string }>`select kind || ' ' || number as name from container
      where connection_id = ${going.id}`.execute(deps.db);
    return { removed: [], left: rows.map((row) => row.name) };
  }
}

async function forgetConnection(deps: Deps, going: Going, done: { taskId: string; removal: Removal }): Promise<void> {
  await transact(deps, async (tx, after) => {
    await lockTree(tx, going.id);
    await sql`select from connection where id = ${going.id} for update`.execute(tx);
    // Products that were deleted keep their lists as history; those of this connection have nothing to point at any more.
    await sql`delete from data_product_source ps using data_source s
      where s.id = ps.data_source_id and s.connection_id = ${going.id}`.execute(tx);
    // Sources before all else, in one statement: what hangs on them is then asked about once, not for each of them.
    await sql`delete from data_source s where s.connection_id = ${going.id}
      and exists (select from connection c where c.id = s.connection_id and c.state = 'deleting')`.execute(tx);
    await sql`delete from connection where id = ${going.id} and state = 'deleting'`.execute(tx);
    await markTask(tx, done.taskId, { status: 'SUCCEEDED' });
    await appendAudit(tx, {
      action: 'ConnectionDeleted',
      actor: systemActor,
      targetType: 'CONNECTION',
      targets: [{ id: going.id, name: going.connectionKey }],
      payload: { native: going.native, ...done.removal },
    });
    for (const type of ['connection', 'data-object', 'data-source'] as const) after.changed(type, going.connectionKey);
    after.changed('task', done.taskId);
  });
}

/** The connection stays `deleting`, with the reason: deleting it again tries again, or leaves the platform as it is. */
async function reportFailure(deps: Deps, going: Going, failed: { taskId: string; error: unknown }): Promise<void> {
  const { taskId, error } = failed;
  const what = error instanceof ConnectorError ? failureWords(error.failure) : undefined;
  const text = `${what ?? (error instanceof NotGone ? error.message : 'It failed on our side; the log of the server says why.')} Delete it again, or with native=leave.`;
  await transact(deps, async (tx, after) => {
    await sql`update connection set state_reason = ${text} where id = ${going.id}`.execute(tx);
    await markTask(tx, taskId, { status: 'FAILED', error: text });
    after.changed('connection', going.connectionKey);
    after.changed('task', taskId);
  });
}
