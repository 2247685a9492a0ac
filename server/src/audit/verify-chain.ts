import type { KeyObject } from 'node:crypto';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { Pace } from '../verify/pace.ts';
import { type ChainReport, Findings } from './chain-report.ts';
import { type Checkpoint, readPublicKeys } from './checkpoint.ts';
import { judgeCheckpoints } from './judge-checkpoints.ts';
import type { CheckpointFile } from './kept-checkpoints.ts';
import { statedPublicKeys } from './signing-key.ts';
import { storedCheckpoints } from './stored-checkpoints.ts';
import { longestTransaction, walkChain } from './walk-chain.ts';

export type VerifyOptions = {
  /** Checkpoints from outside of the database; none: only those in the database are looked at, and the report says so. */
  readonly outside?: readonly CheckpointFile[];
  /** In PEM, one or several; absent: what the database says of itself is taken, and the report says so. */
  readonly publicKey?: string | undefined;
  /** What was to be given and could not be read, in sentences: the report says so. */
  readonly unread?: readonly string[];
  readonly onProgress?: ((done: number, total: number) => void | Promise<void>) | undefined;
};

/** The export may be so far behind; beyond it, what came since is named as not covered. */
const usualLag = 5 * 60_000;
const checkpointsAtOnce = 1_000;
const sequencesAtOnce = 50_000;

/**
 * Recomputes the whole audit chain from its beginning and compares it with signed checkpoints. Reads only, all of one moment of
 * the database: events are written and sealed meanwhile. What comes from outside must have been read before that moment, else it
 * knows of checkpoints that are not there yet. It believes nothing that the database says but what a checkpoint speaks for.
 */
export async function verifyAuditChain(db: Reader, options: VerifyOptions = {}): Promise<ChainReport> {
  if (db.isTransaction) return verifyIn(db, options);
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`set local statement_timeout = '60s'`.execute(tx);
      // Between two queries a long row of signatures may be checked.
      await sql`set local idle_in_transaction_session_timeout = '600s'`.execute(tx);
      return verifyIn(tx, options);
    });
}

async function verifyIn(db: Reader, options: VerifyOptions): Promise<ChainReport> {
  const start = performance.now();
  const findings = new Findings();
  const unchecked: string[] = [...(options.unread ?? [])];
  const end = await readEnd(db);
  const given = options.outside ?? [];
  const keys = await trustedKeys(db, options.publicKey, unchecked);
  const stored = allStored(db, end.installation);
  const { trusted, outside } = await judgeCheckpoints({ stored, outside: given }, keys, findings);
  judgeInstallation(trusted, end.installation, findings);
  const events = await walkChain({ db, top: end.top, trusted, findings, onProgress: options.onProgress });
  const last = trusted.at(-1);
  const lastOutside = trusted.findLast((one) => outside.has(one.number));
  const unsealed = await judgeUnsealed(db, { end, settled: lastSettled(trusted), findings });
  sayUnchecked({ trusted, lastOutside, isGiven: given.length > 0, top: end.top }, unchecked);
  const earliest = findings.earliest();
  return {
    outcome: findings.count > 0 ? 'broken' : unchecked.length > 0 ? 'unchecked' : 'intact',
    sealed: end.top,
    events,
    first: earliest[0] ?? null,
    findings: earliest,
    findingCount: findings.count,
    checkpoints: {
      count: trusted.length,
      outside: trusted.filter((one) => outside.has(one.number)).length,
      last: inShort(last),
      lastOutside: inShort(lastOutside),
    },
    uncovered: { sealed: Math.max(0, end.top - (last?.seq ?? 0)), unsealed, since: last?.time ?? null },
    unchecked,
    milliseconds: Math.round(performance.now() - start),
  };
}

const inShort = (one: Checkpoint | undefined) =>
  one === undefined ? null : { number: one.number, seq: one.seq, time: one.time };

type End = { top: number; seen: number; gaps: { first: number; last: number }[]; installation: string };

