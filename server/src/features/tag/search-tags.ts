import type { AppliedTag, AppliedTagSearchBody, MetadataTag } from '@stoa/contract/metadata';
import { uuid } from '@stoa/contract/text';
import { lastSegmentOf } from '@stoa/core/tags/tag-path';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { notFound, notOne } from '../../http/refusal.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import { loadProductTarget } from '../access-request/load-target.ts';
import { knowsProduct } from '../data-source/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { allTags, tagsOfColumns, tagsOfSources } from './stored-tags.ts';

type TagRow = {
  id: number;
  name: string;
  source: string;
  protected: boolean;
  description: string | null;
  created_by: number | null;
  has_leaf_nodes: boolean;
  created_at: Date;
  updated_at: Date;
};
type Wanted = { searchText?: string | undefined; fuzzySearch?: boolean | undefined };

/** Fuzzy: the letters in their order, whatever lies between them. */
function matches({ searchText = '', fuzzySearch = false }: Wanted): RawBuilder<boolean> {
  if (searchText === '') return sql`true`;
  const pattern = fuzzySearch ? [...searchText].map((letter) => likePattern(letter).slice(0, -1)).join('') : null;
  return sql`t.name ilike ${pattern === null ? likePattern(searchText) : `${pattern}%`}`;
}

export async function findAllTags(
  db: Reader,
  actor: LoadedPerson,
  query: Wanted & { limit: number },
): Promise<MetadataTag[]> {
  const knows = knowsProduct({ actor, areProductsShown: (await readSwitches(db)).showDataProductsToConsumers });
  const { rows } =
    await sql<TagRow>`select * from (${allTags(knows)}) t where ${matches(query)} order by lower(t.name), t.id
    limit ${query.limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    displayName: lastSegmentOf(row.name),
    source: row.source,
    ...(row.description === null ? {} : { description: row.description }),
    ...(row.created_by === null ? {} : { createdBy: row.created_by }),
    protected: row.protected,
    systemCreated: isOurs(row),
    deleted: false,
    hasLeafNodes: row.has_leaf_nodes,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }));
}

const isOurs = ({ source }: TagRow): boolean => source === 'connection' || source === 'system';

/** The distinct tags on what is named, and on its columns. Unknown and invisible answer alike. */
export async function searchAppliedTags(
  db: Reader,
  actor: LoadedPerson,
  body: AppliedTagSearchBody,
): Promise<{ data: AppliedTag[]; total: number }> {
  const models = Array.isArray(body.modelType) ? body.modelType : [body.modelType];
  const switches = await readSwitches(db);
  const ids = await sourcesOf(db, { actor, switches }, body);
  const knows = knowsProduct({ actor, areProductsShown: switches.showDataProductsToConsumers });
  const excluded = body.excludedHierarchies ?? [];
  const { rows } = await sql<TagRow & { total: number }>`
    select t.*, count(*) over ()::int as total
    from (${sql.join(
      models.map((model) => ofModel(model, ids, knows)),
      sql` union `,
    )}) t
    where ${matches(body)} and not exists (
      select from unnest(${excluded}::text[]) e where t.name = e or starts_with(t.name, e || '.'))
    order by lower(t.name), t.id offset ${body.offset} limit ${body.limit}`.execute(db);
  return { data: rows.map(presentApplied), total: rows[0]?.total ?? 0 };
}

const distinctColumns = sql`id, name, source, has_leaf_nodes, protected, description, created_by, created_at, updated_at`;
const ofModel = (model: 'datasource' | 'column', ids: readonly number[], knows: RawBuilder<boolean>) => {
  const array = sql`${[...ids]}::int[]`;
  return sql`select ${distinctColumns} from (${model === 'column' ? tagsOfColumns(array) : tagsOfSources(array, knows)}) of_model`;
};

const presentApplied = (row: TagRow): AppliedTag => ({
  tagId: row.id,
  name: row.name,
  displayName: lastSegmentOf(row.name),
  color: null,
  source: row.source,
  description: row.description,
  protected: row.protected,
  deleted: false,
  systemCreated: isOurs(row),
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

type Viewer = { actor: LoadedPerson; switches: ApplicationSwitches };

async function sourcesOf(db: Reader, viewer: Viewer, body: AppliedTagSearchBody): Promise<readonly number[]> {
  const { dataProductId, dataObjectId, dataSourceIds } = body;
  const named = [dataProductId, dataObjectId, dataSourceIds].filter((one) => one !== undefined);
  if (named.length !== 1) throw notOne('body', ['dataProductId', 'dataObjectId', 'dataSourceIds']);
  if (dataSourceIds !== undefined) return dataSourceIds;
  if (dataProductId !== undefined) {
    // The published form allows ids that no product has.
    if (!uuid.safeParse(dataProductId).success) throw notFound('data product');
    await loadProductTarget(db, { productId: dataProductId, type: 'DATA_ACCESS', ...viewer });
    const { rows } = await sql<{ id: number }>`
      select data_source_id as id from data_product_source where data_product_id = ${dataProductId}`.execute(db);
    return rows.map((row) => row.id);
  }
  const { rows } = await sql<{ id: number | null }>`
    with recursive tree as (
      select id from data_object where id = ${dataObjectId}
      union all select o.id from tree t join data_object o on o.parent_id = t.id
    ) select s.id from tree left join data_source s on s.data_object_id = tree.id`.execute(db);
  if (rows.length === 0) throw notFound('data object');
  return rows.flatMap((row) => row.id ?? []);
}

/** The names of the tags on the sources of a product or an object: what conditions of review flows ask about. */
export async function tagNamesOfSources(db: Reader, ids: readonly number[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select distinct t.name from (${tagsOfSources(sql`${[...ids]}::int[]`, sql`true`)}) t order by t.name`.execute(db);
  return rows.map((row) => row.name);
}
