import type { PoolClient } from 'pg';
import type { Check } from '../connector.ts';
import type { PostgresSettings } from './config.ts';
import { otherSchemas } from './crawl.ts';
import { quoteShown } from './identifiers.ts';
import { listed } from './preflight-pool.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles, reachOf } from './server-facts.ts';

/** What the account has too much of, and what lies open to everybody whatever is approved. */
export async function checkExcess(
  client: PoolClient,
  facts: ServerFacts,
  settings: PostgresSettings,
): Promise<Check[]> {
  return [await checkAccount(client, facts, settings), await checkOpen(client)];
}

type AccountRow = {
  super: boolean;
  createrole: boolean;
  createdb: boolean;
  replication: boolean;
  bypassrls: boolean;
  powers: string[] | null;
  owned: number;
  /** Owners of tables that the account can act for; `inherited` where it has their rights without taking the role on. */
  owners: { name: string; inherited: boolean }[] | null;
};

/** Predefined roles by which an account could read everything, run programs, or give itself more. */
const powers = [
  'pg_read_all_data',
  'pg_write_all_data',
  'pg_execute_server_program',
  'pg_read_server_files',
  'pg_write_server_files',
  'pg_database_owner',
];

async function checkAccount(client: PoolClient, facts: ServerFacts, settings: PostgresSettings): Promise<Check> {
  const { rows } = await client.query<AccountRow>(
    `SELECT r.rolsuper AS super, r.rolcreaterole AS createrole, r.rolcreatedb AS createdb, r.rolreplication AS replication,
            r.rolbypassrls AS bypassrls,
            (SELECT array_agg(p.rolname::text) FROM pg_roles p JOIN pg_auth_members m ON m.roleid = p.oid AND m.member = r.oid
             WHERE p.rolname = ANY($1::text[])) AS powers,
            (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${otherSchemas}) AS owned,
            (SELECT json_agg(json_build_object('name', o.rolname, 'inherited', ${reachOf(facts, 'o.oid')} = 'rights') ORDER BY o.rolname)
             FROM pg_roles o WHERE o.oid <> r.oid AND NOT r.rolsuper AND ${reachOf(facts, 'o.oid')} <> 'none' AND o.oid IN (
               SELECT c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${otherSchemas})) AS owners
     FROM pg_roles r WHERE r.rolname = current_user`,
    [powers],
  );
  const row = rows[0];
  if (row === undefined) return { check: 'EXCESS_PRIVILEGE', result: 'fail', detail: 'The account was not found.' };
  const name = quoteShown(facts.accountName);
  const found: string[] = [];
  const repair: string[] = [];
  const report = (has: boolean, what: string, mend: string): void => {
    if (!has) return;
    found.push(what);
    repair.push(mend);
  };
  const oldCreateRole = row.createrole && !hasOwnRoles(facts);
  report(row.super, 'is a superuser', `ALTER ROLE ${name} NOSUPERUSER;`);
  report(
    oldCreateRole,
    'may make roles, which before PostgreSQL 16 is nearly all rights',
    `ALTER ROLE ${name} NOCREATEROLE;`,
  );
  report(row.createdb, 'may make databases', `ALTER ROLE ${name} NOCREATEDB;`);
  report(row.replication, 'may replicate', `ALTER ROLE ${name} NOREPLICATION;`);
  report(row.bypassrls, 'passes by row security', `ALTER ROLE ${name} NOBYPASSRLS;`);
  for (const power of row.powers ?? []) report(true, `has ${power}`, `REVOKE ${power} FROM ${name};`);
  report(
    row.owned > 0,
    `owns ${row.owned} tables`,
    `-- Name the role that should own them:\n-- REASSIGN OWNED BY ${name} TO <owner>;`,
  );
  for (const owner of row.owners ?? []) {
    const role = quoteShown(owner.name);
    const isWanted = settings.grantAuthority === 'owner-member';
    report(!isWanted, `may do whatever ${owner.name} may, who owns tables`, `REVOKE ${role} FROM ${name};`);
    report(
      isWanted && owner.inherited,
      `inherits the rights of ${owner.name}, so that it could not take back what it granted before`,
      hasOwnRoles(facts) ? `GRANT ${role} TO ${name} WITH INHERIT FALSE, SET TRUE;` : `ALTER ROLE ${name} NOINHERIT;`,
    );
  }
  const writable = row.super ? [] : await readWritable(client, facts);
  const tables = [...new Set(writable.map((one) => `${one.schema}.${one.name}`))];
  report(
    writable.length > 0,
    `may write ${writable.length > mostTold ? 'more than ' : ''}${tables.length} tables: ${listed(tables)}`,
    [...new Set(writable.slice(0, mostTold).map((one) => endOfWriting(one, name)))].join('\n'),
  );
  if (found.length === 0) {
    const owners = (row.owners ?? []).map((owner) => owner.name).join(', ');
    const detail =
      owners === ''
        ? 'The account has no more than it needs.'
        : `The account may act for ${owners}, as the connection is set up.`;
    return { check: 'EXCESS_PRIVILEGE', result: 'pass', detail };
  }
  const detail = `The account ${found.join('; it ')}.`;
  return { check: 'EXCESS_PRIVILEGE', result: oldCreateRole ? 'fail' : 'warn', detail, repair: repair.join('\n') };
}

