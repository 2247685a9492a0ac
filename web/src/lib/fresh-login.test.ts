import { afterEach, expect, test, vi } from 'vitest';
import { createToken, getCurrentUser } from '@stoa/contract/auth';
import { call } from './api.ts';
import { onFreshLogin } from './fresh-login.ts';
import { leavePage, meetPerson } from './person-of-page.ts';

const sent: { path: string; key: string | null; person: string | null }[] = [];
/** Answers in turn, as a server would; each call is noted. */
function answerWith(...answers: (() => Response | Promise<Response>)[]) {
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    sent.push({ path, key: headers.get('idempotency-key'), person: headers.get('x-stoa-person') });
    const answer = answers.shift();
    if (answer === undefined) throw new Error('one call too many');
    return answer();
  });
}
const problem = (status: number, code: string) => () => new Response(JSON.stringify({ code, title: code }), { status });
const json = (body: unknown) => () => new Response(JSON.stringify(body));
const needed = problem(403, 'auth.fresh_login_needed');
const body = { description: 'x' };

afterEach(() => {
  onFreshLogin(undefined);
  leavePage();
  vi.unstubAllGlobals();
  sent.length = 0;
});

test('an act that needs a fresh login goes on by itself, once the login was confirmed, as the same act', async () => {
  onFreshLogin(() => Promise.resolve(true));
  answerWith(needed, json({ tokenId: '1', token: 't' }));
  expect(await call(createToken, { body }, { idempotencyKey: 'k' })).toMatchObject({ token: 't' });
  expect(sent.map(({ key }) => key)).toEqual(['k', 'k']);
});

test('when it was not confirmed, or there is nobody to ask, the refusal is the answer, and nothing is sent again', async () => {
  answerWith(needed, needed, needed);
  await expect(call(createToken, { body })).rejects.toMatchObject({ code: 'auth.fresh_login_needed' });
  onFreshLogin(() => Promise.resolve(false));
  await expect(call(createToken, { body })).rejects.toMatchObject({ code: 'auth.fresh_login_needed' });
  expect(sent).toHaveLength(2);
});

test('a page whose session has ended asks for the password, and goes on; nobody is asked where nobody was signed in', async () => {
  const ended = problem(401, 'auth.not_authenticated');
  const asked: string[] = [];
  onFreshLogin(async (why) => {
    asked.push(why);
    return true;
  });
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => undefined });
  answerWith(ended);
  await expect(call(createToken, { body })).rejects.toMatchObject({ status: 401 });
  meetPerson('ada');
  answerWith(ended, json({ tokenId: '1', token: 't' }), ended);
  expect(await call(createToken, { body })).toMatchObject({ token: 't' });
  expect(sent.map(({ person }) => person)).toEqual([null, 'ada', 'ada']);
  // What asks who is signed in is told.
  await expect(call(getCurrentUser, {})).rejects.toMatchObject({ status: 401 });
  expect(asked).toEqual(['ended']);
});

test('it is asked once for all acts that wait for it', async () => {
  let asked = 0;
  onFreshLogin(async () => {
    asked += 1;
    await Promise.resolve();
    return true;
  });
  answerWith(needed, needed, json({ token: 'a' }), json({ token: 'b' }));
  await Promise.all([call(createToken, { body }), call(createToken, { body })]);
  expect(asked).toBe(1);
});
