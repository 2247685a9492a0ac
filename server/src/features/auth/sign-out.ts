import type { FastifyRequest } from 'fastify';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { closeSession } from '../../http/authenticate.ts';
import type { Call } from '../../http/route.ts';
import { readSessionCookie } from '../../http/session-cookie.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Leaving = { readonly actor: LoadedPerson | undefined; readonly call: Call; readonly request: FastifyRequest };

/** Ends the session of this browser; answers where that of its provider is ended, if it has such a place. */
export async function signOut(deps: Deps, { actor, call, request }: Leaving): Promise<string | null> {
  const token = readSessionCookie(request);
  const closed = token === undefined || actor === undefined ? undefined : await closeSession(deps.db, token);
  if (actor === undefined || closed === undefined) return null;
  await transact(deps, (tx) =>
    appendAudit(tx, {
      action: 'UserLogout',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: actor.globalUserId, name: actor.name }],
      requestId: call.id,
    }),
  );
  return closed.signOutUrl;
}
