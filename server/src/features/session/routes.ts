import * as session from '@stoa/contract/own-session';
import { type Route, route } from '../../http/route.ts';
import { clearedSessionCookie } from '../../http/session-cookie.ts';
import { endOwnSessions } from './end-sessions.ts';
import { sessionsOf } from './queries.ts';

export const sessionRoutes: readonly Route[] = [
  route(session.listSessions)(async ({ deps, actor, call }) => ({
    status: 200,
    body: {
      data: await sessionsOf(deps.db, actor.globalUserId, call.by === 'session' ? call.credentialId : undefined),
    },
  })),
  route(session.endSession)(async ({ deps, actor, params, call }) => {
    await endOwnSessions(deps, actor, { id: params.id }, call);
    // Its own end is a sign-out.
    const isOwn = call.credentialId === params.id;
    return { status: 204, ...(isOwn ? { headers: { 'set-cookie': clearedSessionCookie(call.isSecure) } } : {}) };
  }),
  route(session.endOtherSessions)(async ({ deps, actor, call }) => {
    await endOwnSessions(deps, actor, 'others', call);
    return { status: 204 };
  }),
];
