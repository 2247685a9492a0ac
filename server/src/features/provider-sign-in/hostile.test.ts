import { createServer, type Server } from 'node:http';
import { createIdentityProvider, testIdentityProvider } from '@stoa/contract/identity-provider';
import { startProviderConfirmation } from '@stoa/contract/provider-sign-in';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { StoaBrowser } from './sign-in.fixture.ts';

const id = 'hostile';
const clientId = 'stoa';
const clientSecret = 'client-secret-of-the-hostile-test';
const now = () => Math.floor(Date.now() / 1000);
type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** A provider that says and signs whatever a test wants. */
class HostileProvider {
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

const hostile = new HostileProvider();
let server: TestServer;
let admin: TestPerson;
beforeAll(async () => {
  await hostile.start();
  server = await startTestServer({ env: { STOA_EGRESS_ALLOW: `idp=${new URL(hostile.issuer).host}` } });
  admin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  const made = await admin.call(createIdentityProvider, {
    body: {
      id,
      name: 'Hostile',
      issuer: hostile.issuer,
      clientId,
      clientSecret,
      enabled: true,
      unknownPeople: 'create',
    },
  });
  expect(made.status).toBe(201);
});
afterAll(async () => {
  await server?.stop();
  await hostile.stop();
});
beforeEach(() => hostile.reset());

const browser = () => new StoaBrowser(server);
const signIn = async (one = browser()) => one.comeBack(hostile.allow(await one.start(id)));
const failureOf = (page: URL) => page.searchParams.get('failure');
const sessions = async () => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from session`.execute(server.deps.db);
  return rows[0]?.n ?? 0;
};
const lastRefusal = async () => {
  const { rows } = await sql<{ payload: Record<string, string> }>`
    select payload from audit_event where action = 'UserLogin' and action_status = 'DENIED' order by sequence desc limit 1`.execute(
    server.deps.db,
  );
  return rows[0]?.payload;
};

describe('an answer that proves nothing', () => {
  const forged: readonly (readonly [string, () => void])[] = [
    ['another nonce', () => (hostile.claims = (said) => ({ ...said, nonce: 'another' }))],
    ['no nonce', () => (hostile.claims = ({ nonce: _, ...said }) => said)],
    ['another issuer', () => (hostile.claims = (said) => ({ ...said, iss: 'https://other.example' }))],
    ['another audience', () => (hostile.claims = (said) => ({ ...said, aud: 'somebody' }))],
    [
      'several audiences and another party',
      () => (hostile.claims = (said) => ({ ...said, aud: [clientId, 'x'], azp: 'x' })),
    ],
    ['an end that has passed', () => (hostile.claims = (said) => ({ ...said, iat: now() - 900, exp: now() - 600 }))],
    ['a beginning that has not come', () => (hostile.claims = (said) => ({ ...said, nbf: now() + 600 }))],
    ['no subject', () => (hostile.claims = ({ sub: _, ...said }) => said)],
    ['another key', () => (hostile.signWith = 'another')],
    ['no signature', () => (hostile.signWith = 'none')],
    [
      'the iss of another provider on the way back',
      () => (hostile.back = (search) => search.set('iss', 'https://other.example')),
    ],
    ['no iss on the way back', () => (hostile.back = (search) => search.delete('iss'))],
    [
      'userinfo of another subject',
      () => {
        hostile.claims = ({ name: _, ...said }) => said;
        hostile.userInfo = { sub: 'sub-other', name: 'Other' };
      },
    ],
  ];
  it.each(forged)('with %s opens no session, and is audited', async (_name, forge) => {
    forge();
    const before = await sessions();
    const one = browser();
    expect(failureOf(await signIn(one))).toBe('auth.provider_answer_refused');
    expect(await sessions()).toBe(before);
    expect([...one.cookies.keys()]).toEqual([]);
    const refusal = await lastRefusal();
    expect(refusal).toMatchObject({ identityProvider: id, reason: 'auth.provider_answer_refused' });
    expect(JSON.stringify(refusal)).not.toMatch(/eyJ|an-access-token|a-code/);
  });
});

describe('a way back', () => {
  it('is used once, by the browser that began it, with the state that it was given', async () => {
    const one = browser();
    const back = hostile.allow(await one.start(id));
    expect(failureOf(await browser().comeBack(back))).toBe('auth.sign_in_stale');
    const forged = new URL(back);
    forged.searchParams.set('state', 'made-up');
    expect(failureOf(await one.comeBack(forged.href))).toBe('auth.sign_in_stale');
    const kept = new Map(one.cookies);
    expect(failureOf(await one.comeBack(back))).toBeNull();
    const again = browser();
    for (const [name, value] of kept) again.cookies.set(name, value);
    expect(failureOf(await again.comeBack(back))).toBe('auth.sign_in_stale');
  });

  it('does not end in another browser by its cookie for another sign-in', async () => {
    const [one, other] = [browser(), browser()];
    const back = hostile.allow(await one.start(id));
    await other.start(id);
    const [name = ''] = one.cookies.keys();
    other.cookies.set(name, [...other.cookies.values()][0] ?? '');
    expect(failureOf(await other.comeBack(back))).toBe('auth.sign_in_stale');
  });

  it('is too late after ten minutes', async () => {
    const one = browser();
    const back = hostile.allow(await one.start(id));
    await sql`update pending_sign_in set expires_at = now()`.execute(server.deps.db);
    expect(failureOf(await one.comeBack(back))).toBe('auth.sign_in_stale');
  });

  it('brings the verifier whose hash went there', async () => {
    await signIn();
    const verifier = hostile.asked.at(-1)?.get('code_verifier') ?? '';
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    expect(Buffer.from(hash).toString('base64url')).toBe(hostile.challenge);
  });

  it('of two tabs at once ends in a session each, of one person', async () => {
    hostile.claims = (said) => ({ ...said, sub: 'sub-twice', preferred_username: 'twice' });
    const one = browser();
    const both = [await one.start(id), await one.start(id)];
    for (const url of both) expect(failureOf(await one.comeBack(hostile.allow(url)))).toBeNull();
    const racing = [browser(), browser(), browser()];
    hostile.claims = (said) => ({ ...said, nonce: said.nonce, sub: 'sub-race', preferred_username: 'race' });
    const entered = await Promise.all(
      racing.map(async (each) => {
        const url = await each.start(id);
        return [each, url] as const;
      }),
    );
    for (const [each, url] of entered) await each.comeBack(hostile.allow(url));
    const people = await Promise.all(racing.map(async (each) => (await each.me())?.globalUserId));
    expect(new Set(people).size).toBe(1);
  });
});

describe('a confirmation', () => {
  it('counts only when the provider asked them again', async () => {
    const one = browser();
    await signIn(one);
    const confirm = async () => {
      const started = await one.call(startProviderConfirmation, { body: {} });
      const asked = new URL(started.body.url).searchParams;
      expect([asked.get('prompt'), asked.get('max_age')]).toEqual(['login', '0']);
      return one.comeBack(hostile.allow(started.body.url));
    };
    hostile.claims = (said) => ({ ...said, auth_time: now() - 300 });
    const page = await confirm();
    expect([page.pathname, failureOf(page)]).toEqual(['/confirm-login', 'auth.login_not_fresh']);
    hostile.claims = (said) => ({ ...said, auth_time: now() - 3_600 });
    expect(failureOf(await confirm())).toBe('auth.provider_answer_refused');
    hostile.claims = ({ auth_time: _, ...said }) => said;
    expect(failureOf(await confirm())).toBe('auth.provider_answer_refused');
    hostile.claims = (said) => said;
    expect(failureOf(await confirm())).toBeNull();
  });
});

describe('what a provider says of itself', () => {
  const look = async () => (await admin.call(testIdentityProvider, { params: { id } })).body;
  const stateOf = async (check: string) => (await look()).checks.find((one) => one.check === check);

  it('is judged by the test: another issuer, no S256, addresses that Stoa may not call', async () => {
    hostile.metadata = { issuer: 'https://other.example' };
    expect(await stateOf('issuer')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('must be the same'),
    });
    await expect(browser().start(id)).rejects.toThrow('auth.provider_answer_refused');
    hostile.metadata = { code_challenge_methods_supported: ['plain'] };
    expect(await stateOf('pkce')).toMatchObject({ state: 'failed', detail: expect.stringContaining('S256') });
    hostile.metadata = { code_challenge_methods_supported: undefined };
    expect(await stateOf('pkce')).toMatchObject({ state: 'warning' });
    hostile.metadata = { token_endpoint: 'http://169.254.169.254/token' };
    expect(await stateOf('endpoints')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('STOA_EGRESS_ALLOW'),
    });
    hostile.metadata = { jwks_uri: `${hostile.issuer}/nothing` };
    expect(await stateOf('keys')).toMatchObject({ state: 'failed' });
    hostile.metadata = { authorization_endpoint: 'javascript:alert(1)' };
    await look();
    await expect(browser().start(id)).rejects.toThrow('auth.provider_answer_refused');
    hostile.metadata = {};
    expect(await look()).toMatchObject({ isUsable: true });
  });
});

it('shows no secret and no token in what is kept', async () => {
  const { rows } = await sql<{ text: string }>`
    select row_to_json(a)::text as text from audit_event a union all select row_to_json(s)::text from session s
    union all select row_to_json(p)::text from identity_provider p`.execute(server.deps.db);
  expect(rows.map((row) => row.text).join()).not.toMatch(/client-secret-of|an-access-token|eyJ[\w-]+\./);
});
