import type { UserDetail } from '@stoa/contract/user';
import { may } from '@stoa/core/permissions/may';
import type { UserObject } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { loadPerson, type LoadedPerson } from './load-people.ts';
import { findUser } from './queries.ts';

/** A person as their page shows them, with what the reader may do about them. */
export async function showUser(deps: Deps, actor: LoadedPerson, globalUserId: string): Promise<UserDetail> {
  const [detail, person] = await Promise.all([findUser(deps.db, globalUserId), loadPerson(deps.db, globalUserId)]);
  if (!detail || !person) throw notFound('user');
  const can = (changes: NonNullable<UserObject['changes']>) => {
    const { allowed, reason } = may(actor, 'user.manage', { kind: 'user', ...person, changes });
    return { allowed, reason };
  };
  return {
    ...detail,
    abilities: {
      edit: can(['profile', 'password']),
      disable: can(['status']),
      manageTokens: can(['tokens']),
      changePerson: can(['person']),
      changeRights: can(['permissions', 'attributes']),
      linkSignIn: can(['sign-in']),
      resetSecondFactor: can(['second-factor']),
    },
  };
}
