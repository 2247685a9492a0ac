import type { GrantorRef, ObservedState } from '@stoa/core/provisioning/observed';
import type { ObjectRef, Plan, SchemaRef, Step } from '@stoa/core/provisioning/plan';
import type { Statement } from '../connector.ts';
import { readbackMark } from './errors.ts';
import {
  oidArray,
  oidText,
  quoteIdentifier,
  quotePrincipal,
  quoteText,
  refuseIdentifier,
  refusePrincipal,
} from './identifiers.ts';
import { writeMark } from './mark.ts';
import { apart, unlessRefused } from './refused.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';

/** One statement names at most so many objects or members; measured flat up to there. */
const chunkSize = 10_000;

/** All object grants of a database take this lock in the database itself (PG1): the text `STOA` as a number, and 1. */
export const objectLock = 'pg_catalog.pg_advisory_xact_lock(1398034241, 1)';

/** The native statements of a plan, in its order. Pure: names are those that were observed, and each guard checks by id. */
export function statements(facts: ServerFacts, plan: Plan, _seen: ObservedState): readonly Statement[] {
  const created = new Set(plan.steps.filter((s) => s.kind === 'create-container').map((s) => s.container.name));
  const toStatement = (step: Step): Statement => {
    const { platformId, nativeName } = step.container;
    // A role that this very transaction makes has no id yet; nobody else can have renamed it.
    const fresh = created.has(step.container.name) || platformId === null;
    const roleId = fresh
      ? `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${quoteText(nativeName)})`
      : `${oidText(platformId)}::pg_catalog.oid`;
    const written = unlessRefused(() => write(facts, step, { role: quotePrincipal(nativeName), roleId }));
    const isOfSome = (step.kind === 'add-members' || step.kind === 'end-members') && step.members.length > 1;
    return { step, ...written, ...(isOfSome ? { halves: () => halvesOf(step).map(toStatement) } : {}) };
  };
  return plan.steps.flatMap(split).map(toStatement);
}

function halvesOf(step: MemberStep): MemberStep[] {
  const middle = Math.ceil(step.members.length / 2);
  return [step.members.slice(0, middle), step.members.slice(middle)].map((members) => ({ ...step, members }));
}

type Written = Omit<Statement, 'step' | 'halves'>;
type Role = { readonly role: string; readonly roleId: string };

function write(facts: ServerFacts, step: Step, { role, roleId }: Role): Written {
  switch (step.kind) {
    case 'create-container':
    case 'label-container':
    case 'rename-container':
    case 'drop-container':
      return writeContainer(facts, step, { role, roleId });
    case 'add-members':
    case 'end-members':
      return writeMembers(facts, step, { role, roleId });
    case 'grant-objects':
    case 'revoke-objects':
      return writeObjects(facts, step, { role, roleId });
    case 'grant-schemas':
    case 'revoke-schemas':
      return writeSchemas(facts, step, { role, roleId });
    case 'grant-defaults':
    case 'revoke-defaults':
      return writeDefaults(step, { role, roleId });
  }
}

function split(step: Step): Step[] {
  switch (step.kind) {
    case 'add-members':
    case 'end-members':
      return apart(step.members, ({ name }) => refusePrincipal(name) !== null)
        .flatMap(chunks)
        .map((members) => ({ ...step, members }));
    case 'grant-objects':
    case 'revoke-objects':
      return byGrantor(step.objects)
        .flatMap((objects) => apart(objects, isRefusedPath))
        .flatMap(chunks)
        .map((objects) => ({ ...step, objects }));
    case 'grant-schemas':
    case 'revoke-schemas':
      return byGrantor(step.schemas)
        .flatMap((schemas) => apart(schemas, isRefusedPath))
        .map((schemas) => ({ ...step, schemas }));
    case 'grant-defaults':
    case 'revoke-defaults':
      return grouped(step.defaults, (d) => d.roleId)
        .flatMap((defaults) => apart(defaults, ({ schemaPath }) => isRefusedPath({ objectPath: schemaPath })))
        .map((defaults) => ({ ...step, defaults }));
    case 'create-container':
    case 'label-container':
    case 'rename-container':
    case 'drop-container':
      return [step];
  }
}

/** The database itself stands in no statement. */
const isRefusedPath = ({ objectPath }: { readonly objectPath: readonly string[] }): boolean =>
  objectPath.slice(1).some((name) => refuseIdentifier(name) !== null);

