import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { Pace } from '../verify/pace.ts';
import { canonicalRest, eventDigest, genesisHash, linkHash } from './chain-link.ts';
import type { Findings } from './chain-report.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type BrokenSeal, findSwappedEvents, findSwappedSeals, type Mismatch, mostCompared } from './find-swaps.ts';

type Row = {
  seq: number;
  event_id: string;
  event_digest: Buffer;
  prev_hash: Buffer;
  hash: Buffer;
  id: string | null;
  sequence: number | null;
  at: number | null;
  rest: string | null;
};

const batch = 2_000;
/** An event is younger than what was settled before it, but for the time that its transaction took. */
export const longestTransaction = 3_600_000;

type Walk = {
  readonly db: Reader;
  /** The last place to look at. */
  readonly top: number;
  readonly trusted: readonly Checkpoint[];
  readonly findings: Findings;
  readonly onProgress?: ((done: number, total: number) => void | Promise<void>) | undefined;
};

/** Recomputes the chain from its beginning; answers how many events were worked out anew. */
export async function walkChain(walk: Walk): Promise<number> {
  const state = new ChainState(walk.trusted, walk.findings);
  const pace = new Pace();
  for (let after = 0; after < walk.top; ) {
    const rows = await readRows(walk, after);
    for (const row of rows) {
      await pace.look();
      state.take(row);
    }
    after = rows.length > 0 ? after + batch : await beforeNext(walk, after);
    await walk.onProgress?.(Math.min(after, walk.top), walk.top);
  }
  await state.end();
  return state.events;
}

