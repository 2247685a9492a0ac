import type { ExistingGrant, GrantGroup } from '@stoa/core/provisioning/existing-grants';
import type { PoolClient } from 'pg';
import type { FenceOf, TakeBackResult, TakeBackStatement } from '../connector.ts';
import { applyBatches } from './apply.ts';
import type { Connections } from './connection.ts';
import { layerOwners } from './crawl.ts';
import { changedMark } from './errors.ts';
import {
  oidText,
  quoteIdentifier,
  quotePrincipal,
  quoteText,
  refuseIdentifier,
  refusePrincipal,
} from './identifiers.ts';
import { unlessRefused } from './refused.ts';
import { hasOwnRoles, type ServerFacts } from './server-facts.ts';
import { failUnless, objectLock } from './statements.ts';

type Row = {
  id: string;
  schema: string;
  name: string;
  column: string | null;
  column_id: string | null;
  grantee: string;
  grantee_name: string;
  privilege: string;
  grantable: boolean;
  grantor: string;
  grantor_name: string;
  to_owner: boolean;
  to_superuser: boolean;
  ours: boolean;
  can_act: boolean;
};

/** What one needs to take the role on, whose name then stands as the grantor's. */
const takingOn = (facts: ServerFacts): string => (hasOwnRoles(facts) ? 'SET' : 'MEMBER');

const grantsSql = (facts: ServerFacts): string => `
  WITH governed AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relowner, n.nspname, c.relacl FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ANY($1::oid[])
  ), entry AS MATERIALIZED (
    SELECT g.oid, g.nspname, g.relname, g.relowner, NULL::name AS col, NULL::int2 AS num, a.* FROM governed g, aclexplode(g.relacl) a
    UNION ALL
    SELECT g.oid, g.nspname, g.relname, g.relowner, t.attname, t.attnum, a.* FROM governed g
      JOIN pg_attribute t ON t.attrelid = g.oid AND t.attacl IS NOT NULL AND NOT t.attisdropped, aclexplode(t.attacl) a
  ), grantor AS MATERIALIZED (
    SELECT r.oid, r.rolname, r.oid = $2::oid OR pg_has_role(r.oid, '${takingOn(facts)}') AS can_act
    FROM pg_roles r WHERE r.oid IN (SELECT e.grantor FROM entry e)
  )
  SELECT e.oid::text AS id, e.nspname AS schema, e.relname AS name, e.col AS column, e.num::text AS column_id, e.grantee::text AS grantee,
    CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE r.rolname END AS grantee_name, e.privilege_type AS privilege, e.is_grantable AS grantable,
    e.grantor::text AS grantor, o.rolname AS grantor_name, e.grantee = e.relowner AS to_owner, coalesce(r.rolsuper, false) AS to_superuser,
    e.grantee = $2::oid OR e.grantee = ANY($3::oid[]) OR e.grantee IN ${layerOwners} AS ours, o.can_act
  FROM entry e JOIN grantor o ON o.oid = e.grantor LEFT JOIN pg_roles r ON r.oid = e.grantee
  WHERE e.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND (e.grantee = 0 OR r.oid IS NOT NULL)`;

/** Every entry about these objects, entry by entry, those of our own roles included. `containerIds`: our containers. */
export async function observeGrants(
  client: PoolClient,
  facts: ServerFacts,
  { objectIds, containerIds }: { readonly objectIds: readonly string[]; readonly containerIds: readonly string[] },
): Promise<ExistingGrant[]> {
  const { rows } = await client.query<Row>(grantsSql(facts), [objectIds, facts.accountId, containerIds]);
  return rows.map((row) => ({
    objectId: row.id,
    objectPath: [facts.database, row.schema, row.name],
    column: row.column,
    columnId: row.column_id,
    granteeId: row.grantee,
    granteeName: row.grantee_name,
    privilege: row.privilege,
    isGrantable: row.grantable,
    grantorId: row.grantor,
    grantorName: row.grantor_name,
    isToOwner: row.to_owner,
    isToSuperuser: row.to_superuser,
    isOurs: row.ours,
    canActFor: row.can_act,
    isNameable: isNameable(row),
  }));
}

function isNameable({ schema, name, column, grantee, grantee_name: granteeName, grantor_name: grantor }: Row): boolean {
  const identifiers = [schema, name, ...(column === null ? [] : [column])];
  const roles = [...(grantee === '0' ? [] : [granteeName]), grantor];
  return (
    identifiers.every((one) => refuseIdentifier(one) === null) && roles.every((one) => refusePrincipal(one) === null)
  );
}

