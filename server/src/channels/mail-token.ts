import { sql } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { guardedFetch } from '../egress/guarded-fetch.ts';
import { Secret } from '../secrets/secrets.ts';
import { lockEmailSettings, readEmailSettings, storeEmailSettings } from './email-settings.ts';
import { isSameLine, type MailAccess, type MailOAuth, withTokensOf } from './mail-oauth.ts';
import { keepTriedLogin, readTriedLogin } from './tried-login.ts';

/** The token endpoint gave none; the sentence is for whoever set it up. */
export class TokenRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokenRefused';
  }
}

/** A token is not used in the last minute it is good for. */
const marginSeconds = 60;
const usualSeconds = 3_600;
const longestAnswer = 10_000;
/** Another process asks for longer than this only where its endpoint hangs, too. */
const longestWait = 2 * longestAnswer;

type Need = {
  readonly oauth: MailOAuth;
  /** Entered just now: what comes back is kept, so that it can be saved afterwards. */
  readonly isTried: boolean;
};

/** Sends of one process that need the same token wait for one answer, and hold one connection. */
const asked = new WeakMap<Db, Map<string, Promise<Secret>>>();

/**
 * A token that proves the login to the mail server. A refresh token is used once, whoever needs it: the token that comes for it is
 * stored with the refresh token of the next time, and whoever waited meanwhile, here or in another replica, reads it there.
 */
export async function mailToken(deps: Deps, { oauth, isTried }: Need): Promise<Secret> {
  if (oauth.access !== null) return oauth.access.token;
  const here = asked.get(deps.db) ?? new Map<string, Promise<Secret>>();
  asked.set(deps.db, here);
  const { tokenUrl, clientId, scope, clientSecret, entered } = oauth;
  const key = JSON.stringify([tokenUrl, clientId, scope, clientSecret?.reveal(), entered.reveal(), isTried]);
  const waiting = here.get(key);
  if (waiting !== undefined) return waiting;
  const token = askOnce(deps, { oauth, isTried }).finally(() => here.delete(key));
  here.set(key, token);
  return token;
}

const askOnce = (deps: Deps, { oauth, isTried }: Need): Promise<Secret> =>
  transact(deps, async (tx) => {
    // No row is locked for that long: the settings can be changed meanwhile.
    await sql`select set_config('statement_timeout', ${String(longestWait)}, true)`.execute(tx);
    await sql`select pg_advisory_xact_lock(hashtext('stoa.mail-token'))`.execute(tx);
    const last = await lastOf(deps, tx, oauth);
    if (last.access !== null) return last.access.token;
    const next = await ask(deps, tx, last);
    const isKept = await changeStored(deps, tx, oauth, (stored) => withTokensOf(stored, next));
    if (!isKept && isTried) await keepTriedLogin(tx, deps.secrets, next);
    return next.access.token;
  });

/** The mail server did not take this token: the next one is asked for anew. One that came meanwhile stays. */
export async function forgetToken(deps: Deps, oauth: MailOAuth, refused: Secret): Promise<void> {
  const without = (held: MailOAuth): MailOAuth =>
    held.access?.token.reveal() === refused.reveal() ? { ...held, access: null } : held;
  await transact(deps, async (tx) => {
    if (await changeStored(deps, tx, oauth, without)) return;
    await sql`select from setting where name = 'email_tried' for update`.execute(tx);
    const tried = await readTriedLogin(tx, deps.secrets);
    if (tried !== undefined && isSameLine(tried, oauth)) await keepTriedLogin(tx, deps.secrets, without(tried));
  });
}

async function lastOf({ secrets }: Deps, tx: Tx, oauth: MailOAuth): Promise<MailOAuth> {
  const stored = (await readEmailSettings(tx, secrets))?.oauth ?? undefined;
  const held = [stored, await readTriedLogin(tx, secrets)].find((one) => one !== undefined && isSameLine(one, oauth));
  return held === undefined ? oauth : withTokensOf(oauth, held);
}

/** False where another login is stored by now: somebody may have entered one meanwhile. */
async function changeStored(
  { secrets }: Deps,
  tx: Tx,
  oauth: MailOAuth,
  change: (stored: MailOAuth) => MailOAuth,
): Promise<boolean> {
  await lockEmailSettings(tx);
  const kept = await readEmailSettings(tx, secrets);
  if (kept?.oauth == null || !isSameLine(kept.oauth, oauth)) return false;
  await storeEmailSettings(tx, secrets, { ...kept, oauth: change(kept.oauth) });
  return true;
}

const answer = z.object({
  access_token: z.string().min(1).max(20_000),
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).max(8_000).optional(),
});
const problem = z.object({ error: z.string(), error_description: z.string().optional() });

async function ask({ config }: Deps, tx: Tx, oauth: MailOAuth): Promise<MailOAuth & { access: MailAccess }> {
  const reply = await guardedFetch(config.egress, {
    purpose: 'mail',
    url: oauth.tokenUrl,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: formOf(oauth),
    timeoutMilliseconds: longestAnswer,
    mostBytes: 50_000,
  });
  const body = parse(reply.body);
  const read = answer.safeParse(body);
  if (reply.status !== 200 || !read.success) throw new TokenRefused(refusalOf(reply.status, body));
  const { access_token, expires_in = usualSeconds, refresh_token } = read.data;
  const { rows } = await sql<{ now: number }>`
    select extract(epoch from clock_timestamp())::float8 * 1000 as now`.execute(tx);
  const until = (rows[0]?.now ?? 0) + Math.max(0, expires_in - marginSeconds) * 1_000;
  const refreshToken = refresh_token === undefined ? oauth.refreshToken : new Secret(refresh_token);
  return { ...oauth, refreshToken, access: { token: new Secret(access_token), until } };
}

function formOf({ clientId, clientSecret, refreshToken, scope }: MailOAuth): string {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken.reveal(),
  });
  if (clientSecret !== null) form.set('client_secret', clientSecret.reveal());
  if (scope !== null) form.set('scope', scope);
  return form.toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(status: number, body: unknown): string {
  const read = problem.safeParse(body);
  const why = read.success
    ? `: ${read.data.error}${read.data.error_description === undefined ? '' : ` (${read.data.error_description})`}`
    : '';
  return `The token endpoint answered ${status}${why}`.slice(0, 400);
}
