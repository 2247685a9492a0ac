import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPolicy, setPolicyState } from '@stoa/contract/policy-resource';
import { type EmbeddedPostgres, startEmbedded } from '@stoa/server/db/embedded/start';
import { type ChildServer, startChildServer } from '@stoa/server/testing/child-server';
import { type Line, startLine } from '@stoa/server/testing/line';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '@stoa/server/testing/live-platform';
import { callerOf, type TestPerson } from '@stoa/server/testing/people';
import { publish, type Registered, registerPlatform, waitFor } from '@stoa/server/testing/register-platform';
import { runSetupScript } from '@stoa/server/testing/run-setup-script';
import pg from 'pg';
import { addCaller } from '../people.ts';
import { connect, root } from '../world.ts';
import { SmallDisk } from './small-disk.ts';

export const outdir = 'server/dist/nightly';
const connectionKey = 'nightly';

export type Consumer = { person: TestPerson; login: PlatformLogin };
export type Settings = Record<string, string>;
/** Which of the two PostgreSQLs lies on disks that can be filled. */
export type Small = 'application' | 'platform';
export type Disks = Record<'data' | 'wal', SmallDisk>;

/**
 * A durable application database, a platform on a server of its own, and servers with fail-points that are started and killed at will.
 * Products: one of plain tables (`area_1`), one whose column `label` is masked (`area_2`); the tables of `area_3` are in none.
 */
export type FaultWorld = {
  databaseUrl: string;
  /** A superuser's session on the application database; it comes back after that was restarted. */
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  platform: LivePlatform;
  /** Everything between Stoa and the platform goes over it. */
  line: Line;
  registered: Registered;
  governor: TestPerson;
  plain: { id: string };
  masked: { id: string };
  /** The environment that servers and commands of this installation share. */
  settings: Settings;
  start(more?: Settings): Promise<ChildServer>;
  addConsumer(name: string): Promise<Consumer>;
  /** Kills the application database as a whole, and starts it again. */
  crashDatabase(): Promise<void>;
  /** Starts the application database again if it has ended by itself, as whatever watches over it would. True if it had. */
  reviveDatabase(): Promise<boolean>;
  /** Starts the platform again if it has ended. Logins are to be made before that. */
  revivePlatform(): Promise<void>;
  /** What the PostgreSQL on the small disks wrote to its log. */
  databaseLog(): string;
  /** Of the PostgreSQL that was asked for. */
  disks: Disks | undefined;
  stop(): Promise<void>;
};

