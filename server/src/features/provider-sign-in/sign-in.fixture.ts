import * as auth from '@stoa/contract/auth';
import {
  createIdentityProvider,
  type IdentityProvider,
  readIdentityProvider,
  updateIdentityProvider,
} from '@stoa/contract/identity-provider';
import type { Operation } from '@stoa/contract/operation';
import { startProviderConfirmation, startProviderSignIn } from '@stoa/contract/provider-sign-in';
import type { TestServer } from '../../testing/app.ts';
import { LocalProvider, ProviderBrowser } from '../../testing/local-provider.ts';
import type { TestAnswer, TestPerson } from '../../testing/people.ts';

type ProviderSettings = Partial<Parameters<typeof settingsOf>[1]>;
const settingsOf = (
  provider: Pick<LocalProvider, 'issuer' | 'clientId' | 'clientSecret'>,
  more: { name?: string; enabled?: boolean; unknownPeople?: 'create' | 'refuse'; claims?: object } = {},
) => ({
  name: 'Local',
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: provider.clientSecret,
  enabled: true,
  unknownPeople: 'create' as const,
  ...more,
});

/** Registers a provider at Stoa, and Stoa at the provider. */
export async function connectLocal(
  admin: TestPerson,
  provider: LocalProvider,
  more: ProviderSettings = {},
): Promise<IdentityProvider> {
  const made = await admin.call(createIdentityProvider, { body: { id: 'local-op', ...settingsOf(provider, more) } });
  if (made.status !== 201) throw new Error(`the provider was not registered: ${JSON.stringify(made.body)}`);
  provider.register(made.body);
  return made.body;
}

/** Changes what is told, and leaves the rest. */
export async function changeProvider(admin: TestPerson, id: string, more: object): Promise<void> {
  const { body } = await admin.call(readIdentityProvider, { params: { id } });
  const { name, issuer, clientId, clientSecret, scopes, claims, unknownPeople, enabled } = body;
  const changed = { name, issuer, clientId, clientSecret, scopes, claims, unknownPeople, enabled, ...more };
  const answer = await admin.call(updateIdentityProvider, { params: { id }, body: changed });
  if (answer.status !== 200) throw new Error(`the provider was not changed: ${JSON.stringify(answer.body)}`);
}

/** A browser that has Stoa open: it keeps the cookies that come, and follows no redirect by itself. */
export class StoaBrowser {
  readonly cookies = new Map<string, string>();
  readonly provider = new ProviderBrowser();
  readonly #server: TestServer;

  constructor(server: TestServer) {
    this.#server = server;
  }

  get headers(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { origin: this.#server.url, 'sec-fetch-site': 'same-origin', ...(cookie === '' ? {} : { cookie }) };
  }

  #keep(headers: Headers): void {
    for (const set of headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  async call<O extends Operation>(operation: O, input: object = {}): Promise<TestAnswer<O>> {
    const answer = await this.#server.nobody.call(operation, { ...input, headers: this.headers });
    this.#keep(answer.headers);
    return answer;
  }

  /** Where Stoa sends the browser to sign in. */
  async start(id: string, returnTo?: string): Promise<string> {
    const answer = await this.call(startProviderSignIn, {
      params: { id },
      body: returnTo === undefined ? {} : { returnTo },
    });
    if (answer.status !== 200) throw new Error(`no sign-in began: ${JSON.stringify(answer.body)}`);
    return answer.body.url;
  }

  /** Comes back from the provider; answers the page on which the browser ends up. */
  async comeBack(url: string): Promise<URL> {
    const { pathname, search } = new URL(url);
    const answer = await this.#server.nobody.send('GET', pathname + search, undefined, this.headers);
    if (answer.status !== 302)
      throw new Error(`the callback answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    this.#keep(answer.headers);
    return new URL(answer.headers.get('location') ?? '', this.#server.url);
  }

  async signIn(id: string, account: string, returnTo?: string): Promise<URL> {
    return this.comeBack(await this.provider.signIn(await this.start(id, returnTo), account));
  }

  /** Confirms the session at its provider. */
  async confirm(account: string, at = this.provider): Promise<URL> {
    const started = await this.call(startProviderConfirmation, { body: {} });
    if (started.status !== 200) throw new Error(`no confirmation began: ${JSON.stringify(started.body)}`);
    return this.comeBack(await at.signIn(started.body.url, account));
  }

  /** Who this browser is; undefined: nobody. */
  async me() {
    const answer = await this.call(auth.getCurrentUser);
    return answer.status === 200 ? answer.body : undefined;
  }
}
