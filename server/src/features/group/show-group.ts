import type { GroupDetail } from '@stoa/contract/group';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findGroup, ownLoginsAmongMembers } from './queries.ts';

/** A group as the actor is shown it. */
export async function showGroup(db: Reader, actor: LoadedPerson, id: number): Promise<GroupDetail> {
  const detail = await findGroup(db, id);
  if (!detail) throw notFound('group');
  const affected = await ownLoginsAmongMembers(db, id, actor);
  const manage = may(actor, 'group.manage', nothing);
  const rights = may(actor, 'group.manage', { kind: 'group', name: detail.name, affected });
  return {
    ...detail,
    abilities: {
      manage: { allowed: manage.allowed, reason: manage.reason },
      changeRights: { allowed: rights.allowed, reason: rights.reason },
    },
  };
}
