import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Some systems cannot sync a folder; they keep its names without. */
const cannotSync = new Set(['EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']);

/** The names in a folder are on the disk: a file that is synced may be lost with its name. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && cannotSync.has(String(error.code)))) throw error;
  } finally {
    await handle.close();
  }
}

/** A folder, and those above it that are missing, each by name on the disk. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made))
    await syncFolder(dirname(made));
}

/** A file that only its owner may read, on the disk with its name before this answers. One that is there stays as it is. */
export async function writeNewFile(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    // Half of it would be taken for the whole.
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(file));
}
