import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { isLiveSession } from '../../http/authenticate.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** Which of one's own: this one, or all but the one that calls. */
export type Ending = { readonly id: string } | 'others';

/** Ends own sessions. Sessions are read per call, so each is dead on every replica with the commit. */
export async function endOwnSessions(deps: Deps, actor: LoadedPerson, ending: Ending, call: Call): Promise<void> {
  const which =
    ending === 'others' ? sql`s.id is distinct from ${call.credentialId ?? null}::uuid` : sql`s.id = ${ending.id}`;
  await transact(deps, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      delete from session s where s.global_user_id = ${actor.globalUserId} and ${which} and ${isLiveSession} returning s.id`.execute(
      tx,
    );
    if (ending !== 'others' && rows.length === 0) throw notFound('session');
    // A token proves nothing that could be asked once more; what it may not do is said after what is not there.
    if (call.by !== 'session') throw new Refusal('auth.session_needed');
    if (rows.length === 0) return;
    await appendAudit(tx, {
      action: 'UserLogout',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: actor.globalUserId, name: actor.name }],
      payload: { sessions: rows.length, ending: ending === 'others' ? 'all others' : 'one' },
      requestId: call.id,
    });
  });
}
