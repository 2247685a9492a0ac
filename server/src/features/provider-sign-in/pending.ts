import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** So long somebody may take at the provider. */
const pendingMinutes = 10;

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What only the browser that began knows, and what is made of it: the database has neither. */
type BrowserSecret = { readonly state: string; readonly browser: string };

/** Proves at the way back that the answer is to this very question. */
export const nonceOf = ({ state, browser }: BrowserSecret): string =>
  createHmac('sha256', browser).update(`nonce ${state}`).digest('base64url');
/** Proves to the provider that whoever brings the code is who asked for it (PKCE). */
export const verifierOf = ({ state, browser }: BrowserSecret): string =>
  createHmac('sha256', browser).update(`verifier ${state}`).digest('base64url');

export type PendingSignIn = {
  /** The session whose login is confirmed; null: somebody signs in. */
  readonly sessionId: string | null;
  readonly returnTo: string;
  readonly beganAt: Date;
};

/** Several tabs may be on their way at once, each with a cookie of its own. */
const cookieName = (state: string, isSecure: boolean): string =>
  `${isSecure ? '__Host-' : ''}stoa_sign_in_${hashOf(state).toString('hex').slice(0, 16)}`;

const cookieOf = (name: string, value: string, { age, isSecure }: { age: number; isSecure: boolean }): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${isSecure ? '; Secure' : ''}`;

/** Stores that somebody is on their way, and answers the secret with the cookie that keeps it in their browser. */
export async function beginPending(
  db: Reader,
  begun: { providerId: string; sessionId: string | null; returnTo: string; isSecure: boolean },
): Promise<BrowserSecret & { cookie: string }> {
  const [state, browser] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
  await sql`delete from pending_sign_in where expires_at < now()`.execute(db);
  await sql`insert into pending_sign_in (state_hash, browser_hash, provider_id, session_id, return_to, expires_at)
    values (${hashOf(state)}, ${hashOf(browser)}, ${begun.providerId}, ${begun.sessionId}, ${begun.returnTo},
      now() + make_interval(mins => ${pendingMinutes}))`.execute(db);
  const { isSecure } = begun;
  return {
    state,
    browser,
    cookie: cookieOf(cookieName(state, isSecure), browser, { age: pendingMinutes * 60, isSecure }),
  };
}

/** What the browser kept for this way back; undefined where it began none. */
export const readBrowser = (request: FastifyRequest, state: string, isSecure: boolean): string | undefined =>
  request.cookies[cookieName(state, isSecure)];

export const clearedCookie = (state: string, isSecure: boolean): string =>
  cookieOf(cookieName(state, isSecure), '', { age: 0, isSecure });

/** Takes it away, once: a state that was used, is too old, was made up, or came back in another browser opens nothing. */
export async function takePending(
  db: Reader,
  { state, browser, providerId }: BrowserSecret & { providerId: string },
): Promise<PendingSignIn | undefined> {
  const { rows } = await sql<PendingSignIn & { isFresh: boolean }>`
    delete from pending_sign_in
    where state_hash = ${hashOf(state)} and browser_hash = ${hashOf(browser)} and provider_id = ${providerId}
    returning session_id as "sessionId", return_to as "returnTo", created_at as "beganAt", expires_at > now() as "isFresh"`.execute(
    db,
  );
  const [row] = rows;
  return row?.isFresh === true ? row : undefined;
}
