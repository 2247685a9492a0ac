import type { Sensitivity } from '@stoa/contract/tag';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';

/** The highest first; the rank of a level is its place from one on. */
export const levels = ['high', 'moderate', 'low'] as const satisfies readonly Sensitivity[];
export const rankOf = (level: RawBuilder<unknown>) =>
  sql<number>`array_position(${sql.lit('{high,moderate,low}')}::text[], ${level})`;

/** The highest level among these tags and those above them, since a child counts as its parents; `tagIds` is a query of ids. */
export const highestLevel = (tagIds: RawBuilder<unknown>) => sql<Sensitivity | null>`(
  with recursive carried (id) as (select tag_id from (${tagIds}) used (tag_id)), above (parent_id, level) as (
    select t.parent_id, t.sensitivity from tag t where t.id in (select id from carried)
    union select t.parent_id, t.sensitivity from above join tag t on t.id = above.parent_id
  )
  select level from above where level is not null order by ${rankOf(sql`level`)} limit 1)`;

/** How sensitive what a request is for is said to be: the highest level, and on what. */
export type SensitiveData = {
  readonly level: Sensitivity;
  /** Columns that carry a tag of the level themselves, and sources that do as a whole, by a tag on them or on what they lie in. */
  readonly columns: number;
  readonly sources: number;
  /** The first of the tags. */
  readonly tags: readonly string[];
};

type Asked = {
  readonly targetId: string;
  readonly columns: readonly { readonly sourceId: string; readonly columnName: string }[] | null;
};

/** Of the sources of a target; of a masking exception, of the columns that it is for. */
export async function readSensitivity(db: Reader, { targetId, columns }: Asked): Promise<SensitiveData | null> {
  const asked = JSON.stringify(columns ?? []);
  const { rows } = await sql<{ rank: number; columns: number; sources: number; tags: string[] }>`
    with recursive asked as materialized (
      select k.data_source_id as source_id, k.ordinal from jsonb_to_recordset(${asked}::jsonb) as c ("sourceId" text, "columnName" text)
        join data_source_column k on k.data_source_id = case when c."sourceId" ~ '^[0-9]{1,9}$' then c."sourceId"::int end and k.name = c."columnName"
    ), source as materialized (
      select s.id, s.data_object_id from data_source s where s.id in (${sourcesOf(targetId)})
        ${columns === null ? sql`` : sql`and s.id in (select source_id from asked)`}
    ), place (source_id, node_id) as (
      select id, data_object_id from source
      union select p.source_id, o.parent_id from place p join data_object o on o.id = p.node_id where o.parent_id is not null
    ), mark as materialized (
      select p.source_id, null::int as ordinal, a.tag_id from place p
        join tag_application a on a.data_object_id = p.node_id and a.column_ordinal is null and not a.disabled
      union select s.id, k.ordinal, a.tag_id from source s
        join tag_application a on a.data_object_id = s.data_object_id and a.column_ordinal is not null and not a.disabled
        join data_source_column k on k.data_source_id = s.id and k.ordinal = a.column_ordinal
        ${columns === null ? sql`` : sql`join asked on asked.source_id = s.id and asked.ordinal = k.ordinal`}
    ), above (tag_id, parent_id, level) as (
      select t.id, t.parent_id, t.sensitivity from tag t where t.id in (select tag_id from mark)
      union select b.tag_id, t.parent_id, t.sensitivity from above b join tag t on t.id = b.parent_id
    ), ranked as (
      select tag_id, min(${rankOf(sql`level`)}) as rank from above where level is not null group by tag_id
    )
    select r.rank, count(distinct (m.source_id, m.ordinal)) filter (where m.ordinal is not null)::int as columns,
      count(distinct m.source_id) filter (where m.ordinal is null)::int as sources,
      (array_agg(distinct t.name order by t.name))[1:3] as tags
    from mark m join ranked r on r.tag_id = m.tag_id join tag t on t.id = m.tag_id
    group by r.rank order by r.rank limit 1`.execute(db);
  const [found] = rows;
  if (found === undefined) return null;
  const { rank, ...rest } = found;
  return { level: levels[rank - 1] ?? 'high', ...rest };
}
