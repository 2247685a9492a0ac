import type { CreateGroupBody } from '@stoa/contract/group';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { attributeAudit, replaceAttributes } from '../user/replace-attributes.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { groupEntry } from './lock-group.ts';

export async function createGroup(
  deps: Deps,
  { actor, body, call }: { actor: LoadedPerson; body: CreateGroupBody; call: Call },
): Promise<number> {
  requireMay(actor, 'group.manage', nothing);
  return transact(deps, async (tx, after) => {
    const { id } = await tx
      .insertInto('user_group')
      .values({ name: body.name, name_key: foldName(body.name), email: body.email ?? null })
      .returning('id')
      .executeTakeFirstOrThrow();
    const change = await replaceAttributes(
      tx,
      { type: 'group', id: String(id) },
      { wanted: body.attributes, addedBy: actor.globalUserId },
    );
    const entry = groupEntry({ actor, call }, { id, name: body.name });
    await appendAudit(tx, [{ ...entry, action: 'GroupCreated' }, ...attributeAudit(entry, change)]);
    after.changed('group', String(id));
    return id;
  });
}
