import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Account, chooseAccount, isReachable } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { findRunning } from './find-running.ts';
import { findFreePort } from './port.ts';
import { type EmbeddedPostgres, startEmbedded } from './start.ts';

const here = dirname(fileURLToPath(import.meta.url));
const holder = join(here, '../../testing/hold-embedded.ts');
const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

let base = '';
let dataDir = '';
let port = 0;
const running: EmbeddedPostgres[] = [];
const held: ChildProcess[] = [];

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'stoa-embedded-'));
  await chmod(base, 0o755);
  dataDir = join(base, 'kept');
  port = await findFreePort();
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
  for (const child of held.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rm(base, { recursive: true, force: true }));

async function start(folder = dataDir, wanted: number | undefined = port): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir: folder, log: () => undefined, port: wanted, isDurable: false });
  running.push(server);
  return server;
}

/** A process of its own that runs the embedded server; its first line is the server's address. */
async function hold(folder: string, account?: Account): Promise<{ child: ChildProcess; url: string }> {
  const args = ['--import', 'tsx', holder, folder, String(port)];
  const child = spawn(process.execPath, args, { cwd: here, stdio: ['ignore', 'pipe', 'pipe'], ...account });
  held.push(child);
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += String(chunk)));
  const failed = once(child, 'close').then(() => Promise.reject(new Error(complaint)));
  // Later it is killed on purpose.
  failed.catch(() => undefined);
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  return { child, url: String(line).trim() };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('the embedded PostgreSQL', () => {
  test('makes a new folder, asks everybody for a password, and comes up again at once', async () => {
    const making = performance.now();
    const first = await start();
    const made = performance.now() - making;
    expect(first.fresh).toBe(true);
    const url = await first.createDatabase('kept');
    await ask(url, 'create table note as select 42 as n');
    await expect(ask(first.url('postgres', { user: 'postgres', password: 'wrong' }), 'select 1')).rejects.toMatchObject(
      { code: '28P01' },
    );
    expect(await ask(url, 'show unix_socket_directories')).toBe('');
    expect(await ask(url, `select lower('ÜŁ') || current_setting('server_encoding')`)).toBe('üłUTF8');
    expect((await stat(join(dataDir, 'superuser-password'))).mode & 0o077).toBe(0);
    await first.stop();
    const before = performance.now();
    const second = await start();
    expect(performance.now() - before).toBeLessThan(made);
    expect(second.fresh).toBe(false);
    expect(await ask(await second.createDatabase('kept'), 'select n from note')).toBe(42);
  });

  test('closes its databases to logins that were not let in', async () => {
    const server = await start();
    await ask(server.url('postgres'), `create role stranger login password 'x'`);
    const stranger = { user: 'stranger', password: 'x' };
    for (const database of ['kept', 'postgres', 'template1']) {
      await expect(ask(server.url(database, stranger), 'select 1')).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('ends with the process that started it, even when that one is killed, and starts again at once', async () => {
    const { child, url } = await hold(dataDir);
    expect(await ask(url, 'select 1')).toBe(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = await start();
    expect(await ask(next.url('kept'), 'select n from note')).toBe(42);
  });

  test.runIf(isLinux)('stops an orphan that outlived its process, and nothing else that has its port', async () => {
    const { child, url } = await hold(dataDir);
    const children = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim().split(' ');
    for (const pid of children) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes('stoa-guard')) process.kill(Number(pid), 'SIGKILL');
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await ask(url, 'select 1')).toBe(1);
    const lines: string[] = [];
    running.push(await startEmbedded({ dataDir, log: (line) => lines.push(line), port, isDurable: false }));
    expect(lines).toHaveLength(1);
  });

  test('refuses a folder whose Stoa is alive, which commands may join instead', async () => {
    const server = await start();
    await expect(hold(dataDir)).rejects.toThrow('Another Stoa');
    const beside = await findRunning(dataDir);
    expect(beside?.port).toBe(server.port);
    expect(await ask(server.url('kept'), 'select n from note')).toBe(42);
  });

  test('is not misled by a lock file that names a living stranger', async () => {
    await (await start()).stop();
    const path = join(dataDir, 'data', 'postmaster.pid');
    await writeFile(path, `${process.pid}\n${join(dataDir, 'data')}\n1700000000\n${port}\n\n127.0.0.1\n  1 2\nready\n`);
    await writeFile(join(dataDir, 'owner'), `${process.ppid} an earlier boot`);
    expect(await findRunning(dataDir)).toBeUndefined();
    const server = await start();
    expect(await ask(server.url('kept'), 'select n from note')).toBe(42);
  });

  test('moves to another port when its own is taken, and refuses when the port was asked for', async () => {
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    await expect(start()).rejects.toThrow(`The port ${port} asked for`);
    const moved = await startEmbedded({ dataDir, log: () => undefined, isDurable: false });
    running.push(moved);
    expect(moved.port).not.toBe(port);
    expect(await readFile(join(dataDir, 'port'), 'utf8')).toBe(String(moved.port));
    squatter.close();
  });

  test('says what is wrong with a folder it cannot use', async () => {
    const other = join(base, 'other');
    await mkdir(join(other, 'data'), { recursive: true });
    await writeFile(join(other, 'data', 'PG_VERSION'), '16\n');
    await expect(start(other)).rejects.toThrow('written by PostgreSQL 16');
    await rm(join(other, 'data', 'PG_VERSION'));
    await writeFile(join(other, 'data', 'diary.txt'), 'mine');
    await expect(start(other)).rejects.toThrow('is not empty and holds no PostgreSQL data');
    expect(await readdir(join(other, 'data'))).toEqual(['diary.txt']);
    await writeFile(join(base, 'file'), '');
    await expect(start(join(base, 'file', 'below'))).rejects.toThrow('cannot be used: ENOTDIR');
    const password = join(dataDir, 'superuser-password');
    const kept = await readFile(password, 'utf8');
    await writeFile(password, 'another');
    await expect(start()).rejects.toThrow('refuses the password');
    await writeFile(password, kept);
    await start();
  });
});

describe.runIf(isRoot && isLinux)('the embedded PostgreSQL of root', () => {
  test('keeps its data under a folder that only root may enter', async () => {
    const closed = join(base, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const server = await start(join(closed, 'data'));
    const url = await server.createDatabase('inner');
    await ask(url, 'create table t as select g from generate_series(1, 1000) g');
    await ask(url, 'create index on t (g)');
    await ask(url, 'checkpoint');
    await server.stop();
    expect(await ask((await start(join(closed, 'data'))).url('inner'), 'select count(*)::int from t')).toBe(1000);
  });

  test('runs a copy of programs that lie under a folder only root may enter, and mends missing links', async () => {
    const account = await chooseAccount(base);
    const { postgres } = await prepareBinaries(undefined);
    const closed = join(base, 'clone');
    await mkdir(closed, { mode: 0o700 });
    const native = join(closed, 'native');
    await cp(join(dirname(postgres), '..'), native, { recursive: true, verbatimSymlinks: true });
    const links = (await readdir(join(native, 'lib'), { withFileTypes: true })).filter((entry) =>
      entry.isSymbolicLink(),
    );
    for (const { name } of links) await unlink(join(native, 'lib', name));
    const copy = await prepareBinaries(account, native);
    expect(copy.postgres.startsWith(base)).toBe(false);
    expect(await isReachable(copy.initdb, account)).toBe(true);
    expect(await prepareBinaries(account, native)).toEqual(copy);
    await rm(join(dirname(copy.postgres), '../share/postgresql/postgres.bki'));
    await prepareBinaries(account, native);
    expect(await isReachable(join(dirname(copy.postgres), '../share/postgresql/postgres.bki'), account)).toBe(true);
    await rm(join(dirname(copy.postgres), '..'), { recursive: true });
  });

  test('is just as well run by an ordinary user', async ({ skip }) => {
    const account = await chooseAccount(base);
    if (!account || !(await isReachable(holder, account))) return skip('the clone is closed to other users');
    const folder = join(base, 'ordinary');
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, account.uid, account.gid);
    const { child, url } = await hold(join(folder, 'data'), account);
    expect(await ask(url, 'select 1')).toBe(1);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect((await stat(join(folder, 'data'))).uid).toBe(account.uid);
  });
});
