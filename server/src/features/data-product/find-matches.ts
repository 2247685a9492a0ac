import type { DataProduct } from '@stoa/contract/data-product';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { prepared, type Reader } from '../../db/pool.ts';

/** Of a product with more sources the first ones explain why it was found; the document has found it by all of them. */
const lookedThrough = 1_000;

type Match = NonNullable<DataProduct['matches']>[number];
type MatchRow = { id: string; field: Match['field']; text: string };

/** Why each product of a page was found: of name, description, sources and columns, what holds any of the words. */
export async function findMatches(
  reader: Reader,
  ids: readonly string[],
  tsquery: string,
): Promise<Map<string, Match[]>> {
  if (ids.length === 0) return new Map();
  const anyWord = sql`${tsquery.replaceAll('&', '|')}::tsquery`;
  const parted = (column: 's.name' | 'c.name') => {
    const plain = sql`translate(${sql.ref(column)}, '_-./()', '      ')`;
    return sql`to_tsvector('simple', ${plain} || ' ' || regexp_replace(${plain}, '([a-z0-9])([A-Z])', '\\1 \\2', 'g'))`;
  };
  // A name that begins a word so holds it somewhere: cheap to say no by, before the name is taken apart.
  const words = [...new Set(tsquery.match(/[\p{L}\p{M}\p{N}]+/gu))].map((word) => likePattern(word));
  const holds = (column: 's.name' | 'c.name') =>
    sql`lower(${sql.ref(column)}) like any(${words}::text[]) and ${parted(column)} @@ ${anyWord}`;
  // What the document says of each field decides whether its names are looked through at all.
  const tells = (weight: 'a' | 'b' | 'c' | 'd') => sql`ts_filter(d.document, ${sql.lit(`{${weight}}`)}) @@ ${anyWord}`;
  // Sources of the product one by one, by their keys: a join may read every source there is.
  const sources = sql`(select ps.data_source_id as id from data_product_source ps where ps.data_product_id = p.id limit ${lookedThrough}) ps
    cross join lateral (select s.id, s.name from data_source s where s.id = ps.id offset 0) s`;
  const columns = sql`cross join lateral (select c.name from data_source_column c where c.data_source_id = s.id offset 0) c`;
  const { rows } = await sql<MatchRow>`${prepared('matches')}
    select p.id, m.field, m.text from data_product p join data_product_search d on d.data_product_id = p.id cross join lateral (
      (select 'name' as field, p.name as text where ${tells('a')})
      union all
      (select 'description', ts_headline('simple', p.description, ${anyWord}, 'MaxWords=18, MinWords=6, StartSel="", StopSel=""')
        where ${tells('b')})
      union all
      (select 'source', s.name from ${sources} where ${tells('c')} and ${holds('s.name')} limit 2)
      union all
      (select 'column', s.name || '.' || c.name from ${sources} ${columns} where ${tells('d')} and ${holds('c.name')} limit 3)
    ) m where p.id = any(${[...ids]}::uuid[])`.execute(reader);
  const found = new Map<string, Match[]>();
  for (const { id, field, text } of rows) found.set(id, [...(found.get(id) ?? []), { field, text }]);
  return found;
}
