import { quoteIdentifier, quotePrincipal, quoteText } from './identifiers.ts';
import { layerMark, ownerRole, ownSchema } from './mask-names.ts';

export type LayerInput = {
  readonly account: string;
  readonly database: string;
  readonly installationId: string;
  readonly namePrefix: string;
};

/** Statements of PL/pgSQL that make what masks stand on; a part of the setup script, harmless when run again. */
export function layerLines({ account, database, installationId, namePrefix }: LayerInput): string[] {
  const name = ownerRole({ namePrefix });
  const owner = quotePrincipal(name);
  const login = quotePrincipal(account);
  const mark = quoteText(layerMark(installationId));
  const isAnothers = (text: string): string => `${text} LIKE 'stoa-layer %' AND ${text} <> ${mark}`;
  return [
    'BEGIN',
    `  IF EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = ${quoteText(name)}`,
    `             AND ${isAnothers("pg_catalog.shobj_description(r.oid, 'pg_authid')")})`,
    `     OR EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = '${ownSchema}'`,
    `             AND ${isAnothers("pg_catalog.obj_description(n.oid, 'pg_namespace')")}) THEN`,
    `    RAISE EXCEPTION 'Another Stoa uses this database, or the role %: choose another name prefix', ${quoteText(name)};`,
    '  END IF;',
    `  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteText(name)}) THEN`,
    `    CREATE ROLE ${owner} NOLOGIN;`,
    '  END IF;',
    `  ALTER ROLE ${owner} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;`,
    `  COMMENT ON ROLE ${owner} IS ${mark};`,
    "  IF current_setting('server_version_num')::int >= 160000 THEN",
    `    EXECUTE ${quoteText(`GRANT ${owner} TO ${login} WITH INHERIT FALSE, SET TRUE`)};`,
    '  ELSE',
    `    GRANT ${owner} TO ${login};`,
    '  END IF;',
    `  GRANT CREATE ON DATABASE ${quoteIdentifier(database)} TO ${owner};`,
    `  CREATE SCHEMA IF NOT EXISTS ${ownSchema};`,
    `  COMMENT ON SCHEMA ${ownSchema} IS ${mark};`,
    `  REVOKE ALL ON SCHEMA ${ownSchema} FROM PUBLIC;`,
    `  GRANT USAGE ON SCHEMA ${ownSchema} TO ${owner}, ${login};`,
    `  CREATE TABLE IF NOT EXISTS ${ownSchema}.ent (`,
    '    usr text NOT NULL, usr_id oid NOT NULL, kind text NOT NULL, key text NOT NULL, val text NOT NULL,',
    '    expires_at timestamptz, src text NOT NULL, PRIMARY KEY (usr, kind, key, val, src));',
    `  CREATE TABLE IF NOT EXISTS ${ownSchema}.salt (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), value bytea NOT NULL);`,
    `  ALTER TABLE ${ownSchema}.ent OWNER TO ${owner};`,
    `  ALTER TABLE ${ownSchema}.salt OWNER TO ${owner};`,
    `  REVOKE ALL ON ${ownSchema}.ent, ${ownSchema}.salt FROM PUBLIC;`,
    `  GRANT SELECT, INSERT, UPDATE, DELETE ON ${ownSchema}.ent TO ${login};`,
    'END',
  ];
}
