import type { PoolClient } from 'pg';
import type { Fingerprint } from '../connector.ts';
import { layerOwners, otherSchemas } from './crawl.ts';
import { ourComments } from './mark.ts';
import { ownSchema } from './mask-names.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';

/** Sums of hashes do not depend on the order of reading, so nothing is sorted. */
const hashOf = (text: string): string => `sum(hashtextextended(${text}, 0))`;

const columnsSql = `SELECT c.relnamespace AS id, ${hashOf("concat_ws('|', 'col', a.attrelid, a.attnum, a.attacl::text)")} AS h, 0 AS t
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL GROUP BY 1`;

/** What a crawl would tell apart, but for the types of columns, is in `t`: it moves with no grant. */
const relationsSql = `SELECT c.relnamespace AS id, ${hashOf("concat_ws('|', c.oid, c.relacl::text)")} AS h,
    ${hashOf("concat_ws('|', c.oid, c.relname, c.relowner, c.relkind, c.relnatts)")} AS t
  FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') GROUP BY 1`;

const schemasSql = `SELECT n.oid AS id, ${hashOf("concat_ws('|', 'nsp', n.nspname, n.nspowner, n.nspacl::text)")} AS h, 0 AS t
  FROM pg_namespace n GROUP BY 1`;

const defaultsSql = `SELECT d.defaclnamespace AS id, ${hashOf("concat_ws('|', 'def', d.defaclrole, d.defaclobjtype, d.defaclacl::text)")} AS h, 0 AS t
  FROM pg_default_acl d WHERE d.defaclnamespace <> 0 GROUP BY 1`;

/** Everything that bears on access: two scans of hashes, no rows. Cheap enough for every minute (P6, P14). */
export async function fingerprint(client: PoolClient, facts: ServerFacts): Promise<Fingerprint> {
  const options = hasOwnRoles(facts) ? 'm.inherit_option, m.set_option' : 'true';
  // In one scan: the members of each container that bears our mark, and of all other roles together.
  const { rows } = await client.query<{
    kind: 'container' | 'schema' | null;
    id: string;
    hash: string;
    tree: string | null;
  }>(
    `
    WITH member AS MATERIALIZED (
      SELECT CASE WHEN m.roleid IN (SELECT objoid FROM pg_shdescription WHERE classoid = 'pg_authid'::regclass AND description LIKE $1) THEN m.roleid END AS container,
        ${hashOf(`concat_ws('|', m.roleid, m.member, m.grantor, m.admin_option, ${options})`)} AS h FROM pg_auth_members m GROUP BY 1)
    SELECT NULL AS kind, '' AS id, concat_ws('/', (SELECT h FROM member WHERE container IS NULL),
      (SELECT ${hashOf("concat_ws('|', r.oid, r.rolname, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolcreaterole, extract(epoch FROM r.rolvaliduntil))")} FROM pg_roles r),
      (SELECT ${hashOf("concat_ws('|', s.objoid, s.description)")} FROM pg_shdescription s WHERE s.classoid = 'pg_authid'::regclass),
      (SELECT ${hashOf("concat_ws('|', d.datacl::text, d.datdba)")} FROM pg_database d WHERE d.datname = current_database()),
      (SELECT ${hashOf("concat_ws('|', d.defaclrole, d.defaclobjtype, d.defaclacl::text)")} FROM pg_default_acl d WHERE d.defaclnamespace = 0)) AS hash,
      (SELECT ${hashOf("concat_ws('|', n.oid, n.nspname, n.nspowner)")} FROM pg_namespace n WHERE ${otherSchemas})::text AS tree
    UNION ALL
    SELECT 'container', container::text, h::text, NULL FROM member WHERE container IS NOT NULL
    UNION ALL
    SELECT 'schema', x.id::text, concat_ws('/', sum(x.h), sum(x.t)), sum(x.t)::text
    FROM (${schemasSql} UNION ALL ${relationsSql} UNION ALL ${columnsSql} UNION ALL ${defaultsSql}) x
    JOIN pg_namespace n ON n.oid = x.id WHERE ${otherSchemas} GROUP BY x.id`,
    [ourComments(facts)],
  );
  const containers: Record<string, string> = {};
  const schemas: Record<string, string> = {};
  const tree: Record<string, string> = {};
  let principals = '';
  for (const { kind, id, hash, tree: shape } of rows) {
    if (kind === 'container') containers[id] = hash;
    else {
      if (kind === 'schema') schemas[id] = hash;
      else principals = hash;
      tree[id] = shape ?? '';
    }
  }
  return { principals: `${principals}/${await layerHash(client)}`, containers, schemas, tree };
}

/** What views of ours read: a crawl alone tells what became of its columns. */
const maskedColumnsSql = `(SELECT ${hashOf("concat_ws('|', a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attisdropped)")}
  FROM pg_attribute a WHERE a.attnum > 0 AND a.attrelid IN (
    SELECT d.refobjid FROM pg_depend d JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      JOIN pg_class c ON c.oid = w.ev_class AND c.relkind = 'v' AND c.relowner IN ${layerOwners}
    WHERE d.refclassid = 'pg_class'::regclass))`;

/** Our own views with their texts and grants, their tables, and what they look up about readers; empty where there is none of it. */
async function layerHash(client: PoolClient): Promise<string> {
  const { rows: there } = await client.query<{ ok: boolean | null }>(
    // By id: looking a name up in a schema that the account may not use is an error, which would end every sweep.
    `SELECT has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS ok
     FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'ent' AND c.relowner IN ${layerOwners}
     WHERE n.nspname = '${ownSchema}'`,
  );
  if (there[0]?.ok !== true) return '';
  const { rows } = await client.query<{ hash: string }>(`
    SELECT concat_ws('/',
      (SELECT ${hashOf("concat_ws('|', c.oid, c.relowner, c.relacl::text, c.reloptions::text, w.ev_action::text)")} FROM pg_class c
        JOIN pg_rewrite w ON w.ev_class = c.oid WHERE c.relkind = 'v' AND c.relowner IN ${layerOwners}),
      (SELECT ${hashOf("concat_ws('|', n.oid, n.nspname, n.nspowner, n.nspacl::text)")} FROM pg_namespace n
        WHERE n.nspname = '${ownSchema}' OR n.nspowner IN ${layerOwners}),
      ${maskedColumnsSql},
      (SELECT ${hashOf("concat_ws('|', e.usr, e.usr_id, e.kind, e.key, e.val, e.expires_at, e.src)")} FROM ${ownSchema}.ent e)) AS hash`);
  return rows[0]?.hash ?? '';
}
