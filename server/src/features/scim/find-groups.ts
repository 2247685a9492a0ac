import { foldName } from '@stoa/core/folded-name';
import { largestId } from '@stoa/contract/text';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { every, type Found, isUuid, type Page } from './find-kept.ts';
import type { KeptGroup, Member } from './group-resource.ts';
import { type Comparison, refused } from './read-filter.ts';

const columns = sql`g.id, g.name, s.external_id, s.created_at, greatest(s.updated_at, g.updated_at) as updated_at`;
const keptBy = (sourceId: string) => sql`scim_group s join user_group g on g.id = s.group_id
  where s.provider_id = ${sourceId} and s.left_at is null`;

const idOf = (text: string): number | undefined => {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
  return id === undefined || id > largestId ? undefined : id;
};

/** A group that the directory keeps, by the id that it was told. */
export async function findKeptGroup(db: Reader, sourceId: string, id: string): Promise<KeptGroup | undefined> {
  const read = idOf(id);
  if (read === undefined) return undefined;
  const { rows } = await sql<KeptGroup>`select ${columns} from ${keptBy(sourceId)} and g.id = ${read}`.execute(db);
  return rows[0];
}

const conditionOf = ({ attribute, value }: Comparison, sourceId: string): RawBuilder<unknown> => {
  const text = String(value);
  switch (attribute) {
    case 'id':
      return sql`g.id = ${idOf(text) ?? 0}`;
    case 'externalid':
      return sql`s.external_id = ${text}`;
    case 'displayname':
      return sql`(g.name_key = ${foldName(text)} or lower(g.name) = lower(${text}))`;
    case 'members':
    case 'members.value':
      return isUuid.test(text)
        ? sql`exists (select from group_member m where m.group_id = g.id and m.source = ${sourceId}
            and m.global_user_id = ${text})`
        : sql`false`;
    default:
      throw refused(`Groups are not found by ${attribute}.`);
  }
};

/** Those that a directory keeps, in the order in which they came. */
export async function searchKeptGroups(
  db: Reader,
  sourceId: string,
  { filter, startIndex, count }: Page & { filter: readonly Comparison[] },
): Promise<Found<KeptGroup>> {
  const from = sql`${keptBy(sourceId)} and ${every(filter.map((one) => conditionOf(one, sourceId)))}`;
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total from ${from}`.execute(db);
  const { rows } = await sql<KeptGroup>`
    select ${columns} from ${from} order by s.created_at, s.group_id limit ${count} offset ${startIndex - 1}`.execute(
    db,
  );
  return { rows, total: counted[0]?.total ?? 0 };
}

/** Who is in groups because the directory says so, by group. */
export async function membersOf(
  db: Reader,
  sourceId: string,
  groups: readonly number[],
): Promise<Map<number, Member[]>> {
  const { rows } = await sql<Member & { groupId: number }>`
    select m.group_id as "groupId", u.global_user_id as value, u.name as display from group_member m
      join scim_person s on s.global_user_id = m.global_user_id and s.provider_id = ${sourceId} and s.left_at is null
      join app_user u on u.global_user_id = m.global_user_id
    where m.group_id = any(${[...groups]}::int[]) and m.source = ${sourceId} order by u.global_user_id`.execute(db);
  const found = new Map<number, Member[]>(groups.map((id) => [id, []]));
  for (const { groupId, value, display } of rows) found.get(groupId)?.push({ value, display });
  return found;
}
