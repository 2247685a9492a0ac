import type { PoolClient } from 'pg';
import type { Check } from '../connector.ts';
import { otherSchemas } from './crawl.ts';
import type { ServerFacts } from './server-facts.ts';

type Row = { total: number; readable: number; repair: string | null };

/** Whether values can be counted inside the platform: what cannot be read is not identified. */
export async function checkSampling(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const { rows } = await client.query<Row>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE may_read)::int AS readable,
       string_agg(DISTINCT format('GRANT USAGE ON SCHEMA %1$I TO %2$I; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I;', nspname, $1::text), E'\n')
         FILTER (WHERE NOT may_read) AS repair
     FROM (SELECT n.nspname, has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS may_read
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE ${otherSchemas} AND c.relkind IN ('r', 'p', 'v', 'm')) AS t`,
    [facts.accountName],
  );
  const { total = 0, readable = 0, repair = null } = rows[0] ?? {};
  if (readable === 0 && total > 0) {
    const detail = 'The account can read no table, so sensitive data cannot be identified.';
    return { check: 'SAMPLING', result: 'warn', detail, ...(repair === null ? {} : { repair }) };
  }
  const detail = `Values of ${readable} of ${total} tables and views can be counted; only counts leave the platform.`;
  return { check: 'SAMPLING', result: 'pass', detail };
}
