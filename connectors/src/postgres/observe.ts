import type {
  ObservedContainer,
  ObservedMembership,
  ObservedObject,
  ObservedPrincipal,
  ObservedState,
  ObserveScope,
} from '@stoa/core/provisioning/observed';
import type { PoolClient } from 'pg';
import { refusePrincipal } from './identifiers.ts';
import { ourComments, poolMark } from './mark.ts';
import { type ContainerRow, containersOf, containersSql, knownIds, ofContainers } from './observe-containers.ts';
import { observeForeign, observeReach } from './observe-foreign.ts';
import { observeUnmapped } from './observe-unmapped.ts';
import { observeDefaults, observeSchemas } from './observe-future.ts';
import { readPrivileges } from './observe-privileges.ts';
import { objectTypeOf } from './object-type.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles, mostGrants } from './server-facts.ts';

type MemberRow = {
  container_id: string;
  id: string;
  name: string;
  grantor: string;
  grantor_name: string;
  admin: boolean;
  inherit: boolean;
  set: boolean;
  is_group: boolean;
};
type PrincipalRow = { id: string; name: string; login: boolean; inherit: boolean };
type Json = { containers: ContainerRow[] | null; members: MemberRow[] | null; principals: PrincipalRow[] | null };

/** Reads what `scope` names and no more. A scope of pairs is one statement over indexes, whatever the size of the platform. */
export async function observe(client: PoolClient, facts: ServerFacts, scope: ObserveScope): Promise<ObservedState> {
  const named = scope.containers === 'all' ? [] : scope.containers;
  const pairs = scope.containers !== 'all' && named.every((c) => !c.privileges && c.members !== 'all');
  if (pairs && scope.objects.length + scope.schemas.length === 0 && !scope.foreign)
    return observePairs(client, facts, scope);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const state = await observeWide(client, facts, scope);
  await client.query('COMMIT');
  return state;
}

const memberOptions = (facts: ServerFacts): string =>
  hasOwnRoles(facts) ? 'm.inherit_option AS inherit, m.set_option AS set' : 'u.rolinherit AS inherit, true AS set';

/** Our account is an admin of every container it made or was given: that is no access of anybody. */
const membersSql = (facts: ServerFacts, where: string): string =>
  `SELECT m.roleid::text AS container_id, m.member::text AS id, u.rolname AS name, m.grantor::text AS grantor,
      pg_catalog.pg_get_userbyid(m.grantor) AS grantor_name, m.admin_option AS admin, ${memberOptions(facts)}, NOT u.rolcanlogin AS is_group
    FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles u ON u.oid = m.member
    WHERE m.member <> ${facts.accountId} AND ${where}`;

const principalsSql = (ids: string): string =>
  `SELECT r.oid::text AS id, r.rolname AS name, r.rolcanlogin AS login, r.rolinherit AS inherit
    FROM pg_catalog.pg_roles r WHERE r.oid = ANY(${ids})`;

async function observePairs(client: PoolClient, facts: ServerFacts, scope: ObserveScope): Promise<ObservedState> {
  const named = scope.containers === 'all' ? [] : scope.containers;
  const principals = 'ARRAY(SELECT unnest($2::oid[]))';
  // Arrays of unknown length cost the planner the same each time, so that it settles on one plan.
  const byName = '$name = ANY(ARRAY(SELECT unnest($1::text[])))';
  const text = `WITH c AS (${containersSql(facts, byName, 'ARRAY(SELECT unnest($3::oid[]))')})
    SELECT json_build_object(
      'containers', (SELECT json_agg(c) FROM c),
      'members', (SELECT json_agg(x) FROM (${membersSql(facts, `m.roleid = ANY(ARRAY(SELECT c.id::oid FROM c)) AND m.member = ANY(${principals})`)}) x),
      'principals', (SELECT json_agg(x) FROM (${principalsSql(principals)}) x)) AS seen`;
  const { rows } = await client.query<{ seen: Json }>({
    name: 'stoa-observe-pairs',
    text,
    values: [named.map((c) => c.name), scope.principals, knownIds(scope)],
  });
  const seen = rows[0]?.seen;
  const containers = containersOf(facts, scope, seen?.containers ?? []);
  return {
    ...emptyState(facts),
    spare: hasOwnRoles(facts) ? null : [],
    containers,
    memberships: membershipsOf(facts, containers, seen?.members ?? []),
    principals: (seen?.principals ?? []).map((row) => principalOf(facts, row)),
  };
}