/** A table that the account may write, by its own right, by a role's or by everybody's; `column` null: all of it. */
type WritableRow = {
  schema: string;
  name: string;
  column: string | null;
  grantee: string;
  via: 'account' | 'role' | 'public';
  privileges: string[];
};

/** So many tables are told; one more is read, to know that there are more. */
const mostTold = 100;

/** Owners have their tables by themselves, which is told apart. */
async function readWritable(client: PoolClient, facts: ServerFacts): Promise<WritableRow[]> {
  const writes = `a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') AND a.grantee <> c.relowner
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${otherSchemas}
       AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role($1::oid, a.grantee, 'USAGE') END`;
  const { rows } = await client.query<WritableRow>(
    `SELECT x.schema, x.name, x.column, coalesce(g.rolname, 'PUBLIC') AS grantee,
       CASE WHEN x.grantee = 0 THEN 'public' WHEN x.grantee = $1::oid THEN 'account' ELSE 'role' END AS via,
       array_agg(DISTINCT x.privilege) AS privileges
     FROM (
       SELECT n.nspname AS schema, c.relname AS name, NULL::name AS column, a.grantee, a.privilege_type AS privilege
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a WHERE ${writes}
       UNION ALL
       SELECT n.nspname, c.relname, t.attname, a.grantee, a.privilege_type
       FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
       WHERE NOT t.attisdropped AND ${writes}) x LEFT JOIN pg_roles g ON g.oid = x.grantee
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3 NULLS FIRST, 4 LIMIT $2`,
    [facts.accountId, mostTold + 1],
  );
  return rows;
}

/** A role that has the right for others keeps it: the account leaves the role. */
function endOfWriting({ schema, name, column, grantee, via, privileges }: WritableRow, account: string): string {
  if (via === 'role') return `REVOKE ${quoteShown(grantee)} FROM ${account};`;
  const what = privileges.map((privilege) => (column === null ? privilege : `${privilege} (${quoteShown(column)})`));
  const from = via === 'public' ? 'PUBLIC' : account;
  return `REVOKE ${what.join(', ')} ON ${quoteShown(schema)}.${quoteShown(name)} FROM ${from};`;
}

/** `columns` null: all of them. */
type OpenRow = { schema: string; name: string; columns: string[] | null };

async function checkOpen(client: PoolClient): Promise<Check> {
  const { rows } = await client.query<OpenRow>(
    `SELECT n.nspname AS schema, c.relname AS name, NULL::text[] AS columns FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${otherSchemas}
       AND EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0 AND a.privilege_type = 'SELECT')
     UNION ALL SELECT n.nspname, c.relname, array_agg(t.attname::text ORDER BY t.attnum) FROM pg_attribute t
       JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${otherSchemas}
       AND EXISTS (SELECT FROM aclexplode(t.attacl) a WHERE a.grantee = 0 AND a.privilege_type = 'SELECT')
     GROUP BY n.nspname, c.relname
     ORDER BY 1, 2, 3 NULLS FIRST LIMIT 101`,
  );
  const { rows: readers } = await client.query<{ name: string }>(
    `SELECT u.rolname AS name FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
     WHERE r.rolname = 'pg_read_all_data' AND u.rolname !~ '^pg_' ORDER BY 1`,
  );
  if (rows.length + readers.length === 0) {
    return { check: 'OPEN_ACCESS', result: 'pass', detail: 'Nothing is open to everybody.' };
  }
  const tables = rows.slice(0, 100);
  const part = rows.some((row) => row.columns !== null) ? ', some of them in part,' : '';
  const parts = [
    ...(rows.length > 0
      ? [`${rows.length > 100 ? 'more than 100' : rows.length} tables${part} are readable by everybody`]
      : []),
    ...(readers.length > 0 ? [`${readers.map((r) => r.name).join(', ')} may read everything`] : []),
  ];
  const repair = [
    ...tables.map(({ schema, name, columns }) => {
      const some = columns === null ? '' : ` (${columns.map(quoteShown).join(', ')})`;
      return `REVOKE SELECT${some} ON ${quoteShown(schema)}.${quoteShown(name)} FROM PUBLIC;`;
    }),
    ...readers.map((row) => `REVOKE pg_read_all_data FROM ${quoteShown(row.name)};`),
  ];
  return {
    check: 'OPEN_ACCESS',
    result: 'warn',
    detail: `Whatever is approved, ${parts.join(', and ')}.`,
    repair: repair.join('\n'),
  };
}
