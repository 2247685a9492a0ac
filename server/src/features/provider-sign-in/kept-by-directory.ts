import { sql } from 'kysely';
import { type AuditEntry, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import { type MembershipsBy, replaceMemberships } from '../group/replace-memberships.ts';
import type { StoredProvider } from '../identity-provider/stored-provider.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import type { ProvedSignIn } from './exchange.ts';
import { SignInRefused } from './failure.ts';
import { claimOf } from './read-claims.ts';

type SigningIn = { readonly provider: Pick<StoredProvider, 'id'>; readonly proved: ProvedSignIn };

/**
 * Whom the provider's directory keeps over SCIM: the person who is linked already, else the one whose `externalId` is in the claim that
 * carries it, also when it has let them go: whoever left does not come back as somebody new. Undefined: the directory keeps nobody, or
 * not them.
 */
export async function findKeptByDirectory(
  tx: Tx,
  { provider, proved, linked }: SigningIn & { linked: LoadedPerson | undefined },
): Promise<LoadedPerson | undefined> {
  const { rows: accesses } = await sql<{ idClaim: string }>`
    select id_claim as "idClaim" from scim_access where provider_id = ${provider.id}`.execute(tx);
  const [access] = accesses;
  if (access === undefined) return undefined;
  const claim = access.idClaim === 'sub' ? proved.subject : claimOf(proved.claims, access.idClaim);
  const { rows } = await sql<{ id: string; subject: string | null }>`
    select s.global_user_id as id, l.subject from scim_person s
      left join sign_in_link l on l.global_user_id = s.global_user_id and l.provider_id = s.provider_id
    where s.provider_id = ${provider.id}
      and case when ${linked?.globalUserId ?? null}::uuid is null then s.external_id = ${typeof claim === 'string' ? claim : null}
        else s.global_user_id = ${linked?.globalUserId ?? null} and s.left_at is null end`.execute(tx);
  const [kept] = rows;
  if (kept === undefined) return undefined;
  if (linked === undefined && kept.subject !== null)
    throw new SignInRefused('auth.person_unknown', 'whom the directory means is linked to another subject');
  return linked ?? loadPerson(tx, kept.id);
}

type Keeps = { readonly person: LoadedPerson; readonly providerId: string; readonly by: MembershipsBy };

/**
 * Who is kept is in groups because the directory says so. What claims had said of other groups before is said by nobody any more, and
 * would stay for good.
 */
export async function leaveUnkeptGroups(tx: Tx, after: AfterCommit, keeps: Keeps): Promise<AuditEntry[]> {
  const { person, providerId: source, by } = keeps;
  const { rows } = await sql<{ name: string; isKept: boolean }>`
    select g.name, s.group_id is not null as "isKept" from group_member m join user_group g on g.id = m.group_id
      left join scim_group s on s.group_id = g.id and s.provider_id = ${source} and s.left_at is null
    where m.global_user_id = ${person.globalUserId} and m.source = ${source}`.execute(tx);
  if (rows.every((one) => one.isKept)) return [];
  const wanted = rows.filter((one) => one.isKept).map((one) => one.name);
  return replaceMemberships(tx, after, { person, wanted, source, by });
}

/** From their first sign-in on they are known by their subject, as everybody is. */
export async function linkKept(
  tx: Tx,
  { person, provider, proved, call }: SigningIn & { person: LoadedPerson; call: Call },
): Promise<AuditEntry> {
  const { globalUserId, name } = person;
  await sql`insert into sign_in_link (provider_id, subject, global_user_id)
    values (${provider.id}, ${proved.subject}, ${globalUserId})`.execute(tx);
  return {
    action: 'UserUpdated',
    actor: systemActor,
    actorIp: call.ip,
    targetType: 'USER',
    targets: [{ id: globalUserId, name }],
    payload: { linked: { identityProvider: provider.id, subject: proved.subject } },
    requestId: call.id,
  };
}
