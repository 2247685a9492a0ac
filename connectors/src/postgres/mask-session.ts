import type { PoolClient } from 'pg';
import type { FenceOf, MaskProbe, MaskProof, MaskResult, MaskStatement } from '../connector.ts';
import { applyBatches } from './apply.ts';
import type { Connections } from './connection.ts';
import { customFault, customSql } from './custom-expression.ts';
import { oidText, quoteIdentifier, quotePrincipal } from './identifiers.ts';
import { ownerRole, ownSchema } from './mask-names.ts';
import { columnTypeSql } from './observe-masks.ts';
import type { ServerFacts } from './server-facts.ts';

/** Runs statements of a plan of masks, each in a transaction of its own. */
export const applyMasks = (
  connections: Connections,
  statements: readonly MaskStatement[],
  fence: FenceOf<MaskStatement>,
): Promise<readonly MaskResult[]> =>
  applyBatches(
    connections,
    statements.map((statement, n) => ({ group: String(n), batch: [statement] })),
    fence,
  );

/** Writes the salt as the owner role, which alone may read it; true when it was another or none. */
export async function setSalt(client: PoolClient, facts: ServerFacts, salt: Uint8Array): Promise<boolean> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL ROLE ${quotePrincipal(ownerRole(facts))}`);
  const { rowCount } = await client.query(
    `INSERT INTO ${ownSchema}.salt (value) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET value = excluded.value
     WHERE salt.value IS DISTINCT FROM excluded.value`,
    [Buffer.from(salt)],
  );
  await client.query('COMMIT');
  return (rowCount ?? 0) > 0;
}

type Custom = { readonly platformId: string; readonly columnName: string; readonly expression: string };

/**
 * Asks the server for the type of an expression over a table, without reading a row of it and without a right to write. A
 * prepared statement can be one statement alone.
 */
export async function proveCustom(
  client: PoolClient,
  facts: ServerFacts,
  { platformId, columnName, expression }: Custom,
): Promise<string | null> {
  const fault = customFault(expression);
  if (fault !== null) return fault;
  const column = `b.${quoteIdentifier(columnName)}`;
  await client.query('BEGIN READ ONLY');
  await client.query("SET LOCAL statement_timeout = '10s'");
  try {
    const { rows } = await client.query<{ schema: string; name: string; type: string }>(
      `SELECT n.nspname AS schema, c.relname AS name, ${columnTypeSql} AS type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $2 AND a.attnum > 0 WHERE c.oid = $1::oid`,
      [oidText(platformId), columnName],
    );
    const [row] = rows;
    if (row === undefined) return 'the column is gone';
    await client.query(`SET LOCAL ROLE ${quotePrincipal(ownerRole(facts))}`);
    const table = `${quoteIdentifier(row.schema)}.${quoteIdentifier(row.name)}`;
    const asked = await client.query<{ type: string }>(
      `SELECT pg_catalog.format_type(pg_catalog.pg_typeof(x.value)::pg_catalog.oid, NULL) AS type
       FROM (SELECT NULL) AS one LEFT JOIN (SELECT ${customSql(expression, column)} AS value FROM ${table} b WHERE $1::boolean LIMIT 0) x ON true`,
      [false],
    );
    const given = asked.rows[0]?.type ?? '';
    return given === row.type ? null : `the expression gives ${given}, and the column is ${row.type}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'the server refused the expression';
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Asks for single exemptions by the very test that views make, said of a login instead of whoever asks. */
export async function probeMasks(client: PoolClient, probes: readonly MaskProbe[]): Promise<readonly MaskProof[]> {
  if (probes.length === 0) return [];
  const { rows } = await client.query<{ n: string; holds: boolean; at: string }>(
    `SELECT w.n::text, EXISTS (SELECT FROM pg_roles r JOIN ${ownSchema}.ent e ON e.usr = r.rolname AND e.usr_id = r.oid
         WHERE r.oid = w.id AND e.kind = 'exempt' AND e.key = w.key AND (e.expires_at IS NULL OR e.expires_at > statement_timestamp())) AS holds,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at
     FROM unnest($1::oid[], $2::text[]) WITH ORDINALITY AS w(id, key, n)`,
    [probes.map((probe) => probe.principalId), probes.map((probe) => probe.key)],
  );
  return rows.flatMap(({ n, holds, at }) => {
    const probe = probes[Number(n) - 1];
    return probe === undefined
      ? []
      : [{ ...probe, holds, probe: `a row of ${ownSchema}.ent that has not ended`, observedAt: Number(at) }];
  });
}
