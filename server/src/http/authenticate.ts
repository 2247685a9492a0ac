import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { type Db, prepared, type Reader } from '../db/pool.ts';
import { type LoadedPerson, personColumns, toPerson } from '../features/user/load-people.ts';

/** A session ends after half an hour without a call, and after twelve hours in any case (reliability.md 7.2). */
export const sessionIdleMinutes = 30;
export const sessionHours = 12;
/** A sign-in beyond these ends the one that was not used for longest. */
export const sessionsPerPerson = 50;
/** How recent a login must be for operations that ask for a fresh one. */
export const freshMinutes = 10;
const tokenPrefix = 'stoa_pat_';

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
export const newSessionToken = (): string => randomBytes(32).toString('base64url');
export const newAccessToken = (): string => tokenPrefix + randomBytes(32).toString('base64url');

/** Whether a session, `s` of its statement, has not ended by itself. */
export const isLiveSession: RawBuilder<boolean> = sql`s.expires_at > now()
  and s.last_seen_at > now() - make_interval(mins => ${sessionIdleMinutes})`;

/** Whether the account of a session, `s` of its statement, is in need of a second factor. A provider that signs in has its own. */
export const lacksSecondFactor: RawBuilder<boolean> = sql`(s.provider_id is null
  and exists (select from setting x where x.name = 'application' and (x.value ->> 'secondFactorForLocalAccounts')::boolean)
  and not exists (select from second_factor f where f.global_user_id = s.global_user_id and f.activated_at is not null))`;

/** Who called, and by what. A token acts as its owner. */
export type Caller = { globalUserId: string; person: LoadedPerson | undefined } & Proof;
/** `lacksSecondFactor`: the installation asks for one of whoever signs in with a password, and there is none yet. */
type Proof = { by: 'session' | 'token'; credentialId: string; isFresh: boolean; lacksSecondFactor: boolean };
/** How much of the caller is read: what they may do costs ten times as much as who they are. */
export type Wanted = 'person' | 'id';

type Credential = {
  credential_id: string;
  is_stale: boolean;
  is_fresh: boolean;
  lacks_second_factor: boolean;
} & Parameters<typeof toPerson>[0];

const columnsOf = (wanted: Wanted) => (wanted === 'id' ? sql`u.global_user_id` : personColumns);
const toCaller = (row: Credential, wanted: Wanted, by: Proof['by']): Caller => ({
  globalUserId: row.global_user_id,
  person: wanted === 'id' ? undefined : toPerson(row),
  by,
  credentialId: row.credential_id,
  isFresh: row.is_fresh,
  lacksSecondFactor: row.lacks_second_factor,
});

export async function findCallerBySession(
  db: Db,
  token: string,
  wanted: Wanted = 'person',
): Promise<Caller | undefined> {
  const { rows } = await sql<Credential>`${prepared(`${wanted}-by-session`)}
    select s.id as credential_id, s.last_seen_at < now() - interval '1 minute' as is_stale,
      s.confirmed_at > now() - make_interval(mins => ${freshMinutes}) as is_fresh,
      ${lacksSecondFactor} as lacks_second_factor, ${columnsOf(wanted)}
    from session s join app_user u on u.global_user_id = s.global_user_id
    where s.token_hash = ${hashToken(token)} and u.status = 'active' and ${isLiveSession}`.execute(db);
  const row = rows[0];
  if (!row) return undefined;
  // Once a minute is enough to measure half an hour, and spares a write per call.
  if (row.is_stale) await sql`update session set last_seen_at = now() where id = ${row.credential_id}`.execute(db);
  return toCaller(row, wanted, 'session');
}

