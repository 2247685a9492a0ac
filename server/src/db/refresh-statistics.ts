import { sql } from 'kysely';
import type { Db } from './pool.ts';

/** A sample of 30,000 rows is read, however many there are. */
const longest = '60s';

/**
 * Analyzes the table of which the most rows are new, when these are a thousand and half of what there was: after a crawl, a domain
 * or a product of many sources. Answers which, or null when there is none.
 */
export const refreshStatistics = (db: Db): Promise<string | null> =>
  db.transaction().execute(async (tx) => {
    await sql`select set_config('statement_timeout', ${longest}, true)`.execute(tx);
    const { rows } = await sql<{ changed: string | null }>`select refresh_statistics() as changed`.execute(tx);
    return rows[0]?.changed ?? null;
  });
