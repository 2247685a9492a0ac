import type { FastifyInstance } from 'fastify';
import { recordRestore } from './backup/record-restore.ts';
import { type Config, SettingsError } from './config.ts';
import { Landmarks } from './db/landmarks.ts';
import { migrate, readMigrations } from './db/migrate.ts';
import { applicationRole, openDatabase, openPool } from './db/pool.ts';
import { newUuid } from './db/new-id.ts';
import { SchemaWatch } from './db/schema-watch.ts';
import type { Deps } from './deps.ts';
import { ensureStandardForm } from './features/request-form/ensure-standard-form.ts';
import { buildApp } from './http/app.ts';
import { serveWeb } from './http/web-assets.ts';
import { createLog, type Log } from './log.ts';
import { createPlatforms } from './provisioning/platforms.ts';
import { Reconciler } from './provisioning/reconciler.ts';
import { reconcileConnection } from './provisioning/reconcile-connection.ts';
import { routes } from './routes.ts';
import { hearOfKeys } from './secrets/heard.ts';
import { openKeyRing } from './secrets/key-ring.ts';
import { reportTampering } from './secrets/report-tampering.ts';
import { loadRootKey } from './secrets/root-key.ts';
import { installationId } from './settings-store.ts';
import { startBackgroundWork } from './work/background-work.ts';
import { createJobs } from './work/jobs.ts';
import { Listener } from './work/listener.ts';
import { LiveEvents } from './work/live-events.ts';

export type RunningServer = { url: string; deps: Deps; app: FastifyInstance; stop(): Promise<void> };
export type StartOptions = { config: Config; databaseUrl: string; migrationsFolder: string; webFolder: string };

/** The composition root: builds every part once and wires them. Nothing else does. */
export async function startServer({
  config,
  databaseUrl,
  migrationsFolder,
  webFolder,
}: StartOptions): Promise<RunningServer> {
  const log = createLog(config.logLevel);
  await migrate(databaseUrl, migrationsFolder);
  const sessions = openSessions(databaseUrl, config.databasePoolSize, log);
  const { db } = sessions;
  await recordRestore(db);
  await ensureStandardForm(db);
  const installation = await installationId(db);
  const keys = await openKeyRing({
    db,
    log,
    root: await loadRootKey(config),
    installationId: installation,
    onTampering: (place) => reportTampering({ db, log }, place),
  });
  const replicaId = newUuid();
  const listener = new Listener({ url: databaseUrl, log, replicaId });
  const live = new LiveEvents({ db, listener, log });
  const platforms = createPlatforms({ config, db, secrets: keys, installationId: installation });
  const reconciler = new Reconciler({ db, listener, log });
  const deps: Deps = {
    config,
    log,
    ...sessions,
    landmarks: new Landmarks(),
    schema: new SchemaWatch((await readMigrations(migrationsFolder)).map(({ name }) => name)),
    secrets: keys,
    keys,
    live,
    jobs: createJobs(),
    platforms,
    reconciler,
    installationId: installation,
    replicaId,
    listening: { url: `http://${config.host}:${config.port}` },
    routes,
  };
  const app = await buildApp(deps, routes);
  await serveWeb(app, webFolder);
  listener.on('stoa_keys', () => void hearOfKeys(deps).catch(() => {}));
  await listener.start();
  await live.start();
  const background = await startBackgroundWork(deps);
  reconciler.start((connectionId) => reconcileConnection(deps, connectionId));
  const stop = async () => {
    live.stop();
    await app.close();
    await background.stop();
    await reconciler.stop();
    await platforms.close();
    await listener.stop();
    await Promise.all([sessions.outside, sessions.frequent, db].map((one) => one.destroy()));
  };
  try {
    deps.listening.url = await app.listen({ port: config.port, host: config.host });
    return { url: deps.listening.url, deps, app, stop };
  } catch (error) {
    await stop();
    throw explainListening(error, config);
  }
}

/** Sessions on the application database, by what they are for. */
function openSessions(url: string, most: number, log: Log): Pick<Deps, 'pool' | 'db' | 'outside' | 'frequent'> {
  const open = (max: number) => openPool({ url, max, log, role: applicationRole });
  const pool = open(most);
  // Of the frequent ones one decides, and two are for the runs of connections.
  return { pool, db: openDatabase(pool), outside: openDatabase(open(2)), frequent: openDatabase(open(3)) };
}

function explainListening(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new SettingsError('PORT', `${port} is taken by another program on ${host}; stop that one or choose another`);
  if (code === 'EADDRNOTAVAIL') return new SettingsError('HOST', `${host} is no address of this machine`);
  if (code === 'EACCES')
    return new SettingsError('PORT', `${port} may not be used by this user; choose one above 1023`);
  return error;
}
