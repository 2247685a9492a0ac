import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import { failPoint } from '../work/fail-point.ts';
import type { KeyRing } from './key-ring.ts';
import type { Progress } from './rotate.ts';
import type { SecretPlace } from './secrets.ts';
import { allKinds, type SecretKind, type StoredSecret, storedOf } from './stored-secrets.ts';

const batch = 500;
type Row = { row_id: string; sealed: string };
type Place = { readonly kind: SecretKind; readonly keyId: string; readonly stored: StoredSecret };

/** A stored secret that does not open, by where it lies; never its content. */
export type Unopened = { readonly table: string; readonly column: string; readonly rowId: string };

/** Whatever is stored, also what was spoiled beyond its form, but for what the key that seals now has sealed. */
const isUnmoved = ({ stored, keyId }: Place) => {
  const sealed = sql.raw(stored.sealed);
  return sql<boolean>`${sealed} <> '' and not (${sealed} like 'k2.%' and split_part(${sealed}, '.', 2) = ${keyId})`;
};

const places = (ring: KeyRing): Place[] =>
  allKinds.flatMap((kind) => {
    const keyId = ring.activeKeyId(kind);
    return keyId === undefined ? [] : storedOf(kind).map((stored) => ({ kind, keyId, stored }));
  });

/** The rows of a place that are not under its key yet, in batches. */
async function* unmovedIn(db: Db, place: Place): AsyncGenerator<Row[]> {
  const { table, rowId, sealed } = place.stored;
  for (let after = ''; ; ) {
    const { rows } =
      await sql<Row>`select ${sql.raw(rowId)} as row_id, ${sql.raw(sealed)} as sealed from ${sql.table(table)}
      where ${isUnmoved(place)} and ${sql.raw(rowId)} > ${after} order by 1 limit ${batch}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.row_id;
  }
}

async function countUnmoved(db: Db, ring: KeyRing): Promise<number> {
  let count = 0;
  for (const place of places(ring)) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from ${sql.table(place.stored.table)} where ${isUnmoved(place)}`.execute(db);
    count += rows[0]?.n ?? 0;
  }
  return count;
}

/** Whether there is a secret to move. One that does not open stays where it is, and is none. */
export async function isAnyMovable(db: Db, ring: KeyRing): Promise<boolean> {
  for (const place of places(ring))
    for await (const rows of unmovedIn(db, place))
      if (rows.some((row) => ring.tryOpen(toPlace(place.kind, row), row.sealed) !== undefined)) return true;
  return false;
}

export type Moved = { readonly moved: number; readonly unopened: readonly Unopened[] };

/** Seals what is stored under the key that seals now, in batches; one that is changed meanwhile is left to whoever changed it. */
export async function moveSecrets(db: Db, ring: KeyRing, progress: Progress = async () => {}): Promise<Moved> {
  const total = await countUnmoved(db, ring);
  const unopened: Unopened[] = [];
  let moved = 0;
  await progress({ done: 0, total });
  for (const place of places(ring)) {
    for await (const rows of unmovedIn(db, place)) {
      const resealed = reseal(ring, place.kind, rows);
      await store(db, place.stored, resealed);
      failPoint('rotation.stored');
      const isResealed = new Set(resealed.map((one) => one.row_id));
      const { table, path } = place.stored;
      const column = path.split('.').at(-1) ?? path;
      unopened.push(
        ...rows.filter((row) => !isResealed.has(row.row_id)).map((row) => ({ table, column, rowId: row.row_id })),
      );
      moved += resealed.length;
      await progress({ done: Math.min(moved + unopened.length, total), total });
    }
  }
  return { moved, unopened };
}

function toPlace(kind: SecretKind, { row_id: rowId }: Row): SecretPlace {
  const [table, column] = kind.split('.');
  // The names come from the list of kinds.
  return { table, column, rowId } as SecretPlace;
}

type Resealed = { row_id: string; former: string; sealed: string };

/** One that does not open stays as it is, and so does its key. */
const reseal = (ring: KeyRing, kind: SecretKind, rows: readonly Row[]): Resealed[] =>
  rows.flatMap((row) => {
    const place = toPlace(kind, row);
    const secret = ring.tryOpen(place, row.sealed);
    return secret === undefined ? [] : [{ row_id: row.row_id, former: row.sealed, sealed: ring.seal(place, secret) }];
  });

async function store(db: Db, stored: StoredSecret, rows: readonly Resealed[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`update ${sql.table(stored.table)} set ${sql.raw(stored.set)}
    from json_to_recordset(${JSON.stringify(rows)}::json) as v (row_id text, former text, sealed text)
    where ${sql.raw(stored.rowId)} = v.row_id and ${sql.raw(stored.sealed)} = v.former`.execute(db);
}
