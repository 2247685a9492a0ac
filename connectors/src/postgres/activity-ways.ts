import type { PoolClient } from 'pg';
import { quoteIdentifier } from './identifiers.ts';

/** The server's counters of statements, as far as the account may read them. */
export type StatementCounters = {
  /** Its view and its functions, quoted. */
  readonly schema: string;
  readonly columns: ReadonlySet<string>;
};

export type CountersRefusal = 'not_installed' | 'not_loaded' | 'not_permitted';

/** Where the counters are, or why they cannot be read. */
export async function findCounters(client: PoolClient): Promise<StatementCounters | CountersRefusal> {
  const { rows } = await client.query<{ schema: string; columns: string[] | null; usable: boolean; may_see: boolean }>(
    `SELECT n.nspname AS schema, pg_has_role('pg_read_all_stats', 'USAGE') AS may_see,
       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(v.oid, 'SELECT') AS usable,
       (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = v.oid AND a.attnum > 0) AS columns
     FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
       JOIN pg_class v ON v.relnamespace = n.oid AND v.relname = 'pg_stat_statements'
     WHERE e.extname = 'pg_stat_statements'`,
  );
  const row = rows[0];
  if (row === undefined) return 'not_installed';
  if (!row.may_see || !row.usable) return 'not_permitted';
  const schema = quoteIdentifier(row.schema);
  // The library has to be loaded when the server starts; without it the functions are there, and fail.
  const isLoaded = await client.query(`SELECT FROM ${schema}.pg_stat_statements(false) LIMIT 1`).then(
    () => true,
    (error: unknown) => {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === '55000') return false;
      throw error;
    },
  );
  return isLoaded ? { schema, columns: new Set(row.columns) } : 'not_loaded';
}
