import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { endSessions } from './end-credentials.ts';
import type { LoadedPerson } from './load-people.ts';

/** A user admin ends all sessions of a person, such as those of a lost device. Their own calling session stays. */
export async function endUserSessions(
  deps: Deps,
  actor: LoadedPerson,
  globalUserId: string,
  call: Call,
): Promise<void> {
  requireMay(actor, 'user.manage', { kind: 'none' });
  // Of their own they end by a browser session alone, as everybody does.
  const isOwn = globalUserId === actor.globalUserId;
  if (isOwn && call.by !== 'session') throw new Refusal('auth.session_needed');
  await transact(deps, async (tx) => {
    const { rows } = await sql<{ name: string }>`
      select name from app_user where global_user_id = ${globalUserId} for no key update`.execute(tx);
    const [user] = rows;
    if (!user) throw notFound('user');
    const sessions = await endSessions(tx, globalUserId, isOwn ? call.credentialId : undefined);
    await appendAudit(tx, {
      action: 'UserLogout',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: globalUserId, name: user.name }],
      payload: { sessions, ending: 'all' },
      requestId: call.id,
    });
  });
}
