import type { CrawledColumn, CrawledObject, TypeFamily } from '../connector.ts';
import type { Connections } from './connection.ts';
import { objectTypeOf, readableKinds } from './object-type.ts';
import type { ServerFacts } from './server-facts.ts';

const pageSize = 2000;

/** Roles that own the views of some Stoa, by their comment: what they own is no data of its own. */
export const layerOwners = `(SELECT layer.objoid FROM pg_catalog.pg_shdescription layer
  WHERE layer.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND layer.description LIKE 'stoa-layer %')`;

/** Schemas of the server itself, of running sessions, and our own. */
export const otherSchemas = `n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'stoa') AND n.nspowner NOT IN ${layerOwners}`;

/** Lists the tree below `scope`, page by page in id order, so that memory does not grow with the catalog. */
export async function* crawl(
  connections: Connections,
  facts: ServerFacts,
  scope: readonly string[],
): AsyncGenerator<CrawledObject> {
  const [database, schemaName = null, objectName = null] = scope;
  if (database !== undefined && database !== facts.database) return;
  yield* await readDatabase(connections, facts);
  const schemas = await readSchemas(connections, facts, schemaName);
  yield* schemas;
  for (const schema of schemas) yield* crawlSchema(connections, schema, objectName);
}

async function* crawlSchema(
  connections: Connections,
  schema: CrawledObject,
  objectName: string | null,
): AsyncGenerator<CrawledObject> {
  let after = '0';
  while (true) {
    const page = await readObjects(connections, schema, { after, objectName });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.platformId;
  }
}

type NodeRow = {
  id: string;
  name: string;
  owner: string;
  owner_id: string;
  comment: string | null;
  grantable: boolean;
};

async function readDatabase(connections: Connections, facts: ServerFacts): Promise<CrawledObject[]> {
  const { rows } = await connections.use((client) =>
    client.query<NodeRow>(`
      SELECT d.oid::text AS id, d.datname AS name, r.rolname AS owner, r.oid::text AS owner_id,
             shobj_description(d.oid, 'pg_database') AS comment, false AS grantable
      FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database()`),
  );
  return rows.map((row) => ({
    ...nodeOf(row),
    parentPlatformId: null,
    objectPath: [facts.database],
    objectType: 'database',
  }));
}

async function readSchemas(
  connections: Connections,
  facts: ServerFacts,
  only: string | null,
): Promise<CrawledObject[]> {
  const { rows } = await connections.use((client) =>
    client.query<NodeRow>(
      `SELECT n.oid::text AS id, n.nspname AS name, r.rolname AS owner, r.oid::text AS owner_id,
              obj_description(n.oid, 'pg_namespace') AS comment,
              has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION') AS grantable
       FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
       WHERE ${otherSchemas} AND ($1::text IS NULL OR n.nspname = $1) ORDER BY n.nspname`,
      [only],
    ),
  );
  return rows.map((row) => ({
    ...nodeOf(row),
    parentPlatformId: facts.databaseId,
    objectPath: [facts.database, row.name],
    objectType: 'schema',
  }));
}

function nodeOf(row: NodeRow): Omit<CrawledObject, 'parentPlatformId' | 'objectPath' | 'objectType'> {
  return {
    platformId: row.id,
    owner: row.owner,
    ownerPlatformId: row.owner_id,
    comment: row.comment,
    rowEstimate: null,
    grantable: row.grantable,
    columns: [],
  };
}

type ColumnJson = {
  name: string;
  ordinal: number;
  type: string;
  category: string;
  base: string;
  nullable: boolean;
  comment: string | null;
};
type ObjectRow = NodeRow & { kind: string; estimate: string; columns: ColumnJson[] | null };

/** What an extension brings with it is no data of the company, and PUBLIC may often read it. */
const isNoPartOfExtension = `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.deptype = 'e')`;

/** The planner's estimate of a relation. Whoever owns it can set that, also to what is no number of rows: then there is none. */
export const rowsOf = (relation: string): string =>
  `CASE WHEN ${relation}.reltuples BETWEEN -1 AND 1e15 THEN ${relation}.reltuples ELSE -1 END`;

/** One page of relations with their columns; the page is cut first, so that columns of other pages are never touched. */
const objectsSql = `
  WITH page AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.reltuples, c.relnamespace FROM pg_class c
    WHERE c.relnamespace = $1::oid AND c.oid > $2::oid AND c.relkind = ANY($3::"char"[])
      AND c.relowner NOT IN ${layerOwners} AND ${isNoPartOfExtension} AND ($4::text IS NULL OR c.relname = $4)
    ORDER BY c.oid LIMIT ${pageSize}
  )
  SELECT p.oid::text AS id, p.relname AS name, r.rolname AS owner, r.oid::text AS owner_id, p.relkind AS kind,
         obj_description(p.oid, 'pg_class') AS comment, (${rowsOf('p')})::bigint::text AS estimate,
         has_table_privilege(p.oid, 'SELECT WITH GRANT OPTION') AND has_schema_privilege(p.relnamespace, 'USAGE WITH GRANT OPTION') AS grantable,
         (SELECT json_agg(json_build_object('name', a.attname, 'ordinal', a.attnum, 'type', format_type(a.atttypid, a.atttypmod),
                   'category', t.typcategory, 'base', coalesce(b.typname, t.typname), 'nullable', NOT a.attnotnull,
                   'comment', col_description(a.attrelid, a.attnum)) ORDER BY a.attnum)
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = NULLIF(t.typbasetype, 0)
          WHERE a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM page p JOIN pg_roles r ON r.oid = p.relowner ORDER BY p.oid`;

async function readObjects(
  connections: Connections,
  schema: CrawledObject,
  about: { readonly after: string; readonly objectName: string | null },
): Promise<CrawledObject[]> {
  const values = [schema.platformId, about.after, readableKinds, about.objectName];
  const { rows } = await connections.use((client) => client.query<ObjectRow>(objectsSql, values));
  return rows.map((row) => ({
    ...nodeOf(row),
    parentPlatformId: schema.platformId,
    objectPath: [...schema.objectPath, row.name],
    objectType: objectTypeOf(row.kind),
    rowEstimate: Number(row.estimate) < 0 ? null : Number(row.estimate),
    columns: (row.columns ?? []).map(columnOf),
  }));
}

function columnOf(column: ColumnJson): CrawledColumn {
  const { name, ordinal, type: nativeType, nullable, comment } = column;
  return { name, ordinal, nativeType, typeFamily: typeFamilyOf(column.base, column.category), nullable, comment };
}

const families: Readonly<Record<string, TypeFamily>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'decimal',
  money: 'decimal',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  time: 'time',
  timetz: 'time',
  uuid: 'uuid',
  bytea: 'binary',
  json: 'json',
  jsonb: 'json',
};

function typeFamilyOf(base: string, category: string): TypeFamily {
  // Categories S and E: strings and enumerations.
  return families[base] ?? (category === 'S' || category === 'E' ? 'text' : 'other');
}
