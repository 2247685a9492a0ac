import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SettingsError } from '../config.ts';

/** A value that prints as `[secret]` wherever it is logged, joined or serialised. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The only way to the value; every call site is a place to review. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Where a ciphertext belongs. It is authenticated with it, so a ciphertext moved to another row does not open. */
export type SecretPlace = { table: string; rowId: string; column: string };

export type Secrets = {
  seal(place: SecretPlace, value: Secret): string;
  open(place: SecretPlace, sealed: string): Secret;
};

/** AES-256-GCM with a random 96-bit nonce, under a key derived per table and column from the root key (reliability.md 7.1). */
export function createSecrets(rootKey: Buffer): Secrets {
  const keyFor = (place: SecretPlace) =>
    Buffer.from(hkdfSync('sha256', rootKey, Buffer.alloc(0), `stoa/${place.table}.${place.column}`, 32));
  return {
    seal(place, value) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyFor(place), nonce);
      cipher.setAAD(additionalData(place));
      const body = Buffer.concat([cipher.update(value.reveal(), 'utf8'), cipher.final()]);
      return ['k1', nonce.toString('base64'), cipher.getAuthTag().toString('base64'), body.toString('base64')].join(
        '.',
      );
    },
    open(place, sealed) {
      const [key, nonce, tag, body] = sealed.split('.');
      if (key !== 'k1' || !nonce || !tag || body === undefined) throw new Error('a stored secret has an unknown form');
      const decipher = createDecipheriv('aes-256-gcm', keyFor(place), Buffer.from(nonce, 'base64'));
      decipher.setAAD(additionalData(place));
      decipher.setAuthTag(Buffer.from(tag, 'base64'));
      return new Secret(
        Buffer.concat([decipher.update(Buffer.from(body, 'base64')), decipher.final()]).toString('utf8'),
      );
    },
  };
}

/** Length-prefixed, so that no two places share one encoding. */
const additionalData = (place: SecretPlace): Buffer =>
  Buffer.concat(
    ['k1', place.table, place.rowId, place.column].map((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );

/** The root key: from the setting, else from a file of mode 0600 that the first start writes beside the data. */
export async function loadRootKey(setting: string | undefined, file: string): Promise<Buffer> {
  if (setting !== undefined) return Buffer.from(setting, 'base64');
  try {
    const info = await stat(file);
    if ((info.mode & 0o077) !== 0) await chmod(file, 0o600);
    const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64');
    if (key.length !== 32) throw new SettingsError('STOA_SECRET_KEY', `is not set and ${file} does not hold 32 bytes`);
    return key;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const key = randomBytes(32);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    return key;
  }
}
