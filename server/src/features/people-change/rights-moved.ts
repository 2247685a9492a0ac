import type { PeopleChangeReason } from '@stoa/contract/people-change';
import { isSamePerson, type PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { waitsFor } from './waits-for.ts';

/** A login that holds a global permission, or did, with what decides whose hands it is in. */
type Holder = PersonRef & {
  readonly status: 'active' | 'disabled';
  /** Disabled by hand within the time that a change waits. */
  readonly isJustDisabled: boolean;
  readonly permissions: readonly string[];
  readonly passwordHash: string | null;
  readonly links: readonly string[];
  /** The transaction that reads it has changed it. */
  readonly isMoved: boolean;
};

const isOurs = (table: string) => sql`${sql.ref(`${table}.xmin`)} = pg_current_xact_id_if_assigned()::xid`;

/** Everybody who holds a global permission, and those named. */
async function loadHolders(db: Reader, named: readonly string[]): Promise<Holder[]> {
  const { rows } = await sql<Holder>`
    select u.global_user_id as "globalUserId", u.person_id as "personId", u.status, u.password_hash as "passwordHash",
      u.status = 'disabled' and u.disabled_by is null and coalesce(u.disabled_at > now() - ${waitsFor}::interval, false) as "isJustDisabled",
      array(select p.permission from global_permission p where p.global_user_id = u.global_user_id) as permissions,
      array(select l.provider_id || ' ' || l.subject from sign_in_link l where l.global_user_id = u.global_user_id) as links,
      coalesce(${isOurs('u')} or exists (select from sign_in_link l where l.global_user_id = u.global_user_id and ${isOurs('l')}), false) as "isMoved"
    from app_user u
    where u.global_user_id in (select global_user_id from global_permission) or u.global_user_id = any(${[...named]}::uuid[])`.execute(
    db,
  );
  return rows;
}

export type RightsMoved = {
  readonly reasons: readonly PeopleChangeReason[];
  /** The logins that are given something. */
  readonly favours: readonly string[];
  /**
   * Another person is user admin, before the change. Also one whom somebody has just disabled: that is done at once, and would
   * otherwise be how one of two comes to act alone.
   */
  readonly isOther: boolean;
};

/** What a transaction has done to the global permissions of people, and to how those sign in who hold one. */
export async function rightsMoved(deps: Deps, tx: Tx, actor: PersonRef): Promise<RightsMoved> {
  const before = await loadHolders(deps.outside, []);
  const known = new Map(before.map((one) => [one.globalUserId, one]));
  const moved = (await loadHolders(tx, [...known.keys()])).filter(({ isMoved }) => isMoved);
  const reasons = new Set<PeopleChangeReason>();
  const favours: string[] = [];
  for (const now of moved) {
    const was = known.get(now.globalUserId);
    if (isGiven(was, now)) {
      reasons.add('permission');
      favours.push(now.globalUserId);
    }
    if (was === undefined || isSamePerson(actor, was)) continue;
    // Disabling waits for nobody: who has left, or is not to be trusted, is out at once.
    if (isUserAdmin(was) && !now.permissions.includes('USER_ADMIN')) reasons.add('user_admin');
    if (isInOtherHands(was, now)) reasons.add('sign_in');
  }
  const isOther = before.some((one) => isUserAdmin(one) && !isSamePerson(actor, one));
  return { reasons: [...reasons], favours, isOther };
}

/** Whether they are one, or would be by a call that takes their disabling back. */
const isUserAdmin = ({ status, isJustDisabled, permissions }: Holder): boolean =>
  (status === 'active' || isJustDisabled) && permissions.includes('USER_ADMIN');

/** A permission that they did not hold, or all of them once they come back after a while. */
const isGiven = (was: Holder | undefined, now: Holder): boolean =>
  now.permissions.some((one) => was?.permissions.includes(one) !== true) ||
  (now.status === 'active' && now.permissions.length > 0 && was?.status !== 'active' && was?.isJustDisabled !== true);

const isInOtherHands = (was: Holder, now: Holder): boolean =>
  (now.passwordHash !== null && now.passwordHash !== was.passwordHash) ||
  now.links.some((link) => !was.links.includes(link));
