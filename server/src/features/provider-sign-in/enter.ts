import { foldName } from '@stoa/core/folded-name';
import { cutText } from '@stoa/contract/text';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry, systemActor } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { openSession } from '../../http/authenticate.ts';
import type { Call } from '../../http/route.ts';
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { loadProvider, type StoredProvider } from '../identity-provider/stored-provider.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import type { ProvedSignIn } from './exchange.ts';
import { SignInRefused } from './failure.ts';
import { findKeptByDirectory, leaveUnkeptGroups, linkKept } from './kept-by-directory.ts';
import { readClaims, type SaidOfPerson } from './read-claims.ts';
import { directoryOf } from './said.ts';
import { syncPerson } from './sync-person.ts';

export type Entered = { person: Pick<LoadedPerson, 'globalUserId' | 'name'> };
type Entering = { readonly provider: StoredProvider; readonly proved: ProvedSignIn; readonly call: Call };

/**
 * Signs in whom the provider proved: the login that is linked to issuer and subject, and no other, whatever name or e-mail comes along.
 * Answers the token of a new session. Throws `SignInRefused`; whom it was about is left in `known`.
 */
export async function enterByProvider(
  deps: Deps,
  { proved, call, ...entering }: Entering,
  known: { who?: Entered['person'] },
): Promise<string> {
  return transact(deps, async (tx, after) => {
    // As it is now, and stays until this is committed: it may have been switched off, or told another map, meanwhile.
    const provider = await loadProvider(deps, tx, { id: entering.provider.id, lock: sql`for share` });
    if (provider?.isEnabled !== true) throw new SignInRefused('auth.provider_off', 'the provider is switched off');
    if (provider.issuer !== entering.provider.issuer || provider.clientId !== entering.provider.clientId)
      throw new SignInRefused('auth.sign_in_stale', 'the provider was changed meanwhile');
    // Two first sign-ins of one subject at once: the second finds what the first one made.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`stoa.sign-in ${provider.id} ${proved.subject}`}, 0))`.execute(
      tx,
    );
    const linked = await findLinked(tx, provider.id, proved.subject);
    const kept = await findKeptByDirectory(tx, { provider, proved, linked });
    const person = linked ?? kept;
    if (person !== undefined) known.who = person;
    // A directory says more of them, and sooner: a sign-in has nothing to add.
    const said =
      kept === undefined ? await beside(tx, person, readClaims(provider.claims, proved.claims)) : nothingSaid;
    const found = person ?? (await createPerson(tx, { provider, said, proved }, known));
    if (found.status !== 'active') throw new SignInRefused('auth.account_disabled', 'the account is disabled');
    const entries: AuditEntry[] = [];
    if (person === undefined) {
      entries.push(...createdEntries(found, provider, call));
      await enqueueUser(tx, after, { globalUserId: found.globalUserId, cause: 'user' });
    }
    if (kept === undefined) entries.push(...(await syncPerson(tx, after, { person: found, provider, said, call })));
    else {
      const by = { actor: systemActor, actorIp: call.ip, requestId: call.id };
      entries.push(...(await leaveUnkeptGroups(tx, after, { person: kept, providerId: provider.id, by })));
      if (linked === undefined) entries.push(await linkKept(tx, { person: kept, provider, proved, call }));
    }
    return open(tx, after, { provider, proved, said, call, person: found, entries });
  });
}

async function findLinked(tx: Tx, providerId: string, subject: string): Promise<LoadedPerson | undefined> {
  const { rows } = await sql<{ id: string }>`
    select global_user_id as id from sign_in_link where provider_id = ${providerId} and subject = ${subject}`.execute(
    tx,
  );
  return rows[0] && loadPerson(tx, rows[0].id);
}

const nothingSaid: SaidOfPerson = { username: null, name: null, email: null, groups: undefined, attributes: {} };

/** Whom another provider's directory keeps has their name and e-mail from there. */
const beside = async (tx: Tx, person: LoadedPerson | undefined, said: SaidOfPerson): Promise<SaidOfPerson> =>
  person === undefined || (await directoryOf(tx, person.globalUserId)) === null
    ? said
    : { ...said, name: null, email: null };

type First = { provider: StoredProvider; said: SaidOfPerson; proved: ProvedSignIn };

/** A person of their own, who inherits nothing: a name that somebody has is theirs, also where the e-mail is the same. */
async function createPerson(tx: Tx, first: First, known: { who?: Entered['person'] }): Promise<LoadedPerson> {
  const { provider, said, proved } = first;
  if (provider.unknownPeople === 'refuse')
    throw new SignInRefused('auth.person_unknown', 'nobody is linked to this subject, and people are not made');
  const { username } = said;
  if (username === null)
    throw new SignInRefused('auth.claim_unusable', `the claim ${provider.claims.username} holds no user name`);
  const key = foldName(username);
  const { rows: taken } = await sql`
    select from app_user where username_key = ${key} or lower(username) = lower(${username})`.execute(tx);
  if (taken.length > 0)
    throw new SignInRefused('auth.username_taken', `the user name ${username} belongs to an account without a link`);
  const globalUserId = newUuid();
  await tx
    .insertInto('app_user')
    .values({
      global_user_id: globalUserId,
      person_id: globalUserId,
      iam_id: provider.id,
      username,
      username_key: key,
      name: said.name ?? username,
      email: said.email,
    })
    .execute();
  await sql`insert into sign_in_link (provider_id, subject, global_user_id)
    values (${provider.id}, ${proved.subject}, ${globalUserId})`.execute(tx);
  const person = await loadPerson(tx, globalUserId);
  if (person === undefined) throw new Error('the person that was just made is not there');
  known.who = person;
  return person;
}

const createdEntries = (person: LoadedPerson, provider: StoredProvider, call: Call): AuditEntry[] => [
  {
    action: 'UserCreated',
    actor: systemActor,
    actorIp: call.ip,
    targetType: 'USER',
    targets: [{ id: person.globalUserId, name: person.name }],
    payload: { username: person.username, status: person.status, source: provider.id },
    requestId: call.id,
  },
];

type Opening = First & { readonly call: Call; readonly person: LoadedPerson; readonly entries: readonly AuditEntry[] };

async function open(tx: Tx, after: AfterCommit, opening: Opening): Promise<string> {
  const { provider, proved, said, call, person, entries } = opening;
  // Who is disabled at this moment would have a session again once they are enabled.
  const { rows } = await sql`
    select 1 from app_user where global_user_id = ${person.globalUserId} and status = 'active' for no key update`.execute(
    tx,
  );
  if (rows.length === 0) throw new SignInRefused('auth.account_disabled', 'the account is disabled');
  const parts = (['name', 'email'] as const).filter((part) => said[part] !== null);
  await sql`update sign_in_link set last_sign_in_at = now(), said = ${parts}
    where provider_id = ${provider.id} and subject = ${proved.subject}`.execute(tx);
  const { token, ended } = await openSession(tx, {
    globalUserId: person.globalUserId,
    ip: call.ip,
    userAgent: call.userAgent,
    provider: { id: provider.id, subject: proved.subject, session: proved.session, signOutUrl: proved.signOutUrl },
  });
  const now = { ...person, name: said.name ?? person.name };
  await appendAudit(tx, [
    ...entries,
    {
      action: 'UserLogin',
      actor: userActor(now),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: person.globalUserId, name: cutText(now.name, 255) }],
      payload: {
        identityProvider: provider.id,
        subject: proved.subject,
        ...(ended > 0 ? { endedSessions: ended } : {}),
      },
      requestId: call.id,
    },
  ]);
  after.changed('user', person.globalUserId);
  return token;
}
