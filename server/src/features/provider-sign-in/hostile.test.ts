import { createIdentityProvider, testIdentityProvider } from '@stoa/contract/identity-provider';
import { startProviderConfirmation } from '@stoa/contract/provider-sign-in';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { clientId, HostileProvider, now } from './hostile-provider.fixture.ts';
import { StoaBrowser } from './sign-in.fixture.ts';

const id = 'hostile';
const clientSecret = 'client-secret-of-the-hostile-test';
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

describe('a logout that a provider tells', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  let serial = 0;
  const token = () => ({
    iss: hostile.issuer,
    aud: clientId,
    iat: now(),
    jti: `logout-${(serial += 1)}`,
    sub: 'sub-hal',
    events: event,
  });
  const tell = (logoutToken: string, at = server) =>
    fetch(`${at.url}/api/auth/oidc/${id}/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: logoutToken }),
    });

  it('ends the sessions of its own session or of the subject, on every replica, once', async () => {
    const replica = await startTestServer({
      databaseUrl: server.databaseUrl,
      env: { STOA_EGRESS_ALLOW: `idp=${new URL(hostile.issuer).host}` },
    });
    try {
      const [one, two] = [browser(), browser()];
      await signIn(one);
      hostile.claims = (said) => ({ ...said, sid: 'session-2' });
      await signIn(two);
      const first = await hostile.sign({ ...token(), sid: 'session-2' });
      expect((await tell(first, replica)).status).toBe(200);
      expect(await two.me()).toBeUndefined();
      expect(await one.me()).toBeDefined();
      await signIn(two);
      expect((await tell(first)).status).toBe(400);
      expect(await two.me()).toBeDefined();
      expect((await tell(await hostile.sign(token()))).status).toBe(200);
      expect([await one.me(), await two.me()]).toEqual([undefined, undefined]);
    } finally {
      await replica.stop();
    }
  });

  it('ends nothing by a token that does not prove it', async () => {
    const one = browser();
    await signIn(one);
    const { events: _, ...eventless } = token();
    const { jti: __, ...nameless } = token();
    const { sub: ___, ...aboutNobody } = token();
    const forged = [
      await hostile.sign(token(), 'another'),
      await hostile.sign(token(), 'none'),
      await hostile.sign({ ...token(), aud: 'somebody' }),
      await hostile.sign({ ...token(), iss: 'https://other.example' }),
      await hostile.sign({ ...token(), iat: now() - 3_600 }),
      await hostile.sign({ ...token(), nonce: 'of an ID token' }),
      await hostile.sign(eventless),
      await hostile.sign(nameless),
      await hostile.sign(aboutNobody),
      await hostile.sign({ ...token(), events: { 'https://other.example/event': {} } }),
      'no token',
    ];
    for (const one of forged) expect((await tell(one)).status).toBe(400);
    expect(await (await tell(forged[0] ?? '')).json()).toMatchObject({ code: 'auth.logout_token_refused' });
    expect(await one.me()).toBeDefined();
  });
});

it('shows no secret and no token in what is kept', async () => {
  const { rows } = await sql<{ text: string }>`
    select row_to_json(a)::text as text from audit_event a union all select row_to_json(s)::text from session s
    union all select row_to_json(p)::text from identity_provider p`.execute(server.deps.db);
  expect(rows.map((row) => row.text).join()).not.toMatch(/client-secret-of|an-access-token|eyJ[\w-]+\./);
});
