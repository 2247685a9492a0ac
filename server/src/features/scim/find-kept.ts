import { foldName } from '@stoa/core/folded-name';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Comparison } from './read-filter.ts';
import { refused } from './read-filter.ts';
import type { KeptRow } from './user-resource.ts';

export const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const all = sql.join([sql`true`]);
export const every = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? all : sql.join([...conditions], sql` and `);

const columns = sql`u.global_user_id as id, u.username, u.name, u.status, s.external_id, s.resource, s.created_at,
  greatest(s.updated_at, u.updated_at) as updated_at`;
const keptBy = (sourceId: string) => sql`scim_person s join app_user u on u.global_user_id = s.global_user_id
  where s.provider_id = ${sourceId} and s.left_at is null`;

/** Somebody whom the directory keeps, by the id that it was told. */
export async function findKept(db: Reader, sourceId: string, id: string): Promise<KeptRow | undefined> {
  if (!isUuid.test(id)) return undefined;
  const { rows } = await sql<KeptRow>`
    select ${columns} from ${keptBy(sourceId)} and u.global_user_id = ${id}`.execute(db);
  return rows[0];
}

const conditionOf = ({ attribute, value }: Comparison): RawBuilder<unknown> => {
  const text = String(value);
  switch (attribute) {
    case 'id':
      return isUuid.test(text) ? sql`u.global_user_id = ${text}` : sql`false`;
    case 'externalid':
      return sql`s.external_id = ${text}`;
    case 'username':
      return sql`(u.username_key = ${foldName(text)} or lower(u.username) = lower(${text}))`;
    case 'emails':
    case 'emails.value':
      return sql`exists (select from jsonb_array_elements(s.resource -> 'emails') e where lower(e ->> 'value') = lower(${text}))`;
    case 'active':
      return sql`u.status = ${text === 'true' ? 'active' : 'disabled'}`;
    default:
      throw refused(`People are not found by ${attribute}.`);
  }
};

export type Page = { readonly startIndex: number; readonly count: number };
export type Found<Row> = { readonly rows: readonly Row[]; readonly total: number };

/** Those whom a directory keeps, in the order in which they came. */
export async function searchKept(
  db: Reader,
  sourceId: string,
  { filter, startIndex, count }: Page & { filter: readonly Comparison[] },
): Promise<Found<KeptRow>> {
  const from = sql`${keptBy(sourceId)} and ${every(filter.map(conditionOf))}`;
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total from ${from}`.execute(db);
  const { rows } = await sql<KeptRow>`
    select ${columns} from ${from} order by s.created_at, s.global_user_id limit ${count} offset ${startIndex - 1}`.execute(
    db,
  );
  return { rows, total: counted[0]?.total ?? 0 };
}
