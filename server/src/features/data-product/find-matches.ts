import type { DataProduct } from '@stoa/contract/data-product';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

type Match = NonNullable<DataProduct['matches']>[number];
type MatchRow = { id: string; field: Match['field']; text: string };

/** Why each product of a page was found: of name, description, sources and columns, what holds any of the words. */
export async function findMatches(
  reader: Reader,
  ids: readonly string[],
  tsquery: string,
): Promise<Map<string, Match[]>> {
  if (ids.length === 0) return new Map();
  const anyWord = tsquery.replaceAll('&', '|');
  const parted = (column: 'p.name' | 's.name' | 'c.name') => {
    const plain = sql`translate(${sql.ref(column)}, '_-./()', '      ')`;
    return sql`to_tsvector('simple', ${plain} || ' ' || regexp_replace(${plain}, '([a-z0-9])([A-Z])', '\\1 \\2', 'g'))`;
  };
  const { rows } = await sql<MatchRow>`
    select p.id, m.field, m.text from data_product p cross join lateral (
      (select 'name' as field, p.name as text where ${parted('p.name')} @@ ${anyWord}::tsquery)
      union all
      (select 'description', ts_headline('simple', p.description, ${anyWord}::tsquery, 'MaxWords=18, MinWords=6, StartSel="", StopSel=""')
        where to_tsvector('simple', coalesce(p.description, '')) @@ ${anyWord}::tsquery)
      union all
      (select 'source', s.name from data_product_source ps join data_source s on s.id = ps.data_source_id
        where ps.data_product_id = p.id and ${parted('s.name')} @@ ${anyWord}::tsquery limit 2)
      union all
      (select 'column', s.name || '.' || c.name from data_product_source ps join data_source_column c on c.data_source_id = ps.data_source_id
        join data_source s on s.id = ps.data_source_id
        where ps.data_product_id = p.id and ${parted('c.name')} @@ ${anyWord}::tsquery limit 3)
    ) m where p.id = any(${[...ids]}::uuid[])`.execute(reader);
  const found = new Map<string, Match[]>();
  for (const { id, field, text } of rows) found.set(id, [...(found.get(id) ?? []), { field, text }]);
  return found;
}
