import type { Statement } from '@stoa/connectors/connector';
import type { Scope, ScopeKey } from '@stoa/core/access/model';
import { isTaking } from '@stoa/core/provisioning/diff';
import { sql } from 'kysely';
import { type Db, prepared, type Tx } from '../db/pool.ts';
import { isReplicaAlive } from '../work/advisory-locks.ts';
import type { KeyCause } from './enqueue-keys.ts';
import { type FactRows, factRowsOfKeys } from './load-facts.ts';
import { type Intended, intendingIf } from './statement-intent.ts';

/** A lease unrenewed for this long belongs to a replica that is gone or paused. */
const leaseSeconds = 20;
/** While it is younger than this, holding it costs no write. */
const renewAfterSeconds = 5;
/** How often a run that takes long renews it. */
export const renewEveryMilliseconds = 5_000;
const keysAtOnce = 5_000;
/** A look that nothing but the clock asked for gives way to everything else, for so long. */
const sweepPatienceSeconds = 10;

export type WaitingKey = {
  id: number;
  target_id: string | null;
  global_user_id: string | null;
  cause: string;
  task_id: string | null;
  /** `reader`: what is known of a person on the platform; else access. */
  facet: string;
};
type FoundKey = WaitingKey & { is_young: boolean };
export type ClaimedWork = {
  fence: number;
  keys: WaitingKey[];
  /** The highest key there was: facts read from now on hold what every key up to here stands for. */
  lastKey: number;
  connectionKey: string;
  connectionState: string;
  /** Changes with the settings and the login of the connection. */
  connectionVersion: string;
  /** A check of the connection fails: what takes access away is done, what gives some waits. */
  holdsGrants: boolean;
  /** The last attempts failed: what succeeds now ends an outage. */
  wasDown: boolean;
  /** Some run wrote down statements that it has not recorded: it ended before, or is under way. */
  hasIntents: boolean;
  /** The facts that the keys are about, when these are a few pairs; read with them. */
  rows: FactRows | undefined;
};

type Row = {
  state: string;
  connection_key: string;
  fence: number | null;
  is_fresh: boolean | null;
  is_mine: boolean | null;
  keys: FoundKey[] | null;
  last_key: number | null;
  version: string;
  was_down: boolean;
  has_intents: boolean;
  facts: FactRows | null;
};

/** The keys that wait for a connection, once this replica holds it. Undefined: another replica holds it, or it is gone. */
export async function claimWork(db: Db, connectionId: string, replicaId: string): Promise<ClaimedWork | undefined> {
  const row = await readWork(db, connectionId, replicaId);
  if (!row) return undefined;
  if (row.is_mine === true && row.is_fresh === true && row.fence !== null) {
    return toWork(row, row.fence);
  }
  const fence = await claimLease(db, connectionId, replicaId);
  if (fence === undefined) return undefined;
  const again = await readWork(db, connectionId, replicaId);
  return again && toWork(again, fence);
}

function toWork(row: Row, fence: number): ClaimedWork {
  const keys = withoutPatient(row.keys ?? []);
  return {
    fence,
    keys,
    lastKey: row.last_key ?? 0,
    connectionKey: row.connection_key,
    connectionState: row.state,
    connectionVersion: row.version,
    holdsGrants: row.state === 'error',
    wasDown: row.was_down,
    hasIntents: row.has_intents,
    // They leave out the young sweeps: where those go along after all, they are not of the whole scope.
    rows: keys.some(isPatient) ? undefined : (row.facts ?? undefined),
  };
}

const isSweep = (key: WaitingKey): boolean => key.cause === 'sweep';
const isPatient = (key: FoundKey): boolean => isSweep(key) && key.is_young;

/** The targets that a sweep asks about by themselves. */
export const sweptTargets = (keys: readonly WaitingKey[]): ReadonlySet<string> =>
  new Set(keys.flatMap((key) => (isSweep(key) && key.target_id !== null ? [key.target_id] : [])));

/**
 * The sweeps are left where there is other work that needs no look at the whole: read among the decisions of a crowd, a whole
 * connection is out of date before anything can be written, and is read again, while those decisions wait.
 */
function withoutPatient(keys: readonly FoundKey[]): FoundKey[] {
  const others = keys.filter((key) => !isPatient(key));
  const isWhole = others.some((key) => key.facet === 'access' && key.target_id === null);
  return [...(others.length === 0 || isWhole || keys.length === keysAtOnce ? keys : others)];
}