/** Where the chain ended, and what its sealer had seen, at the same moment. */
async function readEnd(db: Reader): Promise<End> {
  const { rows } = await sql<End>`
    select coalesce((select max(seq) from audit_seal), 0) as top,
      coalesce((select seen_sequence from audit_sealer), 0) as seen,
      (select coalesce(json_agg(json_build_object('first', first_sequence, 'last', last_sequence)), '[]') from audit_gap) as gaps,
      coalesce((select value ->> 'id' from setting where name = 'installation'), '') as installation`.execute(db);
  return rows[0] ?? { top: 0, seen: 0, gaps: [], installation: '' };
}

async function* allStored(db: Reader, installation: string): AsyncGenerator<Checkpoint[]> {
  for (let above = 0; ; ) {
    const part = await storedCheckpoints(db, { installation, above, limit: checkpointsAtOnce });
    yield part;
    const last = part.at(-1);
    if (last === undefined || part.length < checkpointsAtOnce) return;
    above = last.number;
  }
}

async function trustedKeys(
  db: Reader,
  given: string | undefined,
  unchecked: string[],
): Promise<ReadonlyMap<string, KeyObject>> {
  if (given !== undefined) return readPublicKeys(given);
  unchecked.push('No public key was given: the one that the database names was believed.');
  const stated = await statedPublicKeys(db);
  return stated === '' ? new Map() : readPublicKeys(stated);
}

function judgeInstallation(trusted: readonly Checkpoint[], installation: string, findings: Findings): void {
  const last = trusted.at(-1);
  if (last !== undefined && last.installation !== installation)
    findings.add({
      kind: 'checkpoint',
      seq: null,
      detail: `The checkpoints are of installation ${last.installation}, the database of ${installation}.`,
    });
}

const lastSettled = (trusted: readonly Checkpoint[]): number =>
  Math.max(
    Number.NEGATIVE_INFINITY,
    ...trusted.slice(-1).map((one) => (one.settled === null ? Number.NEGATIVE_INFINITY : Date.parse(one.settled))),
  );

/** Events without a seal: those that wait for it are counted, those that should have had one are findings. */
async function judgeUnsealed(
  db: Reader,
  { end, settled, findings }: { end: End; settled: number; findings: Findings },
): Promise<number> {
  const { rows: range } = await sql<{ first: number | null; last: number | null }>`
    select min(sequence) as first, max(sequence) as last from audit_event`.execute(db);
  const last = range[0]?.last ?? 0;
  const pace = new Pace();
  let waiting = 0;
  for (let from = range[0]?.first ?? 1; from <= last; from += sequencesAtOnce) {
    const { rows } = await sql<{ id: string; sequence: number; event_timestamp: Date }>`
      select e.id, e.sequence, e.event_timestamp from audit_event e
      where e.sequence >= ${from} and e.sequence < ${from + sequencesAtOnce}
        and (select s.seq from audit_seal s where s.event_id = e.id) is null
      order by e.sequence`.execute(db);
    for (const { id, sequence, event_timestamp: at } of rows) {
      await pace.look();
      const mayWait = sequence > end.seen || end.gaps.some((gap) => sequence >= gap.first && sequence <= gap.last);
      if (mayWait && at.getTime() >= settled - longestTransaction) waiting++;
      else
        findings.add({
          kind: 'inserted',
          seq: null,
          eventId: id,
          detail: `Event ${sequence} of ${at.toISOString()} has no seal, though all around it was sealed.`,
        });
    }
  }
  return waiting;
}

type Seen = {
  trusted: readonly Checkpoint[];
  lastOutside: Checkpoint | undefined;
  isGiven: boolean;
  top: number;
};

function sayUnchecked({ trusted, lastOutside, isGiven, top }: Seen, unchecked: string[]): void {
  const last = trusted.at(-1);
  if (!isGiven)
    unchecked.push(
      'No checkpoints from outside were given: that the end of the chain was cut off, and its checkpoints with it, would not be seen.',
    );
  else if (lastOutside === undefined) {
    if (top > 0)
      unchecked.push('No checkpoint from outside is of this chain: that its end was cut off would not be seen.');
  } else if (last !== undefined && Date.parse(last.time) - Date.parse(lastOutside.time) > usualLag)
    unchecked.push(
      `The checkpoints from outside end at ${lastOutside.time}, place ${lastOutside.seq}; the database has signed ones until ${last.time}. Give the newest.`,
    );
}
