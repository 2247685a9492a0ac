import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { replaceProfile } from '../user/replace-profile.ts';
import type { UserResource } from './attributes.ts';
import { actorOf, type Keeping } from './source.ts';

type Holder = {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly subject: string | null;
  readonly keeper: string | null;
  readonly hasLeft: boolean;
  readonly isEndedHere: boolean;
};

const columnsOf = (
  sourceId: string,
) => sql`u.global_user_id as id, u.name, u.username, l.subject, s.provider_id as keeper,
  s.left_at is not null as "hasLeft", u.status = 'disabled' and u.disabled_by = ${sourceId} as "isEndedHere"
  from app_user u left join sign_in_link l on l.global_user_id = u.global_user_id and l.provider_id = ${sourceId}
    left join scim_person s on s.global_user_id = u.global_user_id`;

/**
 * Whom a new user of a directory means here: who has come by this `externalId` before; whom the provider signs in by it; who has the
 * user name and is signed in by the provider already. Undefined: somebody new. Nobody is ever met by a name alone: an account that
 * is not linked is nobody's, and a name that came to somebody else brings nothing along.
 */
export async function matchUser(keeping: Keeping, user: UserResource): Promise<LoadedPerson | undefined> {
  const { tx, source } = keeping;
  const { externalId = null, userName = '' } = user;
  const { rows } = await sql<Holder & { isByExternalId: boolean; isBySubject: boolean }>`
    select coalesce(s.provider_id = ${source.id} and s.external_id = ${externalId}, false) as "isByExternalId",
      coalesce(l.subject = ${source.idClaim === 'sub' ? externalId : null}, false) as "isBySubject", ${columnsOf(source.id)}
    where u.global_user_id in (
      select global_user_id from scim_person where provider_id = ${source.id} and external_id = ${externalId}
      union all select global_user_id from sign_in_link where provider_id = ${source.id} and subject = ${externalId}
      union all select global_user_id from app_user
        where username_key = ${foldName(userName)} or lower(username) = lower(${userName}))`.execute(tx);
  const known = rows.find((one) => one.isByExternalId);
  if (known !== undefined) {
    if (!known.hasLeft) throw taken(`The externalId is that of ${nameOf(known)}, who is here already.`);
    return load(keeping, known);
  }
  const signedIn = rows.find((one) => one.isBySubject);
  if (signedIn?.keeper === null) return load(keeping, signedIn);
  // Somebody new would be disabled in their place, while they go on signing in.
  if (signedIn !== undefined)
    throw taken(
      `${source.name} signs in ${nameOf(signedIn)} by this externalId, whom a directory keeps under another one. A user admin unlinks the account on the page of the person.`,
    );
  const key = foldName(userName);
  const holder = rows.find(
    (one) => foldName(one.username) === key || one.username.toLowerCase() === userName.toLowerCase(),
  );
  return holder === undefined ? undefined : meetHolder(keeping, holder, externalId);
}

async function meetHolder(
  keeping: Keeping,
  holder: Holder,
  externalId: string | null,
): Promise<LoadedPerson | undefined> {
  const { source } = keeping;
  if (holder.keeper === source.id) {
    if (!holder.hasLeft)
      throw taken(`${nameOf(holder)} has this user name, and is here already under another externalId.`);
    // Whom the directory deleted has no use for the name; whoever comes by it now is somebody else.
    if (holder.isEndedHere) {
      await giveNameUp(keeping, holder);
      return undefined;
    }
  } else if (holder.keeper === null && holder.subject !== null) {
    const isSame = source.idClaim !== 'sub' || externalId === null || holder.subject === externalId;
    if (isSame) return load(keeping, holder);
    throw taken(`${nameOf(holder)} has this user name, and ${source.name} signs them in by another ${source.idClaim}.`);
  }
  throw taken(
    `${nameOf(holder)} has this user name, and is not linked to ${source.name}. If they are the same, a user admin links the account on the page of the person; else one of the two needs another name.`,
  );
}

async function giveNameUp(keeping: Keeping, holder: Holder): Promise<void> {
  const { tx, after, source, call } = keeping;
  await sql`select from app_user where global_user_id = ${holder.id} for no key update`.execute(tx);
  const former = await load(keeping, holder);
  const username = `${former.username.slice(0, 100)}-${former.globalUserId.slice(-8)}`;
  const changed = await replaceProfile(tx, after, { actor: former, user: former, wanted: { ...former, username } });
  await appendAudit(tx, {
    action: 'UserUpdated',
    actor: actorOf(source),
    actorIp: call.ip,
    targetType: 'USER',
    targets: [{ id: former.globalUserId, name: former.name }],
    payload: { before: changed?.before, after: changed?.after, source: source.id },
    requestId: call.id,
  });
}

async function load({ tx }: Keeping, { id }: Holder): Promise<LoadedPerson> {
  const person = await loadPerson(tx, id);
  if (person === undefined) throw notFound('user');
  return person;
}

const nameOf = ({ name, username }: Holder): string => `${name} (${username})`;
export const taken = (detail: string): Refusal =>
  new Refusal('scim.taken', { detail: `${detail} Nothing was changed.` });
