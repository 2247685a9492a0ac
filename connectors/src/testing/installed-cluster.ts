import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestServer } from './postgres-world.ts';

const debianFolder = '/usr/lib/postgresql/15/bin';

/** The programs of a PostgreSQL on this machine. */
export type InstalledPostgres = { readonly bin: string; readonly version: string };

/**
 * Debian's PostgreSQL 15 where it is installed, and every other that `STOA_TEST_POSTGRES` names: folders with `initdb` and
 * `postgres` in them, separated by commas. A named one that is not there is an error, never left out silently.
 */
export function findInstalledPostgres(): InstalledPostgres[] {
  const named = (process.env['STOA_TEST_POSTGRES'] ?? '').split(',').filter((folder) => folder !== '');
  const debian = existsSync(join(debianFolder, 'initdb')) ? [debianFolder] : [];
  return [...debian, ...named].map((bin) => {
    const asked = spawnSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
    const version = /(\d+)\.\d+/.exec(asked.stdout ?? '')?.[1];
    if (version === undefined) throw new Error(`STOA_TEST_POSTGRES: ${bin} holds no PostgreSQL that runs here`);
    return { bin, version };
  });
}

/** A server of its own, gone when stopped. As root it runs as `nobody`. */
export async function startInstalledPostgres(
  { bin, version }: InstalledPostgres,
  settings: readonly string[] = [],
): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), `stoa-pg${version}-`));
  await chmod(dir, 0o755);
  const password = 'superuser-password';
  await writeFile(join(dir, 'password'), password, { mode: 0o644 });
  const asRoot = process.getuid?.() === 0;
  const who = asRoot ? { uid: numericId('-u'), gid: numericId('-g') } : {};
  const data = join(dir, 'data');
  if (asRoot) spawnSync('chown', ['nobody', dir]);
  const init = spawnSync(
    join(bin, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '-A',
      'scram-sha-256',
      `--pwfile=${join(dir, 'password')}`,
      '-N',
    ],
    { ...who, encoding: 'utf8', cwd: dir },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
  const port = await freePort();
  const server: TestServer = { host: '127.0.0.1', port, user: 'postgres', password };
  const options = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', dir, '-F', '-c', 'max_connections=60'];
  for (const setting of settings) options.push('-c', setting);
  const child = spawn(join(bin, 'postgres'), options, { ...who, cwd: dir, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await waitUntilReady(server, version);
  return {
    server,
    stop: async () => {
      child.kill('SIGINT');
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function numericId(flag: '-u' | '-g'): number {
  return Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout.trim());
}

/** Below those that systems hand out by themselves: nobody's connection takes it between the look and the start. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

const readyWithinMilliseconds = 60_000;

async function waitUntilReady(server: TestServer, version: string): Promise<void> {
  const end = performance.now() + readyWithinMilliseconds;
  while (performance.now() < end) {
    const client = new pg.Client({ ...server, database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`PostgreSQL ${version} did not start`);
}
