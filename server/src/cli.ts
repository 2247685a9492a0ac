import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTokenBody } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { type Config, readConfig, SettingsError } from './config.ts';
import { findRunning } from './db/embedded/find-running.ts';
import { startEmbedded } from './db/embedded/start.ts';
import { applicationRole, openDatabase, openPool, type Db } from './db/pool.ts';
import { insertToken } from './features/token/create-token.ts';
import { createLog } from './log.ts';

const usage = 'Usage: stoa token create --user <username> --description <text>';

/** A failure that the person at the terminal can do something about. */
class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

const tell = (line: string) => process.stderr.write(`stoa: ${line}\n`);

async function main(args: readonly string[]): Promise<void> {
  const { username, description } = readArguments(args);
  const config = readConfig(process.env);
  const database = await openApplicationDatabase(config);
  try {
    const made = await createTokenFor(database.db, { username, description });
    process.stdout.write(`${made.token}\n`);
    tell(`This is a token of ${made.name} for 90 days. It is shown this once; whoever has it acts as ${made.name}.`);
  } finally {
    await database.close();
  }
}

function readArguments(args: readonly string[]): { username: string; description: string } {
  const options = { user: { type: 'string' }, description: { type: 'string' } } as const;
  const parsed = parseOrExplain(() => parseArgs({ args: [...args], options, allowPositionals: true }));
  if (parsed.positionals.join(' ') !== 'token create')
    throw new CommandError(`there is no command "${parsed.positionals.join(' ')}". ${usage}`, 2);
  const { user, description } = parsed.values;
  if (!user || !description) throw new CommandError(`name both --user and --description. ${usage}`, 2);
  const body = createTokenBody.safeParse({ description });
  if (!body.success) throw new CommandError('the description must be one line of at most 255 characters.', 2);
  return { username: user.normalize('NFKC'), description };
}

function parseOrExplain<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}. ${usage}`, 2);
  }
}

/** The database of DATABASE_URL, else the embedded one: that of the running Stoa, or started for this moment. */
async function openApplicationDatabase(config: Config): Promise<{ db: Db; close(): Promise<void> }> {
  const log = createLog('silent');
  const open = (url: string) => openDatabase(openPool({ url, max: 1, log, role: applicationRole }));
  if (config.databaseUrl !== undefined) return closable(open(config.databaseUrl));
  const dataDir = join(config.dataDir, 'postgres');
  const running = await findRunning(dataDir);
  if (running) return closable(open(running.url('stoa')));
  if (!(await stat(join(dataDir, 'data', 'PG_VERSION')).catch(() => undefined)))
    throw new CommandError(
      `there is no Stoa in ${config.dataDir}. Start Stoa once, or set STOA_DATA_DIR or DATABASE_URL to the one you mean.`,
    );
  tell('Stoa is not running; its database is started for a moment.');
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  return closable(open(embedded.url('stoa')), () => embedded.stop());
}

const closable = (db: Db, then: () => Promise<void> = async () => {}) => ({
  db,
  async close() {
    await db.destroy();
    await then();
  },
});

type Account = { global_user_id: string; name: string; status: string };

function createTokenFor(
  db: Db,
  wanted: { username: string; description: string },
): Promise<{ token: string; name: string }> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<Account>`
      select global_user_id, name, status from app_user where lower(username) = lower(${wanted.username}) for share`.execute(
      tx,
    );
    const account = rows[0];
    if (!account) throw new CommandError(`there is no user "${wanted.username}". Nothing was made.`);
    if (account.status !== 'active')
      throw new CommandError(
        `the account of ${account.name} is disabled, so a token would open nothing. Nothing was made; enable the account first.`,
      );
    const { token } = await insertToken(tx, {
      owner: { globalUserId: account.global_user_id, name: account.name },
      actor: { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'stoa token create' },
      description: wanted.description,
    });
    return { token, name: account.name };
  });
}

/** What an operator can mend is said in a sentence; all else with where it happened. */
function explain(error: unknown): { text: string; exitCode: number } {
  if (error instanceof CommandError) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof SettingsError) return { text: error.message, exitCode: 2 };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['42P01', '3D000', '22023', '42704'].includes(code))
    return { text: 'this database holds no Stoa yet. Start Stoa once, then try again.', exitCode: 1 };
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', '28P01', '28000'].includes(code))
    return {
      text: `the database of DATABASE_URL did not let us in (${error instanceof Error ? error.message || code : code}).`,
      exitCode: 1,
    };
  return { text: error instanceof Error ? error.message || (error.stack ?? code) : String(error), exitCode: 1 };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const { text, exitCode } = explain(error);
  tell(text);
  process.exitCode = exitCode;
});
