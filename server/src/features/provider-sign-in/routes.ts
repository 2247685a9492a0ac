import * as contract from '@stoa/contract/provider-sign-in';
import { publicRoute, type RawRoute, type Route, rawRoute, route } from '../../http/route.ts';
import { Refusal } from '../../http/refusal.ts';
import { clearedSessionCookie } from '../../http/session-cookie.ts';
import { signOut } from '../auth/sign-out.ts';
import { showUser } from '../user/show-user.ts';
import { endByProvider } from './back-channel.ts';
import { completeSignIn } from './complete.ts';
import { linkSignIn, unlinkSignIn } from './link.ts';
import { enabledProviders, startConfirmation, startSignIn } from './start.ts';

/** Signing in by a provider, and the ways out again. */
export const providerSignInRoutes: readonly (Route | RawRoute)[] = [
  publicRoute(contract.listSignInProviders)(async ({ deps }) => ({
    status: 200,
    body: { data: await enabledProviders(deps) },
  })),
  publicRoute(contract.startProviderSignIn)(async ({ deps, params, body, call }) => {
    const { url, cookie } = await startSignIn(deps, { id: params.id, returnTo: body.returnTo, call });
    return { status: 200, body: { url }, headers: { 'set-cookie': cookie } };
  }),
  route(contract.startProviderConfirmation, { answersSecret: true })(async ({ deps, body, call }) => {
    const { url, cookie } = await startConfirmation(deps, { returnTo: body.returnTo, call });
    return { status: 200, body: { url }, headers: { 'set-cookie': cookie } };
  }),
  rawRoute(contract.completeProviderSignIn, async ({ deps, call }, request, reply) => {
    // It does something, once: whoever only looks at a link must not.
    if (request.method === 'HEAD')
      throw new Refusal('route.method_not_allowed', { headers: { allow: 'GET, OPTIONS' } });
    const read = contract.completeProviderSignIn.params.safeParse(request.params);
    const id = read.data?.id ?? '';
    const { location, cookies } = await completeSignIn(deps, { id, request, call });
    return reply.header('set-cookie', [...cookies]).redirect(location, 302);
  }),
  rawRoute(contract.signOutAtProvider, async ({ deps, call, actor }, request, reply) => {
    const url = await signOut(deps, { actor, call, request });
    return reply.header('set-cookie', clearedSessionCookie(call.isSecure)).send({ url });
  }),
  rawRoute(contract.receiveBackchannelLogout, async ({ deps, call }, request, reply) => {
    const read = contract.receiveBackchannelLogout.params.safeParse(request.params);
    const form = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
    await endByProvider(deps, { id: read.data?.id ?? '', form, call });
    return reply.code(200).send();
  }),
  route(contract.linkSignIn)(async ({ deps, actor, params, body, call }) => {
    await linkSignIn(deps, { ...params, ...body, actor, call });
    return { status: 200, body: await showUser(deps, actor, params.globalUserId) };
  }),
  route(contract.unlinkSignIn)(async ({ deps, actor, params, call }) => {
    await unlinkSignIn(deps, { ...params, actor, call });
    return { status: 200, body: await showUser(deps, actor, params.globalUserId) };
  }),
];
