import { type ChildProcess, execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chooseAccount } from './account.ts';
import { connectionString, type EmbeddedAddress, loopback } from './address.ts';
import { prepareBinaries } from './binaries.ts';
import { clusterExists, type ClusterPlan, createCluster, prepareFolder, readOrCreatePassword } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { ensureDatabase } from './ensure-database.ts';
import { launchOnPort } from './launch.ts';
import { clearLeftover } from './leftover.ts';
import { takeOwnership } from './ownership.ts';

export type EmbeddedOptions = {
  /** The folder for everything of the embedded PostgreSQL; made when it is missing. */
  dataDir: string;
  log: (line: string) => void;
  /** A port it must have; without it the last one, the usual one, or any free one. */
  port?: number | undefined;
  /** False in tests: no fsync, no full-page writes. A crash of the machine then loses data. */
  isDurable?: boolean;
  /** A folder that its account may write to: sessions of this machine cost a third less over a socket in it. Without it, TCP alone. */
  socketFolder?: string;
};

export type EmbeddedPostgres = EmbeddedAddress & {
  /** True when the data folder was made by this start. */
  fresh: boolean;
  /** A connection string for the superuser on that database, which is made when it is missing, closed to PUBLIC. */
  createDatabase(name: string): Promise<string>;
  /** Settles when PostgreSQL ended, for whatever reason. */
  exited: Promise<void>;
  /** Ends all sessions and waits for a clean shutdown. May be called twice. */
  stop(): Promise<void>;
};

/** Starts the embedded PostgreSQL of `dataDir`, making it first when it is new. Throws EmbeddedPostgresError. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataDir);
  try {
    return await startInFolder(folder, options);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new EmbeddedPostgresError(`The data folder ${folder} cannot be used: ${error.message}.`, { cause: error });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

async function startInFolder(folder: string, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const cluster = join(folder, 'data');
  const account = await chooseAccount(cluster);
  await prepareFolder(folder, account);
  const releaseOwnership = await takeOwnership(folder);
  try {
    const password = await readOrCreatePassword(folder);
    const binaries = await prepareBinaries(account);
    const ground = {
      binaries,
      account,
      folder,
      cluster,
      password,
      isDurable: options.isDurable ?? true,
      socketFolder: options.socketFolder ?? '',
    };
    const fresh = !(await clusterExists(cluster));
    if (fresh) await createCluster(ground);
    else await clearLeftover(cluster, password, options.log);
    const { port, child, exited } = await launchOnPort(ground, options.port);
    const login = { user: 'postgres', password };
    const url = connectionString(port, login);
    const createDatabase = (name: string) => ensureDatabase(url, name);
    const running = { host: loopback, port, superuser: login, fresh, url, createDatabase, exited };
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= stopServer(ground, child, exited).finally(releaseOwnership));
    return { ...running, stop };
  } catch (error) {
    await releaseOwnership();
    throw error;
  }
}

async function stopServer(ground: ClusterPlan, child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  if (process.platform === 'win32') {
    await promisify(execFile)(ground.binaries.pgCtl, ['stop', '-D', ground.cluster, '-m', 'fast', '-w']);
  } else {
    child.kill('SIGINT');
  }
  const impatience = setTimeout(() => child.kill('SIGQUIT'), 30_000);
  await exited;
  clearTimeout(impatience);
}
