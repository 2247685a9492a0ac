import type { BodyOf } from '@stoa/contract/operation';
import type { changePassword as operation } from '@stoa/contract/change-password';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { renewSession } from '../../http/authenticate.ts';
import { notAuthenticated, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { endSessions } from '../user/end-credentials.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loginChanged } from '../user/login-changed.ts';
import { requireGoodPassword } from './new-password.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { takeSignInRate } from './sign-in.ts';

type Change = { readonly actor: LoadedPerson; readonly body: BodyOf<typeof operation>; readonly former: string };

const wrongPassword = () => {
  const path = 'body.currentPassword';
  return new Refusal('auth.wrong_password', { errors: [{ path, message: 'It is not your present password.' }] });
};

/**
 * Somebody changes their own password. The present one is asked, counted and audited as at sign-in, by the same bucket: a stolen
 * session guesses no faster than a stranger. Every other session ends; answers the token under which this one goes on.
 */
export async function changePassword(deps: Deps, { actor, body, former }: Change, call: Call): Promise<string> {
  await takeSignInRate(deps, actor.username, call);
  const { rows } = await sql<{ hash: string | null }>`
    select password_hash as hash from app_user where global_user_id = ${actor.globalUserId}`.execute(deps.db);
  const stored = rows[0]?.hash ?? null;
  if (stored === null)
    throw new Refusal('auth.no_password', { detail: 'The password of this account is not kept in Stoa.' });
  const entry = {
    actor: userActor(actor),
    actorIp: call.ip,
    targetType: 'USER',
    targets: [{ id: actor.globalUserId, name: actor.name }],
    requestId: call.id,
  } satisfies Omit<AuditEntry, 'action'>;
  if (!(await verifyPassword(body.currentPassword, stored))) {
    const denied = { ...entry, action: 'UserLogin', actionStatus: 'DENIED', payload: { confirmation: true } } as const;
    await transact(deps, (tx) => appendAudit(tx, denied));
    throw wrongPassword();
  }
  const path = 'body.newPassword';
  if (body.newPassword.normalize('NFKC') === body.currentPassword.normalize('NFKC'))
    throw new Refusal('auth.same_password', { errors: [{ path, message: 'It is your present password.' }] });
  await requireGoodPassword(body.newPassword, actor, path);
  const hash = await hashPassword(body.newPassword);
  return transact(deps, async (tx, after) => {
    // Two changes at once take turns here, and so does a user admin who sets a password.
    const { rows: held } = await sql<{ isSame: boolean }>`
      select password_hash = ${stored} as "isSame" from app_user
      where global_user_id = ${actor.globalUserId} and status = 'active' for no key update`.execute(tx);
    const renewed = await renewSession(tx, former);
    // The session ended meanwhile: signed out, disabled, or by the change that came first.
    if (renewed === undefined) throw notAuthenticated();
    if (held[0]?.isSame !== true) throw wrongPassword();
    await sql`update app_user set password_hash = ${hash}, updated_at = now()
      where global_user_id = ${actor.globalUserId}`.execute(tx);
    await endSessions(tx, actor.globalUserId, renewed.id);
    const emits = loginChanged(actor, ['password']);
    await appendAudit(tx, { ...entry, action: 'UserUpdated', payload: { changed: ['password'] }, emits });
    after.changed('user', actor.globalUserId);
    return renewed.token;
  });
}
