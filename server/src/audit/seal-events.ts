import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { loopLockClass, loopLocks } from '../work/advisory-locks.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import { canonicalEvent, genesisHash, linkHash } from './chain-link.ts';
import { ensureSigningKey, type SigningKey } from './signing-key.ts';
import { insertCheckpoints, lastCheckpoint } from './stored-checkpoints.ts';

const usualBatch = 5_000;
/** A checkpoint is signed after so many events, or so long after the one before when anything was sealed. */
const eventsPerCheckpoint = 1_000;
const checkpointEvery = 60_000;
/** Also when nothing happens: how young the last checkpoint is says that nothing was cut off since. */
const idleCheckpointEvery = 3_600_000;
/** A number that was missing is waited for longer than any transaction of ours may take. */
export const gapPatience = sql`interval '1 hour'`;

type SealDeps = Pick<Deps, 'db' | 'secrets' | 'installationId'>;
type Sealed = { readonly count: number; readonly isMore: boolean };
type FoundEvent = { id: string; sequence: number; digest: Buffer; is_late: boolean; is_sealed: boolean };
type Link = { seq: number; hash: Buffer };

/** The chain in the database is shorter than a checkpoint says: going on would cover that up. */
export class ChainCut extends Error {
  constructor(seq: number, signed: number) {
    super(
      `The audit chain ends at ${seq}, but a checkpoint was signed for ${signed}. Nothing is sealed until this is looked into.`,
    );
    this.name = 'ChainCut';
  }
}

/**
 * Gives committed events their place in the chain, and signs checkpoints. One replica at a time; a writer of events waits for
 * nothing here. An event whose transaction commits late is found by the gap that its number left.
 */
export async function sealEvents(
  deps: SealDeps,
  { batch = usualBatch, perCheckpoint = eventsPerCheckpoint } = {},
): Promise<Sealed> {
  return deps.db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ held: boolean; now: Date }>`
      select pg_try_advisory_xact_lock(${loopLockClass}::int, ${loopLocks.auditSealer}::int) as held, now() as now`.execute(
      tx,
    );
    if (rows[0]?.held !== true) return { count: 0, isMore: false };
    await sql`set local statement_timeout = '60s'`.execute(tx);
    const key = await ensureSigningKey(tx, deps.secrets);
    const top = await topLink(tx);
    const checkpoint = await lastCheckpoint(tx, deps.installationId);
    if (checkpoint !== undefined && checkpoint.seq > top.seq) throw new ChainCut(top.seq, checkpoint.seq);
    const { events, seen } = await readUnsealed(tx, batch);
    const links = await insertSeals(
      tx,
      top,
      events.filter((event) => !event.is_sealed),
    );
    await remember(tx, events, seen);
    const isMore = events.length >= batch;
    const due = dueCheckpoints({ top, links, last: checkpoint, now: rows[0].now, isMore, perCheckpoint });
    await insertCheckpoints(tx, signAll(deps.installationId, key, { due, last: checkpoint, now: rows[0].now }));
    return { count: links.length, isMore };
  });
}

async function topLink(tx: Tx): Promise<Link> {
  const { rows } = await sql<Link>`select seq, hash from audit_seal order by seq desc limit 1`.execute(tx);
  return rows[0] ?? { seq: 0, hash: genesisHash };
}

/**
 * Events that came since, and those that a gap was left for; in the order of their numbers. Each is looked up in the index,
 * whatever the tables' statistics say: a plan that reads all seals for every batch would never come to an end.
 */
async function readUnsealed(tx: Tx, batch: number): Promise<{ events: FoundEvent[]; seen: number }> {
  const { rows: state } = await sql<{ seen: number }>`select seen_sequence as seen from audit_sealer`.execute(tx);
  const seen = state[0]?.seen ?? 0;
  const sealed = sql`(select s.seq from audit_seal s where s.event_id = e.id)`;
  const digest = sql`sha256(convert_to(${canonicalEvent}, 'UTF8'))`;
  const { rows } = await sql<FoundEvent>`
    (select e.id, e.sequence, e.digest, true as is_late, false as is_sealed
      from audit_gap g cross join lateral (
        select e.id, e.sequence, ${digest} as digest from audit_event e
        where e.sequence between g.first_sequence and g.last_sequence and ${sealed} is null
        order by e.sequence limit ${batch}) e
      order by e.sequence limit ${batch})
    union all
    (select e.id, e.sequence, ${digest}, false, ${sealed} is not null
      from audit_event e where e.sequence > ${seen} order by e.sequence limit ${batch})
    order by 2`.execute(tx);
  return { events: rows, seen };
}

