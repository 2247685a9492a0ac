import * as auth from '@stoa/contract/auth';
import { changePassword as passwordChange } from '@stoa/contract/change-password';
import { confirmLogin as confirmation } from '@stoa/contract/confirm-login';
import type { BodyOf } from '@stoa/contract/operation';
import { openSession } from '../../http/authenticate.ts';
import { publicRoute, type RawRoute, type Route, rawRoute, route } from '../../http/route.ts';
import { parseInput } from '../../http/parse-input.ts';
import { Refusal } from '../../http/refusal.ts';
import { clearedSessionCookie, readSessionCookie, sessionCookie } from '../../http/session-cookie.ts';
import { changePassword } from './change-password.ts';
import { confirmLogin } from './confirm-login.ts';
import { presentCurrentUser } from './present-current-user.ts';
import { isSetupNeeded, setUp } from './set-up.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

export const authRoutes: readonly (Route | RawRoute)[] = [
  publicRoute(auth.signIn)(async ({ deps, body, call }) => {
    const token = await signIn(deps, body, call);
    return { status: 204, headers: { 'set-cookie': sessionCookie(token, call.isSecure) } };
  }),
  rawRoute(auth.signOut, async ({ deps, call, actor }, request, reply) => {
    await signOut(deps, { actor, call, request });
    return reply.code(204).header('set-cookie', clearedSessionCookie(call.isSecure)).send();
  }),
  rawRoute(confirmation, async ({ deps, call, actor }, request, reply) => {
    const sent = { params: undefined, query: undefined, body: request.body };
    const body = parseInput(confirmation, sent).body as BodyOf<typeof confirmation>;
    const former = readSessionCookie(request);
    if (call.by !== 'session' || actor === undefined || former === undefined) throw new Refusal('auth.no_session');
    const token = await confirmLogin(deps, { actor, password: body.password, code: body.code, former }, call);
    return reply.code(204).header('set-cookie', sessionCookie(token, call.isSecure)).send();
  }),
  rawRoute(passwordChange, async ({ deps, call, actor }, request, reply) => {
    const sent = { params: undefined, query: undefined, body: request.body };
    const body = parseInput(passwordChange, sent).body as BodyOf<typeof passwordChange>;
    const former = readSessionCookie(request);
    if (call.by !== 'session' || actor === undefined || former === undefined) throw new Refusal('auth.session_needed');
    const token = await changePassword(deps, { actor, body, former }, call);
    return reply.code(204).header('set-cookie', sessionCookie(token, call.isSecure)).send();
  }),
  publicRoute(auth.getSetup)(async ({ deps }) => ({ status: 200, body: { needed: await isSetupNeeded(deps.db) } })),
  publicRoute(auth.setUp)(async ({ deps, body, call }) => {
    const globalUserId = await setUp(deps, body, call);
    const { token } = await openSession(deps.db, { globalUserId, ip: call.ip, userAgent: call.userAgent });
    return { status: 204, headers: { 'set-cookie': sessionCookie(token, call.isSecure) } };
  }),
  route(auth.getCurrentUser)(async ({ deps, actor, call }) => ({
    status: 200,
    body: await presentCurrentUser(deps, actor, call),
  })),
];
