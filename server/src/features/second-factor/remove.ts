import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { takeSignInRate } from '../auth/sign-in.ts';
import { endSessions } from '../user/end-credentials.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { loginChanged } from '../user/login-changed.ts';
import { changeEntry } from './change-entry.ts';
import { requireSession } from './set-up.ts';
import { letsIn, refusalOfCode, takeCode } from './take-code.ts';

/** Takes an active second factor away with its recovery codes; answers whether there was one. */
export async function deleteSecondFactor(tx: Tx, globalUserId: string): Promise<boolean> {
  const { rows } = await sql`delete from second_factor
    where global_user_id = ${globalUserId} and activated_at is not null returning 1`.execute(tx);
  return rows.length === 1;
}

/** Somebody removes their own, with a code of it: a stolen session does not. Wrong codes are counted and audited as at sign-in. */
export async function removeSecondFactor(
  deps: Deps,
  { actor, code }: { actor: LoadedPerson; code: string },
  call: Call,
): Promise<void> {
  requireSession(call);
  await takeSignInRate(deps, actor.username, call);
  const { globalUserId } = actor;
  const refusal = await transact(deps, async (tx, after) => {
    const taken = await takeCode(deps, tx, { globalUserId, code });
    if (taken.result === 'off') throw new Refusal('auth.no_second_factor');
    if (!letsIn(taken)) {
      await appendAudit(tx, {
        action: 'UserLogin',
        actionStatus: 'DENIED',
        actor: userActor(actor),
        actorIp: call.ip,
        targetType: 'USER',
        targets: [{ id: globalUserId, name: actor.name }],
        payload: { confirmation: true, secondFactor: taken.result },
        requestId: call.id,
      });
      return refusalOfCode(taken);
    }
    await deleteSecondFactor(tx, globalUserId);
    await endSessions(tx, globalUserId, call.credentialId);
    const emits = loginChanged(actor, ['second_factor']);
    await appendAudit(tx, { ...changeEntry(actor, actor, { call, secondFactor: 'removed' }), emits });
    after.changed('user', globalUserId);
    return undefined;
  });
  if (refusal !== undefined) throw refusal;
}

/** A user admin takes that of somebody else away, whose device is lost. Nobody does so for themselves, by whichever login. */
export async function resetSecondFactor(
  deps: Deps,
  actor: LoadedPerson,
  globalUserId: string,
  call: Call,
): Promise<void> {
  requireMay(actor, 'user.manage', { kind: 'none' });
  await transact(deps, async (tx, after) => {
    await sql`select from app_user where global_user_id = ${globalUserId} for no key update`.execute(tx);
    const owner = await loadPerson(tx, globalUserId);
    if (!owner) throw notFound('user');
    requireMay(actor, 'user.manage', { kind: 'user', ...owner, changes: ['second-factor'] });
    if (!(await deleteSecondFactor(tx, globalUserId)))
      throw new Refusal('auth.no_second_factor', { detail: `${owner.name} has no second factor.` });
    await endSessions(tx, globalUserId);
    const emits = loginChanged(owner, ['second_factor']);
    await appendAudit(tx, { ...changeEntry(actor, owner, { call, secondFactor: 'reset' }), emits });
    after.changed('user', globalUserId);
  });
}
