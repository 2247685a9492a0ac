import type { Entitlement } from '@stoa/core/masking/entitlements';
import type {
  MaskLayer,
  MaskScope,
  ObservedBase,
  ObservedColumn,
  ObservedMasks,
  ObservedView,
} from '@stoa/core/masking/observed';
import type { PoolClient } from 'pg';
import type { PostgresSettings } from './config.ts';
import { layerMark, ownerRole, ownSchema, viewMarkPrefix, viewPathOf } from './mask-names.ts';
import { objectTypeOf } from './object-type.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';

/** What a comment says of its owner: another Stoa, or nobody yet. */
const whose = `CASE WHEN mark LIKE 'stoa-layer %' THEN ' is of another installation' ELSE ' bears no mark of ours' END`;

/** What the setup script makes for masks, and what of it is not there or not ours. */
export async function observeLayer(client: PoolClient, facts: ServerFacts): Promise<MaskLayer> {
  const set = hasOwnRoles(facts) ? 'SET' : 'MEMBER';
  const { rows } = await client.query<{ missing: string[]; acts: boolean | null }>(
    `WITH o AS (SELECT r.oid, r.rolcanlogin, shobj_description(r.oid, 'pg_authid') AS mark FROM pg_roles r WHERE r.rolname = $1),
      n AS (SELECT n.oid, obj_description(n.oid, 'pg_namespace') AS mark FROM pg_namespace n WHERE n.nspname = '${ownSchema}'),
      t AS (SELECT c.relname, c.relowner, c.oid, c.relacl FROM pg_class c JOIN n ON n.oid = c.relnamespace WHERE c.relname IN ('ent', 'salt') AND c.relkind = 'r')
    SELECT array_remove(ARRAY[
      CASE WHEN NOT EXISTS (SELECT FROM o) THEN 'the role ' || $1 END,
      CASE WHEN EXISTS (SELECT FROM o WHERE mark IS DISTINCT FROM $2) THEN (SELECT 'the role ' || $1 || ${whose} FROM o) END,
      CASE WHEN EXISTS (SELECT FROM o WHERE rolcanlogin) THEN 'the role ' || $1 || ' must not sign in' END,
      CASE WHEN EXISTS (SELECT FROM o WHERE NOT pg_has_role(o.oid, '${set}')) THEN 'the account may not act as ' || $1 END,
      CASE WHEN NOT EXISTS (SELECT FROM n) THEN 'the schema ${ownSchema}' END,
      CASE WHEN EXISTS (SELECT FROM n WHERE mark IS DISTINCT FROM $2) THEN (SELECT 'the schema ${ownSchema}' || ${whose} FROM n) END,
      CASE WHEN (SELECT count(*) FROM t WHERE t.relowner = (SELECT oid FROM o)) < 2 THEN 'the tables ent and salt of ' || $1 || ' in ${ownSchema}' END,
      CASE WHEN EXISTS (SELECT FROM t WHERE t.relname = 'ent' AND NOT (has_table_privilege(t.oid, 'SELECT') AND has_table_privilege(t.oid, 'INSERT')
        AND has_table_privilege(t.oid, 'UPDATE') AND has_table_privilege(t.oid, 'DELETE'))) THEN 'the account may not write ${ownSchema}.ent' END,
      CASE WHEN EXISTS (SELECT FROM t, aclexplode(t.relacl) a WHERE a.grantee NOT IN ($3::oid, t.relowner)) THEN 'others have rights on tables of ${ownSchema}' END,
      CASE WHEN EXISTS (SELECT FROM n WHERE NOT has_schema_privilege(n.oid, 'USAGE')) THEN 'the account may not use the schema ${ownSchema}' END
    ], NULL) AS missing, (SELECT pg_has_role(o.oid, 'USAGE') FROM o) AS acts`,
    [ownerRole(facts), layerMark(facts.installationId), facts.accountId],
  );
  const missing = rows[0]?.missing ?? ['what masks stand on'];
  return { isReady: missing.length === 0, missing, actsAsOwner: rows[0]?.acts === true };
}

