import type { FastifyRequest } from 'fastify';
import { type AuditEntry, appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { refusalOfConstraint } from '../../http/constraints.ts';
import { takeRate } from '../../http/rate-limit.ts';
import type { Call } from '../../http/route.ts';
import { readSessionCookie, sessionCookie } from '../../http/session-cookie.ts';
import { loadProvider, type StoredProvider } from '../identity-provider/stored-provider.ts';
import { confirmByProvider } from './confirm.ts';
import { enterByProvider, type Entered } from './enter.ts';
import { exchangeCode, type ProvedSignIn } from './exchange.ts';
import { type Failure, failureOf, SignInRefused } from './failure.ts';
import { clearedCookie, type PendingSignIn, readBrowser, takePending } from './pending.ts';

/** Where the browser goes on, and its cookies. */
export type Completed = { readonly location: string; readonly cookies: readonly string[] };
type Returned = { readonly id: string; readonly request: FastifyRequest; readonly call: Call };
/** As much as is known when it fails: whose way it was, and whom the provider had proved. */
type Known = {
  pending?: PendingSignIn | undefined;
  provider?: StoredProvider | undefined;
  proved?: ProvedSignIn;
  who?: Entered['person'];
};

/** What a provider sent the browser back with. Each way in is judged and audited, also where it leads nowhere. */
export async function completeSignIn(deps: Deps, { id, request, call }: Returned): Promise<Completed> {
  await takeRate(deps.db, `provider-callback:${call.ip}`, { limit: 300, windowSeconds: 60 });
  const search = new URL(request.url, 'http://callback.invalid').searchParams;
  const state = search.get('state') ?? '';
  const known: Known = {};
  try {
    const browser = readBrowser(request, state, call.isSecure);
    known.pending = browser === undefined ? undefined : await takePending(deps.db, { state, browser, providerId: id });
    if (browser === undefined || known.pending === undefined)
      throw new SignInRefused('auth.sign_in_stale', 'no sign-in of this browser waits for this answer');
    known.provider = await loadProvider(deps, deps.db, { id });
    if (known.provider?.isEnabled !== true)
      throw new SignInRefused('auth.provider_off', 'the provider is switched off');
    const { pending, provider } = known;
    known.proved = await exchangeCode(deps, provider, { state, browser, pending, search: search.toString() });
    const entering = { provider, proved: known.proved, pending, call };
    const token =
      pending.sessionId === null
        ? await enterByProvider(deps, entering, known)
        : await confirmByProvider(deps, { ...entering, former: readSessionCookie(request) }, known);
    const cookies = [sessionCookie(token, call.isSecure), clearedCookie(state, call.isSecure)];
    return { location: pending.returnTo, cookies };
  } catch (error) {
    const failure = isTakenName(error)
      ? { code: 'auth.username_taken' as const, reason: 'the user name was taken meanwhile' }
      : failureOf(error);
    await auditRefusal(deps, { id, call, failure, known });
    const cookies = known.pending === undefined ? [] : [clearedCookie(state, call.isSecure)];
    return { location: pageOf(failure, known.pending), cookies };
  }
}

/** Two first sign-ins under one name at once: the constraint let one through. */
const isTakenName = (error: unknown): boolean => refusalOfConstraint(error)?.code === 'user.username_taken';

/** The page that says what happened: stable codes alone, nothing of what came. */
function pageOf({ code, providerCode }: Failure, pending: PendingSignIn | undefined): string {
  const isConfirmation = pending !== undefined && pending.sessionId !== null;
  const search = new URLSearchParams({ failure: code, ...(providerCode === undefined ? {} : { providerCode }) });
  if (pending !== undefined && !isConfirmation && pending.returnTo !== '/') search.set('returnTo', pending.returnTo);
  return `${isConfirmation ? '/confirm-login' : '/login'}?${search.toString()}`;
}

async function auditRefusal(
  deps: Deps,
  { id, call, failure, known }: { id: string; call: Call; failure: Failure; known: Known },
): Promise<void> {
  const { who, proved, provider } = known;
  const name = who?.name ?? 'somebody unknown';
  const entry: AuditEntry = {
    action: 'UserLogin',
    actionStatus: 'DENIED',
    actor: {
      type: 'USER_ACTOR',
      id: who?.globalUserId ?? 'unknown',
      name,
      identityProvider: provider?.id ?? 'unknown',
    },
    actorIp: call.ip,
    targetType: 'USER',
    targets: [{ id: who?.globalUserId ?? 'unknown', name }],
    payload: {
      // Of one that is not there nothing is kept under its name: whoever calls may have made it up.
      ...(provider === undefined ? {} : { identityProvider: id }),
      reason: failure.code,
      detail: failure.reason,
      ...(failure.providerCode === undefined ? {} : { providerCode: failure.providerCode }),
      ...(proved === undefined ? {} : { subject: proved.subject }),
    },
    requestId: call.id,
  };
  await transact(deps, (tx) => appendAudit(tx, entry));
  deps.log.info(
    { call: call.id, provider: provider?.id, code: failure.code, reason: failure.reason },
    'a sign-in by a provider was refused',
  );
}
