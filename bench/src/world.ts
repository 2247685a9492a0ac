import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@stoa/server/db/embedded/start';
import { type ChildServer, startChildServer } from '@stoa/server/testing/child-server';
import { type LivePlatform, makeLivePlatform } from '@stoa/server/testing/live-platform';
import type { TestPerson } from '@stoa/server/testing/people';
import { type Registered, registerPlatform } from '@stoa/server/testing/register-platform';
import pg from 'pg';
import { openCaller, type Caller } from './caller.ts';
import { addCaller } from './people.ts';

/** A data platform, registered, crawled and enabled, all of its sources in one domain. */
export type Site = { connectionId: string; platform: LivePlatform; registered: Registered };

/** One durable PostgreSQL, the built server as a process of its own, and platforms that are made when first asked for. */
export type World = {
  databaseUrl: string;
  /** What the server was started with. */
  settings: Record<string, string>;
  /** A superuser's session on the application database: for what a benchmark takes as given, and for looking. */
  db: pg.Client;
  server: ChildServer;
  governor: TestPerson;
  appadmin: TestPerson;
  /** The governor's calls by the plain client. */
  caller: Caller;
  small(): Promise<Site>;
  medium(): Promise<Site>;
  large(): Promise<Site>;
  stop(): Promise<void>;
};

/** Where benchmarks listen for what the server sends. */
export const receiverPort = 47_113;

export const root = join(import.meta.dirname, '../..');
const outdir = 'server/dist/bench';
export const serverEntry = join(root, outdir, 'main.js');

export async function build(options: { outdir: string; withFailPoints?: boolean } = { outdir }): Promise<void> {
  // A plain script without types; the tests that start a built server import it the same way.
  const { buildServer } = (await import(join(root, 'scripts/build.mjs'))) as {
    buildServer: (options: object) => Promise<boolean>;
  };
  if (!(await buildServer(options))) throw new Error('the server was not built');
}

export async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** STOA_BENCH_NODE_OPTIONS goes to the server's process: `--cpu-prof --cpu-prof-dir=...` shows where its time went. */
const nodeOptions = (): string[] => (process.env['STOA_BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((o) => o !== '');

export async function startWorld(): Promise<World> {
  await build();
  const folder = mkdtempSync(join(tmpdir(), 'stoa-bench-'));
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    const embedded = await startEmbedded({ dataDir: join(folder, 'postgres'), log: () => undefined });
    stops.push(() => embedded.stop());
    const databaseUrl = await embedded.createDatabase('stoa');
    const settings = {
      DATABASE_URL: databaseUrl,
      STOA_DATA_DIR: join(folder, 'stoa'),
      STOA_ROOT: root,
      STOA_REQUESTS_PER_HOUR: '1000000',
      STOA_EGRESS_ALLOW: `webhook=127.0.0.1:${receiverPort}`,
    };
    const server = await startChildServer(serverEntry, settings, 30, nodeOptions());
    stops.push(() => server.kill('SIGTERM'));
    const db = await connect(databaseUrl);
    stops.push(() => db.end());
    const governor = await addCaller(db, server.url, { username: 'governor', permissions: ['GOVERNANCE'] });
    const appadmin = await addCaller(db, server.url, { username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
    const caller = openCaller(server.url, governor.token);
    stops.push(() => caller.close());
    const make = (name: string, size: { schemas: number; tablesPerSchema: number }) =>
      once(async () => {
        const platform = await makeLivePlatform(embedded.url('postgres'), size);
        stops.push(() => platform.superuser.end());
        // Thousands of entries for single logins would not fit into the row of the database.
        await platform.superuser.query(`grant connect on database ${platform.database} to public`);
        const registered = await registerPlatform(platform, { appadmin, governor }, name);
        const { rows } = await db.query<{ id: string }>('select id from connection where connection_key = $1', [name]);
        return { connectionId: rows[0]?.id ?? '', platform, registered };
      });
    const small = make('small', { schemas: 2, tablesPerSchema: 3 });
    const medium = make('medium', { schemas: 5, tablesPerSchema: 100 });
    const large = make('large', { schemas: 10, tablesPerSchema: 1_000 });
    return { databaseUrl, settings, db, server, governor, appadmin, caller, small, medium, large, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
