import type { PoolClient } from 'pg';
import type { Check } from '../connector.ts';
import { otherSchemas } from './crawl.ts';
import { quoteShown } from './identifiers.ts';
import { installationOf } from './mark.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';
import { observeLayer } from './observe-masks.ts';
import { isNameOfContainer } from './observe-containers.ts';
import { checkPool, listed } from './preflight-pool.ts';
import { grantsSql, layerSql } from './setup-script.ts';

/** Whether containers can be had, objects granted, and whose the containers are that are there already. */
export async function checkAuthority(client: PoolClient, facts: ServerFacts): Promise<Check[]> {
  const containers = hasOwnRoles(facts) ? await checkCreateRole(client, facts) : await checkPool(client, facts);
  const objects = await checkObjects(client, facts);
  return [worse(containers, objects), await checkNamespace(client, facts)];
}

/** Both are one check of the list; the one that must be mended first speaks. */
function worse(a: Check, b: Check): Check {
  if (a.result === 'fail' && b.result === 'fail') {
    const { isPartial: _, ...both } = a;
    return {
      ...both,
      detail: `${a.detail} ${b.detail}`,
      repair: [a.repair, b.repair].filter(Boolean).join('\n'),
      ...(a.isPartial === true && b.isPartial === true ? { isPartial: true } : {}),
    };
  }
  return a.result === 'fail' || (a.result === 'warn' && b.result === 'pass') ? a : b;
}

const pass = (detail: string): Check => ({ check: 'GRANT_AUTHORITY', result: 'pass', detail });
const fail = (detail: string, repair: string): Check => ({ check: 'GRANT_AUTHORITY', result: 'fail', detail, repair });

async function checkCreateRole(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const { rows } = await client.query<{ may: boolean }>(
    'SELECT rolcreaterole OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.may === true) return pass('Container roles can be made.');
  const repair = `ALTER ROLE ${quoteShown(facts.accountName)} CREATEROLE;`;
  return fail('The account may not make roles, so no container can be made.', repair);
}

type SchemaRow = { name: string; usage: boolean; tables: number; grantable: number };

async function checkObjects(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const { rows } = await client.query<SchemaRow>(`
    SELECT n.nspname AS name, has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION') AS usage, count(c.oid)::int AS tables,
           count(c.oid) FILTER (WHERE has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION'))::int AS grantable
    FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    WHERE ${otherSchemas} GROUP BY n.oid, n.nspname`);
  const shared = rows.filter((row) => row.usage || row.grantable > 0);
  const whole = shared.filter((row) => row.usage && row.grantable > 0);
  if (whole.length === 0) {
    const names = shared.length > 0 ? shared.map((row) => row.name) : null;
    return fail('There is no table that the account may share.', grantsSql(facts.accountName, names));
  }
  const gaps = shared.filter((row) => !row.usage || row.grantable < row.tables);
  if (gaps.length === 0) return pass(`Tables of ${whole.length} schemas can be shared.`);
  const missing = gaps.reduce((sum, row) => sum + row.tables - (row.usage ? row.grantable : 0), 0);
  const names = gaps.map((row) => row.name);
  return {
    check: 'GRANT_AUTHORITY',
    result: 'warn',
    detail: `${missing} tables in ${names.join(', ')} cannot be shared: the account has no right to pass on there.`,
    repair: grantsSql(facts.accountName, names),
  };
}

/** A role that begins with our prefix and bears no mark of this installation. */
type Other = { readonly name: string; readonly comment: string | null };

async function readOthers(client: PoolClient, facts: ServerFacts): Promise<Other[]> {
  const { rows } = await client.query<Other>(
    `SELECT r.rolname AS name, shobj_description(r.oid, 'pg_authid') AS comment FROM pg_roles r
     WHERE left(r.rolname, length($1)) = $1 AND r.oid <> $2::oid ORDER BY r.oid`,
    [facts.namePrefix, facts.accountId],
  );
  return rows.filter((row) => installationOf(row.comment) !== facts.installationId);
}

/** Null where a role is in nobody's way: no Stoa made it, and none of our containers would have its name. */
function takenByOthers(facts: ServerFacts, others: readonly Other[]): Check | null {
  const check = { check: 'OWN_NAMESPACE', result: 'fail' } as const;
  const foreign = others.filter(({ comment }) => installationOf(comment) !== null).map(({ name }) => name);
  if (foreign.length > 0) {
    const detail = `${foreign.length} roles that begin with ${facts.namePrefix} belong to another Stoa: ${listed(foreign)}. Choose another prefix.`;
    return { ...check, detail };
  }
  const squatting = hasOwnRoles(facts)
    ? others.filter(({ name }) => isNameOfContainer(facts, name)).map(({ name }) => name)
    : [];
  if (squatting.length === 0) return null;
  return {
    ...check,
    isPartial: true,
    detail: `Names of product roles are taken by roles that bear no mark of this Stoa: ${listed(squatting)}. New product roles take other names; a product whose role stood under such a name is given to nobody.`,
    repair: [
      '-- Once nobody needs them under these names:',
      ...squatting.map(
        (name) => `-- ALTER ROLE ${quoteShown(name)} RENAME TO ${quoteShown(`not_${name}`.slice(0, 60))};`,
      ),
    ].join('\n'),
  };
}

async function checkNamespace(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const others = await readOthers(client, facts);
  const taken = takenByOthers(facts, others);
  if (taken !== null) return taken;
  const { rows: writers } = await client.query<{ name: string }>(
    `SELECT coalesce(g.rolname, 'PUBLIC') AS name FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner, aclexplode(n.nspacl) a
     LEFT JOIN pg_roles g ON g.oid = a.grantee
     WHERE n.nspname = 'stoa' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner`,
  );
  if (writers.length > 0) {
    const names = writers.map((row) => row.name);
    const repair = names.map(
      (name) => `REVOKE CREATE ON SCHEMA stoa FROM ${name === 'PUBLIC' ? name : quoteShown(name)};`,
    );
    const detail = `Others may write into schema stoa: ${names.join(', ')}.`;
    return { check: 'OWN_NAMESPACE', result: 'fail', detail, repair: repair.join('\n') };
  }
  const layer = await observeLayer(client, facts);
  if (layer.isReady) {
    const names = listed(others.map(({ name }) => name));
    const detail =
      names === ''
        ? `Nobody else uses the prefix ${facts.namePrefix}.`
        : `Roles that begin with ${facts.namePrefix} and are in nobody's way: ${names}.`;
    return { check: 'OWN_NAMESPACE', result: 'pass', detail };
  }
  const { accountName: account, database, installationId, namePrefix } = facts;
  const missing = layer.missing.join('; ');
  if (layer.missing.some((what) => what.endsWith('of another installation')))
    return {
      check: 'OWN_NAMESPACE',
      result: 'fail',
      detail: `What masks would stand on is another Stoa's: ${missing}.`,
    };
  return {
    check: 'OWN_NAMESPACE',
    result: 'warn',
    detail: `Masks and row rules cannot be held yet, so that what a data policy acts on is given to nobody. Missing: ${missing}.`,
    repair: layerSql({ account, database, installationId, namePrefix }),
  };
}