/** Reads what `scope` names and no more, as of one moment. */
export async function observeMasks(
  client: PoolClient,
  facts: ServerFacts,
  about: { readonly scope: MaskScope; readonly settings: PostgresSettings },
): Promise<ObservedMasks> {
  const { scope, settings } = about;
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const layer = await observeLayer(client, facts);
  const views =
    scope.sources === 'all' || scope.sources.length > 0 ? await readViews(client, facts, scope.sources) : [];
  const bases = await readBases(client, facts, { refs: scope.bases, settings, views });
  const readers = scope.readers === 'none' || !layer.isReady ? null : scope.readers;
  const entitlements = readers === null ? [] : await readEntitlements(client, facts, readers);
  const principals = await readPrincipals(client, readers);
  await client.query('COMMIT');
  return { layer, views, bases, entitlements, principals };
}

type ColumnRow = { ordinal: number; name: string; type: string; base: string; collation: string | null };
type BaseRow = { id: string; schema: string; name: string; kind: string; columns: ColumnRow[] | null };

/** Of a domain, the type below it. */
const castTypeSql = `CASE WHEN t.typtype = 'd' THEN (
        WITH RECURSIVE below (id, kind, base, modifier) AS (
          SELECT t.oid, t.typtype, t.typbasetype, t.typtypmod
          UNION ALL SELECT d.oid, d.typtype, d.typbasetype, CASE WHEN d.typtype = 'd' AND w.modifier = -1 THEN d.typtypmod ELSE w.modifier END
            FROM below w JOIN pg_type d ON d.oid = w.base AND w.kind = 'd')
        SELECT format_type(b.id, b.modifier) FROM below b WHERE b.kind <> 'd')
      ELSE format_type(a.atttypid, a.atttypmod) END`;

/** The type of column `a`, without its length: what an expression gives knows none. */
export const columnTypeSql = 'format_type(a.atttypid, NULL)';

/** Names of types as the server writes them, whose text can stand in a statement. */
const columnsSql = (relation: string): string => `(
  SELECT json_agg(json_build_object('ordinal', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'base', ${castTypeSql},
      'collation', CASE WHEN a.attcollation NOT IN (0, 100) THEN (
        SELECT quote_ident(s.nspname) || '.' || quote_ident(l.collname) FROM pg_collation l JOIN pg_namespace s ON s.oid = l.collnamespace WHERE l.oid = a.attcollation) END)
    ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = ${relation} AND a.attnum > 0 AND NOT a.attisdropped)`;

const toColumn = (row: ColumnRow): ObservedColumn => ({
  ordinal: row.ordinal,
  name: row.name,
  nativeType: row.type,
  castType: row.base,
  collation: row.collation,
});

type Bases = {
  readonly refs: MaskScope['bases'];
  readonly settings: PostgresSettings;
  readonly views: readonly ObservedView[];
};

