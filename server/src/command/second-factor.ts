import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append.ts';
import { readConfig } from '../config.ts';
import type { Db } from '../db/pool.ts';
import { deleteSecondFactor } from '../features/second-factor/remove.ts';
import { endSessions } from '../features/user/end-credentials.ts';
import { loginChanged } from '../features/user/login-changed.ts';
import { openApplicationDatabase } from './application-database.ts';
import { CommandError, tell } from './command-error.ts';

const usage = 'Usage: stoa second-factor reset --user <username>';

/** `stoa second-factor reset`: for whom nobody else can help, such as the one user admin, on the server's host. */
export async function runSecondFactor(args: readonly string[]): Promise<void> {
  const username = readUsername(args);
  const database = await openApplicationDatabase(readConfig(process.env));
  try {
    const name = await reset(database.db, username);
    tell(`${name} has no second factor any more, and their sessions have ended. Their password alone signs them in.`);
  } finally {
    await database.close();
  }
}

function readUsername(args: readonly string[]): string {
  try {
    const options = { user: { type: 'string' } } as const;
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.join(' ') === 'reset' && values.user) return values.user.normalize('NFKC');
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : String(error)}. ${usage}`, 2);
  }
  throw new CommandError(usage, 2);
}

const reset = (db: Db, username: string): Promise<string> =>
  db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ globalUserId: string; name: string }>`
      select global_user_id as "globalUserId", name from app_user
      where lower(username) = lower(${username}) for no key update`.execute(tx);
    const [owner] = rows;
    if (owner === undefined) throw new CommandError(`there is no user "${username}". Nothing was changed.`);
    if (!(await deleteSecondFactor(tx, owner.globalUserId)))
      throw new CommandError(`${owner.name} has no second factor. Nothing was changed.`);
    await endSessions(tx, owner.globalUserId);
    await appendAudit(tx, {
      action: 'UserUpdated',
      actor: { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'stoa second-factor reset' },
      targetType: 'USER',
      targets: [{ id: owner.globalUserId, name: owner.name }],
      payload: { changed: ['second factor'], secondFactor: 'reset' },
      emits: loginChanged(owner, ['second_factor']),
    });
    return owner.name;
  });
