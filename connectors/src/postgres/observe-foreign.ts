import type { ForeignPrivilege } from '@stoa/core/provisioning/observed';
import type { PoolClient } from 'pg';
import type { ServerFacts } from './server-facts.ts';

type ForeignRow = {
  route: ForeignPrivilege['route'];
  id: string;
  schema: string | null;
  name: string | null;
  grantee: string;
  grantee_name: string;
  privilege: string;
  grantors: string[] | null;
};

/** Ways to governed objects that do not go through us. Each distinct ACL text is parsed once, however many tables have it. */
const foreignSql = `
  WITH governed AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relowner, n.nspname, c.relacl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY($1::oid[])
  ), shape AS (
    SELECT s.relacl, a.grantee, a.privilege, a.grantors
    FROM (SELECT DISTINCT relacl FROM governed WHERE relacl IS NOT NULL) s, LATERAL (
      SELECT x.grantee, string_agg(DISTINCT x.privilege_type, ', ') AS privilege,
             array_agg(DISTINCT pg_get_userbyid(x.grantor)) AS grantors FROM aclexplode(s.relacl) x
      WHERE x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND NOT x.grantee = ANY($2::oid[])
      GROUP BY x.grantee) a
  ), ways AS (
    SELECT CASE s.grantee WHEN 0 THEN 'public' ELSE 'grant' END AS route, g.oid, g.nspname, g.relname, s.grantee, s.privilege, s.grantors
    FROM governed g JOIN shape s ON s.relacl = g.relacl WHERE s.grantee <> g.relowner
    UNION ALL
    SELECT 'owner', g.oid, g.nspname, g.relname, g.relowner, 'OWNER', NULL FROM governed g
    UNION ALL
    SELECT 'column', g.oid, g.nspname, g.relname, a.grantee, a.privilege_type || ' (' || t.attname || ')', ARRAY[pg_get_userbyid(a.grantor)]
    FROM governed g JOIN pg_attribute t ON t.attrelid = g.oid AND t.attacl IS NOT NULL, aclexplode(t.attacl) a
    WHERE NOT a.grantee = ANY($2::oid[])
    UNION ALL
    SELECT 'superuser', 0, NULL, NULL, r.oid, 'SUPERUSER', NULL FROM pg_roles r WHERE r.rolsuper
    UNION ALL
    SELECT 'read-all', 0, NULL, NULL, r.oid, r.rolname, NULL FROM pg_roles r WHERE r.rolname IN ('pg_read_all_data', 'pg_write_all_data')
  )
  SELECT w.route, w.oid::text AS id, w.nspname AS schema, w.relname AS name, w.grantee::text AS grantee,
         coalesce(r.rolname, 'PUBLIC') AS grantee_name, w.privilege, to_json(w.grantors) AS grantors
  FROM ways w LEFT JOIN pg_roles r ON r.oid = w.grantee`;

/** What others granted on the objects, who owns them, and who may read everything. */
export async function observeForeign(
  client: PoolClient,
  facts: ServerFacts,
  about: { readonly objectIds: readonly string[]; readonly containerIds: readonly string[] },
): Promise<ForeignPrivilege[]> {
  const known = [...about.containerIds, facts.accountId];
  const { rows } = await client.query<ForeignRow>(foreignSql, [about.objectIds, known]);
  return rows.map((row) => ({
    route: row.route,
    objectId: row.id === '0' ? '' : row.id,
    objectPath: [facts.database, ...[row.schema, row.name].filter((part) => part !== null)],
    granteeId: row.grantee,
    granteeName: row.grantee_name,
    privilege: row.privilege,
    grantors: row.grantors ?? [],
  }));
}

type ReachRow = { principal: string; roles: string[] };

/**
 * Every role that a login reaches, itself and PUBLIC (`0`) included, by walking the members once: `pg_has_role` over many
 * is quadratic. Memberships without INHERIT count too, since their holder may SET ROLE. Ours are left out.
 */
export async function observeReach(
  client: PoolClient,
  principals: readonly string[],
  containerIds: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const { rows } = await client.query<ReachRow>(
    `WITH RECURSIVE walk (principal, role) AS (
       SELECT r.oid, r.oid FROM pg_roles r WHERE r.oid = ANY($1::oid[])
       UNION
       SELECT w.principal, m.roleid FROM walk w JOIN pg_auth_members m ON m.member = w.role
       WHERE NOT m.roleid = ANY($2::oid[])
     ) SELECT principal::text AS principal, array_agg(role::text) AS roles FROM walk GROUP BY principal`,
    [principals, containerIds],
  );
  return new Map(rows.map((row) => [row.principal, new Set([...row.roles, '0'])]));
}
