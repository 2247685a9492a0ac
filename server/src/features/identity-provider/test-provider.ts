import type { ProviderCheck, ProviderTest } from '@stoa/contract/identity-provider';
import { nothing } from '@stoa/core/permissions/objects';
import { z } from 'zod';
import { appendAudit } from '../../audit/append.ts';
import { settingsEntry } from '../../audit/settings-entry.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { EgressRefused } from '../../egress/egress-rules.ts';
import { checkUrl, EgressFailed, guardedFetch, type GuardedReply } from '../../egress/guarded-fetch.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { forgetMetadata } from './connect-provider.ts';
import { loadProvider, type StoredProvider } from './stored-provider.ts';

const shownCharacters = 1_000;
const mostBytes = 300_000;

const metadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  end_session_endpoint: z.string().optional(),
});
type Metadata = z.output<typeof metadata>;
const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Asks a provider what a sign-in would ask, as it is stored; the next sign-in reads its metadata anew. */
export async function testProvider(
  deps: Deps,
  id: string,
  acting: { actor: LoadedPerson; call: Call },
): Promise<ProviderTest> {
  requireMay(acting.actor, 'settings.manage', nothing);
  const provider = await loadProvider(deps, deps.db, { id });
  if (provider === undefined) throw notFound('provider');
  forgetMetadata(deps, id);
  const test = await look(deps, provider);
  await transact(deps, (tx) =>
    appendAudit(
      tx,
      settingsEntry(acting, {
        id: `identity-provider ${id}`,
        name: `Identity provider ${provider.name}`,
        action: 'ConfigurationTested',
        payload: { isUsable: test.isUsable, checks: test.checks },
      }),
    ),
  );
  return test;
}

async function look(deps: Deps, provider: StoredProvider): Promise<ProviderTest> {
  const url = `${provider.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const reply = await ask(deps, url);
  if (typeof reply === 'string') return ended([failed('discovery', reply)], null);
  const answer = {
    url,
    status: reply.status,
    body: reply.body.slice(0, shownCharacters),
    isCut: reply.isCut || reply.body.length > shownCharacters,
  };
  const read = metadata.safeParse(parse(reply.body));
  if (reply.status !== 200 || !read.success)
    return ended([failed('discovery', whyUnread(reply.status, read.error))], answer);
  const checks = [ok('discovery', 'The provider describes itself.'), checkIssuer(provider, read.data)];
  checks.push(checkEndpoints(deps, read.data), checkPkce(read.data), await checkKeys(deps, read.data));
  checks.push(checkSignOut(read.data));
  return ended(checks, answer);
}

const ended = (checks: ProviderCheck[], answer: ProviderTest['answer']): ProviderTest => ({
  isUsable: checks.every((one) => one.state !== 'failed'),
  checks,
  answer,
});

const ok = (check: ProviderCheck['check'], detail: string): ProviderCheck => ({ check, state: 'ok', detail });
const failed = (check: ProviderCheck['check'], detail: string): ProviderCheck => ({ check, state: 'failed', detail });

const whyUnread = (status: number, error: z.ZodError | undefined): string =>
  status === 200
    ? `What came back is no description of a provider: ${error?.issues[0]?.path.join('.') || 'it'} is missing or of another form.`
    : `The provider answered ${status} where its description should be. Is the issuer right?`;

/** The reply, or in a sentence why there is none. */
async function ask(deps: Deps, url: string): Promise<GuardedReply | string> {
  try {
    const headers = { accept: 'application/json' };
    return await guardedFetch(deps.config.egress, { purpose: 'idp', url, method: 'GET', headers, mostBytes });
  } catch (error) {
    if (error instanceof EgressRefused) return `Stoa may not call it: ${error.message}.`;
    if (error instanceof EgressFailed) return `It could not be reached: ${error.message}`;
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const checkIssuer = ({ issuer }: StoredProvider, said: Metadata): ProviderCheck =>
  URL.canParse(said.issuer) && new URL(said.issuer).href === new URL(issuer).href
    ? ok('issuer', 'It calls itself by the issuer that is stored.')
    : failed('issuer', `It calls itself ${said.issuer}, and ${issuer} is stored. Both must be the same.`);

function checkEndpoints(deps: Deps, said: Metadata): ProviderCheck {
  const called = [said.token_endpoint, said.jwks_uri, said['userinfo_endpoint']].filter(
    (url) => typeof url === 'string',
  );
  for (const url of called) {
    try {
      checkUrl(deps.config.egress, 'idp', url);
    } catch (error) {
      if (!(error instanceof EgressRefused)) throw error;
      return failed('endpoints', `Stoa may not call ${url}: ${error.message}.`);
    }
  }
  return ok('endpoints', `People go to ${said.authorization_endpoint}; Stoa asks ${said.token_endpoint}.`);
}

function checkPkce(said: Metadata): ProviderCheck {
  const methods = said.code_challenge_methods_supported;
  if (methods?.includes('S256') === true) return ok('pkce', 'It takes PKCE with S256.');
  const detail =
    methods === undefined
      ? 'It does not say whether it takes PKCE with S256. Stoa always sends it; some providers take it and do not say so.'
      : `It takes PKCE with ${methods.join(', ')} alone, not with S256, which Stoa always sends.`;
  return { check: 'pkce', state: methods === undefined ? 'warning' : 'failed', detail };
}

async function checkKeys(deps: Deps, said: Metadata): Promise<ProviderCheck> {
  const reply = await ask(deps, said.jwks_uri);
  if (typeof reply === 'string') return failed('keys', `Its keys at ${said.jwks_uri}: ${reply}`);
  const read = keySet.safeParse(parse(reply.body));
  if (reply.status !== 200 || !read.success || read.data.keys.length === 0)
    return failed('keys', `There are no keys at ${said.jwks_uri}: it answered ${reply.status}.`);
  const signing = read.data.keys.filter((key) => key.kty !== 'oct' && key['use'] !== 'enc');
  return signing.length === 0
    ? failed('keys', `None of its ${read.data.keys.length} keys is for signatures.`)
    : ok('keys', `It has ${signing.length === 1 ? 'one key' : `${signing.length} keys`} for signatures.`);
}

const checkSignOut = ({ end_session_endpoint: url }: Metadata): ProviderCheck =>
  url === undefined
    ? {
        check: 'signOut',
        state: 'warning',
        detail: 'It names no place to sign out: signing out ends the session of Stoa alone.',
      }
    : ok('signOut', `People can sign out there as well, at ${url}.`);
