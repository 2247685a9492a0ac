import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { loopback } from './address.ts';
import { cleanEnvironment, type ClusterPlan, dataFolderArgument, explainSpawnFailure } from './cluster.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { spawnGuard } from './guard.ts';
import { readPostmasterFile } from './leftover.ts';
import { choosePort, findFreePort, rememberPort } from './port.ts';

export type Launched = { port: number; child: ChildProcess; exited: Promise<void> };

/** Starts the server of an existing data folder, on the fixed port or on one that is free. */
export async function launchOnPort(ground: ClusterPlan, fixedPort: number | undefined): Promise<Launched> {
  let port = await choosePort(ground.folder, fixedPort);
  for (let attempt = 1; ; attempt++) {
    const launched = await launch(ground, port);
    if (typeof launched !== 'string') {
      await rememberPort(ground.folder, port);
      return launched;
    }
    // Another program may take the port after we looked; processes of a killed server may need a moment to end.
    const isPortTaken = launched.includes('could not create any TCP/IP sockets');
    const isStillHeld = launched.includes('still in use');
    if (attempt >= 10 || (!isPortTaken && !isStillHeld) || (isPortTaken && fixedPort !== undefined)) {
      throw new EmbeddedPostgresError(`The embedded PostgreSQL did not start: ${launched}`);
    }
    if (isPortTaken) port = await findFreePort();
    else await new Promise((done) => setTimeout(done, 300));
  }
}

/** The running server, or what it wrote to its log before it gave up. */
async function launch(ground: ClusterPlan, port: number): Promise<Launched | string> {
  const logPath = join(ground.folder, 'postgresql.log');
  if (((await stat(logPath).catch(() => undefined))?.size ?? 0) > 10_000_000) await truncate(logPath);
  const logFile = await open(logPath, 'a', 0o600);
  const logStart = (await logFile.stat()).size;
  const dataFolder = await dataFolderArgument(ground.cluster, ground.account);
  const child = spawn(ground.binaries.postgres, ['-D', dataFolder, ...settings(port, ground)], {
    cwd: ground.cluster,
    // A session of its own: Ctrl-C in the terminal must reach Stoa alone, which then stops the database last.
    detached: true,
    stdio: ['ignore', logFile.fd, logFile.fd],
    env: cleanEnvironment(),
    ...ground.account,
  });
  let failure = '';
  const exited = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', (error) => {
      failure = explainSpawnFailure(ground.binaries.postgres, error);
      done();
    });
  });
  let hasEnded = false;
  void exited.then(() => (hasEnded = true));
  await logFile.close();
  spawnGuard(child, ground.account);
  while (!hasEnded) {
    const file = await readPostmasterFile(ground.cluster);
    if (file?.pid === child.pid && file?.isReady && (await canLogIn(port, ground.password, child))) {
      child.unref();
      return { port, child, exited };
    }
    await new Promise((done) => setTimeout(done, 5));
  }
  return failure || (await readFile(logPath)).subarray(logStart).toString('utf8').trim().slice(-2000);
}

function settings(port: number, { isDurable, socketFolder }: ClusterPlan): string[] {
  const values = [`listen_addresses=${loopback}`, `port=${port}`, `unix_socket_directories=${socketFolder}`];
  values.push('max_connections=200');
  values.push('shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.max=10000');
  values.push('shared_buffers=128MB', 'timezone=UTC', 'log_timezone=UTC', 'log_line_prefix=%m [%p] %q%u@%d ');
  if (!isDurable) values.push('fsync=off', 'full_page_writes=off', 'synchronous_commit=off');
  return values.flatMap((value) => ['-c', value]);
}

async function canLogIn(port: number, password: string, child: ChildProcess): Promise<boolean> {
  const client = new pg.Client({ host: loopback, port, user: 'postgres', password, database: 'postgres' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      child.kill('SIGQUIT');
      throw new EmbeddedPostgresError(
        'The embedded PostgreSQL refuses the password kept beside its data: somebody changed one of the two.',
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