async function readBases(
  client: PoolClient,
  facts: ServerFacts,
  { refs, settings, views }: Bases,
): Promise<ObservedBase[]> {
  if (refs.length === 0) return [];
  const { rows } = await client.query<BaseRow>(
    `SELECT c.oid::text AS id, n.nspname AS schema, c.relname AS name, c.relkind AS kind, ${columnsSql('c.oid')} AS columns
     FROM unnest($1::oid[]) AS w(id) JOIN pg_class c ON c.oid = w.id JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [refs.map((ref) => ref.platformId)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found = refs.flatMap(({ dataSourceId, platformId }) => {
    const row = byId.get(platformId);
    if (row === undefined) return [];
    const objectPath = [facts.database, row.schema, row.name];
    return [
      {
        dataSourceId,
        platformId,
        objectPath,
        objectType: objectTypeOf(row.kind),
        columns: (row.columns ?? []).map(toColumn),
        viewPath: viewPathOf(settings, objectPath),
        style: settings.maskedLookup,
      },
    ];
  });
  const taken = await readPlaces(client, found);
  const own = new Map(views.map((view) => [view.platformId, view.dataSourceId]));
  return found.map((base) => {
    const there = taken.get(JSON.stringify(base.viewPath.slice(1)));
    const isOwn = there === undefined || own.get(there) === base.dataSourceId;
    return { ...base, viewPlaceTakenBy: isOwn ? null : (there ?? null) };
  });
}

/** The ids of what stands where views belong. */
async function readPlaces(
  client: PoolClient,
  bases: readonly { readonly viewPath: readonly string[] }[],
): Promise<Map<string, string>> {
  if (bases.length === 0) return new Map();
  const { rows } = await client.query<{ schema: string; name: string; id: string }>(
    `SELECT n.nspname AS schema, c.relname AS name, c.oid::text AS id
     FROM unnest($1::text[], $2::text[]) AS w(schema, name) JOIN pg_namespace n ON n.nspname = w.schema
       JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name`,
    [bases.map(({ viewPath }) => viewPath[1]), bases.map(({ viewPath }) => viewPath[2])],
  );
  return new Map(rows.map((row) => [JSON.stringify([row.schema, row.name]), row.id]));
}

type ViewRow = {
  id: string;
  schema_id: string;
  schema: string;
  name: string;
  owner: string;
  mark: string;
  hash: string;
  columns: ColumnRow[] | null;
};

/**
 * Views of the owner role that bear our mark. The hash covers the stored query, which names columns by number and so stays when
 * they are renamed; the options and the owner: with `security_invoker` or another owner the same query would read in another's name.
 */
async function readViews(
  client: PoolClient,
  facts: ServerFacts,
  sources: 'all' | readonly number[],
): Promise<ObservedView[]> {
  const prefix = viewMarkPrefix(facts);
  const only = sources === 'all' ? '' : 'AND d.description = ANY ($3::text[])';
  const { rows } = await client.query<ViewRow>(
    `SELECT c.oid::text AS id, n.oid::text AS schema_id, n.nspname AS schema, c.relname AS name, c.relowner::text AS owner, d.description AS mark,
       md5(concat_ws('/', w.ev_action::text, coalesce(c.reloptions::text, ''), c.relowner)) AS hash, ${columnsSql('c.oid')} AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_rewrite w ON w.ev_class = c.oid AND w.rulename = '_RETURN'
       JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
     WHERE c.relkind = 'v' AND c.relowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = $1) AND starts_with(d.description, $2) ${only}`,
    [ownerRole(facts), prefix, ...(sources === 'all' ? [] : [sources.map((id) => `${prefix}${id}`)])],
  );
  return rows.flatMap((row) => {
    const dataSourceId = Number(row.mark.slice(prefix.length));
    if (!Number.isSafeInteger(dataSourceId)) return [];
    return [
      {
        dataSourceId,
        platformId: row.id,
        schemaId: row.schema_id,
        objectPath: [facts.database, row.schema, row.name],
        ownerId: row.owner,
        bodyHash: row.hash,
        columns: (row.columns ?? []).map(({ name, type }) => ({ name, nativeType: type })),
      },
    ];
  });
}

type EntitlementRow = {
  usr: string;
  id: string;
  now_id: string | null;
  kind: Entitlement['kind'];
  key: string;
  val: string;
  expires: number | null;
};

/**
 * Rows of ours. One whose name and id are no longer those of one login opens nothing; it is told under the id `0`, so that it is
 * taken away.
 */
async function readEntitlements(
  client: PoolClient,
  facts: ServerFacts,
  readers: 'all' | readonly string[],
): Promise<Entitlement[]> {
  const only = readers === 'all' ? '' : 'AND e.usr_id = ANY ($2::oid[])';
  const { rows } = await client.query<EntitlementRow>(
    `SELECT e.usr, e.usr_id::text AS id, r.oid::text AS now_id, e.kind, e.key, e.val, floor(extract(epoch FROM e.expires_at) * 1000)::float8 AS expires
     FROM ${ownSchema}.ent e LEFT JOIN pg_roles r ON r.rolname = e.usr WHERE e.src = $1 ${only}`,
    [facts.connectionId, ...(readers === 'all' ? [] : [readers])],
  );
  return rows.map((row) => ({
    principalId: row.id === row.now_id ? row.id : `0/${row.usr}`,
    kind: row.kind,
    key: row.key,
    value: row.val,
    expiresAt: row.expires,
  }));
}

async function readPrincipals(
  client: PoolClient,
  readers: 'all' | readonly string[] | null,
): Promise<Map<string, string>> {
  if (readers === null) return new Map();
  const only = readers === 'all' ? 'r.rolcanlogin' : 'r.oid = ANY ($1::oid[])';
  const { rows } = await client.query<{ id: string; name: string }>(
    `SELECT r.oid::text AS id, r.rolname AS name FROM pg_roles r WHERE ${only}`,
    readers === 'all' ? [] : [readers],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