function emptyState(facts: ServerFacts): ObservedState {
  return {
    account: { platformId: facts.accountId, name: facts.accountName },
    separateGrantors: hasOwnRoles(facts),
    spare: null,
    containers: [],
    privileges: [],
    memberships: [],
    objects: [],
    schemas: [],
    defaults: [],
    principals: [],
    foreign: [],
    reach: new Map(),
    unmapped: { logins: [], isCut: false },
  };
}

async function observeWide(client: PoolClient, facts: ServerFacts, scope: ObserveScope): Promise<ObservedState> {
  const containers = await readContainers(client, facts, scope);
  const ours = containers.filter((c) => c.ours);
  const members = await readMembers(client, facts, { scope, containers: ours });
  const privileged = ours.filter(wantsPrivileges(scope));
  const principals = await readPrincipals(client, scope.principals);
  const containerIds = ours.map((c) => c.platformId);
  const foreign = scope.foreign
    ? await observeForeign(client, facts, {
        objectIds: [...new Set([...scope.objects, ...(scope.governed ?? [])])],
        containerIds,
      })
    : [];
  return {
    ...emptyState(facts),
    spare: await readSpare(client, facts),
    containers,
    memberships: membershipsOf(facts, containers, members),
    privileges: await readPrivileges(client, facts, privileged),
    objects: await readObjects(client, facts, scope.objects),
    schemas: await observeSchemas(client, facts, scope.schemas),
    defaults: await observeDefaults(client, facts, privileged),
    principals: principals.map((row) => principalOf(facts, row)),
    foreign,
    reach: scope.foreign ? await observeReach(client, scope.principals, containerIds) : new Map(),
    ...(scope.foreign
      ? {
          unmapped: await observeUnmapped(client, facts, {
            roleIds: [...foreign.map((way) => way.granteeId), ...members.map((member) => member.id)],
            principals: scope.principals,
            containerIds,
          }),
        }
      : {}),
  };
}

async function readPrincipals(client: PoolClient, ids: readonly string[]): Promise<PrincipalRow[]> {
  if (ids.length === 0) return [];
  return (await client.query<PrincipalRow>(principalsSql('$1::oid[]'), [ids])).rows;
}

function wantsPrivileges(scope: ObserveScope): (container: ObservedContainer) => boolean {
  if (scope.containers === 'all') return () => true;
  const names = new Set(scope.containers.filter((c) => c.privileges).map((c) => c.name));
  return ({ name }) => names.has(name);
}

async function readContainers(
  client: PoolClient,
  facts: ServerFacts,
  scope: ObserveScope,
): Promise<ObservedContainer[]> {
  const all = scope.containers === 'all';
  const prefix = facts.namePrefix.replaceAll(/[\\%_]/g, '\\$&');
  const byName = all ? `$name LIKE $1 AND $name ~ '_${ofContainers}$'` : '$name = ANY($1::text[])';
  // One that somebody renamed still lets its members in: its mark tells.
  const byMark = `r.oid IN (SELECT objoid FROM pg_catalog.pg_shdescription
    WHERE classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND description LIKE $3)`;
  const isMarked = all && hasOwnRoles(facts);
  const value = scope.containers === 'all' ? `${prefix}%` : scope.containers.map((c) => c.name);
  const { rows } = await client.query<ContainerRow>(
    containersSql(facts, isMarked ? `((${byName}) OR ${byMark})` : `(${byName})`, '$2::oid[]'),
    isMarked ? [value, knownIds(scope), ourComments(facts)] : [value, knownIds(scope)],
  );
  return containersOf(facts, scope, rows);
}

async function readMembers(
  client: PoolClient,
  facts: ServerFacts,
  about: { readonly scope: ObserveScope; readonly containers: readonly ObservedContainer[] },
): Promise<MemberRow[]> {
  if (about.containers.length === 0) return [];
  const limits = about.scope.containers === 'all' ? [] : about.scope.containers;
  const limitOf = new Map(limits.map((c) => [c.name, c.members]));
  const isWhole = (c: ObservedContainer): boolean => (limitOf.get(c.name) ?? 'all') === 'all';
  const whole = about.containers.filter(isWhole).map((c) => c.platformId);
  const partial = about.containers.filter((c) => !isWhole(c)).map((c) => c.platformId);
  const where = '(m.roleid = ANY($1::oid[]) OR (m.roleid = ANY($2::oid[]) AND m.member = ANY($3::oid[])))';
  const { rows } = await client.query<MemberRow>(membersSql(facts, where), [whole, partial, about.scope.principals]);
  return rows;
}

