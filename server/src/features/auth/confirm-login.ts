import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hashToken, renewSession } from '../../http/authenticate.ts';
import { notAuthenticated, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { letsIn, refusalOfCode, takeCode } from '../second-factor/take-code.ts';
import { verifyPassword } from './password.ts';
import { takeSignInRate } from './sign-in.ts';

type Confirmation = {
  readonly actor: LoadedPerson;
  readonly password: string;
  readonly code: string | undefined;
  readonly former: string;
};

/**
 * Somebody who is signed in proves again that it is them. Counted and audited as a login is, by the same bucket: a stolen session
 * guesses no faster than a stranger. Answers the token under which the session goes on.
 */
export async function confirmLogin(
  deps: Deps,
  { actor, password, code, former }: Confirmation,
  call: Call,
): Promise<string> {
  await takeSignInRate(deps, actor.username, call);
  const session = await deps.db
    .selectFrom('session')
    .select('provider_id')
    .where('token_hash', '=', hashToken(former))
    .executeTakeFirst();
  if (session?.provider_id !== null && session !== undefined) throw new Refusal('auth.confirm_at_provider');
  const account = await deps.db
    .selectFrom('app_user')
    .select('password_hash')
    .where('global_user_id', '=', actor.globalUserId)
    .executeTakeFirst();
  if (account === undefined || account.password_hash === null) throw new Refusal('auth.no_password');
  const isRight = await verifyPassword(password, account.password_hash);
  const { taken, renewed } = await transact(deps, async (tx) => {
    const held = isRight ? await takeCode(deps, tx, { globalUserId: actor.globalUserId, code }) : undefined;
    const accepted = held !== undefined && letsIn(held);
    await appendAudit(tx, {
      action: 'UserLogin',
      actionStatus: accepted ? 'SUCCESS' : 'DENIED',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: actor.globalUserId, name: actor.name }],
      payload: { confirmation: true, ...(held && held.result !== 'off' ? { secondFactor: held.result } : {}) },
      requestId: call.id,
    });
    return { taken: held, renewed: accepted ? await renewSession(tx, former) : undefined };
  });
  if (taken === undefined) throw new Refusal('auth.wrong_password');
  if (!letsIn(taken)) throw refusalOfCode(taken);
  // The session ended meanwhile, or another call with the same cookie was quicker.
  if (renewed === undefined) throw notAuthenticated();
  return renewed.token;
}
