import { sql } from 'kysely';
import * as oidc from 'openid-client';
import type { Deps } from '../../deps.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { redirectUriOf } from '../identity-provider/addresses.ts';
import { connectProvider } from '../identity-provider/connect-provider.ts';
import { loadProvider, type StoredProvider } from '../identity-provider/stored-provider.ts';
import { failureOf } from './failure.ts';
import { beginPending, nonceOf, verifierOf } from './pending.ts';

type Begun = { readonly url: string; readonly cookie: string };
type Start = { readonly id: string; readonly returnTo: string | undefined; readonly call: Call };

/** The providers by which one may sign in. */
export async function enabledProviders(deps: Deps): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from identity_provider where is_enabled order by lower(name)`.execute(deps.db);
  return rows;
}

/** Begins a sign-in: where the browser goes, and the cookie by which its way back is known. */
export async function startSignIn(deps: Deps, { id, returnTo, call }: Start): Promise<Begun> {
  await takeStartRate(deps, call);
  return begin(deps, await requireEnabled(deps, id), { call, returnTo: returnTo ?? '/', sessionId: null });
}

/** The same for a session that has to prove again whose it is; never by a password, which the person may not have. */
export async function startConfirmation(deps: Deps, { returnTo, call }: Omit<Start, 'id'>): Promise<Begun> {
  if (call.by !== 'session' || call.credentialId === undefined) throw new Refusal('auth.session_needed');
  await takeStartRate(deps, call);
  const { rows } = await sql<{ id: string | null }>`
    select provider_id as id from session where id = ${call.credentialId}`.execute(deps.db);
  const id = rows[0]?.id ?? null;
  if (id === null) throw new Refusal('auth.not_by_provider');
  const provider = await requireEnabled(deps, id);
  return begin(deps, provider, { call, returnTo: returnTo ?? '/confirm-login', sessionId: call.credentialId });
}

/** Many people may stand behind one address. */
const takeStartRate = (deps: Deps, { ip }: Call): Promise<void> =>
  takeRate(deps.db, `provider-sign-in:${ip}`, { limit: 300, windowSeconds: 60 });

/** One that is not there is answered as one that is switched off. */
async function requireEnabled(deps: Deps, id: string): Promise<StoredProvider> {
  const provider = await loadProvider(deps, deps.db, { id });
  if (provider === undefined || !provider.isEnabled) throw new Refusal('auth.provider_off');
  return provider;
}

type Way = { readonly call: Call; readonly returnTo: string; readonly sessionId: string | null };

async function begin(deps: Deps, provider: StoredProvider, { call, returnTo, sessionId }: Way): Promise<Begun> {
  requireOwnAddress(deps, call);
  try {
    const { configuration } = await connectProvider(deps, provider);
    const { isSecure } = call;
    const pending = await beginPending(deps.db, { providerId: provider.id, sessionId, returnTo, isSecure });
    // It refuses an address that is a script: the page goes there.
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUriOf(deps, provider.id),
      scope: provider.scopes.join(' '),
      state: pending.state,
      nonce: nonceOf(pending),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifierOf(pending)),
      code_challenge_method: 'S256',
      ...(sessionId === null ? {} : { prompt: 'login', max_age: '0' }),
    });
    return { url: url.href, cookie: pending.cookie };
  } catch (error) {
    const { code, reason } = failureOf(error);
    deps.log.warn({ provider: provider.id, reason }, 'a provider could not be asked for a sign-in');
    throw new Refusal(code);
  }
}

/** The way back leads to the set address; the cookie stays at the one that is open, and would not be there. */
function requireOwnAddress(deps: Deps, call: Call): void {
  const publicUrl = publicUrlOf(deps);
  if (new URL(call.origin).host === new URL(publicUrl).host) return;
  throw new Refusal('auth.other_address', {
    detail: `Providers send people back to ${publicUrl}. Open Stoa by that address, and sign in there.`,
    extra: { address: publicUrl },
  });
}
