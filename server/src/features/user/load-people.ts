import type { DomainPermission, GlobalPermission } from '@stoa/contract/enums';
import type { Actor } from '@stoa/core/permissions/objects';
import type { Quality, SelfGrant } from '@stoa/core/person';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader, unseen } from '../../db/pool.ts';

/** A login with everything that decides what it may do, and what a page shows of it. */
export type LoadedPerson = Actor & { readonly name: string; readonly email: string | null; readonly iamId: string };

type PersonRow = {
  global_user_id: string;
  person_id: string;
  id: number;
  iam_id: string;
  username: string;
  name: string;
  email: string | null;
  status: 'active' | 'disabled';
  permissions: (Given & { permission: GlobalPermission })[];
  groups: (Given & { id: number; name: string })[];
  attributes: (Given & { name: string; value: string })[];
  domain_permissions: (Given & { domainId: string; permission: DomainPermission })[];
};
/** `own`: another login of the same person gave it. `joined`: when they put themself into the group that it comes with. */
type Given = { own: boolean; at: number; joined?: number | null };

/** True where another login of the same person made the row: such a quality may not decide that person's later requests. */
const isOwn = (column: string): RawBuilder<boolean> =>
  sql`coalesce((select g.person_id = u.person_id from app_user g where g.global_user_id = ${sql.ref(column)}), false)`;
const millis = (column: string): RawBuilder<number> => sql`(extract(epoch from ${sql.ref(column)}) * 1000)::float8`;

/** When the person put themself into a group; null where somebody else did. */
const joinedBySelf = (group: string): RawBuilder<number | null> => sql`
  (select ${millis('m.added_at')} from group_member m where m.group_id::text = ${sql.ref(group)}::text and m.global_user_id = u.global_user_id
    and ${isOwn('m.added_by')})`;

/** The columns of one person; the surrounding query names `app_user` as `u`. Qualities of groups are resolved into it. */
export const personColumns = sql<PersonRow>`
  u.global_user_id, u.person_id, u.id, u.iam_id, u.username, u.name, u.email, u.status,
  (select coalesce(json_agg(json_build_object('permission', p.permission, 'own', ${isOwn('p.granted_by')}, 'at', ${millis('p.granted_at')})), '[]')
     from global_permission p where p.global_user_id = u.global_user_id) as permissions,
  (select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'own', ${isOwn('m.added_by')}, 'at', ${millis('m.added_at')}) order by g.name), '[]')
     from group_member m join user_group g on g.id = m.group_id where m.global_user_id = u.global_user_id) as groups,
  (select coalesce(json_agg(json_build_object('name', a.name, 'value', a.value, 'own', ${isOwn('a.added_by')}, 'at', ${millis('a.added_at')},
      'joined', case when a.principal_type = 'group' then ${joinedBySelf('a.principal_id')} end) order by a.name, a.value), '[]')
     from attribute a where (a.principal_type = 'user' and a.principal_id = u.global_user_id::text)
       or (a.principal_type = 'group' and a.principal_id in
         (select m.group_id::text from group_member m where m.global_user_id = u.global_user_id))) as attributes,
  (select coalesce(json_agg(json_build_object('domainId', d.domain_id, 'permission', d.permission, 'own', ${isOwn('d.granted_by')}, 'at', ${millis('d.granted_at')},
      'joined', ${joinedBySelf('d.group_id')})), '[]')
     from domain_permission d where d.user_id = u.global_user_id
       or d.group_id in (select m.group_id from group_member m where m.global_user_id = u.global_user_id)) as domain_permissions`;

export async function loadPeople(db: Reader, globalUserIds: readonly string[]): Promise<Map<string, LoadedPerson>> {
  if (globalUserIds.length === 0) return new Map();
  const { rows } = await sql<PersonRow>`${prepared('people')}
    select ${personColumns} from app_user u where u.global_user_id = any(${unseen([...new Set(globalUserIds)], 'uuid')})`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.global_user_id, toPerson(row)]));
}

export async function loadPerson(db: Reader, globalUserId: string): Promise<LoadedPerson | undefined> {
  return (await loadPeople(db, [globalUserId])).get(globalUserId);
}

export function toPerson(row: PersonRow): LoadedPerson {
  const selfGrants = [
    ...selfGrantsOf(row.permissions, ({ permission }) => ({ kind: 'permission', permission })),
    ...selfGrantsOf(row.groups, ({ id }) => ({ kind: 'group', id })),
    ...selfGrantsOf(row.attributes, ({ name, value }) => ({ kind: 'attribute', name, value })),
    ...selfGrantsOf(row.domain_permissions, ({ domainId, permission }) => ({
      kind: 'domain-permission',
      domainId,
      permission,
    })),
  ];
  return {
    globalUserId: row.global_user_id,
    personId: row.person_id,
    userId: row.id,
    iamId: row.iam_id,
    username: row.username,
    name: row.name,
    email: row.email,
    status: row.status,
    permissions: row.permissions.map((p) => p.permission),
    groups: row.groups.map(({ id, name }) => ({ id, name })),
    attributes: row.attributes.map(({ name, value }) => ({ name, value })),
    domainPermissions: row.domain_permissions.map(({ domainId, permission }) => ({ domainId, permission })),
    selfGrants,
  };
}

/** Qualities that a person holds by nothing but their own doing, each since the first of these ways. */
function selfGrantsOf<G extends Given>(given: readonly G[], qualityOf: (one: G) => Quality): SelfGrant[] {
  const since = new Map<string, { quality: Quality; at: number }>();
  for (const one of given) {
    const quality = qualityOf(one);
    const at = Math.max(one.own ? one.at : -Infinity, one.joined ?? -Infinity);
    const key = JSON.stringify(quality);
    since.set(key, { quality, at: Math.min(at, since.get(key)?.at ?? Infinity) });
  }
  return [...since.values()].filter(({ at }) => at > -Infinity).map(({ quality, at }) => ({ ...quality, at }));
}
