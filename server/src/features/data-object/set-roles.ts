import type { DataObjectRoleGrant, SetDataObjectRolesBody } from '@stoa/contract/data-object-role';
import type { NodeRole } from '@stoa/contract/enums';
import { nothing } from '@stoa/core/permissions/objects';
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
import { describeUnknown, findUnknown, ownLoginsAmong, type Principal, principalColumn } from '../user/principals.ts';
import { type DataObjectRow, lockObject } from './queries.ts';

type Input = { actor: LoadedPerson; id: string; body: SetDataObjectRolesBody; call: Pick<Call, 'id' | 'ip'> };
type Grant = Principal & { role: NodeRole };

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
  const unknown = await findUnknown(tx, grants);
  if (unknown.length === 0) return;
  const { sentence, principals } = describeUnknown(unknown);
  throw new Refusal('data_object.principal_unknown', {
    detail: `${sentence} The roles stayed as they were.`,
    extra: { principals },
  });
}
