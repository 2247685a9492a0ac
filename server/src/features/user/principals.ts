import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';

/** Somebody or a group, to whom a right is given. */
export type Principal = { readonly principalType: 'user' | 'group'; readonly principalId: string };

/** The column of a table of rights that names such a principal. */
export const principalColumn = ({ principalType }: Principal) =>
  sql.ref(principalType === 'user' ? 'user_id' : 'group_id');

const idsOf = (principals: readonly Principal[], type: Principal['principalType']): string[] => [
  ...new Set(principals.filter((one) => one.principalType === type).map((one) => one.principalId)),
];

/** Those of them who do not exist. */
export async function findUnknown<P extends Principal>(tx: Tx, principals: readonly P[]): Promise<readonly P[]> {
  const { rows } = await sql<{ type: string; id: string }>`
    select 'user' as type, global_user_id::text as id from app_user where global_user_id::text = any(${idsOf(principals, 'user')})
    union all
    select 'group', id::text from user_group where id::text = any(${idsOf(principals, 'group')})`.execute(tx);
  const known = new Set(rows.map((row) => `${row.type}:${row.id}`));
  return principals.filter((one) => !known.has(`${one.principalType}:${one.principalId}`));
}

/** Who is not there, for a refusal: as a sentence, and as data. */
export const describeUnknown = (unknown: readonly Principal[]) => ({
  sentence: `There is no ${unknown
    .slice(0, 10)
    .map((one) => `${one.principalType} ${one.principalId}`)
    .join(', no ')}.`,
  principals: unknown.map(({ principalType, principalId }) => ({ principalType, principalId })),
});

/** The logins of one person among them, directly or as members of a group: nobody changes what concerns themself. */
export async function ownLoginsAmong(
  tx: Tx,
  principals: readonly Principal[],
  person: PersonRef,
): Promise<PersonRef[]> {
  if (principals.length === 0) return [];
  const { rows } = await sql<PersonRef>`
    select u.global_user_id as "globalUserId", u.person_id as "personId" from app_user u
    where u.person_id = ${person.personId} and (u.global_user_id::text = any(${idsOf(principals, 'user')})
      or exists (select from group_member m where m.global_user_id = u.global_user_id
        and m.group_id::text = any(${idsOf(principals, 'group')})))`.execute(tx);
  return rows;
}
