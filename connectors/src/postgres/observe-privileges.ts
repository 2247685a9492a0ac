import type { ObservedContainer, ObservedCreator, ObservedPrivilege } from '@stoa/core/provisioning/observed';
import type { PoolClient } from 'pg';
import { isReadDefault, reachable } from './observe-future.ts';
import type { ServerFacts } from './server-facts.ts';
import { reachOf } from './server-facts.ts';

/** Privileges of one container that differ by their object alone: ids and names, in one order. */
type PrivilegeGroup = {
  container_id: string;
  privilege: string;
  kind: ObservedPrivilege['objectKind'];
  schema_id: string;
  schema: string | null;
  grantable: boolean;
  grantor: string;
  ids: string[];
  names: (string | null)[];
  column_name: string | null;
};

/**
 * Starts at `pg_shdepend`, which has an index by role: the cost is that of the container, not of the catalog. What it
 * finds outside of tables and schemas of this database was never ours. Each distinct ACL is taken apart once, however many
 * tables have it.
 */
const privilegesSql = `
  WITH dep AS (
    SELECT refobjid AS role, dbid, classid, objid, objsubid, deptype FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = ANY($1::oid[])
  ), here AS (SELECT * FROM dep WHERE dbid = $2::oid AND deptype = 'a'
  ), relation AS MATERIALIZED (
    SELECT h.role, c.oid, c.relname, c.relnamespace, c.relacl FROM here h JOIN pg_class c ON c.oid = h.objid
    WHERE h.classid = 'pg_class'::regclass AND h.objsubid = 0
  ), shape AS MATERIALIZED (
    SELECT s.relacl, a.grantee, a.privilege_type, a.is_grantable, a.grantor
    FROM (SELECT DISTINCT relacl FROM relation) s, aclexplode(s.relacl) a WHERE a.grantee = ANY($1::oid[])
  )
  SELECT r.role::text AS container_id, s.privilege_type AS privilege, 'relation' AS kind, n.oid::text AS schema_id, n.nspname AS schema,
         s.is_grantable AS grantable, s.grantor::text AS grantor, json_agg(r.oid::text) AS ids, json_agg(r.relname) AS names, NULL AS column_name
  FROM relation r JOIN shape s ON s.relacl = r.relacl AND s.grantee = r.role JOIN pg_namespace n ON n.oid = r.relnamespace
  GROUP BY r.role, s.privilege_type, n.oid, n.nspname, s.is_grantable, s.grantor
  UNION ALL
  SELECT h.role::text, a.privilege_type, 'column', n.oid::text, n.nspname, a.is_grantable, a.grantor::text,
         json_build_array(c.oid::text), json_build_array(c.relname), t.attname
  FROM here h JOIN pg_attribute t ON t.attrelid = h.objid AND t.attnum = h.objsubid JOIN pg_class c ON c.oid = h.objid
       JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
  WHERE h.classid = 'pg_class'::regclass AND h.objsubid <> 0 AND a.grantee = h.role
  UNION ALL
  SELECT h.role::text, a.privilege_type, 'schema', n.oid::text, n.nspname, a.is_grantable, a.grantor::text,
         json_build_array(n.oid::text), '[null]'::json, NULL
  FROM here h JOIN pg_namespace n ON n.oid = h.objid, aclexplode(n.nspacl) a
  WHERE h.classid = 'pg_namespace'::regclass AND a.grantee = h.role
  UNION ALL
  SELECT h.role::text, 'DEFAULT ' || a.privilege_type, 'other', '0', NULL, a.is_grantable, '0',
         json_build_array(d.oid::text), json_build_array(d.defaclrole::regrole::text), NULL
  FROM here h JOIN pg_default_acl d ON d.oid = h.objid, aclexplode(d.defaclacl) a
  WHERE h.classid = 'pg_default_acl'::regclass AND a.grantee = h.role AND NOT ${isReadDefault}
  UNION ALL
  SELECT role::text, CASE deptype WHEN 'o' THEN 'OWNER' ELSE 'OTHER' END, 'other', '0', NULL, false, '0',
         json_build_array(objid::text), json_build_array(classid::regclass::text), NULL
  FROM dep WHERE dbid <> $2::oid OR deptype <> 'a'
    OR classid NOT IN ('pg_class'::regclass, 'pg_namespace'::regclass, 'pg_default_acl'::regclass)`;

/** What containers hold, and in whose name it can be taken back. */
export async function readPrivileges(
  client: PoolClient,
  facts: ServerFacts,
  containers: readonly ObservedContainer[],
): Promise<ObservedPrivilege[]> {
  if (containers.length === 0) return [];
  const ids = containers.map((c) => c.platformId);
  const { rows } = await client.query<PrivilegeGroup>(privilegesSql, [ids, facts.databaseId]);
  const grantors = await readGrantors(client, facts, new Set(rows.map((row) => row.grantor)));
  const names = new Map(containers.map((c) => [c.platformId, c.name]));
  return rows.flatMap((row) => {
    const container = names.get(row.container_id) ?? '';
    const known = grantors.get(row.grantor);
    const grantor = {
      platformId: row.grantor,
      name: known?.name ?? '',
      assumed: known?.isOpen === true && known.reach === 'role',
    };
    const ours = !row.grantable && known?.isOpen === true && isReadPrivilege(row);
    return row.ids.map((objectId, n) => ({
      container,
      privilege: row.privilege,
      objectId,
      objectKind: row.kind,
      objectPath: [facts.database, ...[row.schema, row.names[n] ?? null].filter((part) => part !== null)],
      schemaId: row.schema_id,
      ...(row.column_name === null ? {} : { column: row.column_name }),
      grantable: row.grantable,
      grantor,
      ours,
    }));
  });
}

const isReadPrivilege = (row: PrivilegeGroup): boolean =>
  (row.kind === 'relation' && row.privilege === 'SELECT') || (row.kind === 'schema' && row.privilege === 'USAGE');

type Grantor = Pick<ObservedCreator, 'name' | 'reach' | 'isSuperuser'> & { readonly id: string };

/** The grantors. `isOpen`: our statements can act in that name, as in our own and in that of every role that we can act for. */
async function readGrantors(
  client: PoolClient,
  facts: ServerFacts,
  ids: ReadonlySet<string>,
): Promise<Map<string, Grantor & { readonly isOpen: boolean }>> {
  const self = { id: facts.accountId, name: facts.accountName, reach: 'rights' as const, isOpen: true };
  const others = [...ids].filter((id) => id !== '0' && id !== facts.accountId);
  if (others.length === 0) return new Map([[self.id, self]]);
  const { rows } = await client.query<Grantor>(
    `SELECT r.oid::text AS id, r.rolname AS name, r.rolsuper AS "isSuperuser", ${reachOf(facts, 'r.oid')} AS reach FROM pg_roles r WHERE r.oid = ANY($1::oid[])`,
    [others],
  );
  const isOpen = (row: Grantor) => row.reach === 'rights' || reachable(row).reach === 'role';
  return new Map([self, ...rows.map((row) => ({ ...row, isOpen: isOpen(row) }))].map((one) => [one.id, one]));
}
