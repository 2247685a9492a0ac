import { isTaking } from '@stoa/core/provisioning/diff';
import { holdsBack } from '@stoa/core/provisioning/holds-back';
import type { PoolClient } from 'pg';
import type { Probe, Proof } from '@stoa/core/provisioning/proof';
import type { ApplyPoint, Failure, Fence, FenceOf, ResultOf, Statement, StepResult } from '../connector.ts';
import type { Connections } from './connection.ts';
import { classify } from './errors.ts';
import { probe } from './probe.ts';

/** Certain failures of a transaction that lost against another one: nothing was written, so the same text is tried again. */
const attempts = 4;

type Behind = (client: PoolClient) => Promise<void>;
/** What is asked before a transaction, and what is sent behind it. */
type Around<T> = FenceOf<T> & {
  readonly behind?: Behind;
  /** Which statements must not be run once another one of their group has failed; unless told, all. */
  readonly isHeld?: (next: T, failed: T) => boolean;
};

/**
 * Runs statements: everything that takes away in a transaction of its own, then everything that gives, one transaction per
 * container. Each transaction is one round trip and ends with read-backs by id, so it happens whole and as meant, or not
 * at all. What is skipped of a container once one of its statements has failed, `holdsBack` says.
 */
export const apply = (
  connections: Connections,
  statements: readonly Statement[],
  fence: Around<Statement>,
): Promise<readonly StepResult[]> =>
  applyBatches(
    connections,
    batches(statements).map((batch) => ({ group: batch[0]?.step.container.name ?? '', batch })),
    { ...fence, isHeld: (next, failed) => holdsBack(failed.step, next.step) },
  );

type Executable = Pick<Statement, 'sql' | 'guard' | 'before' | 'locks' | 'refused'>;
type Divisible<T> = Executable & { readonly halves?: () => readonly T[] };
type Batch<T> = { readonly group: string; readonly batch: readonly T[] };

/**
 * One transaction for each batch; of what is left of a group once a statement of it has failed, some is skipped. What is refused for
 * its name was never tried, and skips nothing.
 */
export async function applyBatches<T extends Divisible<T>>(
  connections: Connections,
  list: readonly Batch<T>[],
  fence: Around<T>,
): Promise<readonly ResultOf<T>[]> {
  const results: ResultOf<T>[] = [];
  const failed = new Map<string, readonly T[]>();
  const fenced = new Set<string>();
  for (const { group, batch: all } of list) {
    const before = failed.get(group) ?? [];
    const isHeld = (next: T): boolean => fenced.has(group) || before.some((one) => fence.isHeld?.(next, one) !== false);
    for (const statement of all)
      if (statement.refused !== undefined) results.push({ statement, status: 'failed', failure: statement.refused });
    const asked = all.filter(({ refused }) => refused === undefined);
    results.push(...asked.filter(isHeld).map((statement) => skipped(statement)));
    const batch = asked.filter((next) => !isHeld(next));
    if (batch.length === 0) continue;
    const ran = await runDivided(connections, batch, { fence, left: { tries: mostTries } });
    if (ran.some((result) => result.status === 'skipped' && result.reason === 'fenced')) fenced.add(group);
    failed.set(group, [...before, ...ran.flatMap(({ statement, status }) => (status === 'done' ? [] : [statement]))]);
    results.push(...ran);
  }
  return results;
}

/** So often a batch is tried in parts: one bad member among ten thousand is found by less. */
const mostTries = 64;

type Dividing<T> = { readonly fence: Around<T>; readonly left: { tries: number } };

/** A batch that fails because of one member is run in halves, so that all others come in or go out. */
async function runDivided<T extends Divisible<T>>(
  connections: Connections,
  batch: readonly T[],
  { fence, left }: Dividing<T>,
): Promise<ResultOf<T>[]> {
  left.tries -= 1;
  const outcome = await runBatch(connections, batch, fence);
  const at = batch.findIndex(({ halves }) => halves !== undefined);
  const whole = batch[at];
  const isCertain = typeof outcome !== 'string' && outcome.class !== 'retry' && !outcome.outcomeUnknown;
  if (!isCertain || whole?.halves === undefined || left.tries <= 0) return batch.map((one) => resultOf(one, outcome));
  const results: ResultOf<T>[] = [];
  const others = [batch.slice(0, at), batch.slice(at + 1)];
  for (const part of [others[0] ?? [], ...whole.halves().map((half) => [half]), others[1] ?? []]) {
    if (part.length === 0) continue;
    results.push(...(await runDivided(connections, part, { fence, left })));
    // What stands before the members is what they come into.
    if (part === others[0] && results.some(({ status }) => status !== 'done'))
      return [...results, ...batch.slice(at).map((one) => skipped(one))];
  }
  return results;
}

