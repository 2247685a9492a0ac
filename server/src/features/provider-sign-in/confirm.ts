import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hashToken, isLiveSession, renewSession } from '../../http/authenticate.ts';
import type { Call } from '../../http/route.ts';
import { clockToleranceSeconds } from '../identity-provider/connect-provider.ts';
import type { StoredProvider } from '../identity-provider/stored-provider.ts';
import { loadPerson } from '../user/load-people.ts';
import type { Entered } from './enter.ts';
import type { ProvedSignIn } from './exchange.ts';
import { SignInRefused } from './failure.ts';
import type { PendingSignIn } from './pending.ts';

type Confirming = {
  readonly provider: StoredProvider;
  readonly proved: ProvedSignIn;
  readonly pending: PendingSignIn;
  readonly call: Call;
  /** The token of the session that this browser has now. */
  readonly former: string | undefined;
};

/**
 * A session is confirmed by whom the provider just signed in anew: the same subject, who proved it after it was asked. Answers the token
 * under which the session goes on.
 */
export async function confirmByProvider(
  deps: Deps,
  { provider, proved, pending, call, former }: Confirming,
  known: { who?: Entered['person'] },
): Promise<string> {
  return transact(deps, async (tx) => {
    const { rows } = await sql<{ globalUserId: string; subject: string | null }>`
      select s.global_user_id as "globalUserId", s.provider_subject as subject from session s
      where s.token_hash = ${hashToken(former ?? '')} and s.id = ${pending.sessionId} and s.provider_id = ${provider.id}
        and ${isLiveSession} for update`.execute(tx);
    const [session] = rows;
    const person = session && (await loadPerson(tx, session.globalUserId));
    if (session === undefined || person === undefined || former === undefined)
      throw new SignInRefused('auth.sign_in_stale', 'the session that was to be confirmed has ended');
    known.who = person;
    if (person.status !== 'active') throw new SignInRefused('auth.account_disabled', 'the account is disabled');
    if (session.subject !== proved.subject)
      throw new SignInRefused('auth.other_account', 'the provider confirmed another subject than that of the session');
    const asked = pending.beganAt.getTime() / 1_000 - clockToleranceSeconds;
    if (proved.authenticatedAt === undefined || proved.authenticatedAt < asked)
      throw new SignInRefused('auth.login_not_fresh', 'the provider did not sign them in again');
    const renewed = await renewSession(tx, former);
    if (renewed === undefined) throw new SignInRefused('auth.sign_in_stale', 'the session ended meanwhile');
    await sql`update session set provider_session = ${proved.session}, sign_out_url = ${proved.signOutUrl}
      where id = ${renewed.id}`.execute(tx);
    await appendAudit(tx, {
      action: 'UserLogin',
      actor: userActor(person),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: person.globalUserId, name: person.name }],
      payload: { identityProvider: provider.id, subject: proved.subject, confirmation: true },
      requestId: call.id,
    });
    return renewed.token;
  });
}
