import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const clientId = 'stoa';
export const now = () => Math.floor(Date.now() / 1000);
type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A provider that says and signs whatever a test wants. */
export class HostileProvider {
  /** Changes the claims of the next ID tokens. */
  claims: (said: JWTPayload) => JWTPayload = (said) => said;
  /** Changes what the way back carries. */
  back: (search: URLSearchParams) => void = () => {};
  metadata: Record<string, unknown> = {};
  signWith: 'its own' | 'another' | 'none' = 'its own';
  userInfo: Record<string, unknown> = {};
  /** Token requests as they came. */
  readonly asked: URLSearchParams[] = [];
  issuer = '';
  #server: Server | undefined;
  #nonce = '';
  #challenge = '';
  #own: Key | undefined;
  #other: Key | undefined;
  #jwks: object = {};

  async start(): Promise<void> {
    const pair = await generateKeyPair('RS256');
    this.#own = pair.privateKey;
    this.#other = (await generateKeyPair('RS256')).privateKey;
    this.#jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', use: 'sig', alg: 'RS256' }] };
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await this.#answer(request.url ?? '', Buffer.concat(chunks).toString('utf8'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.issuer = `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #answer(path: string, body: string): Promise<object> {
    if (path === '/jwks') return this.#jwks;
    if (path === '/me') return this.userInfo;
    if (path === '/token') {
      this.asked.push(new URLSearchParams(body));
      return { access_token: 'an-access-token', token_type: 'Bearer', id_token: await this.#idToken() };
    }
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      userinfo_endpoint: `${this.issuer}/me`,
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  async #idToken(): Promise<string> {
    const said = { iss: this.issuer, aud: clientId, sub: 'sub-hal', nonce: this.#nonce, iat: now(), exp: now() + 300 };
    const claims = this.claims({
      ...said,
      auth_time: now(),
      sid: 'session-1',
      preferred_username: 'hal',
      name: 'Hal',
      email: 'hal@example.org',
    });
    return this.sign(claims, this.signWith);
  }

  async sign(claims: JWTPayload, by: 'its own' | 'another' | 'none' = 'its own'): Promise<string> {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    if (by === 'none') return `${encode({ alg: 'none' })}.${encode(claims)}.`;
    const key = by === 'its own' ? this.#own : this.#other;
    if (key === undefined) throw new Error('it was not started');
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
  }

  /** Somebody signs in there: where the browser is sent back to. */
  allow(url: string): string {
    const asked = new URL(url).searchParams;
    this.#nonce = asked.get('nonce') ?? '';
    this.#challenge = asked.get('code_challenge') ?? '';
    const search = new URLSearchParams({ code: 'a-code', state: asked.get('state') ?? '', iss: this.issuer });
    this.back(search);
    return `${asked.get('redirect_uri') ?? ''}?${search.toString()}`;
  }

  get challenge(): string {
    return this.#challenge;
  }

  reset(): void {
    this.claims = (said) => said;
    this.back = () => {};
    this.signWith = 'its own';
    this.userInfo = {};
    this.metadata = {};
  }
}
