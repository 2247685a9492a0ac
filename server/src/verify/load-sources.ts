import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { ColumnFact, SourceFact } from './facts.ts';
import { groupBy } from './group-by.ts';
import { Pace } from './pace.ts';

type Row = {
  id: number;
  objectId: string;
  connectionId: string;
  connectionKey: string;
  technology: string;
  hostname: string | null;
  path: string[];
  nativeId: string | null;
  isOpen: boolean;
  exposure: SourceFact['exposure'];
  domains: string[];
  products: string[];
  isAsset: boolean;
};
type Tagged = { objectId: string; ordinal: number | null; name: string };

const nfc = (text: string): string => text.normalize('NFC');
const segment = (text: string): string => text.replaceAll('.', '\\.');

/** Every registered source with its tags, its columns and its domains. */
export async function loadSources(db: Reader): Promise<SourceFact[]> {
  const { rows } = await sql<Row>`
    select s.id, s.data_object_id as "objectId", s.connection_id as "connectionId", c.connection_key as "connectionKey", c.technology,
      c.config ->> 'host' as hostname, o.object_path as path, o.platform_id as "nativeId",
      s.enabled and o.platform_id is not null and o.missing_since is null and o.hold is null as "isOpen",
      (select p.state from source_protection p where p.data_source_id = s.id) as exposure,
      array(select d.domain_id::text from domain_data_source d where d.data_source_id = s.id) as domains,
      array(select p.id::text from data_product_source x join data_product p on p.id = x.data_product_id and p.deleted_at is null
        where x.data_source_id = s.id) as products,
      exists (select from container k where k.kind = 'as' and k.target_id = o.id) as "isAsset"
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    where s.enabled order by s.id`.execute(db);
  const tags = await loadTags(db);
  const columns = await loadColumns(db);
  const parents = await loadParents(db);
  const pace = new Pace();
  const sources: SourceFact[] = [];
  for (const { domains, products, isAsset, technology, ...row } of rows) {
    const turn = pace.look();
    if (turn !== undefined) await turn;
    const own = tags.get(row.objectId) ?? [];
    const above = nodesAbove(row.objectId, parents).flatMap((id) => tags.get(id) ?? []);
    const all = [...own, ...above].filter(({ ordinal }) => ordinal === null);
    const nodes = [technology, segment(row.connectionKey), ...row.path.slice(0, -1).map(segment)];
    const names = [
      ...all.map(({ name }) => name),
      ['Stoa Connections', ...nodes].join('.'),
      ...products.map((id) => `Stoa Data Product.${id}`),
      ...(isAsset ? [`Stoa Data Object.${row.objectId}`] : []),
    ];
    sources.push({
      ...row,
      hostname: row.hostname === null ? null : nfc(row.hostname),
      path: row.path.map(nfc),
      tags: new Set(names.map(nfc)),
      columns: (columns.get(row.id) ?? []).map((column) => columnOf(column, own)),
      domains: new Set(domains),
    });
  }
  return sources;
}

const columnOf = ({ ordinal, name }: { ordinal: number; name: string }, own: readonly Tagged[]): ColumnFact => ({
  ordinal,
  name: nfc(name),
  tags: new Set(own.filter((tag) => tag.ordinal === ordinal).map((tag) => nfc(tag.name))),
});

async function loadTags(db: Reader): Promise<Map<string, Tagged[]>> {
  const { rows } = await sql<Tagged>`
    select a.data_object_id as "objectId", a.column_ordinal as ordinal, t.name
    from tag_application a join tag t on t.id = a.tag_id where not a.disabled`.execute(db);
  return groupBy(rows, ({ objectId }) => objectId);
}

async function loadColumns(db: Reader): Promise<Map<number, { ordinal: number; name: string }[]>> {
  const { rows } = await sql<{ source: number; ordinal: number; name: string }>`
    select data_source_id as source, ordinal, name from data_source_column order by 1, 2`.execute(db);
  return groupBy(rows, ({ source }) => source);
}

async function loadParents(db: Reader): Promise<Map<string, string | null>> {
  const { rows } = await sql<{ id: string; parent: string | null }>`
    select id, parent_id as parent from data_object`.execute(db);
  return new Map(rows.map(({ id, parent }) => [id, parent]));
}

function nodesAbove(objectId: string, parents: ReadonlyMap<string, string | null>): string[] {
  const above: string[] = [];
  for (let id = parents.get(objectId) ?? null; id !== null; id = parents.get(id) ?? null) above.push(id);
  return above;
}
