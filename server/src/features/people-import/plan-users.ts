import { foldName } from '@stoa/core/folded-name';
import { type Indispensable, judgeUsers, type UserRow } from '@stoa/core/people-import/judge-users';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueueUsers } from '../../provisioning/enqueue-keys.ts';
import { forgetGivenNames } from '../identity/resolve.ts';
import { tellFormerAddresses } from '../notification/tell-former-addresses.ts';
import { joinPerson, takeTurnWithPersons } from '../user/join-person.ts';
import { loadKeptApart, takeTurnWithPermissions } from '../user/keep-apart.ts';
import { loadPeople } from '../user/load-people.ts';
import { loginChanged } from '../user/login-changed.ts';
import { changeStatus } from '../user/update-user.ts';
import { entryFor, type ImportBy, type ImportPlan, rowsThat } from './plan.ts';

type Cells = Omit<UserRow, 'key' | 'user' | 'same'>;
type Known = UserRow & { user: NonNullable<UserRow['user']> };

/** Accounts from a file: without a password, as with those that are made by hand without one. */
export async function planUsers(tx: Tx, by: ImportBy, cells: readonly Cells[]): Promise<ImportPlan> {
  const usernames = cells.map((row) => row.username.normalize('NFKC'));
  const same = cells.map((row) => row.samePersonAs?.normalize('NFKC') ?? '');
  if (!by.isDryRun) await lockUsers(tx, usernames, same);
  const loaded = await loadUsers(tx, usernames);
  const named = await loadUsers(tx, same);
  const rows = cells.map(
    (row, at): UserRow => ({
      ...row,
      username: usernames[at] ?? '',
      ...(loaded[at] ?? nobody),
      same: row.samePersonAs === undefined ? null : (named[at] ?? nobody),
    }),
  );
  const judged = judgeUsers(by.actor, rows, {
    indispensable: await loadIndispensable(tx, by),
    keptApart: await loadKeptApart(tx),
  });
  const added = rowsThat(['created'], rows, judged);
  const changed = rowsThat(['changed'], rows, judged).filter((row): row is Known => row.user !== null);
  return {
    rows: judged,
    peopleCount: added.length + changed.length,
    apply: async (t, after) => [
      ...(await addUsers(t, after, { by, rows: added })),
      ...(await changeProfiles(t, after, { by, rows: changed })),
      ...(await changeStates(t, after, { by, rows: changed })),
      ...(await joinLogins(t, after, { by, rows: [...added, ...changed] })),
    ],
  };
}

const nobody = { key: '', user: null };

/** Whoever is joined moves with all logins of theirs. */
async function lockUsers(tx: Tx, usernames: readonly string[], same: readonly string[]): Promise<void> {
  const joins = same.some((name) => name !== '');
  if (joins) await takeTurnWithPersons(tx);
  const named = sql`(lower(username) in (select lower(n) from unnest(${usernames}::text[]) n)
    or username_key = any(${usernames.map(foldName)}::text[]))`;
  await sql`select from app_user where ${joins ? sql`person_id in (select person_id from app_user where ${named})` : named}
    order by global_user_id for no key update`.execute(tx);
}

async function loadUsers(tx: Tx, usernames: readonly string[]): Promise<Pick<UserRow, 'key' | 'user'>[]> {
  const { rows } = await sql<{ key: string } & { [K in keyof Known['user']]: Known['user'][K] | null }>`
    select coalesce(lower(u.username), n.key) as key, u.global_user_id as "globalUserId", u.person_id as "personId", u.name, u.email, u.status,
      (select p.name from scim_person s join scim_access a on a.provider_id = s.provider_id
        join identity_provider p on p.id = s.provider_id
        where s.global_user_id = u.global_user_id and s.left_at is null) as keeper,
      coalesce((select array_agg(o.username order by lower(o.username)) from app_user o
        where o.person_id = u.person_id and o.global_user_id <> u.global_user_id), '{}') as "otherLogins"
    from unnest(${usernames}::text[], ${usernames.map(foldName)}::text[]) with ordinality n (username, key, at)
      left join lateral (select * from app_user where lower(username) = lower(n.username) or username_key = n.key
        order by lower(username) = lower(n.username) desc limit 1) u on true
    order by n.at`.execute(tx);
  return rows.map(({ key, globalUserId, personId, name, email, status, keeper = null, otherLogins }) => ({
    key,
    user:
      globalUserId === null || personId === null || name === null || status === null
        ? null
        : { globalUserId, personId, name, email, status, keeper, otherLogins: otherLogins ?? [] },
  }));
}

const work = { USER_ADMIN: 'manage users', APPLICATION_ADMIN: 'manage the application' } as const;

