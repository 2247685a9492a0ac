import type pg from 'pg';
import type { Catalog, GrantRow, MemberRow, RelationRow, RoleRow, SchemaRow } from './platform.ts';

type Marks = { readonly installationId: string; readonly connectionId: string };
type RawRole = Omit<RoleRow, 'container' | 'isLayer'> & { comment: string | null; inherit: boolean };
type RawRelation = Omit<RelationRow, 'viewOf'> & { comment: string | null };
type RawSchema = { id: string; owner: string; users: string[] };

/** Everything in the catalog of one database that bears on reading, in one transaction that writes nothing. */
export async function readPostgresCatalog(client: pg.ClientBase, marks: Marks): Promise<Catalog> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    return await readAll(client, marks);
  } finally {
    await client.query('ROLLBACK');
  }
}

async function readAll(client: pg.ClientBase, marks: Marks): Promise<Catalog> {
  const { rows: facts } = await client.query<{ version: number; id: string; name: string }>(
    `SELECT current_setting('server_version_num')::int AS version, r.oid::text AS id, r.rolname AS name
     FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`,
  );
  const account = facts[0];
  if (account === undefined) throw new Error('the platform does not know the account that asks');
  const isOld = account.version < 160_000;
  const { rows: roles } = await client.query<RawRole>(
    `SELECT oid::text AS id, rolname AS name, rolsuper AS "isSuperuser", rolcanlogin AS "canLogin", rolinherit AS inherit,
       pg_catalog.shobj_description(oid, 'pg_authid') AS comment FROM pg_catalog.pg_roles`,
  );
  const prefix = `stoa ${marks.installationId}/${marks.connectionId} `;
  const containers = isOld ? await readPool(client, marks) : new Map<string, string>();
  const { rows: relations } = await client.query<RawRelation>(
    `SELECT c.oid::text AS id, n.oid::text AS schema, n.nspname AS "schemaName", c.relname AS name, c.relowner::text AS owner,
       (SELECT count(*)::int FROM pg_catalog.pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped) AS columns,
       d.description AS comment, CASE WHEN d.description IS NOT NULL THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_description d ON c.relkind = 'v' AND d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
         AND d.objsubid = 0 AND pg_catalog.starts_with(d.description, $1)
     WHERE ${isData}`,
    [`${prefix}source `],
  );
  const { rows: schemas } = await client.query<RawSchema>(
    `SELECT n.oid::text AS id, n.nspowner::text AS owner, ARRAY(SELECT a.grantee::text FROM pg_catalog.aclexplode(n.nspacl) a
       WHERE a.privilege_type = 'USAGE') AS users FROM pg_catalog.pg_namespace n`,
  );
  return {
    account: { id: account.id, name: account.name },
    roles: new Map(roles.map((row) => [row.id, roleOf(row, { prefix, containers, ...marks })])),
    members: await readMembers(client, isOld),
    relations: new Map(relations.map((row) => [row.id, relationOf(row, `${prefix}source `)])),
    schemas: new Map(schemas.map((row): [string, SchemaRow] => [row.id, { ...row, users: new Set(row.users) }])),
    grants: await readGrants(client),
  };
}

const isData = `c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'stoa')`;

async function readMembers(client: pg.ClientBase, isOld: boolean): Promise<MemberRow[]> {
  const options = isOld
    ? 'u.rolinherit AS inherits, true AS sets'
    : 'm.inherit_option AS inherits, m.set_option AS sets';
  const { rows } = await client.query<MemberRow>(
    `SELECT m.roleid::text AS role, m.member::text AS member, ${options}
     FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles u ON u.oid = m.member`,
  );
  return rows;
}

/** Each distinct list of rights is taken apart once: thousands of tables share a few. */
async function readGrants(client: pg.ClientBase): Promise<GrantRow[]> {
  const { rows } = await client.query<Omit<GrantRow, 'relation'> & { relations: string[] }>(
    `SELECT g.relations, a.grantee::text AS grantee, a.grantor::text AS grantor, NULL::int AS "column", a.is_grantable AS "isGrantable"
     FROM (SELECT c.relacl, pg_catalog.array_agg(c.oid::text) AS relations FROM pg_catalog.pg_class c
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relacl IS NOT NULL AND ${isData} GROUP BY c.relacl) g,
       LATERAL pg_catalog.aclexplode(g.relacl) a WHERE a.privilege_type = 'SELECT'
     UNION ALL
     SELECT ARRAY[c.oid::text], a.grantee::text, a.grantor::text, t.attnum, a.is_grantable
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped,
       LATERAL pg_catalog.aclexplode(t.attacl) a WHERE a.privilege_type = 'SELECT' AND ${isData}`,
  );
  return rows.flatMap(({ relations, ...row }) => relations.map((relation) => ({ relation, ...row })));
}

/** Before 16 roles are made beforehand, and a table says which of them is which container now. */
async function readPool(client: pg.ClientBase, { installationId, connectionId }: Marks): Promise<Map<string, string>> {
  const { rows: there } = await client.query<{ there: boolean }>(
    `SELECT pg_catalog.to_regclass('stoa.container') IS NOT NULL AS there`,
  );
  if (there[0]?.there !== true) return new Map();
  const { rows } = await client.query<{ name: string; key: string }>(
    `SELECT name, key FROM stoa.container WHERE key IS NOT NULL AND installation_id = $1 AND pg_catalog.starts_with(mark, $2)`,
    [installationId, `stoa ${installationId}/${connectionId} `],
  );
  return new Map(rows.map(({ name, key }) => [name, key]));
}

type Reading = Marks & { readonly prefix: string; readonly containers: ReadonlyMap<string, string> };

function roleOf({ comment, inherit: _, ...row }: RawRole, { prefix, containers, installationId }: Reading): RoleRow {
  const isMarked = comment?.startsWith(prefix) === true;
  return {
    ...row,
    container: containers.get(row.name) ?? (isMarked ? row.name : null),
    isLayer: comment === `stoa-layer ${installationId}`,
  };
}

function relationOf({ comment, ...row }: RawRelation, prefix: string): RelationRow {
  const id = comment?.startsWith(prefix) === true ? Number(comment.slice(prefix.length)) : Number.NaN;
  return { ...row, viewOf: Number.isSafeInteger(id) ? id : null };
}
