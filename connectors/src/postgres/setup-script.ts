import type { ScriptInput } from '../connector.ts';
import { postgresConfig, postgresSettings } from './config.ts';
import { layerOwners } from './crawl.ts';
import { quoteIdentifier, quotePrincipal, quoteText } from './identifiers.ts';
import { poolMark } from './mark.ts';
import { type LayerInput, layerLines } from './mask-layer.ts';
import { seeingLines } from './open-sessions.ts';

/** The login that the script makes unless another is named. */
export const defaultAccount = 'stoa_connector';
const defaultPoolRoles = 100;

/** What an administrator of the platform runs once, in the database itself; running it again changes nothing. */
export function setupScript(input: ScriptInput): string {
  const { database } = postgresConfig.parse(input.config);
  const account = input.username ?? defaultAccount;
  const { installationId, namePrefix } = input;
  const { grantAuthority, endSessionsOnRevoke } = postgresSettings.parse(input.settings ?? {});
  const isOwnerMember = grantAuthority === 'owner-member';
  return [
    `-- Run this once in the database ${quoteIdentifier(database)}, as a superuser. It makes a login for Stoa that may read the`,
    `-- tables listed below and pass that on, and nothing else. Running it again is harmless.`,
    'BEGIN;',
    '',
    '-- 1. The login. It is no superuser, owns nothing, and from PostgreSQL 16 on it rules only roles that it made itself.',
    accountSql(account, { isOwnerMember }),
    passwordSql(account, input.password),
    `GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${quotePrincipal(account)};`,
    '',
    '-- 2. What may be shared: reading, with the right to pass it on, now and for tables that their owners make later.',
    grantsSql(account, input.schemas ?? null),
    '',
    ...(isOwnerMember
      ? [
          '-- The account may act for the owners of these schemas and tables, so that what they make later in a shared schema can',
          '-- be read at once. It does not inherit their rights, but it may take them on: whoever has it may do what they may.',
          ownersSql(account, input.schemas ?? null),
          '',
        ]
      : []),
    '-- 3. PostgreSQL 15 and older only: roles made beforehand, because there the right to make roles is nearly all rights.',
    poolSql({ account, database, installationId, namePrefix, poolRoles: input.poolRoles ?? defaultPoolRoles }),
    '',
    '-- 4. What masks and row rules stand on: a role without a login that owns the views which stand between readers and masked',
    '-- tables, and the schema stoa with what these views look up. Only that role and the account above can see into it.',
    layerSql({ account, database, installationId, namePrefix }),
    '',
    ...(endSessionsOnRevoke === 'never' ? [] : [...sessionLines(account, endSessionsOnRevoke), '']),
    'COMMIT;',
    '',
  ].join('\n');
}

/** Only `always` says that it is wanted whatever the server is: else it is left to whoever runs the script. */
const sessionLines = (account: string, setting: 'whenNeeded' | 'always'): string[] => [
  '-- 5. Optional: ending the sessions that a person has open when an access ends. On PostgreSQL 15 and older a session that did',
  '-- SET ROLE keeps reading without it. With it the account may end the sessions of everybody but superusers, and nothing more.',
  `${setting === 'always' ? '' : '-- '}GRANT pg_signal_backend TO ${quotePrincipal(account)};`,
  ...seeingLines(account),
];

/** What masks and row rules stand on, by itself. */
export const layerSql = (input: LayerInput): string => doBlock(layerLines(input));

/** Wraps statements of PL/pgSQL in a DO block whose quote no name can end. */
function doBlock(lines: readonly string[]): string {
  const body = lines.join('\n');
  let tag = '$stoa$';
  for (let n = 1; body.includes(tag); n += 1) tag = `$stoa${n}$`;
  return `DO ${tag}\n${body}\n${tag};`;
}

/**
 * Makes the login, or takes from it what it must not have. Before 16 a login inherits from all of its roles or from none, and
 * one that inherits an owner's rights could not take back what it granted in its own name.
 */
export function accountSql(account: string, { isOwnerMember = false } = {}): string {
  const name = quotePrincipal(account);
  const inherits = isOwnerMember ? 'NOINHERIT' : 'INHERIT';
  return doBlock([
    'BEGIN',
    `  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteText(account)}) THEN`,
    `    CREATE ROLE ${name} LOGIN;`,
    '  END IF;',
    "  IF current_setting('server_version_num')::int >= 160000 THEN",
    `    ALTER ROLE ${name} LOGIN INHERIT CREATEROLE NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS;`,
    '  ELSE',
    `    ALTER ROLE ${name} LOGIN ${inherits} NOCREATEROLE NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS;`,
    '  END IF;',
    'END',
  ]);
}

function passwordSql(account: string, password: string | undefined): string {
  const name = quotePrincipal(account);
  if (password === undefined) return `-- Give it a password of your own, for example in psql: \\password ${account}`;
  return `ALTER ROLE ${name} PASSWORD ${quoteText(password)};`;
}