/** A stretch of places; each event is looked up in the index. No statistics of the tables can make another plan of it. */
async function readRows({ db, top }: Walk, after: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select s.seq, s.event_id, s.event_digest, s.prev_hash, s.hash, e.id, e.sequence, e.at, e.rest
    from audit_seal s left join lateral (
      select e.id, e.sequence, (extract(epoch from e.event_timestamp) * 1000)::float8 as at, ${canonicalRest} as rest
      from audit_event e where e.id = s.event_id limit 1) e on true
    where s.seq > ${after} and s.seq <= ${Math.min(top, after + batch)} order by s.seq`.execute(db);
  return rows;
}

/** Right before the next seal that is there: nobody walks through a hole step by step. */
async function beforeNext({ db, top }: Walk, after: number): Promise<number> {
  const { rows } = await sql<{ next: number | null }>`
    select seq as next from audit_seal where seq > ${after} order by seq limit 1`.execute(db);
  const next = rows[0]?.next ?? null;
  return next === null ? top : next - 1;
}

class ChainState {
  events = 0;
  readonly #trusted: readonly Checkpoint[];
  readonly #findings: Findings;
  readonly #mismatches: Mismatch[] = [];
  readonly #brokenSeals: BrokenSeal[] = [];
  #before = { seq: 0, hash: genesisHash };
  #next = 0;
  /** The place of the last checkpoint that the chain agrees with, and how many findings there were then. */
  #agreed: { seq: number; findings: number };
  #isRewritten = false;
  #settled = Number.NEGATIVE_INFINITY;

  constructor(trusted: readonly Checkpoint[], findings: Findings) {
    this.#trusted = trusted;
    this.#findings = findings;
    this.#agreed = { seq: 0, findings: findings.count };
  }

  take(row: Row): void {
    this.#passCheckpointsBelow(row.seq);
    this.#judgeLink(row);
    this.#judgeEvent(row);
    this.#before = { seq: row.seq, hash: row.hash };
    for (; this.#trusted[this.#next]?.seq === row.seq; this.#next++) this.#compare(row.hash);
  }

  #judgeLink(row: Row): void {
    const missing = row.seq - this.#before.seq - 1;
    if (missing > 0) this.#missing(this.#before.seq + 1, row.seq - 1, 'The seals are gone.');
    const follows = missing > 0 || row.prev_hash.equals(this.#before.hash);
    if (follows && linkHash(row.prev_hash, row.seq, row.event_digest).equals(row.hash)) return;
    const broken = { seq: row.seq, previous: row.prev_hash, digest: row.event_digest, hash: row.hash };
    if (this.#brokenSeals.length < mostCompared) this.#brokenSeals.push(broken);
    else this.#edited(row.seq, row.event_id, 'The seal does not follow from the one before.');
  }

  #judgeEvent(row: Row): void {
    const { id, sequence, rest, seq } = row;
    if (id === null || sequence === null || rest === null) {
      this.#findings.add({ kind: 'deleted', seq, eventId: row.event_id, detail: 'The sealed event is gone.' });
      return;
    }
    this.events++;
    if (!eventDigest(id, sequence, rest).equals(row.event_digest)) {
      if (this.#mismatches.length < mostCompared)
        this.#mismatches.push({ seq, id, sequence, rest, sealedDigest: row.event_digest });
      else this.#edited(seq, id, 'The event holds something else than what was sealed.');
    } else if (row.at !== null && row.at < this.#settled - longestTransaction)
      this.#findings.add({
        kind: 'inserted',
        seq,
        eventId: id,
        detail: `Its time is ${new Date(row.at).toISOString()}, but all of that time was sealed before.`,
      });
  }

  #edited(seq: number, eventId: string | undefined, detail: string): void {
    this.#findings.add({ kind: 'edited', seq, ...(eventId === undefined ? {} : { eventId }), detail });
  }

  #missing(from: number, through: number, detail: string): void {
    this.#findings.add({ kind: 'deleted', seq: from, ...(through > from ? { through } : {}), detail });
  }

  /** Checkpoints whose place is gone: what is missing there has been said already. */
  #passCheckpointsBelow(seq: number): void {
    for (let at = this.#trusted[this.#next]; at !== undefined && at.seq < seq; at = this.#trusted[this.#next]) {
      if (at.seq === 0) this.#settle(at);
      this.#next++;
    }
  }

  #settle(checkpoint: Checkpoint): void {
    if (checkpoint.settled !== null) this.#settled = Math.max(this.#settled, Date.parse(checkpoint.settled));
  }

  #compare(hash: Buffer): void {
    const checkpoint = this.#trusted[this.#next];
    if (checkpoint === undefined) return;
    this.#settle(checkpoint);
    const found = this.#findings.count + this.#mismatches.length + this.#brokenSeals.length;
    if (checkpoint.hash === hash.toString('hex')) {
      this.#agreed = { seq: checkpoint.seq, findings: found };
      return;
    }
    if (this.#isRewritten || found > this.#agreed.findings) return;
    this.#isRewritten = true;
    this.#findings.add({
      kind: 'rewritten',
      seq: this.#agreed.seq + 1,
      through: checkpoint.seq,
      detail: `The seals fit each other, but not checkpoint ${checkpoint.number} of ${checkpoint.time}.`,
    });
  }

  async end(): Promise<void> {
    const eventPairs = await findSwappedEvents(this.#mismatches);
    for (const { seq, id } of this.#mismatches) {
      const other = eventPairs.get(seq);
      if (other === undefined) this.#edited(seq, id, 'The event holds something else than what was sealed.');
      else this.#swapped(seq, other, 'the events hold each other’s content');
    }
    const sealPairs = await findSwappedSeals(this.#brokenSeals);
    for (const { seq } of this.#brokenSeals) {
      const other = sealPairs.get(seq);
      if (other !== undefined) this.#swapped(seq, other, 'the seals stand in each other’s place');
      else if (!sealPairs.has(seq - 1)) this.#edited(seq, undefined, 'The seal does not follow from the one before.');
    }
    const last = this.#trusted.at(-1);
    if (last !== undefined && last.seq > this.#before.seq)
      this.#findings.add({
        kind: 'truncated',
        seq: this.#before.seq + 1,
        through: last.seq,
        detail: `The chain ends at ${this.#before.seq}; checkpoint ${last.number} of ${last.time} was signed for ${last.seq}. The last one that the chain agrees with is of place ${this.#agreed.seq}.`,
      });
  }

  #swapped(seq: number, other: number, what: string): void {
    this.#findings.add({ kind: 'swapped', seq, detail: `With ${other}: ${what}.` });
  }
}
