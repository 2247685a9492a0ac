import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestServer } from './postgres-world.ts';

const bin = '/usr/lib/postgresql/15/bin';

/** True where Debian's PostgreSQL 15 is installed. */
export const hasDebianPostgres = existsSync(join(bin, 'initdb'));

/** A hand-made PostgreSQL 15 of its own, gone when stopped. As root it runs as `nobody`. */
export async function startDebianPostgres(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'stoa-pg15-'));
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
  const child = spawn(join(bin, 'postgres'), options, { ...who, cwd: dir, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await waitUntilReady(server);
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

async function waitUntilReady(server: TestServer): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
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
  throw new Error('PostgreSQL 15 did not start');
}
