import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, isReachable } from './account.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

export type Binaries = { postgres: string; initdb: string; pgCtl: string };

const run = promisify(execFile);

/** Finds the PostgreSQL of this platform's npm package, in a place where `account` can run it. */
export async function prepareBinaries(account: Account | undefined, native = locatePackage()): Promise<Binaries> {
  await completeLibraryLinks(native);
  const samples = ['bin/postgres', 'lib', 'share/postgresql/postgres.bki'].map((part) => join(native, part));
  const reachable = await Promise.all(samples.map((path) => isReachable(path, account)));
  return inFolder(account && reachable.includes(false) ? await copyWhereReachable(native, account) : native);
}

function inFolder(native: string): Binaries {
  const bin = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { postgres: bin('postgres'), initdb: bin('initdb'), pgCtl: bin('pg_ctl') };
}

function locatePackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL for this machine (${name}) is not installed. Run "npm ci" without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
}

// npm packages cannot hold symbolic links, so the package makes them in an install script, which we do not run.
async function completeLibraryLinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  await Promise.all(
    links.map(async ({ source, target }) => {
      await symlink(basename(source), join(native, '..', target)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw new EmbeddedPostgresError(`Cannot link ${target}: ${error.message}`);
      });
    }),
  );
}

// The clone may lie under a folder that only root may enter (/root itself, for one).
async function copyWhereReachable(native: string, account: Account): Promise<string> {
  const problems: string[] = [];
  for (const base of new Set(['/var/tmp', tmpdir(), '/run', '/opt'])) {
    if (!(await isReachable(base, account))) continue;
    try {
      const copy = await copyInto(base, native);
      await run(join(copy, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' });
      return copy;
    } catch (error) {
      problems.push(`${base}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new EmbeddedPostgresError(
    `The PostgreSQL under ${native} cannot be run by the unprivileged account ${account.uid}, and no place for a copy ` +
      `was found (${problems.join('; ')}). Move the clone to a folder that others may enter, or set DATABASE_URL.`,
  );
}

async function copyInto(base: string, native: string): Promise<string> {
  const { mtimeMs, size } = await lstat(join(native, 'bin', 'postgres'));
  const mark = createHash('sha256').update(`${native}\n${mtimeMs}\n${size}`).digest('hex').slice(0, 16);
  const copy = join(base, `stoa-postgresql-${mark}`);
  if (await isWholeCopy(copy)) return copy;
  const draft = join(base, `.stoa-postgresql-${randomUUID()}`);
  await mkdir(draft, { mode: 0o700 });
  try {
    await cp(native, draft, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    await openToAll(draft);
    await writeFile(join(draft, 'files'), String(await countFiles(draft)), { mode: 0o644 });
    // Only root's own copy is replaced: in a shared folder a stranger's stays, and the rename below fails aloud.
    if ((await lstat(copy).catch(() => undefined))?.uid === 0) await rm(copy, { recursive: true });
    await rename(draft, copy);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (await isWholeCopy(copy)) return copy;
    throw error;
  }
  return copy;
}

// These folders are shared, so a copy counts only when root made it and nobody else may write to it; and sweepers of
// temporary files may have taken some of its files.
async function isWholeCopy(copy: string): Promise<boolean> {
  const found = await lstat(copy).catch(() => undefined);
  if (!found?.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) return false;
  const expected = await readFile(join(copy, 'files'), 'utf8').catch(() => '');
  return expected === String((await countFiles(copy)) - 1);
}

async function countFiles(folder: string): Promise<number> {
  return (await readdir(folder, { recursive: true })).length;
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const isProgram = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    await chmod(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
  }
}
