import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db } from '../db/pool.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { CannotJudge } from './acting-policy.ts';
import { type AccessResult, checkAccess } from './check-access.ts';
import type { ConnectionFact } from './facts.ts';
import { type Checked, findingKey, type InvariantId, invariantIds, invariants, type Unchecked } from './finding.ts';
import { loadWorld, type World } from './load-world.ts';
import { readCatalog } from './open-platform.ts';
import type { Catalog } from './platform.ts';
import { type StoredAsk, storedChecks } from './stored-checks.ts';

export type VerifyAsk = StoredAsk & {
  readonly db: Db;
  readonly config: Pick<Config, 'egress'>;
  readonly secrets: Secrets;
  /** Keys of connections; none: all of them. */
  readonly connections?: readonly string[];
  /** None: all of them. */
  readonly only?: readonly InvariantId[];
  /** What is on its way has this long to arrive: only a difference that outlives it is a violation. */
  readonly settleMs: number;
  /** How far the run is, for whoever watches; of `total` steps `done` are. */
  readonly onProgress?: (done: number, total: number, doing: string) => Promise<void> | void;
};

type Looking = Omit<VerifyAsk, 'settleMs'>;

export type InvariantReport = Omit<Checked, 'isNotAsked'> & {
  readonly name: string;
  readonly says: string;
  readonly status: 'held' | 'violated' | 'unchecked' | 'not asked';
};
export type VerifyReport = {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly invariants: readonly InvariantReport[];
};

/** The invariants that look at platforms. */
const ofAccess = ['I1', 'I2', 'I3', 'I11', 'I12'] as const;

export class UnknownConnection extends Error {}

/** Looks once, and again while something differs, until all is well or what differs has outlived the time to settle. */
export async function runVerify(ask: VerifyAsk): Promise<VerifyReport> {
  const startedAt = new Date();
  let checked = await lookOnce(ask);
  let open = differing(checked);
  while (open.size > 0 && Date.now() - startedAt.getTime() < ask.settleMs) {
    const left = startedAt.getTime() + ask.settleMs - Date.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(Math.min(left, ask.settleMs / 10, 5_000), 100)));
    checked = await lookOnce(ask);
    open = differing(checked, open);
  }
  return { startedAt, finishedAt: new Date(), invariants: reportOf(checked, open, ask.only !== undefined) };
}

/** Keys of what differs; after an earlier look, of what still does. */
export function differing(checked: readonly Checked[], before?: ReadonlySet<string>): Set<string> {
  const now = new Set(checked.flatMap(({ findings }) => findings.map(findingKey)));
  return before === undefined ? now : new Set([...before].filter((key) => now.has(key)));
}

/** How each invariant stands, by the last look, when only what is `open` counts. `isNamed`: they were asked for by name. */
export const reportOf = (
  checked: readonly Checked[],
  open: ReadonlySet<string>,
  isNamed: boolean,
): readonly InvariantReport[] =>
  checked.map((one) =>
    report({ ...one, findings: one.findings.filter((finding) => open.has(findingKey(finding))) }, isNamed),
  );

function report({ isNotAsked = false, ...checked }: Checked, isNamed: boolean): InvariantReport {
  const { name, says } = invariants.find(({ id }) => id === checked.invariant) ?? { name: '', says: '' };
  const status =
    checked.findings.length > 0
      ? 'violated'
      : checked.unchecked.length === 0
        ? 'held'
        : isNotAsked && !isNamed
          ? 'not asked'
          : 'unchecked';
  return { ...checked, name, says, status };
}

const unknown = {
  rows: 0,
  findings: [],
  notes: [],
  unchecked: [{ what: 'all of it', why: 'there is no check of it' }],
};

/** Everything once, of one moment of the application database. */
export async function lookOnce(ask: Looking): Promise<Checked[]> {
  const wanted = new Set(ask.only ?? invariantIds);
  const stored = storedChecks.filter(({ invariant }) => wanted.has(invariant));
  const needsPlatforms = ofAccess.some((id) => wanted.has(id));
  const { world, checked } = await ask.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`set local statement_timeout = '300s'`.execute(tx);
      await sql`set local idle_in_transaction_session_timeout = '300s'`.execute(tx);
      const results: Checked[] = [];
      for (const [n, { invariant, check }] of stored.entries()) {
        await ask.onProgress?.(n, stored.length + 1, `checking ${invariant}`);
        results.push({ invariant, ...(await check(tx, ask)) });
      }
      return { world: needsPlatforms ? await loadWorld(tx) : null, checked: results };
    });
  const access = world === null ? [] : await lookAtPlatforms(ask, world, stored.length);
  const all = [...access, ...checked];
  return invariantIds
    .filter((id) => wanted.has(id))
    .map((invariant) => all.find((one) => one.invariant === invariant) ?? { ...unknown, invariant });
}

async function lookAtPlatforms(ask: Looking, world: World, before: number): Promise<Checked[]> {
  const results: AccessResult[] = [];
  const unchecked: Unchecked[] = [];
  const connections = chosen(ask, world);
  for (const [n, connection] of connections.entries()) {
    await ask.onProgress?.(before + n, before + connections.length, `reading ${connection.key}`);
    const why = whyNotAsked(connection);
    if (why !== null) {
      unchecked.push({ what: `connection ${connection.key}`, why });
      continue;
    }
    const seen = await lookAt(ask, world, connection);
    if ('why' in seen) unchecked.push({ what: `connection ${connection.key}`, why: seen.why });
    else results.push(seen);
  }
  return ofAccess.map((invariant) => ({
    invariant,
    rows: results.reduce((sum, { rows }) => sum + rows[invariant], 0),
    findings: results.flatMap(({ findings }) => findings.filter((one) => one.invariant === invariant)),
    unchecked,
    notes: invariant === 'I1' ? results.flatMap(({ notes }) => notes) : [],
  }));
}

function chosen({ connections }: Looking, world: World): readonly ConnectionFact[] {
  if (connections === undefined || connections.length === 0) return world.connections;
  for (const key of connections)
    if (!world.connections.some((connection) => connection.key === key)) throw new UnknownConnection(key);
  return world.connections.filter(({ key }) => connections.includes(key));
}

/** Why a connection that is paused is not looked at. */
export const whilePaused = 'it is paused: nothing is brought into line there until it is resumed';

function whyNotAsked({ technology, state }: ConnectionFact): string | null {
  if (technology !== 'PostgreSQL') return `this program cannot read the catalog of ${technology}`;
  if (state === 'paused') return whilePaused;
  return null;
}

async function lookAt(
  ask: Looking,
  world: World,
  connection: ConnectionFact,
): Promise<AccessResult | { readonly why: string }> {
  let catalog: Catalog;
  try {
    catalog = await readCatalog({ ...ask, installationId: world.installationId }, connection);
  } catch (error) {
    return { why: `the platform did not answer: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    return await checkAccess(world, connection, catalog);
  } catch (error) {
    if (error instanceof CannotJudge) return { why: error.message };
    throw error;
  }
}