/** Read with grant option on schemas (null: all that are not the server's own), and on what is made in them later. */
export function grantsSql(account: string, schemas: readonly string[] | null): string {
  const only = schemas === null ? '' : ` AND n.nspname IN (${schemas.map(quoteText).join(', ')})`;
  const to = quoteText(account);
  return doBlock([
    'DECLARE s record; o record;',
    'BEGIN',
    '  FOR s IN SELECT n.oid, n.nspname, n.nspowner FROM pg_catalog.pg_namespace n',
    `           WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'stoa')
             AND n.nspowner NOT IN ${layerOwners}${only} LOOP`,
    `    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I WITH GRANT OPTION', s.nspname, ${to});`,
    `    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I WITH GRANT OPTION', s.nspname, ${to});`,
    '    FOR o IN SELECT r.rolname FROM pg_catalog.pg_roles r',
    `             WHERE r.rolname !~ '^pg_' AND r.rolname <> ${to} AND (r.oid = s.nspowner OR r.oid IN`,
    "               (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.relnamespace = s.oid AND c.relkind IN ('r','p','v','m','f'))) LOOP",
    "      EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT SELECT ON TABLES TO %I WITH GRANT OPTION',",
    `                     o.rolname, s.nspname, ${to});`,
    '    END LOOP;',
    '  END LOOP;',
    'END',
  ]);
}

/** Membership in every role that owns something in the schemas, but for superusers: to be taken on, never inherited. */
export function ownersSql(account: string, schemas: readonly string[] | null): string {
  const only = schemas === null ? '' : ` AND n.nspname IN (${schemas.map(quoteText).join(', ')})`;
  const to = quoteText(account);
  return doBlock([
    'DECLARE o record;',
    'BEGIN',
    '  FOR o IN SELECT r.rolname FROM pg_catalog.pg_roles r',
    `           WHERE r.rolname !~ '^pg_' AND r.rolname <> ${to} AND NOT r.rolsuper AND r.oid IN (`,
    '             SELECT n.nspowner FROM pg_catalog.pg_namespace n',
    `               WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'stoa')
             AND n.nspowner NOT IN ${layerOwners}${only}`,
    '             UNION SELECT c.relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace',
    `               WHERE c.relkind IN ('r','p','v','m','f') AND n.nspname !~ '^pg_'`,
    `                 AND n.nspname NOT IN ('information_schema', 'stoa')
             AND n.nspowner NOT IN ${layerOwners}${only}) LOOP`,
    "    IF current_setting('server_version_num')::int >= 160000 THEN",
    `      EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', o.rolname, ${to});`,
    '    ELSE',
    `      EXECUTE format('GRANT %I TO %I', o.rolname, ${to});`,
    '    END IF;',
    '  END LOOP;',
    'END',
  ]);
}

type Pool = {
  readonly account: string;
  readonly database: string;
  readonly installationId: string;
  readonly namePrefix: string;
  readonly poolRoles: number;
};

/**
 * Makes so many unused roles that `poolRoles` are there; does nothing from 16 on. A row that stands for a role in use is left as it
 * is, also where the role is gone: Stoa takes another for it.
 */
export function poolSql({ account, database, installationId, namePrefix, poolRoles }: Pool): string {
  const name = quotePrincipal(account);
  const comment = quoteText(poolMark(installationId, database));
  return doBlock([
    'DECLARE n int := 0; pooled text;',
    'BEGIN',
    "  IF current_setting('server_version_num')::int >= 160000 THEN RETURN; END IF;",
    '  CREATE SCHEMA IF NOT EXISTS stoa;',
    '  CREATE TABLE IF NOT EXISTS stoa.container',
    '    (name text PRIMARY KEY, installation_id text NOT NULL, key text UNIQUE, mark text);',
    '  REVOKE ALL ON SCHEMA stoa FROM PUBLIC;',
    '  REVOKE ALL ON stoa.container FROM PUBLIC;',
    `  GRANT USAGE ON SCHEMA stoa TO ${name};`,
    `  GRANT SELECT ON stoa.container TO ${name};`,
    `  GRANT UPDATE (key, mark) ON stoa.container TO ${name};`,
    '  DELETE FROM stoa.container c WHERE c.key IS NULL',
    '    AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = c.name);',
    '  FOR pooled IN SELECT c.name FROM stoa.container c JOIN pg_catalog.pg_roles r ON r.rolname = c.name',
    `    WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') = ${comment} AND NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m`,
    `      JOIN pg_catalog.pg_roles a ON a.oid = m.member WHERE m.roleid = r.oid AND a.rolname = ${quoteText(account)} AND m.admin_option) LOOP`,
    `    EXECUTE format('GRANT %I TO %I WITH ADMIN OPTION', pooled, ${quoteText(account)});`,
    '  END LOOP;',
    '  WHILE (SELECT count(*) FROM stoa.container c JOIN pg_catalog.pg_roles r ON r.rolname = c.name WHERE c.key IS NULL',
    `         AND pg_catalog.shobj_description(r.oid, 'pg_authid') = ${comment}) < ${Math.trunc(poolRoles)} LOOP`,
    '    n := n + 1;',
    `    pooled := ${quoteText(`${namePrefix}p_`)} || n;`,
    '    CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = pooled)',
    '      OR EXISTS (SELECT FROM stoa.container WHERE name = pooled);',
    "    EXECUTE format('CREATE ROLE %I NOLOGIN', pooled);",
    `    EXECUTE format('COMMENT ON ROLE %I IS %L', pooled, ${comment});`,
    `    EXECUTE format('GRANT %I TO %I WITH ADMIN OPTION', pooled, ${quoteText(account)});`,
    `    INSERT INTO stoa.container (name, installation_id) VALUES (pooled, ${quoteText(installationId)});`,
    '  END LOOP;',
    'END',
  ]);
}
