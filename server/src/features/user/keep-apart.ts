import type { GlobalPermission } from '@stoa/contract/enums';
import { permissionWords } from '@stoa/core/permissions/answer';
import { type RawBuilder, sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { readSwitches } from '../../settings-store.ts';

/** What one person does not hold both of, where the installation keeps them apart (governance.md 7). */
export const keptApart = ['GOVERNANCE', 'APPLICATION_ADMIN'] as const satisfies readonly GlobalPermission[];
const both = keptApart.map(permissionWords).join(' and ');

/**
 * Whatever could bring them together, asks that they be apart, or takes the last admin away takes its turn: one lock for all, since one
 * change may do several of these, in either order.
 */
export async function takeTurnWithPermissions(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stoa.last-admin'))`.execute(tx);
}

/** Refuses a change after which one human, by whichever of their logins, enabled or not, holds both. Asked after the change. */
export async function keepApart(tx: Tx, globalUserId: string): Promise<void> {
  await takeTurnWithPermissions(tx);
  if (!(await readSwitches(tx)).separateGovernanceAndAdmin) return;
  const [one] = await whoHoldsBoth(
    tx,
    sql`u.person_id = (select person_id from app_user where global_user_id = ${globalUserId})`,
  );
  if (one === undefined) return;
  throw new Refusal('user.kept_apart', {
    detail: `${one.join(' and ')} would hold ${both}, which this installation keeps apart. Nothing was changed.`,
  });
}

/** Refuses to keep them apart while somebody holds both. */
export async function requireApart(tx: Tx): Promise<void> {
  const found = await whoHoldsBoth(tx, sql`true`);
  if (found.length === 0) return;
  const named = found.slice(0, 5).map((logins) => logins.join(' with '));
  const more = found.length > named.length ? `, and ${found.length - named.length} more` : '';
  throw new Refusal('settings.held_together', {
    detail: `${both} are held together by ${named.join(', ')}${more}. Nothing was changed.`,
  });
}

/** Of each such person the user names of the logins that hold either. */
async function whoHoldsBoth(db: Reader, who: RawBuilder<unknown>): Promise<string[][]> {
  const { rows } = await sql<{ logins: string[] }>`
    select array_agg(distinct u.username order by u.username) as logins from global_permission p
      join app_user u on u.global_user_id = p.global_user_id
    where p.permission = any(${[...keptApart]}::text[]) and ${who}
    group by u.person_id having count(distinct p.permission) = ${keptApart.length} order by min(u.username)`.execute(
    db,
  );
  return rows.map(({ logins }) => logins);
}

/** People who hold one of them, by person; empty where they are not kept apart. */
export async function loadKeptApart(db: Reader): Promise<Map<string, GlobalPermission>> {
  if (!(await readSwitches(db)).separateGovernanceAndAdmin) return new Map();
  const { rows } = await sql<{ personId: string; permission: GlobalPermission }>`
    select distinct u.person_id as "personId", p.permission from global_permission p
      join app_user u on u.global_user_id = p.global_user_id
    where p.permission = any(${[...keptApart]}::text[])`.execute(db);
  return new Map(rows.map(({ personId, permission }) => [personId, permission]));
}