/**
 * One statement for each group, run as its grantor: PostgreSQL takes away in the name of whoever gave, and says nothing where that
 * was somebody else. It is run only while every name still means what was seen and each entry is there, and is undone unless all are gone.
 */
export const takeBackStatements = (facts: ServerFacts, groups: readonly GrantGroup[]): readonly TakeBackStatement[] =>
  groups.map((group) => ({ step: { kind: 'take-back', group }, ...unlessRefused(() => write(facts, group)) }));

function write(facts: ServerFacts, group: GrantGroup): Omit<TakeBackStatement, 'step'> {
  const column = group.column === null ? '' : ` (${quoteIdentifier(group.column)})`;
  const what = group.privileges.map((privilege) => `${privilegeOf(privilege)}${column}`).join(', ');
  const table = group.objectPath.slice(1).map(quoteIdentifier).join('.');
  const from = group.granteeId === '0' ? 'PUBLIC' : quotePrincipal(group.granteeName);
  const revoke = `REVOKE ${what} ON TABLE ${table} FROM ${from}`;
  const grantor = quotePrincipal(group.grantorName);
  const isOwn = group.grantorId === facts.accountId;
  return {
    sql: isOwn ? revoke : `SET LOCAL ROLE ${grantor};\n${revoke};\nSET LOCAL ROLE NONE`,
    before: failUnless(`${isNamedSo(group)} AND ${entriesOf(group)} = ${group.privileges.length}`, changedMark),
    guard: failUnless(`${isNamedSo(group)} AND ${entriesOf(group)} = 0`),
    locks: [objectLock],
  };
}

/** One transaction for each object: where one of its statements fails, none of them has taken anything. */
export function applyTakeBack(
  connections: Connections,
  statements: readonly TakeBackStatement[],
  fence: FenceOf<TakeBackStatement>,
): Promise<readonly TakeBackResult[]> {
  const objects = new Map<string, TakeBackStatement[]>();
  for (const statement of statements) {
    const { objectId } = statement.step.group;
    const known = objects.get(objectId);
    if (known) known.push(statement);
    else objects.set(objectId, [statement]);
  }
  const batches = [...objects].map(([group, batch]) => ({ group, batch }));
  return applyBatches<TakeBackStatement>(connections, batches, fence);
}

const known = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'];

function privilegeOf(privilege: string): string {
  if (!known.includes(privilege)) throw new RangeError(`not a privilege that is taken back: ${privilege.slice(0, 40)}`);
  return privilege;
}

/** Throws on anything but a number of a column, so that no id can carry text. */
function numberOf(columnId: string | null): string {
  if (columnId === null || !/^-?\d{1,5}$/.test(columnId)) throw new RangeError('not a number of a column');
  return columnId;
}

/** The statement names what the entry is about by name, which may be another's by now. */
function isNamedSo({ objectId, objectPath, column, columnId, ...group }: GrantGroup): string {
  const [, schema = '', name = ''] = objectPath;
  const roles: [string, string][] = [[group.grantorId, group.grantorName]];
  if (group.granteeId !== '0') roles.push([group.granteeId, group.granteeName]);
  const relation = `EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = ${oidText(objectId)} AND c.relname = ${quoteText(name)} AND n.nspname = ${quoteText(schema)})`;
  const isColumn = (): string => `EXISTS (SELECT FROM pg_catalog.pg_attribute t
    WHERE t.attrelid = ${oidText(objectId)} AND t.attnum = ${numberOf(columnId)} AND t.attname = ${quoteText(column ?? '')} AND NOT t.attisdropped)`;
  const ofRoles = roles.map(
    ([id, role]) =>
      `EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = ${oidText(id)} AND r.rolname = ${quoteText(role)})`,
  );
  return [relation, ...(column === null ? [] : [isColumn()]), ...ofRoles].join(' AND ');
}

function entriesOf({ objectId, columnId, granteeId, grantorId, privileges }: GrantGroup): string {
  const list = privileges.map((one) => quoteText(privilegeOf(one))).join(', ');
  const [from, acl] =
    columnId === null
      ? [`pg_catalog.pg_class c WHERE c.oid = ${oidText(objectId)}`, 'relacl']
      : [
          `pg_catalog.pg_attribute c WHERE c.attrelid = ${oidText(objectId)} AND c.attnum = ${numberOf(columnId)} AND NOT c.attisdropped`,
          'attacl',
        ];
  return `(SELECT count(*) FROM (SELECT c.${acl} AS acl FROM ${from}) s, pg_catalog.aclexplode(s.acl) a
    WHERE a.grantee = ${oidText(granteeId)} AND a.grantor = ${oidText(grantorId)} AND a.privilege_type IN (${list}))`;
}
