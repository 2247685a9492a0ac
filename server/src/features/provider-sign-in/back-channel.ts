import { createHash } from 'node:crypto';
import { errors, jwtVerify } from 'jose';
import { sql } from 'kysely';
import { z } from 'zod';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { clockToleranceSeconds, connectProvider } from '../identity-provider/connect-provider.ts';
import { loadProvider, type StoredProvider } from '../identity-provider/stored-provider.ts';
import { failureOf, SignInRefused } from './failure.ts';

/** A token is sent at once; an old one is a copy. */
const oldestMinutes = 10;
const eventName = 'http://schemas.openid.net/event/backchannel-logout';

const logout = z.looseObject({
  jti: z.string().min(1).max(1_000),
  sub: z.string().min(1).optional(),
  sid: z.string().min(1).optional(),
  events: z.looseObject({ [eventName]: z.looseObject({}) }),
});
type Logout = z.output<typeof logout>;

/** A provider ends sessions of somebody: those of its own session where it names one, else all that it opened for the subject. */
export async function endByProvider(
  deps: Deps,
  { id, form, call }: { id: string; form: string; call: Call },
): Promise<void> {
  await takeRate(deps.db, `provider-logout:${call.ip}`, { limit: 600, windowSeconds: 60 });
  const provider = await loadProvider(deps, deps.db, { id });
  if (provider === undefined) throw refused('there is no such provider');
  const token = new URLSearchParams(form).get('logout_token');
  if (token === null) throw refused('no logout_token was sent');
  const ending = await verify(deps, provider, token);
  await transact(deps, async (tx) => {
    await takeTokenId(deps, tx, { provider, jti: ending.jti });
    const { rows } = await sql<{ id: string; name: string }>`
      with ended as (delete from session where provider_id = ${id}
        and (${ending.sid ?? null}::text is null or provider_session = ${ending.sid ?? null})
        and (${ending.sub ?? null}::text is null or provider_subject = ${ending.sub ?? null}) returning global_user_id)
      select u.global_user_id as id, u.name from ended e join app_user u on u.global_user_id = e.global_user_id`.execute(
      tx,
    );
    const people = new Map(rows.map((row) => [row.id, row.name]));
    await appendAudit(
      tx,
      [...people].map(([globalUserId, name]) => ({
        action: 'UserLogout',
        actor: { type: 'SYSTEM_ACTOR' as const, id: provider.id, name: provider.name },
        actorIp: call.ip,
        targetType: 'USER',
        targets: [{ id: globalUserId, name }],
        payload: {
          sessions: rows.filter((row) => row.id === globalUserId).length,
          ending: 'by the provider',
          source: id,
        },
        requestId: call.id,
      })),
    );
  });
}

const refused = (why: string): Refusal =>
  new Refusal('auth.logout_token_refused', { detail: `The logout token was refused: ${why}. No session was ended.` });

/** Signature, issuer, audience, age and form; an ID token, which has a nonce or no event, ends nothing. */
async function verify(deps: Deps, provider: StoredProvider, token: string): Promise<Logout> {
  try {
    const { keys, configuration } = await connectProvider(deps, provider);
    if (keys === undefined) throw refused('the provider has no keys');
    const { payload } = await jwtVerify(token, keys, {
      issuer: configuration.serverMetadata().issuer,
      audience: provider.clientId,
      clockTolerance: clockToleranceSeconds,
      maxTokenAge: `${oldestMinutes} minutes`,
      requiredClaims: ['iat', 'jti', 'events'],
    });
    if ('nonce' in payload) throw refused('it has a nonce, as an ID token has');
    const read = logout.safeParse(payload);
    if (!read.success) throw refused('it names no logout, or nothing that is to end');
    if (read.data.sub === undefined && read.data.sid === undefined)
      throw refused('it names neither a subject nor a session');
    return read.data;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (error instanceof errors.JOSEError) throw refused(error.code);
    const failure = failureOf(error instanceof Error ? error : new SignInRefused('auth.provider_refused', 'no error'));
    throw refused(failure.reason);
  }
}

/** Once a token has ended sessions, a copy of it ends none: they may be others by then. */
async function takeTokenId(
  deps: Deps,
  tx: Parameters<Parameters<typeof transact>[1]>[0],
  { provider, jti }: { provider: StoredProvider; jti: string },
): Promise<void> {
  await sql`delete from logout_token where expires_at < now()`.execute(tx);
  const hash = createHash('sha256').update(jti).digest();
  const { rows } = await sql`
    insert into logout_token (provider_id, id_hash, expires_at)
    values (${provider.id}, ${hash}, now() + make_interval(mins => ${2 * oldestMinutes})) on conflict do nothing returning 1`.execute(
    tx,
  );
  if (rows.length === 0) throw refused('it was used already');
}
