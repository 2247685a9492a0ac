import type { SessionBody } from '@stoa/contract/auth';
import { cutText } from '@stoa/contract/text';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { openSession } from '../../http/authenticate.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { letsIn, refusalOfCode, takeCode } from '../second-factor/take-code.ts';
import { verifyPassword } from './password.ts';

type Account = { global_user_id: string; name: string; iam_id: string; password_hash: string | null };

/** Counts one more try for an account and address, and answers the name as accounts are looked up by it. */
export async function takeSignInRate(deps: Deps, username: string, call: Call): Promise<string> {
  const name = username.normalize('NFKC').toLowerCase();
  await takeRate(deps.db, `sign-in:${call.ip}:${name}`, { limit: 10, windowSeconds: 60 });
  return name;
}

/**
 * Proving a password takes long. Whoever disabled the account meanwhile, changed its password or turned a second factor on has ended
 * the sessions there were, and holds this row while they do: no session comes after that by what was so before.
 */
async function isStillSo(tx: Tx, { global_user_id: id, password_hash: hash }: Account): Promise<boolean> {
  const { rows } = await sql`select from app_user
    where global_user_id = ${id} and status = 'active' and password_hash = ${hash} for share`.execute(tx);
  return rows.length === 1;
}

/**
 * Answers the token of a new session. Unknown name, wrong password and disabled account answer alike, and equally slowly; each try is
 * counted and audited, with the number of sessions that gave way to the new one. A second factor is asked of whoever knows the password.
 */
export async function signIn(deps: Deps, body: SessionBody, call: Call): Promise<string> {
  const name = await takeSignInRate(deps, body.username, call);
  const { rows } = await sql<Account>`
    select global_user_id, name, iam_id, password_hash from app_user where lower(username) = ${name}`.execute(deps.db);
  const account = rows[0];
  const matches = await verifyPassword(body.password, account?.password_hash ?? null);
  const { token, taken } = await transact(deps, async (tx) => {
    const accepted = matches && account && (await isStillSo(tx, account)) ? account.global_user_id : undefined;
    const session = { ip: call.ip, userAgent: call.userAgent };
    const asked = accepted === undefined ? undefined : { globalUserId: accepted, code: body.code };
    const held = asked && (await takeCode(deps, tx, asked));
    const isIn = accepted !== undefined && held !== undefined && letsIn(held);
    const opened = isIn ? await openSession(tx, { globalUserId: accepted, ...session }) : undefined;
    const payload = {
      ...(opened && opened.ended > 0 ? { endedSessions: opened.ended } : {}),
      ...(held && held.result !== 'off' ? { secondFactor: held.result } : {}),
    };
    await appendAudit(tx, {
      action: 'UserLogin',
      actionStatus: opened ? 'SUCCESS' : 'DENIED',
      actor: account
        ? { type: 'USER_ACTOR', id: account.global_user_id, name: account.name, identityProvider: account.iam_id }
        : { type: 'USER_ACTOR', id: 'unknown', name: cutText(body.username, 128) },
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: account?.global_user_id ?? 'unknown', name: account?.name ?? cutText(body.username, 128) }],
      payload,
      requestId: call.id,
    });
    return { token: opened?.token, taken: held };
  });
  if (token === undefined) throw taken === undefined ? new Refusal('auth.bad_credentials') : refusalOfCode(taken);
  return token;
}
