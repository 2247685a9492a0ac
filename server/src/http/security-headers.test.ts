import * as auth from '@stoa/contract/auth';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashPassword } from '../features/auth/password.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { callerOf } from '../testing/people.ts';
import { policyViolations } from './metrics.ts';
import { pagePolicy } from './security-headers.ts';

let server: TestServer;
let replica: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  replica = await startTestServer({ databaseUrl: server.databaseUrl });
});
afterAll(async () => {
  await replica.stop();
  await server.stop();
});

test('the page runs no script without its nonce, and nothing frames it', async () => {
  const policy = new Map(
    pagePolicy('n0nce')
      .split('; ')
      .map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]),
  );
  expect(policy.get('script-src')).toBe("'self' 'nonce-n0nce'");
  expect(policy.get('object-src')).toBe("'none'");
  expect(policy.get('base-uri')).toBe("'none'");
  expect(policy.get('frame-ancestors')).toBe("'none'");
  const answer = await fetch(`${server.url}/api/auth/setup`);
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

test('what a browser refused is counted by directive; nothing else is taken for a report, and not without end', async () => {
  const report = (body: string) =>
    fetch(`${server.url}/api/csp-report`, {
      method: 'POST',
      headers: { 'content-type': 'application/csp-report' },
      body,
    });
  const of = (directive: string) => JSON.stringify({ 'csp-report': { 'effective-directive': directive } });
  const counted = async () => {
    const { values } = await policyViolations.get();
    return new Map(values.map(({ labels, value }) => [labels.directive, value]));
  };
  expect((await report(of('script-src-elem'))).status).toBe(204);
  expect((await report(of('made-up'))).status).toBe(204);
  expect(await counted()).toEqual(
    new Map([
      ['script-src-elem', 1],
      ['other', 1],
    ]),
  );
  for (const body of ['', '{', '[]', '{"csp-report":7}', `${'['.repeat(100_000)}`]) {
    const answer = await report(body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'request.malformed' });
  }
  const json = { 'content-type': 'application/json' };
  const asJson = await fetch(`${server.url}/api/csp-report`, { method: 'POST', headers: json, body: of('img-src') });
  expect(asJson.status).toBe(400);
  const answers = await Promise.all(Array.from({ length: 60 }, () => report(of('img-src'))));
  expect(answers.map(({ status }) => status)).toContain(429);
  expect(answers.map(({ status }) => status)).toContain(204);
});

test('two replicas count tries together', async () => {
  const answers = [];
  for (let n = 0; n < 11; n += 1)
    answers.push(
      await callerOf([server, replica][n % 2]?.url ?? '', undefined).call(auth.signIn, {
        body: { username: 'guessed', password: `guess ${n}` },
      }),
    );
  expect(answers.slice(0, 10).map((answer) => answer.status)).toEqual(Array.from({ length: 10 }, () => 401));
  expect(answers[10]?.status).toBe(429);
  expect(answers[10]?.headers.get('ratelimit-policy')).toMatch(/^"default";q=10;w=60$/);
  expect(answers[10]?.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
});

test('a session ends after half an hour without a call, and after twelve hours in any case', async () => {
  const person = await server.person({ username: 'sleepy' });
  await sql`update app_user set password_hash = ${await hashPassword('long enough for all')} where global_user_id = ${person.globalUserId}`.execute(
    server.deps.db,
  );
  const signIn = async () => {
    const answer = await server.nobody.call(auth.signIn, {
      body: { username: 'sleepy', password: 'long enough for all' },
    });
    expect(answer.status).toBe(204);
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const stands = async (cookie: string) =>
    (await server.nobody.call(auth.getCurrentUser, { headers: { cookie } })).status;
  const [idle, old] = [await signIn(), await signIn()];
  expect(idle).not.toBe(old);
  expect([await stands(idle), await stands(old)]).toEqual([200, 200]);
  await sql`update session set last_seen_at = now() - interval '31 minutes' where global_user_id = ${person.globalUserId}`.execute(
    server.deps.db,
  );
  expect(await stands(idle)).toBe(401);
  await sql`update session set last_seen_at = now(), expires_at = expires_at - interval '12 hours' where global_user_id = ${person.globalUserId}`.execute(
    server.deps.db,
  );
  expect(await stands(old)).toBe(401);
});

test('the id that a trusted proxy gives a call is answered and logged beside ours, and is never the one of the audit', async () => {
  const call = async (of: TestServer, sent: Record<string, string>) => {
    const { headers } = await fetch(`${of.url}/api/domain`, { method: 'POST', headers: sent, body: '{}' });
    return [headers.get('x-request-id'), headers.get('x-stoa-call')];
  };
  const behind = await startTestServer({ databaseUrl: server.databaseUrl, env: { STOA_TRUST_PROXY: '127.0.0.1' } });
  try {
    const given = { 'x-request-id': 'edge-1.2_3', 'x-forwarded-for': '203.0.113.7' };
    const [echoed, own] = await call(behind, given);
    expect(echoed).toBe('edge-1.2_3');
    expect(own).toMatch(/^[\da-f-]{36}$/);
    for (const [of, sent] of [
      [server, given],
      [behind, { 'x-request-id': 'edge-1.2_3' }],
      [behind, { ...given, 'x-request-id': 'short' }],
      [behind, { ...given, 'x-request-id': 'with a space' }],
      [behind, { ...given, 'x-request-id': 'x'.repeat(65) }],
    ] as const) {
      const [answered, ours] = await call(of, sent);
      expect(answered).toBe(ours);
    }
  } finally {
    await behind.stop();
  }
});
