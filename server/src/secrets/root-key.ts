import { randomBytes } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Config, decodeKey, SettingsError } from '../config.ts';
import { makeFolder, writeNewFile } from '../durable-file.ts';
import { deriveKey } from './seal.ts';

type KeySettings = Pick<Config, 'secretKey' | 'secretKeyFile' | 'dataDir'>;

/** The root key, and the setting by which a person would change it. */
export type RootKey = { readonly bytes: Buffer; readonly id: string; readonly from: string };

export const toRootKey = (bytes: Buffer, from: string): RootKey => ({
  bytes,
  // Says which key it is, and nothing about the key.
  id: deriveKey(bytes, 'stoa/root key id', 8).toString('hex'),
  from,
});

/** The root key: from the setting, from the file that one names, else from a file of mode 0600 that the first start writes beside the data. */
export async function loadRootKey(settings: KeySettings): Promise<RootKey> {
  if (settings.secretKey !== undefined) return toRootKey(Buffer.from(settings.secretKey, 'base64'), 'STOA_SECRET_KEY');
  if (settings.secretKeyFile !== undefined) return readKeyFile(settings.secretKeyFile, 'STOA_SECRET_KEY_FILE');
  const file = join(settings.dataDir, 'secret.key');
  const info = await stat(file).catch(() => undefined);
  if (info === undefined) await writeKeyFile(file);
  else if ((info.mode & 0o077) !== 0) await chmod(file, 0o600);
  return readKeyFile(file, 'STOA_SECRET_KEY');
}

/** The same for whoever makes none: undefined where there is none. */
export async function findRootKey(settings: KeySettings): Promise<RootKey | undefined> {
  const isSet = settings.secretKey !== undefined || settings.secretKeyFile !== undefined;
  const isThere = isSet || (await stat(join(settings.dataDir, 'secret.key')).catch(() => undefined)) !== undefined;
  return isThere ? loadRootKey(settings) : undefined;
}

/** The same, with a sentence where there is none. */
export async function requireRootKey(settings: KeySettings): Promise<RootKey> {
  const root = await findRootKey(settings);
  if (root !== undefined) return root;
  const file = join(settings.dataDir, 'secret.key');
  throw new SettingsError(
    'STOA_SECRET_KEY',
    `is not set, nor is STOA_SECRET_KEY_FILE, and there is no ${file}: give the root key of this installation`,
  );
}

/** A key in a file that nobody else may read; anything else is said in a sentence. */
export async function readKeyFile(file: string, setting: string): Promise<RootKey> {
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new SettingsError(setting, `cannot be read from ${file} (${error.code ?? error.message})`);
  });
  if ((info.mode & 0o077) !== 0 && process.platform !== 'win32')
    throw new SettingsError(setting, `stands in ${file}, which others may read; run: chmod 600 ${file}`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new SettingsError(setting, `cannot be read from ${file} (${error.code ?? error.message})`);
  });
  const bytes = decodeKey(text.trim());
  if (bytes === undefined)
    throw new SettingsError(setting, `in ${file} must be 32 bytes in base64 or hex (openssl rand -base64 32)`);
  return toRootKey(bytes, setting);
}

/** A new key, on the disk before anything is sealed with it; a file that is there already stays. */
export async function writeKeyFile(file: string): Promise<void> {
  await makeFolder(dirname(file));
  await writeNewFile(file, `${randomBytes(32).toString('base64')}\n`);
}
