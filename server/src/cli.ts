import { parseArgs } from 'node:util';
import { createTokenBody } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { verifyChainWithKept } from './audit/chain-with-kept.ts';
import { readKept } from './audit/kept-checkpoints.ts';
import { readVerifyArguments, runVerify, verifyUsage } from './audit/verify-command.ts';
import { openApplicationDatabase } from './command/application-database.ts';
import { runBackup } from './command/backup.ts';
import { CommandError, tell } from './command/command-error.ts';
import { runKeys } from './command/keys.ts';
import { runRestore } from './command/restore.ts';
import { runSecondFactor } from './command/second-factor.ts';
import { readConfig, SettingsError } from './config.ts';
import type { Db, Reader } from './db/pool.ts';
import { insertToken } from './features/token/create-token.ts';
import { readInstallationAsk, verifyInstallation } from './verify/command.ts';

const usage = 'Usage: stoa token create --user <username> --description <text>';

/** Commands with a file of their own, by their first word. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  backup: runBackup,
  keys: runKeys,
  restore: runRestore,
  'second-factor': runSecondFactor,
};

async function main(args: readonly string[]): Promise<void> {
  const command = commands[args[0] ?? ''];
  if (command !== undefined) return command(args.slice(1));
  if (args[0] === 'audit' && args[1] === 'verify') return verifyAudit(args.slice(2));
  if (args[0] === 'verify') return verify(args.slice(1));
  return makeToken(args);
}

async function makeToken(args: readonly string[]): Promise<void> {
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

/** 2: something could not be checked, and be it that nothing could. */
async function verifyAudit(args: readonly string[]): Promise<void> {
  process.exitCode = 2;
  const wanted = parseOrExplain(() => readVerifyArguments(args), verifyUsage);
  const config = readConfig(process.env);
  const database = await openApplicationDatabase(config);
  try {
    const out = (text: string) => void process.stdout.write(text);
    process.exitCode = await runVerify(database.db, wanted, { place: config, out, tell }).catch((error: unknown) => {
      throw new CommandError(explain(error).text, 2);
    });
  } finally {
    await database.close();
  }
}

async function verify(args: readonly string[]): Promise<void> {
  process.exitCode = 2;
  const notChecked = (error: unknown) => {
    throw new CommandError(explain(error).text, 2);
  };
  const asked = await readInstallationAsk(args).catch(notChecked);
  const config = readConfig(process.env);
  const database = await openApplicationDatabase(config);
  try {
    const out = (text: string) => void process.stdout.write(text);
    const kept = await readKept(config);
    const auditChain = (tx: Reader) => verifyChainWithKept(tx, kept);
    process.exitCode = await verifyInstallation(database.db, asked, { config, out, auditChain }).catch(notChecked);
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

function parseOrExplain<T>(parse: () => T, how = usage): T {
  try {
    return parse();
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}. ${how}`, 2);
  }
}

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
    return { text: 'this database holds no Stoa of this version yet. Start Stoa once, then try again.', exitCode: 1 };
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
  process.exitCode = Math.max(exitCode, Number(process.exitCode ?? 0));
});
