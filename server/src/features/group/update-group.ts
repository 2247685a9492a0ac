import type { UpdateGroupBody } from '@stoa/contract/group';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { requireNotKept } from '../provider-sign-in/said.ts';
import { attributeAudit, replaceAttributes } from '../user/replace-attributes.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { requireNoPolicyNames } from '../policy/policies-naming.ts';
import { type GroupChange, groupEntry, lockGroup } from './lock-group.ts';
import { ownLoginsAmongMembers } from './queries.ts';

const membersOf = (id: number) => sql`select global_user_id from group_member where group_id = ${id}`;

export async function updateGroup(deps: Deps, { actor, id, body, call }: GroupChange<UpdateGroupBody>): Promise<void> {
  requireMay(actor, 'group.manage', nothing);
  await transact(deps, async (tx, after) => {
    const group = await lockGroup(tx, id);
    const now = { name: body.name ?? group.name, email: body.email === undefined ? group.email : body.email };
    // Flows may name a group by its name alone, so another name may make its members stewards.
    const isOfConsequence = now.name !== group.name || body.attributes !== undefined;
    const affected = isOfConsequence ? await ownLoginsAmongMembers(tx, id, actor) : [];
    requireMay(actor, 'group.manage', { kind: 'group', name: group.name, affected });
    if (now.name !== group.name) {
      await requireNotKept(tx, group);
      await requireNoPolicyNames(tx, group.name);
    }
    const entry = groupEntry({ actor, call }, group);
    const entries: AuditEntry[] = [];
    if (now.name !== group.name || now.email !== group.email) {
      const key = now.name === group.name ? {} : { name_key: foldName(now.name) };
      await tx
        .updateTable('user_group')
        .set({ ...now, ...key })
        .where('id', '=', id)
        .execute();
      const before = { name: group.name, email: group.email };
      entries.push({ ...entry, action: 'GroupUpdated', payload: { before, after: now } });
      if (now.name !== group.name)
        await enqueuePeople(tx, after, { people: membersOf(id), groups: [group.name, now.name], cause: 'group' });
    }
    if (body.attributes !== undefined) {
      const principal = { type: 'group', id: String(id) } as const;
      const change = await replaceAttributes(tx, principal, { wanted: body.attributes, addedBy: actor.globalUserId });
      entries.push(...attributeAudit(entry, change));
      const attributes = [...change.added, ...change.removed].map(({ name }) => name);
      await enqueuePeople(tx, after, { people: membersOf(id), attributes, cause: 'attribute' });
    }
    if (entries.length === 0) return;
    await sql`update user_group set updated_at = now() where id = ${id}`.execute(tx);
    await appendAudit(tx, entries);
    after.changed('group', String(id));
  });
}
