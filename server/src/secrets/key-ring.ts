import { sql } from 'kysely';
import { SettingsError } from '../config.ts';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';
import { completeKeys, type DataKey, type KeyOwner, readWrappedKeys, unwrapKey, type WrappedKey } from './data-keys.ts';
import { deriveKey, openBytes, sealBytes } from './seal.ts';
import { Secret, type SecretPlace, type Secrets } from './secrets.ts';
import { allKinds, kindOf, secretKinds, storedOf } from './stored-secrets.ts';

/** In milliseconds; a call ends long before. */
const openAfterwards = 60_000;

type Options = KeyOwner & {
  readonly db: Db;
  readonly log: Log;
  /** Makes no key, also where one is missing. */
  readonly isReadOnly?: boolean;
  /** A stored secret did not open. */
  readonly onTampering?: (place: SecretPlace) => void;
};

/**
 * The data keys of this process, and what is sealed and opened with them (reliability.md 7.1): AES-256-GCM under the active
 * key of the secret's kind, authenticated with installation, place and key.
 */
export class KeyRing implements Secrets {
  readonly owner: KeyOwner;
  readonly #options: Options;
  #keys = new Map<string, DataKey & { goneAt?: number }>();
  #active = new Map<string, DataKey>();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
    this.owner = { root: options.root, installationId: options.installationId };
  }

  /**
   * Reads the keys again; those that are known are not unwrapped twice. Answers since when it knows what there is; undefined
   * where it cannot open one, since the root key was changed.
   */
  reload(): Promise<string | undefined> {
    const read = this.#reading.then(() => this.#read());
    this.#reading = read.catch(() => {});
    return read;
  }

  async #read(): Promise<string | undefined> {
    const { keys, at } = await readWrappedKeys(this.#options.db);
    const next = new Map<string, DataKey & { goneAt?: number }>();
    for (const row of keys) {
      const bytes = this.#keys.get(row.id)?.bytes ?? this.#unwrap(row);
      if (bytes !== undefined)
        next.set(row.id, { id: row.id, kind: row.kind, bytes, isActive: row.state === 'active' });
    }
    for (const [id, key] of this.#keys) {
      // Retired a moment ago: whoever read its secret before may still open it.
      const goneAt = key.goneAt ?? performance.now();
      if (!next.has(id) && performance.now() - goneAt < openAfterwards)
        next.set(id, { ...key, isActive: false, goneAt });
    }
    this.#keys = next;
    this.#active = new Map([...next.values()].filter((key) => key.isActive).map((key) => [key.kind, key]));
    return keys.every((key) => next.has(key.id)) ? at : undefined;
  }

  #unwrap(row: WrappedKey): Buffer | undefined {
    try {
      return unwrapKey(this.owner, row);
    } catch {
      this.#options.log.error({ key: row.id }, 'a data key was wrapped with another root key; start with that one');
      return undefined;
    }
  }

  activeKeyId(kind: string): string | undefined {
    return this.#active.get(kind)?.id;
  }

  seal(place: SecretPlace, value: Secret): string {
    const key = this.#active.get(kindOf(place));
    if (key === undefined) throw new Error(`there is no data key for ${kindOf(place)}`);
    return `k2.${key.id}.${sealBytes(key.bytes, this.#additional(place, key.id), Buffer.from(value.reveal(), 'utf8'))}`;
  }

  open(place: SecretPlace, sealed: string): Secret {
    const [form, id = ''] = sealed.split('.', 2);
    if (form !== 'k1' && form !== 'k2') throw new Error('a stored secret has an unknown form');
    if (form === 'k2' && !this.#keys.has(id)) {
      // Another replica may have made it a moment ago; the next try knows it.
      void this.reload().catch(() => {});
      throw new Error('a stored secret names a data key that is not known here');
    }
    const secret = this.tryOpen(place, sealed);
    if (secret !== undefined) return secret;
    // What travels through a browser is anybody's to change; what is stored is nobody's.
    if (storedOf(kindOf(place)).length > 0) this.#options.onTampering?.(place);
    throw new Error(`a stored secret of ${place.table} ${place.rowId} does not open: it was changed, or moved there`);
  }

  /** The same for whoever goes on without it, and tells of it: undefined where it does not open. */
  tryOpen(place: SecretPlace, sealed: string): Secret | undefined {
    try {
      return new Secret(this.#decrypt(place, sealed).toString('utf8'));
    } catch {
      return undefined;
    }
  }

  #decrypt(place: SecretPlace, sealed: string): Buffer {
    const [form, id = '', ...rest] = sealed.split('.');
    if (form === 'k1') return openFirstForm(this.owner.root.bytes, place, sealed.slice(3));
    const key = form === 'k2' ? this.#keys.get(id) : undefined;
    if (key === undefined) throw new Error('there is no key for it');
    if (key.kind !== kindOf(place)) throw new Error('the key is for another kind of secret');
    return openBytes(key.bytes, this.#additional(place, id), rest.join('.'));
  }

  #additional(place: SecretPlace, keyId: string): string[] {
    return [this.owner.installationId, place.table, place.rowId, place.column, keyId];
  }
}

/** How secrets were sealed before there were data keys: under keys derived from the root key. */
const openFirstForm = (rootKey: Buffer, place: SecretPlace, sealed: string): Buffer =>
  openBytes(
    deriveKey(rootKey, `stoa/${place.table}.${place.column}`),
    ['k1', place.table, place.rowId, place.column],
    sealed,
  );

/** Reads the keys at the start, and refuses a root key that they were not wrapped with. */
export async function openKeyRing(options: Options): Promise<KeyRing> {
  const { db, root } = options;
  const { keys } = await readWrappedKeys(db);
  const foreign = keys.find((key) => !isOpenedBy(options, key));
  if (foreign !== undefined) throw wrongRootKey(root.from, { has: root.id, wants: foreign.root });
  if (keys.length === 0) await requireFirstForm(options);
  if (!options.isReadOnly) await db.transaction().execute((tx) => completeKeys(tx, options));
  const ring = new KeyRing(options);
  await ring.reload();
  return ring;
}

function isOpenedBy(owner: KeyOwner, key: WrappedKey): boolean {
  if (key.root !== owner.root.id) return false;
  try {
    return unwrapKey(owner, key).length === 32;
  } catch {
    return false;
  }
}

export const wrongRootKey = (setting: string, { has, wants }: { has: string; wants: string }): SettingsError =>
  new SettingsError(
    setting,
    has === wants
      ? 'opens no data key of this database, although it bears its name; the rows of data_key were changed'
      : `is root key ${has}, but the secrets of this database were sealed with root key ${wants}; give that one`,
  );

/** Where no data key says which root key is meant, a secret of the first form does. */
async function requireFirstForm({ db, root }: Options): Promise<void> {
  for (const kind of allKinds) {
    for (const stored of storedOf(kind)) {
      const { rows } = await sql<{ row_id: string; sealed: string }>`
        select ${sql.raw(stored.rowId)} as row_id, ${sql.raw(stored.sealed)} as sealed from ${sql.table(stored.table)}
        where ${sql.raw(stored.sealed)} like 'k1.%' limit 1`.execute(db);
      const row = rows[0];
      if (row === undefined) continue;
      const [table = '', column = ''] = kind.split('.');
      try {
        // The names come from the list of kinds.
        openFirstForm(root.bytes, { table, column, rowId: row.row_id } as SecretPlace, row.sealed.slice(3));
      } catch {
        throw new SettingsError(
          root.from,
          `does not open what this database keeps under "${secretKinds[kind].title}"; give the root key that this installation had`,
        );
      }
      return;
    }
  }
}
