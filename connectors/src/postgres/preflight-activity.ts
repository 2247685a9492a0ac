import type { PoolClient } from 'pg';
import type { Check } from '../connector.ts';
import { findCounters, type CountersRefusal } from './activity-ways.ts';
import { quoteShown } from './identifiers.ts';
import { logFunctionSql } from './log-function.ts';
import { findLog } from './read-log.ts';
import type { ServerFacts } from './server-facts.ts';

/** Whether the server tells who reads what. Without it access is given and taken as ever, but nobody sees what is unused. */
export async function checkActivity(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const counters = await findCounters(client);
  if (typeof counters !== 'string') {
    const detail = 'Who reads which table can be counted from pg_stat_statements; no text of a query is kept.';
    return { check: 'ACTIVITY', result: 'pass', detail };
  }
  const log = await findLog(client);
  if (log === null) {
    const detail = 'Who reads which table can be counted from the log; no text of a query is kept.';
    return { check: 'ACTIVITY', result: 'pass', detail };
  }
  return {
    check: 'ACTIVITY',
    result: 'warn',
    detail: details[counters],
    repair: repairOf(counters, facts, await readSchema(client)),
  };
}

const details: Readonly<Record<CountersRefusal, string>> = {
  not_installed: 'Unused access cannot be told: pg_stat_statements is not there.',
  not_loaded: 'Unused access cannot be told: pg_stat_statements is not loaded when the server starts.',
  not_permitted: 'Unused access cannot be told: the account may not read the statistics of others.',
};

async function readSchema(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(
    "SELECT n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'",
  );
  return rows[0]?.schema ?? 'public';
}

function repairOf(refusal: CountersRefusal, facts: ServerFacts, schema: string): string {
  const account = quoteShown(facts.accountName);
  const grant = `GRANT pg_read_all_stats TO ${account};\nGRANT USAGE ON SCHEMA ${quoteShown(schema)} TO ${account};`;
  if (refusal === 'not_permitted') return grant;
  const load = [
    '-- As a superuser; keep the libraries that the setting names already. Takes effect when the server is restarted.',
    "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements';",
  ];
  if (refusal === 'not_loaded') return load.join('\n');
  const create = [
    '-- Then, in this database:',
    'CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public;',
    grant,
  ];
  return [...load, ...create, ...(hasJsonLog(facts) ? fromLog(facts) : [])].join('\n');
}

const hasJsonLog = (facts: ServerFacts): boolean => facts.versionNumber >= 150_000;

/** For servers where the library cannot be loaded. */
const fromLog = (facts: ServerFacts): readonly string[] => [
  '',
  '-- Or instead of all that, from the log. It then holds every statement, with its values: keep it where only administrators see it.',
  ...[
    "ALTER SYSTEM SET logging_collector = 'on'; -- takes effect when the server is restarted",
    "ALTER SYSTEM SET log_destination = 'stderr,jsonlog';",
    "ALTER SYSTEM SET log_min_duration_statement = '0';",
    'SELECT pg_reload_conf();',
    logFunctionSql(facts.accountName),
  ].flatMap((lines) => lines.split('\n').map((line) => `-- ${line}`)),
];