export async function findCallerByToken(
  db: Db,
  token: string,
  { ip, wanted = 'person' }: { ip: string; wanted?: Wanted },
): Promise<Caller | undefined> {
  if (!token.startsWith(tokenPrefix) || token.length > 200) return undefined;
  const { rows } = await sql<Credential>`${prepared(`${wanted}-by-token`)}
    select t.id as credential_id, coalesce(t.last_used_at < now() - interval '1 minute', true) as is_stale,
      true as is_fresh, false as lacks_second_factor, ${columnsOf(wanted)}
    from personal_access_token t join app_user u on u.global_user_id = t.global_user_id
    where t.token_hash = ${hashToken(token)} and u.status = 'active' and t.revoked_at is null and t.expires_at > now()`.execute(
    db,
  );
  const row = rows[0];
  if (!row) return undefined;
  if (row.is_stale) {
    await sql`update personal_access_token set last_used_at = now(), last_used_ip = ${ip} where id = ${row.credential_id}`.execute(
      db,
    );
  }
  return toCaller(row, wanted, 'token');
}

/**
 * Whether a credential is still good, as a part of a statement that names its owner: for operations that were let in by what it
 * was a moment ago. Who came without one, by a chat, has been judged there.
 */
export const credentialHolds = (credential: {
  by: RawBuilder<unknown>;
  id: RawBuilder<unknown>;
  ownerId: RawBuilder<unknown>;
}): RawBuilder<boolean> => sql`case ${credential.by}
    when 'token' then exists (select from personal_access_token t where t.id = ${credential.id} and t.global_user_id = ${credential.ownerId}
      and t.revoked_at is null and t.expires_at > now())
    when 'session' then exists (select from session s where s.id = ${credential.id} and s.global_user_id = ${credential.ownerId}
      and ${isLiveSession} and not ${lacksSecondFactor})
    else true end and exists (select from app_user w where w.global_user_id = ${credential.ownerId} and w.status = 'active')`;

/** A new session of somebody, and how many of theirs it ended because they had too many. */
export type OpenedSession = { token: string; ended: number };
/** The provider that signed somebody in, whom it means, its own session, and where that is ended. */
export type SignedInBy = { id: string; subject: string; session: string | null; signOutUrl: string | null };

/** Opens a new session; the token leaves the process only in the cookie, and is stored hashed. */
export async function openSession(
  db: Reader,
  call: { globalUserId: string; ip: string; userAgent: string; provider?: SignedInBy },
): Promise<OpenedSession> {
  const token = newSessionToken();
  const { provider } = call;
  const { rows } = await sql<{ ended: number }>`
    with ended as (delete from session where token_hash in (
      select s.token_hash from session s where s.global_user_id = ${call.globalUserId}
      order by s.last_seen_at desc, s.created_at desc offset ${sessionsPerPerson - 1}) returning 1),
    opened as (insert into session (token_hash, id, global_user_id, expires_at, ip, user_agent,
        provider_id, provider_subject, provider_session, sign_out_url)
      values (${hashToken(token)}, ${randomUUID()}, ${call.globalUserId}, now() + make_interval(hours => ${sessionHours}),
        ${call.ip}, ${call.userAgent.slice(0, 300)},
        ${provider?.id ?? null}, ${provider?.subject ?? null}, ${provider?.session ?? null}, ${provider?.signOutUrl ?? null}))
    select count(*) as ended from ended`.execute(db);
  return { token, ended: rows[0]?.ended ?? 0 };
}

/**
 * The session goes on under a new token and id, freshly confirmed. The former token ends here, and renews nothing twice; the former
 * id ends so that a replica which remembers whose the token was finds it gone as well (`credentialHolds`).
 */
export async function renewSession(
  db: Reader,
  formerToken: string,
): Promise<{ token: string; id: string } | undefined> {
  const token = newSessionToken();
  const id = randomUUID();
  const { rows } = await sql`
    update session set token_hash = ${hashToken(token)}, id = ${id}, confirmed_at = now(), last_seen_at = now()
    where token_hash = ${hashToken(formerToken)} and expires_at > now() returning id`.execute(db);
  return rows.length === 1 ? { token, id } : undefined;
}

/** Ends a session; answers where the browser ends that of its provider. Undefined: there was none. */
export async function closeSession(db: Db, token: string): Promise<{ signOutUrl: string | null } | undefined> {
  const { rows } = await sql<{ signOutUrl: string | null }>`
    delete from session where token_hash = ${hashToken(token)} returning sign_out_url as "signOutUrl"`.execute(db);
  return rows[0];
}
