import type { PoolClient } from 'pg';
import type { Check } from '../connector.ts';
import { quoteShown, quoteText } from './identifiers.ts';
import { poolMark } from './mark.ts';
import type { ServerFacts } from './server-facts.ts';
import { poolSql } from './setup-script.ts';

/** Something about the roles made beforehand, with the SQL that mends it. */
type Flaw = Pick<Check, 'detail' | 'isPartial'> & { readonly result: 'warn' | 'fail'; readonly repair: string };

const told = 5;
/** The first few names of a list, and how many more there are. */
export const listed = (names: readonly string[]): string =>
  names.length > told ? `${names.slice(0, told).join(', ')} and ${names.length - told} more` : names.join(', ');

/** PostgreSQL 15 and older: whether roles made beforehand are there, left, and can be used. */
export async function checkPool(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const { accountName: account, database, installationId, namePrefix } = facts;
  const repair = poolSql({ account, database, installationId, namePrefix, poolRoles: 100 });
  const { rows: present } = await client.query<{ ok: boolean }>(
    `SELECT to_regclass('stoa.container') IS NOT NULL AND has_schema_privilege('stoa', 'USAGE')
       AND has_table_privilege('stoa.container', 'SELECT') AS ok FROM pg_namespace WHERE nspname = 'stoa'`,
  );
  if (present[0]?.ok !== true)
    return toCheck([{ result: 'fail', detail: 'The roles made beforehand are missing (schema stoa).', repair }], '');
  const pool = await readPool(client, facts);
  const { rows: columns } = await client.query<{ ok: boolean }>(
    `SELECT has_column_privilege('stoa.container', 'key', 'UPDATE') AND has_column_privilege('stoa.container', 'mark', 'UPDATE') AS ok`,
  );
  const usable = pool.rows.filter((row) => row.isThere && row.isOurs && row.isAdmin);
  const free = usable.filter((row) => !row.isUsed).length;
  return toCheck(
    [
      ...(columns[0]?.ok === true ? [] : [{ result: 'fail' as const, detail: mayNotWrite, repair }]),
      ...flawsOfAdmin(pool, repair),
      ...flawsOfCount(free, { hasUsed: usable.length > free, repair }),
      ...flawsOfRows(pool),
    ],
    `${free} container roles are left.`,
  );
}

function toCheck(flaws: readonly Flaw[], detail: string): Check {
  if (flaws.length === 0) return { check: 'GRANT_AUTHORITY', result: 'pass', detail };
  const failing = flaws.filter((flaw) => flaw.result === 'fail');
  return {
    check: 'GRANT_AUTHORITY',
    result: failing.length > 0 ? 'fail' : 'warn',
    ...(failing.length > 0 && failing.every((flaw) => flaw.isPartial === true) ? { isPartial: true } : {}),
    detail: flaws.map((flaw) => flaw.detail).join(' '),
    repair: [...new Set(flaws.map((flaw) => flaw.repair))].join('\n'),
  };
}

type Row = {
  readonly name: string;
  readonly isUsed: boolean;
  readonly isThere: boolean;
  readonly isOurs: boolean;
  readonly isAdmin: boolean;
};
/** `unlisted`: roles of this pool that hold something and stand in no row, since somebody renamed them or took the rows away. */
type Pool = { readonly rows: readonly Row[]; readonly unlisted: readonly string[] };

async function readPool(client: PoolClient, facts: ServerFacts): Promise<Pool> {
  const mark = poolMark(facts.installationId, facts.database);
  const { rows } = await client.query<Row>(
    `SELECT c.name, c.key IS NOT NULL AS "isUsed", r.oid IS NOT NULL AS "isThere",
       coalesce(shobj_description(r.oid, 'pg_authid') = $1, false) AS "isOurs",
       EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member = $2::oid AND m.admin_option) AS "isAdmin"
     FROM stoa.container c LEFT JOIN pg_roles r ON r.rolname = c.name WHERE c.installation_id = $3 ORDER BY r.oid, c.name`,
    [mark, facts.accountId, facts.installationId],
  );
  const { rows: unlisted } = await client.query<{ name: string }>(
    `SELECT r.rolname AS name FROM pg_roles r WHERE shobj_description(r.oid, 'pg_authid') = $1
       AND NOT EXISTS (SELECT FROM stoa.container c WHERE c.name = r.rolname)
       AND (EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid)
         OR EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member <> $2::oid)) ORDER BY r.oid`,
    [mark, facts.accountId],
  );
  return { rows, unlisted: unlisted.map(({ name }) => name) };
}

const mayNotWrite = 'The account may not write key and mark in stoa.container, so that no product gets a role.';

/** Without the admin option nobody can be let into a role, and nobody taken out of it. */
function flawsOfAdmin({ rows }: Pool, repair: string): Flaw[] {
  const lost = rows.filter((row) => row.isThere && row.isOurs && !row.isAdmin);
  if (lost.length === 0) return [];
  const used = lost.filter((row) => row.isUsed);
  const detail = `The account may not give or take ${listed(lost.map(({ name }) => name))}: it lost the admin option.`;
  const more =
    used.length > 0 ? ` Of these ${used.length} are in use, where access can neither be given nor ended.` : '';
  const isPartial = rows.some((row) => row.isThere && row.isOurs && row.isAdmin);
  return [{ result: used.length > 0 ? 'fail' : 'warn', detail: `${detail}${more}`, repair, isPartial }];
}

/** Products that have their roles are not concerned by the want of more. */
function flawsOfCount(free: number, { hasUsed, repair }: { hasUsed: boolean; repair: string }): Flaw[] {
  const detail = 'No role made beforehand is left for the next product.';
  if (free === 0) return [{ result: 'fail', detail, repair, isPartial: hasUsed }];
  return free < 10 ? [{ result: 'warn', detail: `${free} container roles are left.`, repair }] : [];
}

/** Rows whose roles are gone. One that was renamed goes on under its new name; for one that was dropped another is taken. */
function flawsOfRows({ rows, unlisted }: Pool): Flaw[] {
  const gone = rows.filter((row) => !row.isThere);
  const used = gone.filter((row) => row.isUsed);
  const isRenamed = used.length > 0 && unlisted.length > 0;
  const dropped = isRenamed ? gone.filter((row) => !row.isUsed) : gone;
  return [...(isRenamed ? [renamed(used, unlisted)] : []), ...(dropped.length > 0 ? [removed(dropped)] : [])];
}

function removed(gone: readonly Row[]): Flaw {
  const names = gone.map(({ name }) => name);
  return {
    result: 'warn',
    detail: `stoa.container names roles that were dropped: ${listed(names)}. Other roles take their place.`,
    repair: `DELETE FROM stoa.container c WHERE c.name IN (${names.map(quoteText).join(', ')})
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = c.name);`,
  };
}

function renamed(gone: readonly Row[], unlisted: readonly string[]): Flaw {
  const names = gone.map(({ name }) => name);
  const back = (other: string, name: string): string => `ALTER ROLE ${quoteShown(other)} RENAME TO ${name};`;
  const isOne = names.length === 1 && unlisted.length === 1;
  return {
    result: 'warn',
    detail: `stoa.container names roles that are not there: ${listed(names)}. It seems that they were renamed to ${listed(unlisted)}.`,
    repair: isOne
      ? back(unlisted[0] ?? '', quoteShown(names[0] ?? ''))
      : [
          '-- Each of these is to have its own name back:',
          ...unlisted.map((other) => `-- ${back(other, `<one of ${names.join(', ')}>`)}`),
        ].join('\n'),
  };
}
