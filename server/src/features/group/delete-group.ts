import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { requireNoPolicyNames } from '../policy/policies-naming.ts';
import { requireNotKept } from '../provider-sign-in/said.ts';
import { type GroupChange, groupEntry, lockGroup, type LockedGroup } from './lock-group.ts';
import { attributesOf, ownLoginsAmongMembers } from './queries.ts';

/** Deletes a group with what its members had by it. Refused while a review flow asks its members to decide, or a policy in force names it. */
export async function deleteGroup(deps: Deps, { actor, id, call }: Omit<GroupChange, 'body'>): Promise<void> {
  requireMay(actor, 'group.manage', nothing);
  await transact(deps, async (tx, after) => {
    const group = await lockGroup(tx, id);
    const affected = await ownLoginsAmongMembers(tx, id, actor);
    requireMay(actor, 'group.manage', { kind: 'group', name: group.name, affected });
    await requireNotKept(tx, group);
    const users = await flowsThatName(tx, group);
    if (users.length > 0) {
      const names = users.slice(0, 10).map((user) => `"${user.name}"`);
      throw new Refusal('group.in_use', {
        detail: `"${group.name}" reviews requests of ${names.join(', ')}${users.length > 10 ? ' and others' : ''}. The group was not deleted; name other reviewers there first.`,
        extra: { usedBy: users },
      });
    }
    await requireNoPolicyNames(tx, group.name);
    await enqueuePeople(tx, after, {
      people: sql`select global_user_id from group_member where group_id = ${id}`,
      groups: [group.name],
      attributes: await attributesOf(tx, id),
      cause: 'group',
    });
    await sql`delete from attribute where principal_type = 'group' and principal_id = ${String(id)}`.execute(tx);
    await sql`delete from user_group where id = ${id}`.execute(tx);
    await appendAudit(tx, { ...groupEntry({ actor, call }, group), action: 'GroupDeleted' });
    after.changed('group', String(id));
  });
}

type FlowOwner = { type: 'data-product' | 'request-form'; id: string; name: string };

/** Products and forms whose flow has a slot for this group: by id, or by name where the flow holds no id. */
export async function flowsThatName(tx: Reader, group: Pick<LockedGroup, 'id' | 'name'>): Promise<FlowOwner[]> {
  const path = '$.** ? (@.type == "GROUP" && (@.id == $id || (!exists(@.id) && @.name == $name)))';
  const vars = JSON.stringify({ id: group.id, name: group.name });
  const names = (column: string) => sql`jsonb_path_exists(${sql.ref(column)}, ${path}::jsonpath, ${vars}::jsonb)`;
  const { rows } = await sql<FlowOwner>`
    select 'data-product' as type, p.id::text as id, p.name from data_product p
    where p.deleted_at is null
      and (${names('p.data_access_review_flow')} or ${names('p.masking_exception_review_flow')})
    union all
    select 'request-form', f.id::text, f.name from request_form f
      join request_form_version v on v.version = f.current_version
    where f.deleted_at is null and ${names('v.policy')}
    order by 1, 3`.execute(tx);
  return rows;
}