function membershipsOf(
  facts: ServerFacts,
  containers: readonly ObservedContainer[],
  rows: readonly MemberRow[],
): ObservedMembership[] {
  const names = new Map(containers.map((c) => [c.platformId, c.name]));
  return rows.map((row) => ({
    container: names.get(row.container_id) ?? '',
    principalId: row.id,
    principalName: row.name,
    grantorId: row.grantor,
    grantorName: row.grantor_name,
    ours: row.grantor === facts.memberGrantorId,
    inherit: row.inherit,
    set: row.set,
    admin: row.admin,
    ...(row.is_group ? { isGroup: true } : {}),
  }));
}

function principalOf(facts: ServerFacts, row: PrincipalRow): ObservedPrincipal {
  return {
    platformId: row.id,
    name: row.name,
    canLogin: row.login,
    inherits: hasOwnRoles(facts) || row.inherit,
    usable: refusePrincipal(row.name) === null && row.id !== facts.accountId,
  };
}

type SpareRow = { native_name: string; id: string };

async function readSpare(client: PoolClient, facts: ServerFacts): Promise<ObservedState['spare']> {
  if (hasOwnRoles(facts)) return null;
  const { rows } = await client.query<SpareRow>(
    `SELECT c.name AS native_name, r.oid::text AS id FROM stoa.container c JOIN pg_roles r ON r.rolname = c.name
     WHERE c.key IS NULL AND shobj_description(r.oid, 'pg_authid') = $1
       AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid)
       AND EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = $2::oid AND m.admin_option)
     ORDER BY r.oid`,
    [poolMark(facts.installationId, facts.database), facts.accountId],
  );
  return rows.map((row) => ({ nativeName: row.native_name, platformId: row.id }));
}

/** Objects that differ by their name alone. */
type ObjectGroup = {
  schema_id: string;
  schema: string;
  kind: string;
  owner: string;
  ids: string[];
  names: string[];
  grantable: boolean[];
  full: boolean[];
  /** The same two of their schema. */
  usable: boolean;
  schema_full: boolean;
};

/** Each object is looked up by its id: a join would read the whole catalog, with all that grants have left behind in it. */
async function readObjects(client: PoolClient, facts: ServerFacts, ids: readonly string[]): Promise<ObservedObject[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<ObjectGroup>(
    `SELECT n.oid::text AS schema_id, n.nspname AS schema, g.kind, g.owner, g.ids, g.names, g.grantable, g.full,
            has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION') AS usable,
            coalesce(cardinality(n.nspacl), 0) >= ${mostGrants} AS schema_full
     FROM (
       SELECT c.relnamespace, c.relkind AS kind, c.relowner::text AS owner, json_agg(c.oid::text) AS ids, json_agg(c.relname) AS names,
              json_agg(has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION')) AS grantable,
              json_agg(coalesce(cardinality(c.relacl), 0) >= ${mostGrants}) AS full
       FROM unnest($1::oid[]) AS w(id) CROSS JOIN LATERAL (
         SELECT r.oid, r.relname, r.relkind, r.relowner, r.relnamespace, r.relacl FROM pg_class r WHERE r.oid = w.id OFFSET 0) c
       GROUP BY c.relnamespace, c.relkind, c.relowner) g JOIN pg_namespace n ON n.oid = g.relnamespace`,
    [`{${ids.join()}}`],
  );
  return rows.flatMap((row) => {
    const objectType = objectTypeOf(row.kind);
    return row.ids.map((platformId, n) => ({
      platformId,
      schemaId: row.schema_id,
      objectPath: [facts.database, row.schema, row.names[n] ?? ''],
      objectType,
      ownerId: row.owner,
      grantable: row.usable && row.grantable[n] === true,
      isFull: row.full[n] === true,
      isSchemaFull: row.schema_full,
    }));
  });
}
