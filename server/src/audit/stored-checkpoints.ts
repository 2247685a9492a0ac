import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { Checkpoint } from './checkpoint.ts';

type Row = {
  number: number;
  seq: number;
  hash: Buffer;
  count: number;
  time: Date;
  settled_at: Date | null;
  key_id: string;
  previous_signature: string;
  signature: string;
};

const fromRow = (installation: string, row: Row): Checkpoint => ({
  version: 1,
  installation,
  keyId: row.key_id,
  number: row.number,
  seq: row.seq,
  hash: row.hash.toString('hex'),
  count: row.count,
  time: row.time.toISOString(),
  settled: row.settled_at?.toISOString() ?? null,
  previous: row.previous_signature,
  signature: row.signature,
});

/** The checkpoints that the database keeps itself, in their order, above a number. */
export async function storedCheckpoints(
  db: Reader,
  { installation, above, limit }: { installation: string; above: number; limit: number },
): Promise<Checkpoint[]> {
  const { rows } = await sql<Row>`
    select number, seq, hash, count, time, settled_at, key_id, previous_signature, signature
    from audit_checkpoint where number > ${above} order by number limit ${limit}`.execute(db);
  return rows.map((row) => fromRow(installation, row));
}

/** Whether the database keeps this very checkpoint. */
export async function isStored(db: Reader, one: Checkpoint): Promise<boolean> {
  const [stored] = await storedCheckpoints(db, { installation: one.installation, above: one.number - 1, limit: 1 });
  return stored?.number === one.number && stored.signature === one.signature;
}

export async function lastCheckpoint(db: Reader, installation: string): Promise<Checkpoint | undefined> {
  const { rows } = await sql<Row>`
    select number, seq, hash, count, time, settled_at, key_id, previous_signature, signature
    from audit_checkpoint order by number desc limit 1`.execute(db);
  return rows[0] && fromRow(installation, rows[0]);
}

/** The first that was signed for a place at or behind `seq`. */
export async function firstCheckpointOver(
  db: Reader,
  { installation, seq }: { installation: string; seq: number },
): Promise<Checkpoint | undefined> {
  const { rows } = await sql<Row>`
    select number, seq, hash, count, time, settled_at, key_id, previous_signature, signature
    from audit_checkpoint where seq >= ${seq} order by seq, number limit 1`.execute(db);
  return rows[0] && fromRow(installation, rows[0]);
}

export async function insertCheckpoints(db: Reader, list: readonly Checkpoint[]): Promise<void> {
  if (list.length === 0) return;
  await sql`insert into audit_checkpoint
      (number, seq, hash, count, time, settled_at, key_id, previous_signature, signature)
    select x.number, x.seq, decode(x.hash, 'hex'), x.count, x.time, x.settled, x."keyId", x.previous, x.signature
    from json_to_recordset(${JSON.stringify(list)}::json) as x (number bigint, seq bigint, hash text, count bigint,
      time timestamptz, settled timestamptz, "keyId" text, previous text, signature text)`.execute(db);
}