const skipped = <T>(statement: T): ResultOf<T> => ({ statement, status: 'skipped', reason: 'earlier-failure' });

function resultOf<T>(statement: T, outcome: 'done' | 'fenced' | Failure): ResultOf<T> {
  if (outcome === 'done') return { statement, status: 'done' };
  if (outcome === 'fenced') return { statement, status: 'skipped', reason: 'fenced' };
  return { statement, status: 'failed', failure: outcome };
}

type Proving = { readonly fence: Fence; readonly probes: readonly Probe[] };

/** As `apply`, with the probes behind it: on the same way there and back when all of it is one transaction. */
export async function applyThenProbe(
  connections: Connections,
  statements: readonly Statement[],
  { fence, probes }: Proving,
): Promise<{ results: readonly StepResult[]; proofs: readonly Proof[] | null }> {
  let proofs: readonly Proof[] | null = null;
  const isOne = batches(statements).length === 1 && fence.at === undefined;
  const behind = async (client: PoolClient): Promise<void> => {
    proofs = await probe(client, probes);
  };
  const results = await apply(connections, statements, isOne ? { ...fence, behind } : fence);
  return { results, proofs };
}

function batches(statements: readonly Statement[]): Statement[][] {
  const parts: Statement[][] = [];
  let open: string | null = null;
  for (const statement of statements) {
    const group = isTaking(statement.step) ? null : statement.step.container.name;
    const last = parts.at(-1);
    if (last !== undefined && group !== null && group === open) last.push(statement);
    else parts.push([statement]);
    open = group;
  }
  return parts;
}

async function runBatch<T extends Executable>(
  connections: Connections,
  batch: readonly T[],
  fence: Around<T>,
): Promise<'done' | 'fenced' | Failure> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await connections
      .use((client) => runOnce(client, batch, fence))
      .catch((error: unknown): Failure => classify(error, true));
    if (outcome === 'done' || outcome === 'fenced') return outcome;
    const again =
      outcome.class === 'retry' && !outcome.outcomeUnknown && /^(XX000|40P01|40001|55P03|23505)$/.test(outcome.code);
    if (!again || attempt >= attempts) return outcome;
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20 * attempt));
  }
}

async function runOnce<T extends Executable>(
  client: PoolClient,
  batch: readonly T[],
  fence: Around<T>,
): Promise<'done' | 'fenced' | Failure> {
  if (!(await fence.holds(batch))) return 'fenced';
  try {
    if (fence.at === undefined) await runAtOnce(client, batch, fence.behind);
    else await runStepwise(client, batch, fence.at);
    return 'done';
  } catch (error) {
    const failure = classify(error, true);
    // A session whose transaction may have been committed is thrown away; whoever asks next sees what is there.
    if (failure.outcomeUnknown) throw error;
    await client.query('ROLLBACK');
    return failure;
  }
}

/** One text, so that it is one answer; what is asked behind it is sent before that answer has come. */
async function runAtOnce(client: PoolClient, batch: readonly Executable[], behind: Behind | undefined): Promise<void> {
  const { stream } = client.connection;
  stream.cork();
  const running = client.query([...opening(batch), ...batch.flatMap(textOf), 'COMMIT'].join(';\n'));
  const following = behind?.(client);
  stream.uncork();
  // What stands behind a failure fails for no reason of its own, and is asked again by whoever needs it.
  const [ran] = await Promise.allSettled([running, following]);
  if (ran.status === 'rejected') throw ran.reason;
}

const textOf = ({ before, sql, guard }: Executable): readonly string[] => [
  ...(before === undefined ? [] : [before]),
  sql,
  guard,
];

/**
 * A lock of ours may be waited for. What somebody else holds, a table that is altered or a role that is changed, may not: meanwhile all
 * other products of the platform would wait with it. `lock_timeout` counts for both, so it is set behind our own.
 */
function opening(batch: readonly Executable[]): string[] {
  const locks = [...new Set(batch.flatMap((s) => s.locks))];
  return ['BEGIN', ...locks.map((lock) => `SELECT ${lock}`), "SET LOCAL lock_timeout = '500ms'"];
}

async function runStepwise(
  client: PoolClient,
  batch: readonly Executable[],
  at: (point: ApplyPoint) => Promise<void>,
): Promise<void> {
  const [begin = 'BEGIN', ...locks] = opening(batch);
  await client.query(begin);
  await at('begun');
  for (const lock of locks) await client.query(lock);
  await at('locked');
  for (const statement of batch) {
    await at('beforeStatement');
    for (const text of textOf(statement)) await client.query(text);
    await at('afterStatement');
  }
  await at('beforeCommit');
  await client.query('COMMIT');
  await at('afterCommit');
}
