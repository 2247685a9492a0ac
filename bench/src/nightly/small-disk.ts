import { execFile } from 'node:child_process';
import { chown, type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ballast = 'ballast-of-the-nightly-run';

/** Why no small disk can be made here; undefined when it can. */
export async function whyNoDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-disk-'));
  try {
    await (await SmallDisk.mount(folder, 1)).unmount();
    return undefined;
  } catch (error) {
    return `no tmpfs can be mounted: it needs Linux and root (${String(error).trim()})`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * On a full disk of its write-ahead log: written on, the log needs its next file; what stands in the one it has is room that nobody
 * promised.
 */
export async function useUpLog(query: (text: string) => Promise<unknown>): Promise<void> {
  try {
    for (let n = 0; n < 512; n++)
      await query(`select pg_logical_emit_message(false, 'nightly', repeat('x', 1000000), true)`);
  } catch {
    return;
  }
  throw new Error('the write-ahead log still has room');
}

/** A folder that became a disk of its own, small enough to be filled. */
export class SmallDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** What lies in the folder moves onto the disk; nobody may have it open. */
  static async mount(folder: string, megabytes: number): Promise<SmallDisk> {
    const { uid, gid, mode } = await stat(folder);
    const aside = await mkdtemp(join(tmpdir(), 'stoa-disk-'));
    try {
      await run('cp', ['-a', `${folder}/.`, aside]);
      const options = `size=${megabytes}m,mode=${(mode & 0o777).toString(8)}`;
      await run('mount', ['-t', 'tmpfs', '-o', options, 'stoa-nightly', folder]);
      await run('cp', ['-a', `${aside}/.`, folder]);
      await chown(folder, uid, gid);
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
    return new SmallDisk(folder);
  }

  /** Takes all that is free, to the last block. */
  async fill(): Promise<void> {
    const file = await open(join(this.#folder, ballast), 'a');
    try {
      for (const size of [1_000_000, 4_096]) await writeUntilFull(file, Buffer.alloc(size));
    } finally {
      await file.close();
    }
  }

  async empty(): Promise<void> {
    await rm(join(this.#folder, ballast), { force: true });
  }

  async unmount(): Promise<void> {
    await run('umount', ['--lazy', this.#folder]);
  }
}

async function writeUntilFull(file: FileHandle, block: Buffer): Promise<void> {
  for (;;) {
    try {
      await file.write(block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}
