import type { UserDetail } from '@stoa/contract/user';
import { listed } from '@stoa/core/listed';
import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import type { Profile } from '../user/replace-profile.ts';

type Link = UserDetail['signInLinks'][number];

/** The providers that sign somebody in, and what comes from each. */
export async function linksOf(db: Reader, globalUserId: string): Promise<Link[]> {
  const { rows } = await sql<Omit<Link, 'since' | 'lastSignInAt'> & { since: Date; lastSignInAt: Date | null }>`
    select l.provider_id as "providerId", p.name as "providerName", p.is_enabled as "isEnabled", l.subject, l.created_at as since,
      b.name as "linkedBy", l.last_sign_in_at as "lastSignInAt", l.said
    from sign_in_link l join identity_provider p on p.id = l.provider_id left join app_user b on b.global_user_id = l.linked_by
    where l.global_user_id = ${globalUserId} order by lower(p.name)`.execute(db);
  return rows.map((row) => ({
    ...row,
    since: row.since.toISOString(),
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
  }));
}

/** Whose directory keeps a person; null: nobody's. */
export async function directoryOf(db: Reader, globalUserId: string): Promise<UserDetail['keptBy']> {
  const { rows } = await sql<{ providerId: string; providerName: string; externalId: string | null; since: Date }>`
    select p.id as "providerId", p.name as "providerName", s.external_id as "externalId", s.created_at as since from scim_person s
      join scim_access a on a.provider_id = s.provider_id join identity_provider p on p.id = s.provider_id
    where s.global_user_id = ${globalUserId} and s.left_at is null`.execute(db);
  const [row] = rows;
  return row === undefined ? null : { ...row, since: row.since.toISOString() };
}

const words = { username: 'user name', name: 'name', email: 'e-mail' } as const;

/** What a provider that signs somebody in, or its directory, says of them is changed there: here it would be back with the next sign-in. */
export async function requireOwnSay(tx: Tx, user: LoadedPerson, wanted: Profile): Promise<void> {
  const changed = (['username', 'name', 'email'] as const).filter((part) => wanted[part] !== user[part]);
  if (changed.length === 0) return;
  const { rows } = await sql<{ provider: string; said: string[] }>`
    select p.name as provider, l.said from sign_in_link l join identity_provider p on p.id = l.provider_id
    where l.global_user_id = ${user.globalUserId} and p.is_enabled and l.said && ${changed}::text[]
    limit 1`.execute(tx);
  const directory = await directoryOf(tx, user.globalUserId);
  const said = directory === null ? rows[0] : { provider: directory.providerName, said: Object.keys(words) };
  if (said === undefined) return;
  const parts = changed.filter((part) => said.said.includes(part));
  throw new Refusal('user.said_by_provider', {
    detail: `${said.provider} says the ${listed(parts.map((part) => words[part]))} of this person. Nothing was changed.`,
    errors: parts.map((part) => ({ path: `body.${part}`, message: `comes from ${said.provider}` })),
  });
}

type Member = { readonly name: string; readonly source: string | null };

/** The same of groups: who is in one because a provider says so leaves it there. */
export async function requireNoneSaid(db: Reader, group: string, leaving: readonly Member[]): Promise<void> {
  const said = leaving.find(({ source }) => source !== null && source !== 'local');
  if (said === undefined) return;
  const { rows } = await sql<{ name: string }>`
    select name from identity_provider where id = ${said.source}`.execute(db);
  throw new Refusal('user.said_by_provider', {
    detail: `${rows[0]?.name ?? said.source} says that ${said.name} is in ${group}. Nothing was changed.`,
  });
}

/** Whose directory keeps a group, by name; undefined: nobody's. */
export async function keeperOf(db: Reader, groupId: number): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select p.name from scim_group s join scim_access a on a.provider_id = s.provider_id
      join identity_provider p on p.id = s.provider_id where s.group_id = ${groupId} and s.left_at is null`.execute(db);
  return rows[0]?.name;
}

/** What a directory keeps of a group is changed there: its name, who is in it, and whether it is there. */
export async function requireNotKept(db: Reader, { id, name }: { id: number; name: string }): Promise<void> {
  const keeper = await keeperOf(db, id);
  if (keeper === undefined) return;
  throw new Refusal('group.kept_by_directory', {
    detail: `${keeper} keeps ${name} over SCIM: its name, and who is in it. Nothing was changed.`,
  });
}
