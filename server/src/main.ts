import { join } from 'node:path';
import { readConfig, SettingsError } from './config.ts';
import { EmbeddedPostgresError } from './db/embedded/embedded-postgres-error.ts';
import { startEmbedded } from './db/embedded/start.ts';
import { loadSample } from './sample/load-sample.ts';
import { sampleAccounts } from './sample/accounts.ts';
import { startServer } from './start-server.ts';

const root = process.env['STOA_ROOT'] ?? process.cwd();

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbedded({ dataDir: join(config.dataDir, 'postgres'), log: say, port: config.embeddedPort })
      : undefined;
  const stopEmbedded = async () => embedded?.stop();
  try {
    const databaseUrl = config.databaseUrl ?? (await embedded?.createDatabase('stoa'));
    if (databaseUrl === undefined)
      throw new SettingsError('DATABASE_URL', 'is not set and no embedded PostgreSQL runs');
    const server = await startServer({
      config,
      databaseUrl,
      migrationsFolder: join(root, 'server/migrations'),
      webFolder: join(root, 'web/dist'),
    });
    let isStopping = false;
    const stop = once(async () => {
      isStopping = true;
      await server.stop();
      await stopEmbedded();
      process.exit(0);
    });
    process.on('SIGINT', stop).on('SIGTERM', stop);
    embedded?.exited.then(() => {
      if (isStopping) return;
      process.stderr.write('The embedded PostgreSQL ended. Nothing decided is lost; start Stoa again.\n');
      process.exit(1);
    });
    const isSampled =
      embedded !== undefined &&
      config.loadSample &&
      (await loadSample({ deps: server.deps, app: server.app, embedded, say }));
    if (isStopping) return;
    say(
      `Stoa is ready on ${server.url}${isSampled ? `; sign in as ${sampleAccounts.map((a) => a.username).join(', ')} with password "${sampleAccounts[0].password}"` : ''}`,
    );
  } catch (error) {
    await stopEmbedded();
    throw error;
  }
}

function once(act: () => Promise<void>): () => void {
  let isCalled = false;
  return () => {
    if (isCalled) return;
    isCalled = true;
    act().catch(() => process.exit(1));
  };
}

main().catch((error: unknown) => {
  if (error instanceof SettingsError || error instanceof EmbeddedPostgresError)
    process.stderr.write(`Stoa did not start: ${error.message}\n`);
  else
    process.stderr.write(
      `Stoa did not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  process.exit(1);
});