function grouped<T>(list: readonly T[], key: (row: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const row of list) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return [...groups.values()];
}

/** What is taken away is taken away in the name of whoever gave it: one statement for each. */
const byGrantor = <T extends { readonly grantor: GrantorRef | null }>(list: readonly T[]): T[][] =>
  grouped(list, ({ grantor }) => grantor?.platformId ?? '');

function chunks<T>(list: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < list.length; from += chunkSize) parts.push(list.slice(from, from + chunkSize));
  return parts;
}

/** Fails the transaction, with a number that is no number, when `query` counts anything. */
export const failWhenAny = (query: string, mark = readbackMark): string =>
  `SELECT ('${mark}: ' || count(*))::pg_catalog.int4 FROM ${query} HAVING count(*) > 0`;

export const failUnless = (condition: string, mark = readbackMark): string =>
  failWhenAny(`(SELECT 1 WHERE (${condition}) IS NOT TRUE) bad`, mark);

type RenameStep = Extract<Step, { kind: 'rename-container' }>;
type ContainerStep = Extract<Step, { kind: 'create-container' | 'label-container' | 'drop-container' }>;

function writeContainer(facts: ServerFacts, step: ContainerStep | RenameStep, { role, roleId }: Role): Written {
  if (step.kind === 'rename-container') {
    const { name } = step.container;
    const named = `SELECT FROM pg_catalog.pg_roles WHERE oid = ${roleId} AND rolname = ${quoteText(name)}`;
    return {
      sql: `ALTER ROLE ${role} RENAME TO ${quotePrincipal(name)}`,
      guard: failUnless(`EXISTS (${named})`),
      locks: [],
    };
  }
  if (!hasOwnRoles(facts)) return writePooledContainer(facts, step);
  if (step.kind === 'drop-container') {
    const guard = failUnless(`NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE oid = ${roleId})`);
    return { sql: `DROP ROLE ${role}`, guard, locks: [objectLock] };
  }
  const mark = quoteText(writeMark({ ...facts, label: step.label }));
  const comment = `COMMENT ON ROLE ${role} IS ${mark}`;
  const guard = failUnless(`pg_catalog.shobj_description(${roleId}, 'pg_authid') = ${mark}`);
  if (step.kind === 'label-container') return { sql: comment, guard, locks: [] };
  // With this setting of a DBA the account would become an inheriting member of everything that it makes.
  const sql = `SET LOCAL createrole_self_grant = '';\nCREATE ROLE ${role} NOLOGIN;\n${comment}`;
  return { sql, guard, locks: [] };
}

/** On 15 and older a container is a role of the pool, and taking one is a row of `stoa.container`. */
function writePooledContainer(facts: ServerFacts, step: ContainerStep): Written {
  const name = quoteText(step.container.nativeName);
  const key = quoteText(step.container.name);
  const row = `SELECT FROM stoa.container WHERE name = ${name}`;
  const held = `SELECT FROM stoa.container WHERE key = ${key}`;
  if (step.kind === 'drop-container') {
    const sql = `UPDATE stoa.container SET key = NULL, mark = NULL WHERE key = ${key}`;
    const roleId = oidText(step.container.platformId ?? '');
    const unused = `NOT EXISTS (SELECT FROM pg_catalog.pg_shdepend WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND refobjid = ${roleId})`;
    return { sql, guard: failUnless(`NOT EXISTS (${held}) AND ${unused}`), locks: [objectLock] };
  }
  const mark = quoteText(writeMark({ ...facts, label: step.label }));
  if (step.kind === 'label-container') {
    // Somebody may have renamed the role: the row still goes by its former name.
    const sql = `UPDATE stoa.container SET mark = ${mark} WHERE key = ${key}`;
    return { sql, guard: failUnless(`EXISTS (${held} AND mark = ${mark})`), locks: [] };
  }
  // The role that played it may have been dropped: its row must not hold the key any longer.
  const free = `UPDATE stoa.container SET key = NULL, mark = NULL WHERE key = ${key}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = stoa.container.name)`;
  const take = `UPDATE stoa.container SET key = ${key}, mark = ${mark} WHERE name = ${name} AND key IS NULL`;
  const sql = `${free};\n${take}`;
  return { sql, guard: failUnless(`EXISTS (${row} AND key = ${key} AND mark = ${mark})`), locks: [] };
}

type MemberStep = Extract<Step, { kind: 'add-members' | 'end-members' }>;