export async function makeFaultWorld(more: Settings = {}, small?: Small): Promise<FaultWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-nightly-'));
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
  };
  try {
    const folders = { application: join(folder, 'postgres'), platform: join(folder, 'platform') };
    const disks = small === undefined ? undefined : await layOnDisks(folders[small]);
    if (disks !== undefined) stops.push(() => disks.data.unmount());
    if (disks !== undefined) stops.push(() => disks.wal.unmount());
    const application = await ApplicationDatabase.start(folders.application);
    stops.push(() => application.stop());
    const platformServer = await WatchedPostgres.start({ dataDir: folders.platform, isDurable: false });
    stops.push(() => platformServer.stop());
    const platform = await makeLivePlatform(platformServer.url('postgres'), { schemas: 3, tablesPerSchema: 2 });
    stops.push(() => platform.superuser.end());
    const line = await startLine(platform);
    stops.push(() => line.close());
    const settings = {
      DATABASE_URL: application.url,
      STOA_DATA_DIR: join(folder, 'stoa'),
      STOA_ROOT: root,
      STOA_SECRET_KEY: randomBytes(32).toString('base64'),
      STOA_REQUESTS_PER_HOUR: '1000000',
      STOA_ALLOW_UNSAFE_DATABASE: 'on',
      ...more,
    };
    const started = new Set<ChildServer>();
    stops.push(() => Promise.all([...started].map((server) => server.kill())));
    const start = async (own: Settings = {}): Promise<ChildServer> => {
      const server = await startChildServer(join(root, outdir, 'main.js'), { ...settings, ...own }, 60);
      started.add(server);
      void server.ended.then(() => started.delete(server));
      return server;
    };
    const first = await start();
    const made = await prepare(application, { platform, line, server: first });
    await first.kill('SIGTERM');
    return {
      databaseUrl: application.url,
      query: (text, values) => application.query(text, values),
      platform,
      line,
      settings,
      start,
      async addConsumer(name) {
        const login = await platform.addLogin(name);
        const person = await addCaller(application.client, '', { username: login.username, permissions: [] });
        return { person, login };
      },
      crashDatabase: () => application.crash(),
      reviveDatabase: () => application.revive(),
      async revivePlatform() {
        await platformServer.revive();
        await platform.superuser.end().catch(() => undefined);
        const open = () => connect(platformServer.url(platform.database)).catch(() => undefined);
        platform.superuser = await waitFor('the platform', open, 60);
      },
      databaseLog: () => readFileSync(join(folders[small ?? 'application'], 'postgresql.log'), 'utf8'),
      disks,
      stop,
      ...made,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const megabytes = { data: 160, wal: 256 } as const;

/** Makes a PostgreSQL whose data and whose write-ahead log lie on a small disk each. It is left stopped. */
async function layOnDisks(dataDir: string): Promise<Disks> {
  const server = await startEmbedded({ dataDir, log: () => undefined });
  await server.stop();
  const data = await SmallDisk.mount(join(dataDir, 'data'), megabytes.data);
  try {
    return { data, wal: await SmallDisk.mount(join(dataDir, 'data/pg_wal'), megabytes.wal) };
  } catch (error) {
    await data.unmount();
    throw error;
  }
}

/** An embedded PostgreSQL that may be killed, or end by itself, and is then started again at the same port. */
class WatchedPostgres {
  readonly #options: { dataDir: string; isDurable: boolean };
  #server: EmbeddedPostgres;
  #hasEnded = false;

  static async start(options: { dataDir: string; isDurable: boolean }): Promise<WatchedPostgres> {
    return new WatchedPostgres(options, await startEmbedded({ ...options, log: () => undefined }));
  }

  private constructor(options: { dataDir: string; isDurable: boolean }, server: EmbeddedPostgres) {
    this.#options = options;
    this.#server = this.#watch(server);
  }

  url = (database: string): string => this.#server.url(database);
  createDatabase = (name: string): Promise<string> => this.#server.createDatabase(name);

  /** @param client a session of it that may read its files */
  async kill(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ pid: number }>(
      `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
    );
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await this.#server.exited;
  }

  /** True if it had ended; it runs again then. */
  async revive(): Promise<boolean> {
    if (!this.#hasEnded) return false;
    await this.#server.stop();
    const { port } = this.#server;
    // What the killed one leaves behind, its sessions and their memory, takes a moment to be gone.
    const start = () => startEmbedded({ ...this.#options, log: () => undefined, port }).catch(() => undefined);
    this.#server = this.#watch(await waitFor('PostgreSQL to start', start, 60));
    return true;
  }

  #watch(server: EmbeddedPostgres): EmbeddedPostgres {
    this.#hasEnded = false;
    void server.exited.then(() => (this.#hasEnded = true));
    return server;
  }

  stop = (): Promise<void> => this.#server.stop();
}

/** The application database, with sessions that are opened anew after a crash. */
class ApplicationDatabase {
  readonly #server: WatchedPostgres;
  #pool: pg.Pool;
  client: pg.Client;
  readonly url: string;

  static async start(dataDir: string): Promise<ApplicationDatabase> {
    const server = await WatchedPostgres.start({ dataDir, isDurable: true });
    const url = await server.createDatabase('stoa');
    return new ApplicationDatabase({ server, url, client: await connect(url) });
  }

  private constructor({ server, url, client }: { server: WatchedPostgres; url: string; client: pg.Client }) {
    this.#server = server;
    this.url = url;
    this.client = client;
    this.#pool = openPool(this.url);
  }

  async query<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.#pool.query<R>(text, values)).rows;
  }

  async crash(): Promise<void> {
    await this.#server.kill(this.client);
    await this.revive();
  }

  async revive(): Promise<boolean> {
    await this.client.end().catch(() => undefined);
    await this.#pool.end();
    const hadEnded = await this.#server.revive();
    this.#pool = openPool(this.url);
    this.client = await waitFor('the application database', () => connect(this.url).catch(() => undefined), 60);
    return hadEnded;
  }

  async stop(): Promise<void> {
    await this.client.end().catch(() => undefined);
    // A start that failed in between leaves both ended.
    await this.#pool.end().catch(() => undefined);
    await this.#server.stop();
  }
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 4 });
  pool.on('error', () => undefined);
  return pool;
}

type Ground = { platform: LivePlatform; line: Line; server: ChildServer };
type Made = Pick<FaultWorld, 'registered' | 'governor' | 'plain' | 'masked'>;

async function prepare(application: ApplicationDatabase, { platform, line, server }: Ground): Promise<Made> {
  const { client: db } = application;
  const governor = await addCaller(db, server.url, { username: 'governor', permissions: ['GOVERNANCE'] });
  const appadmin = await addCaller(db, server.url, { username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  const registered = await registerPlatform({ ...platform, port: line.port }, { appadmin, governor }, connectionKey);
  const { rows } = await db.query<{ id: string }>(
    `select value ->> 'id' as id from setting where name = 'installation'`,
  );
  await runSetupScript(platform, rows[0]?.id ?? '');
  const inArea = (area: string) => registered.sources.filter(({ path }) => path[1] === area).map(({ id }) => id);
  const plain = await publish(governor, registered, { name: 'Plain tables', sourceIds: inArea('area_1') });
  const masked = await publish(governor, registered, { name: 'Masked tables', sourceIds: inArea('area_2') });
  await maskLabels(governor, platform);
  return { registered, governor, plain, masked };
}

/** `label` is hidden from everybody in `area_2`. */
async function maskLabels(governor: TestPerson, platform: LivePlatform): Promise<void> {
  const made = await governor.call(createPolicy, {
    body: {
      policy: {
        name: 'Hide labels',
        type: 'data',
        scope: { kind: 'global' },
        action: {
          kind: 'mask',
          masking: { maskingType: 'constant', value: 'hidden' },
          target: { columns: 'nameRegex', regex: 'label' },
        },
        who: { for: 'everyone' },
        circumstances: [{ type: 'object', connectionKey, objectPath: [platform.database, 'area_2'] }],
      },
    },
  });
  if (made.status !== 201) throw new Error(`the mask was refused: ${JSON.stringify(made.body)}`);
  const active = await governor.call(setPolicyState, {
    params: { id: made.body.id },
    body: { state: 'active', version: made.body.version },
  });
  if (active.status !== 200) throw new Error(`the mask was not switched on: ${JSON.stringify(active.body)}`);
  await waitFor('the masked views', async () => {
    const { rows } = await platform.superuser.query(`select from pg_views where schemaname = 'shared_area_2'`);
    return rows.length === 2;
  });
}

/** The same person at this server. */
export const at = (server: { url: string }, person: TestPerson): TestPerson => ({
  ...person,
  ...callerOf(server.url, person.token),
});

/** What a fresh session of that login is shown of one column, or the SQLSTATE of the refusal. */
export async function shows({ platform }: FaultWorld, login: PlatformLogin, from: string): Promise<unknown> {
  const client = await platform.connectAs(login);
  try {
    return (await client.query<{ label: unknown }>(`select label from ${from} limit 1`)).rows[0]?.label;
  } catch (error) {
    return error instanceof pg.DatabaseError ? error.code : String(error);
  } finally {
    await client.end();
  }
}
