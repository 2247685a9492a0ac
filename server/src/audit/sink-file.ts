import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { syncFolder } from '../durable-file.ts';
import { type Checkpoint, checkpointLine, readCheckpointLines } from './checkpoint.ts';

/** The parts of the configuration that say where the file lies. */
export type Place = { readonly dataDir: string; readonly auditFile?: string | undefined };
export const checkpointFile = ({ dataDir, auditFile }: Place): string =>
  auditFile ?? join(dataDir, 'audit', 'checkpoints.ndjson');
export const publicKeyFile = (place: Place): string => join(dirname(checkpointFile(place)), 'public-key.pem');

/** As much of the end of a file as surely holds its last lines. */
const tailBytes = 65_536;

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The last checkpoint that a file holds; undefined: none. */
export async function lastInFile(file: string): Promise<Checkpoint | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, tailBytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return readCheckpointLines(buffer.toString('utf8')).checkpoints.at(-1);
  } finally {
    await handle.close();
  }
}

/** `checkpoints-set-aside-100.ndjson`: named by its last number, and by a further one where that name is taken. */
const asideParts = (file: string) => ({
  stem: `${basename(file, extname(file))}-set-aside-`,
  extension: extname(file),
});

/** Moves a file out of the way of a new one, over nothing that is there; answers where it lies now. */
export async function setAside(file: string, lastNumber: number): Promise<string> {
  const { stem, extension } = asideParts(file);
  for (let copy = 1; ; copy++) {
    const name = `${stem}${lastNumber}${copy === 1 ? '' : `-${copy}`}${extension}`;
    const target = join(dirname(file), name);
    // The name is taken first, so that no other process takes it in between.
    const reserved = await open(target, 'wx').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
      throw error;
    });
    if (reserved === undefined) continue;
    await reserved.close();
    await rename(file, target).catch(async (error: unknown) => {
      await unlink(target);
      throw error;
    });
    await syncFolder(dirname(file));
    return target;
  }
}

/** Files that were set aside and still lie beside the present one. */
export async function filesSetAside(file: string): Promise<string[]> {
  const { stem, extension } = asideParts(file);
  const names = await readdir(dirname(file)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const isAside = (name: string) =>
    name.startsWith(stem) &&
    name.endsWith(extension) &&
    /^\d+(-\d+)?$/.test(name.slice(stem.length, name.length - extension.length));
  return names
    .filter(isAside)
    .sort()
    .map((name) => join(dirname(file), name));
}

/** Appends lines and does not answer before they are on the disk. Nothing that stands there is ever changed. */
export async function appendToFile(file: string, list: readonly Checkpoint[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o640);
  try {
    // A line that was cut by a crash is ended, so that it spoils no other.
    const start = (await endsInLine(file)) ? '' : '\n';
    await handle.appendFile(start + list.map(checkpointLine).join(''));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(file));
}

async function endsInLine(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) return true;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 0x0a;
  } finally {
    await handle.close();
  }
}

/** The public key beside it, once; another one is appended, since older checkpoints still bear the first. */
export async function keepPublicKey(file: string, pem: string): Promise<void> {
  const known = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });
  if (known.includes(pem.trim())) return;
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o644);
  try {
    await handle.appendFile(pem.endsWith('\n') ? pem : `${pem}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