/**
 * A whole run came to nothing, since decisions went on: the sweep that asked for it waits as if it had just come.
 */
export async function putOffSweeps(db: Db, keys: readonly WaitingKey[]): Promise<void> {
  const ids = keys.filter(isSweep).map((key) => key.id);
  if (ids.length > 0)
    await sql`update provisioning_key set put_off_at = now() where id = any(${ids}::bigint[])`.execute(db);
}

async function readWork(db: Db, connectionId: string, replicaId: string): Promise<Row | undefined> {
  const { rows } = await sql<Row>`${prepared('waiting-work')}
    with key as materialized (select id, target_id, global_user_id, cause, task_id, facet,
        coalesce(put_off_at, enqueued_at) > now() - make_interval(secs => ${sweepPatienceSeconds}) as is_young from provisioning_key
      where connection_id = ${connectionId} order by id limit ${keysAtOnce})
    select c.state, c.connection_key, c.updated_at::text as version, c.attempt > 0 or c.run_error is not null as was_down, l.fence, l.holder = ${replicaId} as is_mine,
      l.renewed_at > now() - make_interval(secs => ${renewAfterSeconds}) as is_fresh,
      (select json_agg(k) from key k) as keys,
      (select max(id) from provisioning_key where connection_id = c.id) as last_key,
      exists (select from statement_intent where connection_id = c.id) as has_intents,
      ${factRowsOfKeys(connectionId, sql`(cause = 'sweep' and is_young)`)} as facts
    from connection c left join connection_lease l on l.connection_id = c.id where c.id = ${connectionId}`.execute(db);
  return rows[0];
}

/**
 * A lease is free when it is old, or when its holder's process is gone: the lock that showed its life went with its
 * connection. Each new holder raises the fence, so that one that was only paused or cut off finds it moved on.
 */
async function claimLease(db: Db, connectionId: string, replicaId: string): Promise<number | undefined> {
  const { rows } = await sql<{ fence: number }>`
    insert into connection_lease (connection_id, holder) values (${connectionId}, ${replicaId})
    on conflict (connection_id) do update set holder = excluded.holder, renewed_at = now(),
      fence = connection_lease.fence + (connection_lease.holder <> excluded.holder)::int
    where connection_lease.holder = excluded.holder
      or connection_lease.renewed_at < now() - make_interval(secs => ${leaseSeconds})
      or not ${isReplicaAlive(sql.ref('connection_lease.holder'))}
    returning fence`.execute(db);
  return rows[0]?.fence;
}

/** A key without a target widens the run to the connection, one without a user to the target. */
export function scopeOf(all: readonly WaitingKey[]): Scope {
  const keys = all.filter((key) => key.facet === 'access');
  if (keys.some((key) => key.target_id === null)) return { kind: 'all' };
  const whole = new Set(keys.filter((key) => key.global_user_id === null).map((key) => key.target_id));
  const pairs = new Map<string, ScopeKey>();
  for (const key of keys) {
    if (key.target_id === null) continue;
    if (whole.has(key.target_id)) pairs.set(key.target_id, { targetId: key.target_id });
    else if (key.global_user_id !== null) {
      pairs.set(`${key.target_id}/${key.global_user_id}`, {
        targetId: key.target_id,
        globalUserId: key.global_user_id,
      });
    }
  }
  return { kind: 'keys', keys: [...pairs.values()] };
}

export type HeldWork = Pick<ClaimedWork, 'fence' | 'keys' | 'lastKey' | 'holdsGrants'> & {
  connectionId: string;
  replicaId: string;
  /** Under which it writes down what it is about to run. */
  runId: string;
  scope: Scope;
};
export type Held = Pick<HeldWork, 'connectionId' | 'replicaId' | 'fence'>;

type AboutToRun = { readonly targetIds: readonly string[]; readonly statements: readonly Statement[] };

/** An answer that took longer may be that of a process that was stopped meanwhile, and of a lease that is over. */
const longestAnswerMilliseconds = 5_000;

/**
 * Asked before each native transaction: the lease is still ours, the connection is not paused, no check of it has begun to fail
 * where something is given, and no newer key bears on the
 * targets that are about to be written. Each change of a fact leaves a key in its own commit, so this re-reads the desired
 * rows without reading them; a sweep changes none. Keys are told by their ids: one with a smaller number may be committed after a larger one.
 * Where it holds, the statements are written down, so that they are in the audit also if this process ends right after them.
 */