function writeMembers(facts: ServerFacts, step: MemberStep, { role, roleId }: Role): Written {
  const names = step.members.map((m) => quotePrincipal(m.name)).join(', ');
  const ids = oidArray(step.members.map((m) => m.platformId));
  const row = `SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = ${roleId} AND m.member = w.id`;
  const own = hasOwnRoles(facts);
  const ours = own ? ` AND (m.grantor = ${oidText(facts.memberGrantorId)}) IS TRUE` : '';
  // Without the offset, or with an index by grantor, all that we ever granted would be read, however few are asked about.
  const one = ' OFFSET 0';
  // On 15 and older one (role, member) pair must not be changed by two at once.
  const locks = own ? [] : [`pg_catalog.pg_advisory_xact_lock(${step.container.platformId ?? '0'}::pg_catalog.int8)`];
  if (step.kind === 'end-members') {
    const guard = failWhenAny(`unnest(${ids}) AS w(id) WHERE EXISTS (${row}${ours}${one})`);
    return { sql: `REVOKE ${role} FROM ${names}`, guard, locks };
  }
  const option = own ? ' WITH INHERIT TRUE, SET FALSE' : '';
  const bites = own ? ' AND m.inherit_option' : '';
  const guard = failWhenAny(`unnest(${ids}) AS w(id) WHERE NOT EXISTS (${row}${ours}${bites}${one})`);
  return { sql: `GRANT ${role} TO ${names}${option}`, guard, locks };
}

type ObjectStep = Extract<Step, { kind: 'grant-objects' | 'revoke-objects' }>;

function writeObjects(facts: ServerFacts, step: ObjectStep, { role, roleId }: Role): Written {
  const names = relationNames(step.objects);
  const ids = oidArray(step.objects.map((o) => o.platformId));
  const itemOf = (grantor: string) => `pg_catalog.makeaclitem(${roleId}, ${grantor}, 'SELECT', false)`;
  if (step.kind === 'revoke-objects') {
    const { grantor, grantorId } = grantorOfStep(facts, step.objects);
    const held = `pg_catalog.aclcontains(c.relacl, ${itemOf(grantorId)})`;
    const guard = failWhenAny(`pg_catalog.pg_class c WHERE c.oid = ANY(${ids}) AND ${held}`);
    return { sql: asRole(grantor, `REVOKE SELECT ON TABLE ${names} FROM ${role}`), guard, locks: [objectLock] };
  }
  const owners = oidArray(step.objects.map((o) => o.ownerId ?? '0'));
  const kinds = `'{${step.objects.map((o) => relkindOf(o.objectType)).join(',')}}'::pg_catalog.text[]`;
  // What the server has written for each owner is asked for once: of 10,000 tables nearly all have the same.
  const distinct = oidArray([...new Set(step.objects.map((o) => o.ownerId ?? '0'))]);
  const items = `(SELECT o.id, ${itemOf(grantorOf(facts, 'o.id'))} AS acl FROM unnest(${distinct}) AS o(id) OFFSET 0) item`;
  const same = 'c.relowner = w.owner AND c.relkind::pg_catalog.text = w.kind';
  // UNNEST of several arrays is syntax, not a function: it takes no schema. Each table is looked up by its id: a join would
  // read the whole catalog, with all that our own grants have left behind in it.
  const found = '(SELECT r.relowner, r.relkind, r.relacl FROM pg_catalog.pg_class r WHERE r.oid = w.id OFFSET 0) c';
  const guard = failWhenAny(
    `unnest(${ids}, ${owners}, ${kinds}) AS w(id, owner, kind) LEFT JOIN LATERAL ${found} ON true LEFT JOIN ${items} ON item.id = w.owner
  WHERE (${same} AND pg_catalog.aclcontains(c.relacl, item.acl)) IS NOT TRUE`,
  );
  return { sql: `GRANT SELECT ON TABLE ${names} TO ${role}`, guard, locks: [objectLock] };
}

type SchemaStep = Extract<Step, { kind: 'grant-schemas' | 'revoke-schemas' }>;

