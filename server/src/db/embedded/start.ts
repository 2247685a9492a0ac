import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Account, chooseAccount } from './account.ts';
import { connectionString, type EmbeddedAddress, loopback } from './address.ts';
import { type Binaries, prepareBinaries } from './binaries.ts';
import {
  cleanEnvironment,
  clusterExists,
  createCluster,
  dataFolderArgument,
  prepareFolder,
  readOrCreatePassword,
} from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { ensureDatabase } from './ensure-database.ts';
import { clearLeftover, readPostmasterFile } from './leftover.ts';
import { takeOwnership } from './ownership.ts';
import { choosePort, findFreePort, rememberPort } from './port.ts';

export type EmbeddedOptions = {
  /** The folder for everything of the embedded PostgreSQL; made when it is missing. */
  dataDir: string;
  log: (line: string) => void;
  /** A port it must have; without it the last one, the usual one, or any free one. */
  port?: number | undefined;
  /** False in tests: no fsync, no full-page writes. A crash of the machine then loses data. */
  isDurable?: boolean;
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

type Ground = {
  binaries: Binaries;
  account: Account | undefined;
  folder: string;
  cluster: string;
  password: string;
  isDurable: boolean;
};

/** Starts the embedded PostgreSQL of `dataDir`, making it first when it is new. Throws EmbeddedPostgresError. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataDir);
  const cluster = join(folder, 'data');
  const account = await chooseAccount(cluster);
  await prepareFolder(folder, account);
  const releaseOwnership = await takeOwnership(folder);
  try {
    const password = await readOrCreatePassword(folder);
    const binaries = await prepareBinaries(account);
    const ground = { binaries, account, folder, cluster, password, isDurable: options.isDurable ?? true };
    const fresh = !(await clusterExists(cluster));
    if (fresh) await createCluster(ground);
    else await clearLeftover(cluster, password, options.log);
    const { port, child, exited } = await launchOnPort(ground, options);
    const login = { user: 'postgres', password };
    const url = connectionString(port, login);
    const createDatabase = (name: string) => ensureDatabase(url, name);
    const running = { host: loopback, port, superuser: login, fresh, url, createDatabase, exited };
    const guard = spawnGuard(child, account);
    let stopping: Promise<void> | undefined;
    const stop = () => (stopping ??= stopServer(ground, child, exited).finally(releaseOwnership));
    void exited.then(() => guard?.kill('SIGKILL'));
    return { ...running, stop };
  } catch (error) {
    await releaseOwnership();
    throw error;
  }
}

type Launched = { port: number; child: ChildProcess; exited: Promise<void> };

async function launchOnPort(ground: Ground, options: EmbeddedOptions): Promise<Launched> {
  let port = await choosePort(ground.folder, options.port);
  for (let attempt = 1; ; attempt++) {
    const launched = await launch(ground, port);
    if (typeof launched !== 'string') {
      await rememberPort(ground.folder, port);
      return launched;
    }
    // Another program may take the port after we looked; processes of a killed server may need a moment to end.
    const isPortTaken = launched.includes('could not create any TCP/IP sockets');
    const isStillHeld = launched.includes('still in use');
    if (attempt >= 10 || (!isPortTaken && !isStillHeld) || (isPortTaken && options.port !== undefined)) {
      throw new EmbeddedPostgresError(`The embedded PostgreSQL did not start: ${launched}`);
    }
    if (isPortTaken) port = await findFreePort();
    else await new Promise((done) => setTimeout(done, 300));
  }
}

/** The running server, or what it wrote to its log before it gave up. */
async function launch(ground: Ground, port: number): Promise<Launched | string> {
  const logPath = join(ground.folder, 'postgresql.log');
  if (((await stat(logPath).catch(() => undefined))?.size ?? 0) > 10_000_000) await truncate(logPath);
  const logFile = await open(logPath, 'a', 0o600);
  const logStart = (await logFile.stat()).size;
  const dataFolder = await dataFolderArgument(ground.cluster, ground.account);
  const child = spawn(ground.binaries.postgres, ['-D', dataFolder, ...settings(port, ground.isDurable)], {
    cwd: ground.cluster,
    // A session of its own: Ctrl-C in the terminal must reach Stoa alone, which then stops the database last.
    detached: true,
    stdio: ['ignore', logFile.fd, logFile.fd],
    env: cleanEnvironment(),
    ...ground.account,
  });
  const exited = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  let hasEnded = false;
  void exited.then(() => (hasEnded = true));
  await logFile.close();
  while (!hasEnded) {
    const file = await readPostmasterFile(ground.cluster);
    if (file?.pid === child.pid && file?.isReady && (await canLogIn(port, ground.password))) {
      child.unref();
      return { port, child, exited };
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  return (await readFile(logPath)).subarray(logStart).toString('utf8').trim().slice(-2000);
}

function settings(port: number, isDurable: boolean): string[] {
  const values = [`listen_addresses=${loopback}`, `port=${port}`, 'unix_socket_directories=', 'max_connections=200'];
  values.push('shared_buffers=128MB', 'timezone=UTC', 'log_timezone=UTC', 'log_line_prefix=%m [%p] %q%u@%d ');
  if (!isDurable) values.push('fsync=off', 'full_page_writes=off', 'synchronous_commit=off');
  return values.flatMap((value) => ['-c', value]);
}

async function canLogIn(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({ host: loopback, port, user: 'postgres', password, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      throw new EmbeddedPostgresError(
        'The embedded PostgreSQL refuses the password kept beside its data: somebody changed one of the two.',
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

// When Stoa is killed outright nobody is left to stop PostgreSQL. This shell waits for the end of a pipe that only Stoa
// holds open. Windows has no such shell; there the next start ends what was left behind.
function spawnGuard(child: ChildProcess, account: Account | undefined): ChildProcess | undefined {
  if (process.platform === 'win32' || child.pid === undefined) return undefined;
  const guard = spawn('/bin/sh', ['-c', 'read -r line; kill -INT "$1"', 'stoa-guard', String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: cleanEnvironment(),
    ...account,
  });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  guard.unref();
  return guard;
}

async function stopServer(ground: Ground, child: ChildProcess, exited: Promise<void>): Promise<void> {
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
