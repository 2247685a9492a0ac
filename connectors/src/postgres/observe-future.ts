import type {
  ObservedContainer,
  ObservedCreator,
  ObservedDefault,
  ObservedSchema,
} from '@stoa/core/provisioning/observed';
import type { PoolClient } from 'pg';
import { refusePrincipal } from './identifiers.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles, mostGrants, reachOf } from './server-facts.ts';

/** Owns the schema `public` from 15 on; nobody makes a table as it. */
const databaseOwner = 'pg_database_owner';

type SchemaRow = { id: string; name: string; grantable: boolean; full: boolean; creators: ObservedCreator[] | null };

/**
 * Who makes tables in a schema: its owner, the owners of what is there, and whoever may create there, by a grant or as a
 * member of such a role. The owner of the database stands for `pg_database_owner`, whose only member it is. A superuser may
 * make tables everywhere, and is named where one did.
 */
const schemasSql = (facts: ServerFacts): string => `
  WITH RECURSIVE s AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n WHERE n.oid = ANY($1::oid[])
  ), made AS (
    SELECT DISTINCT c.relnamespace AS schema, c.relowner AS role FROM pg_class c
    WHERE c.relnamespace = ANY($1::oid[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  ), may (schema, role) AS (
    SELECT s.oid, s.nspowner FROM s
    UNION SELECT s.oid, a.grantee FROM s, aclexplode(s.nspacl) a WHERE a.privilege_type = 'CREATE'
    UNION SELECT may.schema, has.member FROM may, LATERAL (
      SELECT m.member FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
        WHERE m.roleid = may.role AND ${hasOwnRoles(facts) ? 'm.inherit_option' : 'u.rolinherit'}
      UNION ALL SELECT d.datdba FROM pg_database d JOIN pg_roles p ON p.oid = may.role AND p.rolname = '${databaseOwner}'
        WHERE d.datname = current_database()) has
  ), maker AS (
    SELECT schema, role FROM made UNION SELECT may.schema, may.role FROM may LEFT JOIN pg_roles r ON r.oid = may.role
      WHERE may.role = 0 OR NOT (r.rolsuper OR r.rolname = '${databaseOwner}')
  )
  SELECT s.oid::text AS id, s.nspname AS name, has_schema_privilege(s.oid, 'USAGE WITH GRANT OPTION') AS grantable,
    coalesce(cardinality(s.nspacl), 0) >= ${mostGrants} AS full,
    (SELECT json_agg(json_build_object('roleId', k.role::text, 'name', coalesce(r.rolname, 'PUBLIC'), 'isSuperuser', coalesce(r.rolsuper, false),
        'reach', CASE WHEN r.oid IS NULL THEN 'none' ELSE ${reachOf(facts, 'r.oid')} END) ORDER BY k.role)
      FROM maker k LEFT JOIN pg_roles r ON r.oid = k.role WHERE k.schema = s.oid AND k.role <> ${facts.accountId}) AS creators
  FROM s`;

/** The schemas, with every role that makes tables in them. */
export async function observeSchemas(
  client: PoolClient,
  facts: ServerFacts,
  ids: readonly string[],
): Promise<ObservedSchema[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<SchemaRow>(schemasSql(facts), [ids]);
  return rows.map(({ id, name, grantable, full, creators }) => ({
    platformId: id,
    objectPath: [facts.database, name],
    grantable,
    isFull: full,
    creators: (creators ?? []).map((c) => (facts.actsForOwners ? reachable(c) : { ...c, reach: 'none' })),
  }));
}

/**
 * A name that must not stand in a statement is out of reach, whatever the account may do. So is a superuser whom it would have
 * to take on: for a moment nothing would be kept from it.
 */
export const reachable = <T extends Pick<ObservedCreator, 'name' | 'reach' | 'isSuperuser'>>(role: T): T =>
  refusePrincipal(role.name) !== null || (role.reach === 'role' && role.isSuperuser === true)
    ? { ...role, reach: 'none' }
    : role;

/** A default privilege as we set it: reading tables of one schema, passed on to nobody. */
export const isReadDefault =
  "(d.defaclnamespace <> 0 AND d.defaclobjtype = 'r' AND a.privilege_type = 'SELECT' AND NOT a.is_grantable)";

type DefaultRow = {
  container_id: string;
  role_id: string;
  role_name: string;
  superuser: boolean;
  schema_id: string;
  schema: string;
  reach: ObservedDefault['reach'];
};

/** The default privileges that name our containers, found like their other privileges: by role, over an index. */
export async function observeDefaults(
  client: PoolClient,
  facts: ServerFacts,
  containers: readonly ObservedContainer[],
): Promise<ObservedDefault[]> {
  if (containers.length === 0) return [];
  const { rows } = await client.query<DefaultRow>(
    `SELECT h.refobjid::text AS container_id, d.defaclrole::text AS role_id, r.rolname AS role_name, r.rolsuper AS superuser, n.oid::text AS schema_id,
            n.nspname AS schema, ${reachOf(facts, 'd.defaclrole')} AS reach
     FROM pg_shdepend h JOIN pg_default_acl d ON d.oid = h.objid JOIN pg_roles r ON r.oid = d.defaclrole
       JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
     WHERE h.refclassid = 'pg_authid'::regclass AND h.refobjid = ANY($1::oid[]) AND h.dbid = $2::oid
       AND h.classid = 'pg_default_acl'::regclass AND h.deptype = 'a' AND a.grantee = h.refobjid AND ${isReadDefault}`,
    [containers.map((c) => c.platformId), facts.databaseId],
  );
  const names = new Map(containers.map((c) => [c.platformId, c.name]));
  return rows.map((row) => ({
    container: names.get(row.container_id) ?? '',
    roleId: row.role_id,
    roleName: row.role_name,
    schemaId: row.schema_id,
    schemaPath: [facts.database, row.schema],
    reach: reachable({ name: row.role_name, reach: row.reach, isSuperuser: row.superuser }).reach,
  }));
}
