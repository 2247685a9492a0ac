import { createRemoteJWKSet, customFetch as joseFetch, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import type { Deps } from '../../deps.ts';
import { EgressFailed, guardedFetch } from '../../egress/guarded-fetch.ts';
import type { StoredProvider } from './stored-provider.ts';

/** Metadata and key sets of large providers are longer than most answers. */
const mostBytes = 300_000;
const timeoutMilliseconds = 10_000;
/** What a provider says of itself is asked anew after so long; a key that is not known is asked for before. */
const keptMilliseconds = 300_000;
/** So many seconds two clocks may be apart. */
export const clockToleranceSeconds = 30;

type Sent = { method?: string; body?: unknown; headers?: unknown };

/** What a library calls instead of `fetch`: all of it goes through the one way out, and no redirect is followed. */
export async function fetchForProviders(deps: Deps, url: string, sent: Sent = {}): Promise<Response> {
  const isPost = sent.method === 'POST';
  const reply = await guardedFetch(deps.config.egress, {
    purpose: 'idp',
    url,
    method: isPost ? 'POST' : 'GET',
    headers: Object.fromEntries(new Headers(sent.headers as Record<string, string>)),
    ...(isPost ? { body: String(sent.body) } : {}),
    timeoutMilliseconds,
    mostBytes,
  });
  if (reply.isCut) throw new EgressFailed('reply', 'The answer is too long, or ended in the middle.');
  const hasBody = ![204, 205, 304].includes(reply.status);
  const type = reply.headers['content-type'];
  const headers = type === undefined ? undefined : { 'content-type': type };
  return new Response(hasBody ? reply.body : null, { status: reply.status, ...(headers && { headers }) });
}

/** A provider, asked for its metadata. */
export type ConnectedProvider = {
  readonly configuration: oidc.Configuration;
  /** Its keys, for tokens that come without a sign-in. */
  readonly keys: JWTVerifyGetKey | undefined;
};
type Kept = { readonly connected: Promise<ConnectedProvider>; readonly at: number };

/** By process: what is kept here is public, and read again after a while. */
const kept = new WeakMap<Deps['keys'], Map<string, Kept>>();

/** The provider with its metadata, as it was asked a short while ago. Throws what openid-client or the way out throw. */
export function connectProvider(deps: Deps, provider: StoredProvider): Promise<ConnectedProvider> {
  const ofProcess = kept.get(deps.keys) ?? new Map<string, Kept>();
  kept.set(deps.keys, ofProcess);
  const version = `${provider.id} ${provider.updatedAt.toISOString()}`;
  const known = ofProcess.get(version);
  if (known !== undefined && performance.now() - known.at < keptMilliseconds) return known.connected;
  for (const other of ofProcess.keys()) if (other.startsWith(`${provider.id} `)) ofProcess.delete(other);
  const connected = discover(deps, provider);
  ofProcess.set(version, { connected, at: performance.now() });
  // What failed is asked again by the next one.
  connected.catch(() => ofProcess.delete(version));
  return connected;
}

/** The next sign-in asks the provider anew. */
export function forgetMetadata(deps: Deps, id: string): void {
  const ofProcess = kept.get(deps.keys);
  for (const version of ofProcess?.keys() ?? []) if (version.startsWith(`${id} `)) ofProcess?.delete(version);
}

async function discover(deps: Deps, provider: StoredProvider): Promise<ConnectedProvider> {
  const viaEgress = (url: string, sent?: Sent) => fetchForProviders(deps, url, sent);
  const configuration = await oidc.discovery(
    new URL(provider.issuer),
    provider.clientId,
    { [oidc.clockTolerance]: clockToleranceSeconds },
    proveClient(provider),
    {
      [oidc.customFetch]: (url, sent) => viaEgress(url, sent),
      // Whether http may be is the operator's word, which the way out asks for. The signature of a token is looked at also where TLS would do.
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    },
  );
  const { jwks_uri } = configuration.serverMetadata();
  const keys = jwks_uri === undefined ? undefined : createRemoteJWKSet(new URL(jwks_uri), { [joseFetch]: viaEgress });
  return { configuration, keys };
}

/** Basic is what a client is registered with unless it says otherwise; a provider that takes only the form says so. */
function proveClient({ clientSecret }: StoredProvider): oidc.ClientAuth {
  if (clientSecret === null) return oidc.None();
  const secret = clientSecret.reveal();
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported;
    const isBasic = taken === undefined || taken.includes('client_secret_basic');
    return (isBasic ? basic : post)(server, ...rest);
  };
}
