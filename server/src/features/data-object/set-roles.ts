import type { DataObjectRoleGrant, SetDataObjectRolesBody } from '@stoa/contract/data-object-role';
import type { NodeRole } from '@stoa/contract/enums';
import { nothing } from '@stoa/core/permissions/objects';
import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueuePolicySources } from '../../provisioning/enqueue-policy-keys.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type DataObjectRow, lockObject } from './queries.ts';

type Input = { actor: LoadedPerson; id: string; body: SetDataObjectRolesBody; call: Pick<Call, 'id' | 'ip'> };
type Grant = { role: NodeRole; principalType: 'user' | 'group'; principalId: string };

/** Replaces the roles given on one node. What stays keeps who gave it and when. */
export async function setRoles(deps: Deps, { actor, id, body, call }: Input): Promise<void> {
  requireMay(actor, 'data-object-role.assign', nothing);
  await transact(deps, async (tx, after) => {
    const node = await lockObject(tx, actor, id);
    if (!node) throw notFound('data object');
    const wanted = distinct(body.roles.map(normalise));
    await requireKnown(tx, wanted);
    const before = await grantsOf(tx, id);
    const added = wanted.filter((grant) => !before.some((had) => keyOf(had) === keyOf(grant)));
    const removed = before.filter((had) => !wanted.some((grant) => keyOf(had) === keyOf(grant)));
    const touched = [...added, ...removed];
    requireMay(actor, 'data-object-role.assign', {
      kind: 'data-object-role-edit',
      changed: [...new Set(touched.map((grant) => grant.role))],
      affected: await ownLoginsAmong(tx, touched, actor),
    });
    if (touched.length === 0) return;
    await writeGrants(tx, { id, added, removed, by: actor.globalUserId });
    await appendAudit(tx, { ...entryOf({ actor, call }, node), payload: { added, removed } });
    // Policies for their author's own sources follow who owns these.
    await enqueuePolicySources(tx, after, {
      connections: sql`select ${node.connection_id}::uuid`,
      scope: sql<boolean>`p.scope = 'restricted'`,
      cause: 'policy',
    });
    after.changed('data-object', id);
    if (node.data_source_id !== null) after.changed('data-source', node.connection_key);
  });
}

const entryOf = ({ actor, call }: Pick<Input, 'actor' | 'call'>, node: DataObjectRow) => ({
  action: 'DataObjectRolesUpdated',
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'DATA_OBJECT',
  targets: [{ id: node.id, name: node.object_path.join('.') }],
  requestId: call.id,
});

const keyOf = (grant: Grant): string => `${grant.role} ${grant.principalType}:${grant.principalId}`;
const distinct = (grants: Grant[]): Grant[] => [...new Map(grants.map((grant) => [keyOf(grant), grant])).values()];
const normalise = (grant: DataObjectRoleGrant): Grant => ({ ...grant, principalId: grant.principalId.toLowerCase() });
const principalColumn = (grant: Grant) => sql.ref(grant.principalType === 'user' ? 'user_id' : 'group_id');
const principals = (grants: readonly Grant[], type: Grant['principalType']): string[] => [
  ...new Set(grants.filter((grant) => grant.principalType === type).map((grant) => grant.principalId)),
];

async function grantsOf(tx: Tx, id: string): Promise<Grant[]> {
  const { rows } = await sql<Grant>`
    select role, principal_type as "principalType", coalesce(user_id::text, group_id::text) as "principalId"
    from data_object_role where data_object_id = ${id}`.execute(tx);
  return rows;
}

type Written = { id: string; added: readonly Grant[]; removed: readonly Grant[]; by: string };

async function writeGrants(tx: Tx, { id, added, removed, by }: Written): Promise<void> {
  for (const grant of removed) {
    await sql`delete from data_object_role where data_object_id = ${id} and role = ${grant.role}
      and ${principalColumn(grant)} = ${grant.principalId}`.execute(tx);
  }
  for (const grant of added) {
    await sql`insert into data_object_role (data_object_id, role, principal_type, ${principalColumn(grant)}, granted_by)
      values (${id}, ${grant.role}, ${grant.principalType}, ${grant.principalId}, ${by})`.execute(tx);
  }
}

async function requireKnown(tx: Tx, grants: readonly Grant[]): Promise<void> {
  const { rows } = await sql<{ type: Grant['principalType']; id: string }>`
    select 'user' as type, global_user_id::text as id from app_user where global_user_id::text = any(${principals(grants, 'user')})
    union all
    select 'group', id::text from user_group where id::text = any(${principals(grants, 'group')})`.execute(tx);
  const known = new Set(rows.map((row) => `${row.type}:${row.id}`));
  const unknown = grants.filter((grant) => !known.has(`${grant.principalType}:${grant.principalId}`));
  if (unknown.length === 0) return;
  const names = unknown.slice(0, 10).map((grant) => `${grant.principalType} ${grant.principalId}`);
  throw new Refusal('data_object.principal_unknown', {
    detail: `There is no ${names.join(', no ')}. The roles stayed as they were.`,
    extra: { principals: unknown.map(({ principalType, principalId }) => ({ principalType, principalId })) },
  });
}

/** The actor's own logins among those who gain or lose a role, directly or as members of a group. */
async function ownLoginsAmong(tx: Tx, grants: readonly Grant[], actor: PersonRef): Promise<PersonRef[]> {
  if (grants.length === 0) return [];
  const { rows } = await sql<PersonRef>`
    select u.global_user_id as "globalUserId", u.person_id as "personId" from app_user u
    where u.person_id = ${actor.personId} and (u.global_user_id::text = any(${principals(grants, 'user')})
      or exists (select from group_member m where m.global_user_id = u.global_user_id
        and m.group_id::text = any(${principals(grants, 'group')})))`.execute(tx);
  return rows;
}