function writeSchemas(facts: ServerFacts, step: SchemaStep, { role, roleId }: Role): Written {
  const names = step.schemas.map(schemaName).join(', ');
  const ids = oidArray(step.schemas.map((s) => s.platformId));
  const held = (grantor: string) =>
    `pg_catalog.aclcontains(n.nspacl, pg_catalog.makeaclitem(${roleId}, ${grantor}, 'USAGE', false))`;
  if (step.kind === 'revoke-schemas') {
    const { grantor, grantorId } = grantorOfStep(facts, step.schemas);
    const guard = failWhenAny(`pg_catalog.pg_namespace n WHERE n.oid = ANY(${ids}) AND ${held(grantorId)}`);
    return { sql: asRole(grantor, `REVOKE USAGE ON SCHEMA ${names} FROM ${role}`), guard, locks: [objectLock] };
  }
  const given = held(grantorOf(facts, 'n.nspowner'));
  const guard = failWhenAny(
    `unnest(${ids}) AS w(id) LEFT JOIN pg_catalog.pg_namespace n ON n.oid = w.id WHERE (${given}) IS NOT TRUE`,
  );
  return { sql: `GRANT USAGE ON SCHEMA ${names} TO ${role}`, guard, locks: [objectLock] };
}

type DefaultStep = Extract<Step, { kind: 'grant-defaults' | 'revoke-defaults' }>;

/** What one role makes in some schemas later. The role itself is recorded as the grantor. */
function writeDefaults(step: DefaultStep, { role, roleId }: Role): Written {
  const [first] = step.defaults;
  if (first === undefined) throw new Error('a step without a default privilege');
  const maker = oidText(first.roleId);
  const names = step.defaults.map((d) => quoteIdentifier(d.schemaPath[1] ?? '')).join(', ');
  const ids = oidArray(step.defaults.map((d) => d.schemaId));
  const held = `EXISTS (SELECT FROM pg_catalog.pg_default_acl d WHERE d.defaclrole = ${maker} AND d.defaclnamespace = w.id
    AND d.defaclobjtype = 'r' AND pg_catalog.aclcontains(d.defaclacl, pg_catalog.makeaclitem(${roleId}, ${maker}, 'SELECT', false)))`;
  const isGrant = step.kind === 'grant-defaults';
  const guard = failWhenAny(`unnest(${ids}) AS w(id) WHERE ${isGrant ? 'NOT ' : ''}${held}`);
  const change = isGrant ? `GRANT SELECT ON TABLES TO ${role}` : `REVOKE SELECT ON TABLES FROM ${role}`;
  const sql = `ALTER DEFAULT PRIVILEGES FOR ROLE ${quotePrincipal(first.roleName)} IN SCHEMA ${names} ${change}`;
  return { sql: asRole(first.assumed ? first.roleName : null, sql), guard, locks: [objectLock] };
}

/** Runs a statement as a role that the account may take on, and then goes on as itself. */
const asRole = (name: string | null, sql: string): string =>
  name === null ? sql : `SET LOCAL ROLE ${quotePrincipal(name)};\n${sql};\nSET LOCAL ROLE NONE`;

/** All that a statement takes away was given by one role; null in the name where no other has to be taken on. */
function grantorOfStep(
  facts: ServerFacts,
  refs: readonly { readonly grantor: GrantorRef | null }[],
): { readonly grantor: string | null; readonly grantorId: string } {
  const grantor = refs[0]?.grantor ?? null;
  return {
    grantor: grantor?.assumed === true ? grantor.name : null,
    grantorId: oidText(grantor?.platformId ?? facts.accountId),
  };
}

/** The server records the owner as grantor when we have the owner's rights, else ourselves. */
const grantorOf = (facts: ServerFacts, owner: string): string =>
  `CASE WHEN pg_catalog.pg_has_role(${owner}, 'USAGE') THEN ${owner} ELSE ${oidText(facts.accountId)} END`;

/** Schemas repeat, and are quoted once. */
function relationNames(objects: readonly ObjectRef[]): string {
  const schemas = new Map<string, string>();
  const quoteSchema = (schema: string): string => {
    const quoted = schemas.get(schema) ?? quoteIdentifier(schema);
    schemas.set(schema, quoted);
    return quoted;
  };
  return objects
    .map(({ objectPath: [, schema = '', name = ''] }) => `${quoteSchema(schema)}.${quoteIdentifier(name)}`)
    .join(', ');
}

const schemaName = (schema: SchemaRef): string => quoteIdentifier(schema.objectPath[1] ?? '');

function relkindOf(objectType: string): string {
  switch (objectType) {
    case 'partitioned_table':
      return 'p';
    case 'view':
      return 'v';
    case 'materialized_view':
      return 'm';
    case 'foreign_table':
      return 'f';
    default:
      return 'r';
  }
}