/** The lock puts all who take the last admin away in a row, here as where it is done by hand. */
async function loadIndispensable(tx: Tx, { isDryRun }: ImportBy): Promise<Indispensable> {
  if (!isDryRun) await takeTurnWithPermissions(tx);
  const { rows } = await sql<{ permission: string; globalUserId: string; personId: string }>`
    select p.permission, u.global_user_id as "globalUserId", u.person_id as "personId"
    from global_permission p join app_user u on u.global_user_id = p.global_user_id
    where u.status = 'active' and p.permission = any(${Object.keys(work)}::text[])`.execute(tx);
  return Object.entries(work).map(([permission, what]) => ({
    work: what,
    holders: rows.filter((row) => row.permission === permission),
  }));
}

type Write<Row> = { by: ImportBy; rows: readonly Row[] };

async function addUsers(tx: Tx, after: AfterCommit, { by, rows }: Write<UserRow>): Promise<AuditEntry[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(() => newUuid());
  const states = rows.map((row) => row.status ?? 'active');
  await sql`
    insert into app_user (global_user_id, person_id, username, username_key, name, email, status, disabled_at)
    select n.id, n.id, n.username, n.key, n.name, n.email, n.status, case n.status when 'disabled' then now() end
    from unnest(${ids}::uuid[], ${rows.map((row) => row.username)}::text[], ${rows.map((row) => foldName(row.username))}::text[],
      ${rows.map((row) => row.name ?? '')}::text[],
      ${rows.map((row) => row.email ?? null)}::text[], ${states}::text[]) as n (id, username, key, name, email, status)`.execute(
    tx,
  );
  await enqueueUsers(tx, after, { people: sql`select unnest(${ids}::uuid[])`, cause: 'user' });
  after.changed('user', ids[0] ?? '');
  return rows.map(({ username, name = '' }, at) => ({
    ...entryFor(by, { type: 'USER', id: ids[at] ?? '', name }),
    action: 'UserCreated',
    payload: { username, status: states[at] },
  }));
}

async function changeProfiles(tx: Tx, after: AfterCommit, { by, rows }: Write<Known>): Promise<AuditEntry[]> {
  const changed = rows
    .map(({ user, username, name, email }) => ({
      user,
      before: { username, name: user.name, email: user.email },
      now: { username, name: name ?? user.name, email: email ?? user.email },
    }))
    .filter(({ before, now }) => before.name !== now.name || before.email !== now.email);
  if (changed.length === 0) return [];
  const ids = changed.map(({ user }) => user.globalUserId);
  await sql`
    update app_user u set name = n.name, email = n.email, updated_at = now()
    from unnest(${ids}::uuid[], ${changed.map(({ now }) => now.name)}::text[], ${changed.map(({ now }) => now.email)}::text[])
      as n (id, name, email) where u.global_user_id = n.id`.execute(tx);
  // The names people have on platforms may be made from their addresses.
  const moved = changed
    .filter(({ before, now }) => before.email !== now.email)
    .map(({ user, before }) => ({ globalUserId: user.globalUserId, formerEmail: before.email }));
  if (moved.length > 0) {
    const movedIds = moved.map(({ globalUserId }) => globalUserId);
    await forgetGivenNames(tx, { people: movedIds, parts: ['email'] });
    await enqueueUsers(tx, after, { people: sql`select unnest(${movedIds}::uuid[])`, cause: 'identity' });
    await tellFormerAddresses(tx, by.actor, moved);
  }
  after.changed('user', ids[0] ?? '');
  return changed.map(({ user, before, now }) => ({
    ...entryFor(by, { type: 'USER', id: user.globalUserId, name: user.name }),
    action: 'UserUpdated',
    payload: { before, after: now },
    emits: loginChanged(user, before.email === now.email ? [] : ['email']),
  }));
}

async function changeStates(tx: Tx, after: AfterCommit, { by, rows }: Write<Known>): Promise<AuditEntry[]> {
  const changed = rows.filter(({ user, status }) => status !== undefined && status !== user.status);
  if (changed.length === 0) return [];
  const people = await loadPeople(
    tx,
    changed.map(({ user }) => user.globalUserId),
  );
  const entries: AuditEntry[] = [];
  for (const { user: known, status } of changed) {
    const user = people.get(known.globalUserId);
    if (user === undefined) continue;
    entries.push(...(await changeStatus(tx, after, { ...by, user, body: { status } })));
    after.changed('user', user.globalUserId);
  }
  return entries;
}

/** Those that the rows name are there by now, whether they were before or came with the file. */
async function joinLogins(tx: Tx, after: AfterCommit, { by, rows }: Write<UserRow>): Promise<AuditEntry[]> {
  const saying = rows.filter(({ same }) => same !== null);
  const logins = await loadUsers(
    tx,
    saying.flatMap(({ key, same }) => [key, same?.key ?? '']),
  );
  const entries: AuditEntry[] = [];
  for (const at of saying.keys()) {
    const [user, other] = [logins[2 * at]?.user, logins[2 * at + 1]?.user];
    if (!user || !other) continue;
    const { globalUserId } = user;
    const samePersonAs = globalUserId === other.globalUserId ? null : other.globalUserId;
    entries.push(...(await joinPerson(tx, after, { ...by, globalUserId, samePersonAs })));
  }
  return entries;
}
