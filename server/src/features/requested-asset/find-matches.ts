import { type RawBuilder, sql } from 'kysely';

/**
 * Objects that bear the name which `t` was asked by. The path was folded as its technology folds; where that was not said it
 * stands in lower case, and in upper case on platforms that fold so.
 */
export const matchesOf: RawBuilder<unknown> = sql`(
  select o.id, o.connection_id, c.connection_key, o.object_path, o.object_type
  from connection c join data_object o on o.connection_id = c.id
    and (o.object_path = t.object_path or (t.technology is null and c.technology in ('Snowflake', 'Oracle')
      and o.object_path = array(select upper(part) from unnest(t.object_path) with ordinality u (part, place) order by place)))
  where (t.technology is null or c.technology = t.technology) and (t.host is null or lower(c.config ->> 'host') = t.host)
    and (t.port is null or (c.config ->> 'port')::int = t.port) and (t.object_type is null or lower(o.object_type) = t.object_type)
    and o.missing_since is null and c.state <> 'deleting')`;
