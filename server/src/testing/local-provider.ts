import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';

/** Somebody at the provider: the subject, and whatever it says of them. */
export type Account = { readonly sub: string; readonly [claim: string]: unknown };

/**
 * An OpenID Connect provider on loopback: `oidc-provider`, with one page on which people say who they are. Whoever is in `accounts` is
 * signed in by the name of their subject alone.
 */
export class LocalProvider {
  readonly clientId = 'stoa';
  readonly clientSecret = 'client-secret-of-the-provider-test';
  readonly accounts = new Map<string, Account>();
  #server: Server | undefined;
  #provider: Provider | undefined;
  issuer = '';

  /** Listens first: who it is says where. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
    this.issuer = `http://127.0.0.1:${address.port}`;
  }

  /** Knows a server under test, by the addresses that its settings page shows. */
  register(client: { redirectUri: string; postLogoutRedirectUri: string; backchannelLogoutUri: string }): void {
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: [client.redirectUri],
          post_logout_redirect_uris: [client.postLogoutRedirectUri],
          backchannel_logout_uri: client.backchannelLogoutUri,
          backchannel_logout_session_required: true,
        },
      ],
      cookies: { keys: ['a key of the test'] },
      claims: {
        openid: ['sub', 'groups', 'department'],
        profile: ['name', 'preferred_username'],
        email: ['email', 'email_verified'],
      },
      features: {
        devInteractions: { enabled: false },
        backchannelLogout: { enabled: true },
        rpInitiatedLogout: { enabled: true },
      },
      pkce: { required: () => true },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_, sub) => {
        const account = this.accounts.get(sub);
        return account && { accountId: sub, claims: async () => ({ ...account }) };
      },
      loadExistingGrant: async (context) => {
        const grant = new context.oidc.provider.Grant({
          clientId: context.oidc.client?.clientId ?? '',
          accountId: context.oidc.session?.accountId ?? '',
        });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
    });
    // It speaks http on loopback, and says so aloud.
    provider.proxy = false;
    this.#provider = provider;
  }

  get host(): string {
    return new URL(this.issuer).host;
  }

  get env(): Record<string, string> {
    return { STOA_EGRESS_ALLOW: `idp=${this.host}` };
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const provider = this.#provider;
    if (provider === undefined) return void response.writeHead(503).end();
    if (request.url?.startsWith('/interaction/') !== true) return void provider.callback()(request, response);
    const { uid } = await provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      return void response.end(signInPage(uid));
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const accountId = new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('account') ?? '';
    const result =
      accountId === '' || !this.accounts.has(accountId) ? { error: 'access_denied' } : { login: { accountId } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
}

const signInPage = (uid: string): string => `<!doctype html><html lang="en"><title>Provider of the test</title>
<h1>Provider of the test</h1><form method="post" action="/interaction/${uid}">
<label>Account <input name="account" autofocus></label><button>Sign in</button></form></html>`;

/** A browser at the provider: its cookies, and what it does on the page there. */
export class ProviderBrowser {
  readonly #cookies = new Map<string, string>();

  /** Goes where Stoa sent it and says who it is; answers where the provider sends it back to. */
  async signIn(url: string, account: string): Promise<string> {
    let response = await this.#go(url);
    let at = url;
    for (let hops = 0; hops < 10; hops++) {
      const location = response.headers.get('location');
      if (location === null) {
        response = await this.#go(at, new URLSearchParams({ account }));
        continue;
      }
      const next = new URL(location, at);
      if (next.pathname.endsWith('/callback')) return next.href;
      at = next.href;
      response = await this.#go(at);
    }
    throw new Error('the provider leads nowhere');
  }

  async #go(url: string, form?: URLSearchParams): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}
