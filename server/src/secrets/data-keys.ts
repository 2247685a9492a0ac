import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Reader, Tx } from '../db/pool.ts';
import type { RootKey } from './root-key.ts';
import { deriveKey, openBytes, sealBytes } from './seal.ts';
import { allKinds } from './stored-secrets.ts';

/** A data key in memory. */
export type DataKey = {
  readonly id: string;
  readonly kind: string;
  readonly bytes: Buffer;
  readonly isActive: boolean;
};
export type WrappedKey = { id: string; kind: string; state: 'active' | 'decryptOnly'; wrapped: string; root: string };

/** Whoever makes keys or wraps them anew does so one after the other. */
const keyLock = 7_305_201_947;
export const lockKeys = async (tx: Tx): Promise<void> => {
  await sql`select pg_advisory_xact_lock(${keyLock})`.execute(tx);
};

export type KeyOwner = { readonly root: RootKey; readonly installationId: string };

const wrappingKey = (root: RootKey) => deriveKey(root.bytes, 'stoa/wrap data keys');
const placeOf = (owner: KeyOwner, key: { id: string; kind: string }) => [
  'w1',
  owner.installationId,
  'data_key',
  key.id,
  key.kind,
];

export const wrapKey = (owner: KeyOwner, key: { id: string; kind: string; bytes: Buffer }): string =>
  `w1.${sealBytes(wrappingKey(owner.root), placeOf(owner, key), key.bytes)}`;

/** Throws where the root key is another, or the row was changed. */
export function unwrapKey(owner: KeyOwner, row: Pick<WrappedKey, 'id' | 'kind' | 'wrapped'>): Buffer {
  const [form, ...sealed] = row.wrapped.split('.');
  if (form !== 'w1') throw new Error('a data key has an unknown form');
  return openBytes(wrappingKey(owner.root), placeOf(owner, row), sealed.join('.'));
}

/** The keys, and since when they are so at least: the time before they were looked for, as text since a Date would round it. */
export async function readWrappedKeys(db: Reader): Promise<{ keys: WrappedKey[]; at: string }> {
  const { rows } = await sql<{ keys: WrappedKey[] | null; at: string }>`select statement_timestamp()::text as at,
    (select json_agg(json_build_object('id', id, 'kind', kind, 'state', state, 'wrapped', wrapped, 'root', root_key_id) order by created_at)
      from data_key where state <> 'retired') as keys`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('the data keys could not be read');
  return { keys: row.keys ?? [], at: row.at };
}

/** A new key per kind. Those of a first start seal at once; those of a rotation once every replica knows them. */
export async function insertKeys(
  tx: Tx,
  owner: KeyOwner,
  { kinds, isActive }: { kinds: readonly string[]; isActive: boolean },
): Promise<string[]> {
  const made = kinds.map((kind) => {
    const key = { id: `dk_${randomBytes(9).toString('base64url')}`, kind, bytes: randomBytes(32) };
    return { id: key.id, kind, wrapped: wrapKey(owner, key), root: owner.root.id };
  });
  await sql`insert into data_key (id, kind, state, wrapped, root_key_id, activated_at)
    select x.id, x.kind, ${isActive ? 'active' : 'decryptOnly'}, x.wrapped, x.root, case when ${isActive}::boolean then now() end
    from json_to_recordset(${JSON.stringify(made)}::json) as x (id text, kind text, wrapped text, root text)`.execute(
    tx,
  );
  return made.map((key) => key.id);
}

/** Every kind has a key that seals; one that a newer Stoa brings gets its own. */
export async function completeKeys(tx: Tx, owner: KeyOwner): Promise<void> {
  await lockKeys(tx);
  const { rows } = await sql<{ kind: string }>`select kind from data_key where state = 'active'`.execute(tx);
  const known = new Set(rows.map((row) => row.kind));
  const kinds = allKinds.filter((kind) => !known.has(kind));
  if (kinds.length > 0) await insertKeys(tx, owner, { kinds, isActive: true });
}
