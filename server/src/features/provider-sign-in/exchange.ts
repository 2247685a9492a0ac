import * as oidc from 'openid-client';
import type { Deps } from '../../deps.ts';
import { freshMinutes } from '../../http/authenticate.ts';
import { redirectUriOf, signedOutUriOf } from '../identity-provider/addresses.ts';
import { connectProvider } from '../identity-provider/connect-provider.ts';
import type { StoredProvider } from '../identity-provider/stored-provider.ts';
import { SignInRefused } from './failure.ts';
import { nonceOf, type PendingSignIn, verifierOf } from './pending.ts';
import { type Claims, claimOf, mappedClaims } from './read-claims.ts';

/** Whom a provider has proved to have signed in. */
export type ProvedSignIn = {
  readonly subject: string;
  readonly claims: Claims;
  /** The provider's own id of its session. */
  readonly session: string | null;
  readonly signOutUrl: string | null;
  /** When they proved to the provider who they are, in seconds since 1970; where it was asked. */
  readonly authenticatedAt: number | undefined;
};

type Returned = {
  readonly state: string;
  readonly browser: string;
  readonly search: string;
  readonly pending: PendingSignIn;
};

/**
 * Takes the code to the provider and judges its answer: who issued it (also by the `iss` of the way back), for whom, by which key, when,
 * and to which question. Throws what `failureOf` reads.
 */
export async function exchangeCode(deps: Deps, provider: StoredProvider, returned: Returned): Promise<ProvedSignIn> {
  const { configuration } = await connectProvider(deps, provider);
  const url = new URL(redirectUriOf(deps, provider.id));
  url.search = returned.search;
  const isConfirmation = returned.pending.sessionId !== null;
  const tokens = await oidc.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: verifierOf(returned),
    // By it the pending sign-in was found.
    expectedState: returned.state,
    expectedNonce: nonceOf(returned),
    idTokenExpected: true,
    ...(isConfirmation ? { maxAge: freshMinutes * 60 } : {}),
  });
  const proved = tokens.claims();
  if (proved === undefined) throw new SignInRefused('auth.provider_answer_refused', 'no ID token came');
  const claims = await withUserInfo(configuration, provider, { accessToken: tokens.access_token, proved });
  const { sid } = proved;
  return {
    subject: proved.sub,
    claims,
    session: typeof sid === 'string' ? sid.slice(0, 255) : null,
    signOutUrl: signOutUrlOf(deps, provider, configuration),
    authenticatedAt: proved.auth_time,
  };
}

/** Many providers say little in the token, and the rest when asked. What the token says stands. */
async function withUserInfo(
  configuration: oidc.Configuration,
  provider: StoredProvider,
  { accessToken, proved }: { accessToken: string; proved: oidc.IDToken },
): Promise<Claims> {
  const isWhole = mappedClaims(provider.claims).every((claim) => claimOf(proved, claim) !== undefined);
  if (isWhole || configuration.serverMetadata().userinfo_endpoint === undefined) return proved;
  const more = await oidc.fetchUserInfo(configuration, accessToken, proved.sub);
  return { ...more, ...proved };
}

/** Known by its client alone: no ID token is kept for it. */
function signOutUrlOf(deps: Deps, provider: StoredProvider, configuration: oidc.Configuration): string | null {
  const { end_session_endpoint: endpoint } = configuration.serverMetadata();
  if (endpoint === undefined || !URL.canParse(endpoint)) return null;
  const url = new URL(endpoint);
  // The page goes there: it must be an address, and no script.
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.searchParams.set('client_id', provider.clientId);
  url.searchParams.set('post_logout_redirect_uri', signedOutUriOf(deps));
  return url.href;
}