async function insertSeals(tx: Tx, top: Link, events: readonly FoundEvent[]): Promise<Link[]> {
  if (events.length === 0) return [];
  const links: Link[] = [];
  const rows = events.map((event) => {
    const before = links.at(-1) ?? top;
    const seq = before.seq + 1;
    const hash = linkHash(before.hash, seq, event.digest);
    links.push({ seq, hash });
    return {
      q: seq,
      e: event.id,
      d: event.digest.toString('hex'),
      p: before.hash.toString('hex'),
      h: hash.toString('hex'),
    };
  });
  await sql`insert into audit_seal (seq, event_id, event_digest, prev_hash, hash)
    select x.q, x.e, decode(x.d, 'hex'), decode(x.p, 'hex'), decode(x.h, 'hex')
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (q bigint, e uuid, d text, p text, h text)`.execute(tx);
  return links;
}

/** Up to where everything was seen, and which numbers were missing on the way. */
async function remember(tx: Tx, events: readonly FoundEvent[], seen: number): Promise<void> {
  const gaps: { first: number; last: number }[] = [];
  let at = seen;
  for (const { sequence } of events.filter((event) => !event.is_late)) {
    if (sequence > at + 1) gaps.push({ first: at + 1, last: sequence - 1 });
    at = sequence;
  }
  if (at > seen) await sql`update audit_sealer set seen_sequence = ${at}`.execute(tx);
  if (gaps.length > 0)
    await sql`insert into audit_gap (first_sequence, last_sequence)
      select x.first, x.last from json_to_recordset(${JSON.stringify(gaps)}::json) as x (first bigint, last bigint)
      on conflict do nothing`.execute(tx);
  await sql`delete from audit_gap where since < now() - ${gapPatience}`.execute(tx);
}

type Due = Link & { isSettled: boolean };

function dueCheckpoints(found: {
  top: Link;
  links: readonly Link[];
  last: Checkpoint | undefined;
  now: Date;
  isMore: boolean;
  perCheckpoint: number;
}): Due[] {
  const { top, links, last, now, isMore, perCheckpoint } = found;
  const due: Due[] = [];
  let from = last?.seq ?? 0;
  for (const link of links) {
    if (link.seq - from < perCheckpoint) continue;
    from = link.seq;
    due.push({ ...link, isSettled: false });
  }
  const end = links.at(-1) ?? top;
  const age = last === undefined ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(last.time);
  const isDue = end.seq > from ? age >= checkpointEvery : age >= idleCheckpointEvery && due.length === 0;
  if (isDue && !isMore) due.push({ ...end, isSettled: true });
  const final = due.at(-1);
  if (final !== undefined && final.seq === end.seq && !isMore) final.isSettled = true;
  return due;
}

function signAll(
  installation: string,
  key: SigningKey,
  { due, last, now }: { due: readonly Due[]; last: Checkpoint | undefined; now: Date },
): Checkpoint[] {
  const signed: Checkpoint[] = [];
  for (const { seq, hash, isSettled } of due) {
    const before = signed.at(-1) ?? last;
    const content: Omit<Checkpoint, 'signature'> = {
      version: 1,
      installation,
      keyId: key.id,
      number: (before?.number ?? 0) + 1,
      seq,
      hash: hash.toString('hex'),
      count: seq,
      time: now.toISOString(),
      settled: isSettled ? now.toISOString() : (before?.settled ?? null),
      previous: before?.signature ?? '',
    };
    signed.push(signCheckpoint(content, key.privateKey));
  }
  return signed;
}
