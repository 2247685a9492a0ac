import type { UserObject } from '@stoa/core/permissions/objects';
import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { keepApart } from './keep-apart.ts';
import type { LoadedPerson } from './load-people.ts';

type Login = PersonRef & { readonly name: string; readonly username: string };
type By = { readonly actor: LoadedPerson; readonly call: Call };
type Join = By & { readonly globalUserId: string; readonly samePersonAs: string | null };

/** Before any row is locked: two who join the same logins at once would each move what the other is looking at. */
export async function takeTurnWithPersons(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stoa.persons'))`.execute(tx);
}

async function loginsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Login>> {
  const { rows } = await sql<Login>`
    select global_user_id as "globalUserId", person_id as "personId", name, username
    from app_user where global_user_id = any(${ids}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.globalUserId, row]));
}

/** Who is meant by `samePersonAs`, when the caller may say it: of none of their own logins, as they stand by now. */
async function readSamePerson(tx: Tx, { actor }: By, samePersonAs: string): Promise<Login> {
  const found = await loginsOf(tx, [samePersonAs, actor.globalUserId]);
  const other = found.get(samePersonAs);
  if (!other) throw new Refusal('user.person_unknown', { detail: `There is no user ${samePersonAs}.` });
  requireMayJoin({ ...actor, ...found.get(actor.globalUserId) }, other);
  return other;
}

function requireMayJoin(actor: LoadedPerson, { globalUserId, personId }: Login): void {
  const object: UserObject = { kind: 'user', globalUserId, personId, changes: ['person'] };
  requireMay(actor, 'user.manage', object);
}

/**
 * Says that two logins are one human, or that one is nobody else's. All logins of both become one person: whoever is the same as
 * one of them is the same as the others. Nobody's access moves by it; who decides is judged at each decision.
 */
export async function joinPerson(tx: Tx, after: AfterCommit, join: Join): Promise<AuditEntry[]> {
  const { actor, globalUserId, samePersonAs } = join;
  const found = await loginsOf(tx, [globalUserId, actor.globalUserId]);
  const user = found.get(globalUserId);
  if (!user) throw notFound('user');
  requireMayJoin({ ...actor, ...found.get(actor.globalUserId) }, user);
  return samePersonAs === null
    ? partPerson(tx, after, { ...join, user })
    : joinTo(tx, after, { ...join, user, target: samePersonAs });
}

async function joinTo(
  tx: Tx,
  after: AfterCommit,
  { user, target, ...by }: By & { user: Login; target: string },
): Promise<AuditEntry[]> {
  const other = await readSamePerson(tx, by, target);
  if (other.personId === user.personId) return [];
  const moved = await move(tx, after, { whose: sql`person_id = ${user.personId}`, to: other.personId });
  await keepApart(tx, user.globalUserId);
  return [entryOf(by, { action: 'UserLoginJoined', user, others: [other, ...withoutLogin(moved, user)] })];
}

async function partPerson(tx: Tx, after: AfterCommit, { user, ...by }: By & { user: Login }): Promise<AuditEntry[]> {
  const { rows: others } = await sql<Login>`
    select global_user_id as "globalUserId", person_id as "personId", name, username from app_user
    where person_id = ${user.personId} and global_user_id <> ${user.globalUserId} order by global_user_id`.execute(tx);
  const [first] = others;
  if (!first) return [];
  // A person bears the id of one of their logins: where that is the one to go, the others take another.
  const isNamedAfter = user.personId === user.globalUserId;
  const leaves = isNamedAfter
    ? { whose: sql`person_id = ${user.personId} and global_user_id <> ${user.globalUserId}`, to: first.globalUserId }
    : { whose: sql`global_user_id = ${user.globalUserId}`, to: user.globalUserId };
  await move(tx, after, leaves);
  return [entryOf(by, { action: 'UserLoginParted', user, others })];
}

async function move(
  tx: Tx,
  after: AfterCommit,
  { whose, to }: { whose: ReturnType<typeof sql>; to: string },
): Promise<Login[]> {
  const { rows } = await sql<Login>`
    with former as materialized (select global_user_id, person_id, person_since from app_user where ${whose} for no key update),
    moved as (
      update app_user u set person_id = ${to}, person_since = clock_timestamp(), updated_at = now() from former f
      where u.global_user_id = f.global_user_id returning u.*
    ), known as (
      insert into former_person (global_user_id, person_id, since, until)
      select f.global_user_id, f.person_id, f.person_since, m.person_since from former f join moved m using (global_user_id)
    )
    select global_user_id as "globalUserId", person_id as "personId", name, username from moved`.execute(tx);
  for (const { globalUserId } of rows) after.changed('user', globalUserId);
  return rows;
}

const withoutLogin = (logins: readonly Login[], user: Login): Login[] =>
  logins.filter(({ globalUserId }) => globalUserId !== user.globalUserId);

/** So many of the other logins an audit row names. */
const namedAtMost = 100;

const entryOf = (
  { actor, call }: By,
  { action, user, others }: { action: string; user: Login; others: readonly Login[] },
): AuditEntry => ({
  action,
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'USER',
  targets: [{ id: user.globalUserId, name: user.name }],
  relatedResources: others
    .slice(0, namedAtMost)
    .map(({ globalUserId, name }) => ({ type: 'USER', id: globalUserId, name })),
  payload: { username: user.username, others: others.slice(0, namedAtMost).map(({ username }) => username) },
  requestId: call.id,
});
