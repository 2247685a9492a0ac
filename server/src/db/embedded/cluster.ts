import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, isReachable } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The major version whose data files the packaged PostgreSQL reads. */
const majorVersion = '18';

export async function readOrCreatePassword(folder: string): Promise<string> {
  const path = join(folder, 'superuser-password');
  const known = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new EmbeddedPostgresError(`Cannot read ${path}: ${error.message}. Does the folder belong to another user?`);
  });
  if (known !== '') return known;
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

export async function clusterExists(cluster: string): Promise<boolean> {
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new EmbeddedPostgresError(
      `Cannot read ${cluster}: ${error.message}. Does the folder belong to another user?`,
    );
  });
  if (version !== undefined && version.trim() !== majorVersion) {
    throw new EmbeddedPostgresError(
      `The data in ${cluster} was written by PostgreSQL ${version.trim()}, but this Stoa brings PostgreSQL ${majorVersion}.`,
    );
  }
  return version !== undefined;
}

/**
 * What to pass as the data folder. PostgreSQL turns a relative path into an absolute one and then fails when the account
 * may not enter one of the folders above. `/proc/self/cwd` is absolute already and leads straight to the working
 * folder, which root entered before handing over.
 */
export async function dataFolderArgument(cluster: string, account: Account | undefined): Promise<string> {
  if (await isReachable(cluster, account)) return cluster;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new EmbeddedPostgresError(
    `PostgreSQL cannot run as root, and its account may not enter ${cluster}. Set STOA_DATA_DIR to a folder that others may enter.`,
  );
}

export type ClusterPlan = {
  binaries: Binaries;
  account: Account | undefined;
  folder: string;
  cluster: string;
  password: string;
  isDurable: boolean;
  /** Where the socket for sessions of this machine is made; empty for none. */
  socketFolder: string;
};

/** Makes the data folder under another name first, so that a start killed half-way leaves nothing that looks whole. */
export async function createCluster(plan: ClusterPlan): Promise<void> {
  await removeDrafts(plan.folder);
  if ((await readdir(plan.cluster).catch(() => [])).length > 0) {
    throw new EmbeddedPostgresError(`The folder ${plan.cluster} is not empty and holds no PostgreSQL data.`);
  }
  await rm(plan.cluster, { recursive: true, force: true });
  const draft = join(plan.folder, `new-${process.pid}`);
  await mkdir(draft, { mode: 0o700 });
  if (plan.account) await chown(draft, plan.account.uid, plan.account.gid);
  await runInitdb(plan, draft);
  const hba = join(draft, 'pg_hba.conf');
  const bySocket = plan.socketFolder === '' ? '' : 'local all all scram-sha-256\n';
  await writeFile(
    hba,
    `# Passwords for everybody, from this machine only.\nhost all all 127.0.0.1/32 scram-sha-256\n${bySocket}`,
  );
  await rename(draft, plan.cluster);
}

async function removeDrafts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('new-')) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function runInitdb(plan: ClusterPlan, draft: string): Promise<void> {
  const passwordFile = join(plan.folder, `password-${process.pid}`);
  await writeFile(passwordFile, plan.password, { mode: 0o600 });
  if (plan.account) await chown(passwordFile, plan.account.uid, plan.account.gid);
  const handle = await open(passwordFile);
  try {
    // The password comes as standard input, since the account may be unable to reach the file by its path.
    const byInput = process.platform !== 'win32';
    const args = ['-D', await dataFolderArgument(draft, plan.account), '-U', 'postgres', '-A', 'scram-sha-256'];
    args.push(`--pwfile=${byInput ? '/dev/stdin' : passwordFile}`, '--encoding=UTF8', '--no-instructions');
    // PostgreSQL's own C.UTF-8 orders and folds case alike on every machine, whatever locales are installed.
    args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
    if (!plan.isDurable) args.push('--no-sync');
    await runToEnd({ command: plan.binaries.initdb, args, cwd: draft, account: plan.account, stdin: handle.fd });
  } finally {
    await handle.close();
    await rm(passwordFile, { force: true });
  }
}

type Command = { command: string; args: string[]; cwd: string; account: Account | undefined; stdin: number };

function runToEnd({ command, args, cwd, account, stdin }: Command): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: [stdin, 'pipe', 'pipe'], env: cleanEnvironment(), ...account });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += String(chunk)));
    child.stderr?.on('data', (chunk) => (output += String(chunk)));
    child.once('error', (error) => reject(new EmbeddedPostgresError(explainSpawnFailure(command, error))));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new EmbeddedPostgresError(`Creating the embedded PostgreSQL failed: ${output.trim().slice(-2000)}`));
    });
  });
}

export function explainSpawnFailure(command: string, error: NodeJS.ErrnoException): string {
  // A program that is there but whose loader is not answers "no such file": so it is on Linux without glibc.
  const hint =
    process.platform === 'linux' && error.code === 'ENOENT'
      ? ' It needs a Linux with glibc; on another one set DATABASE_URL to a PostgreSQL of your own.'
      : '';
  return `${command} cannot be run: ${error.message}.${hint}`;
}

/** PostgreSQL's programs take settings from the environment; none of the operator's must reach our own server. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].map((name) => [name, process.env[name]]);
  return { ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)), LC_ALL: 'C', TZ: 'UTC' };
}

/** Lets the account pass through the folder that holds the data folder, and keeps everything beside it private. */
export async function prepareFolder(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  const { uid } = await stat(folder);
  if (process.getuid?.() === uid) await chmod(folder, account ? 0o711 : 0o700);
}