export async function holdsFence(db: Db, work: HeldWork & AboutToRun): Promise<boolean> {
  const asked = performance.now();
  const pairs = pairsOf(work.scope, work.targetIds);
  const ids = work.keys.length < keysAtOnce ? work.keys.map((key) => key.id) : null;
  const isGiving = work.statements.some(({ step }) => !isTaking(step));
  const holds = sql`${isHeld(work, isGiving)}
      and not exists (select from provisioning_key k
        left join unnest(${pairs.map((k) => k.targetId)}::uuid[], ${pairs.map((k) => k.globalUserId ?? null)}::uuid[]) as s (target_id, user_id)
          on s.target_id = k.target_id and (s.user_id is null or k.global_user_id is null or s.user_id = k.global_user_id)
        where k.connection_id = ${work.connectionId} and k.cause <> 'sweep' and (s.target_id is not null or k.target_id is null and k.cause = any(${policyCauses}))
          and (k.id > ${work.lastKey} or not k.id = any(${ids}::bigint[])))`;
  const { rows } = await sql<{ holds: boolean }>`${pairs.length > 32 ? sql`` : prepared('fence')}
    ${intendingIf(holds, work, work.statements)}`.execute(db);
  return rows[0]?.holds === true && performance.now() - asked < longestAnswerMilliseconds;
}

const isHeld = ({ connectionId, replicaId, fence }: Held, isGiving: boolean) =>
  sql<boolean>`exists (select from connection_lease l join connection c on c.id = l.connection_id
        where l.connection_id = ${connectionId} and l.holder = ${replicaId} and l.fence = ${fence}
          and l.renewed_at > now() - make_interval(secs => ${leaseSeconds - longestAnswerMilliseconds / 1_000})
          and c.state in ('active', 'error', 'deleting') and ${mayRun(isGiving)})`;

/**
 * Asked before sessions are ended, which is done for an end that is proved: no newer key can change that it was one, so that the
 * lease alone is asked about. Where it is ours, the statement is written down.
 */
export const mayEndSessions = (
  db: Db,
  held: Held,
  { runId, statement }: { readonly runId: string; readonly statement: string },
): Promise<boolean> =>
  mayTakeAway(db, held, { runId, statements: [{ sql: statement, step: { kind: 'end-sessions' } }] });

/** The same of what two people have decided to take away, whatever else is decided meanwhile. */
export async function mayTakeAway(
  db: Db,
  held: Held,
  { runId, statements }: { readonly runId: string; readonly statements: readonly Intended[] },
): Promise<boolean> {
  const asked = performance.now();
  const intending = { connectionId: held.connectionId, runId };
  const { rows } = await intendingIf(isHeld(held, false), intending, statements).execute(db);
  return rows[0]?.holds === true && performance.now() - asked < longestAnswerMilliseconds;
}

/** Of the connection `c`: checks that began to fail after the work was claimed hold what it was about to give. */
export const mayRun = (isGiving: boolean) => sql`(c.state <> 'error' or not ${isGiving}::boolean)`;

/** Keys of a whole connection that may change whom a target is open to; a sweep or a button changes no fact. */
const policyCauses: readonly KeyCause[] = ['policy', 'tag', 'domain', 'crawl', 'object-state', 'product', 'deletion'];

function pairsOf(scope: Scope, targetIds: readonly string[]): readonly ScopeKey[] {
  if (scope.kind === 'all') return targetIds.map((targetId) => ({ targetId }));
  const written = new Set(targetIds);
  return scope.keys.filter((key) => written.has(key.targetId));
}

/** A run may take longer than a lease lasts; whoever took it over meanwhile keeps it. */
export async function renewLease(db: Db, { connectionId, replicaId, fence }: Held): Promise<void> {
  await sql`update connection_lease set renewed_at = now()
    where connection_id = ${connectionId} and holder = ${replicaId} and fence = ${fence}`.execute(db);
}

/** Keeps the lease as it is until the transaction ends; false when it is another's. */
export async function lockFence(tx: Tx, { connectionId, replicaId, fence }: Held): Promise<boolean> {
  const { rows } = await sql`select from connection_lease
    where connection_id = ${connectionId} and holder = ${replicaId} and fence = ${fence} for share`.execute(tx);
  return rows.length > 0;
}
