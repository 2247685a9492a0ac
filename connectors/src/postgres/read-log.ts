import type { PoolClient } from 'pg';
import type { ActivityReading } from '../activity.ts';
import { logFunction } from './log-function.ts';
import { ownSchema } from './mask-names.ts';
import { addUp, type Seen } from './object-uses.ts';
import type { ServerFacts } from './server-facts.ts';
import { type NamedRelation, relationsOf } from './statement-relations.ts';

/** Up to where the server's log was read. */
export type LogCursor = { readonly logFile: string; readonly nextByte: string };

export type LogRefusal = 'not_there' | 'not_permitted' | 'not_written';

/** Whether the account may ask for logged statements, and the server writes any that can be asked for. */
export async function findLog(client: PoolClient): Promise<LogRefusal | null> {
  const { rows } = await client.query<{ may: boolean | null; writes: boolean }>(
    `SELECT (SELECT CASE WHEN has_schema_privilege(n.oid, 'USAGE') THEN has_function_privilege(to_regprocedure('${logFunction}(text,bigint)'), 'EXECUTE') END
         FROM pg_namespace n WHERE n.nspname = '${ownSchema}') AS may,
       current_setting('logging_collector') = 'on' AND current_setting('log_destination') LIKE '%jsonlog%'
         AND current_setting('log_min_duration_statement') = '0' AS writes`,
  );
  const row = rows[0];
  if (row?.may == null) return 'not_there';
  if (!row.may) return 'not_permitted';
  return row.writes ? null : 'not_written';
}

type Row = {
  log_file: string;
  next_byte: string;
  at: string | null;
  login: string | null;
  user_id: string | null;
  account: string | null;
  statement: string | null;
};

/** A log that is written faster than it is read falls behind by no more than this many calls a reading. */
const mostCalls = 10;

/** Statements that ran to their end since the last look: the log names those that were refused in another way. */
export async function readLog(
  client: PoolClient,
  facts: ServerFacts,
  before: LogCursor | null,
): Promise<ActivityReading> {
  const known = new Map<string, readonly NamedRelation[] | null>();
  const seen: Seen[] = [];
  let unresolvedCalls = 0;
  let cursor = before;
  let isBeginning = before === null;
  for (let call = 0; call < mostCalls; call += 1) {
    const rows = await askLog(client, cursor);
    const end = rows.at(-1);
    if (end === undefined) break;
    isBeginning ||= end.login === 'gap';
    for (const row of rows) {
      if (row.at === null || row.user_id === null || row.account === null || row.user_id === facts.accountId) continue;
      const relations = await understand(known, row.statement);
      const at = Number(row.at);
      const { user_id: userId, account } = row;
      if (relations === null) unresolvedCalls += 1;
      else
        for (const relation of relations) seen.push({ userId, account, relation, calls: 1, firstAt: at, lastAt: at });
    }
    const isDone = cursor?.logFile === end.log_file && cursor.nextByte === end.next_byte;
    cursor = { logFile: end.log_file, nextByte: end.next_byte };
    if (isDone || before === null) break;
  }
  const uses = await addUp(client, facts, seen);
  return { way: 'log', uses, cursor, isBeginning, forgotten: 0, unresolvedCalls };
}

async function askLog(client: PoolClient, cursor: LogCursor | null): Promise<readonly Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT l.log_file, l.next_byte::text AS next_byte, (extract(epoch FROM l.logged_at) * 1000)::bigint::text AS at,
       l.login, r.oid::text AS user_id, r.rolname AS account, l.statement
     FROM ${logFunction}($1, $2::bigint) WITH ORDINALITY AS l (log_file, next_byte, logged_at, login, statement, place)
       LEFT JOIN pg_roles r ON r.rolname = l.login ORDER BY l.place`,
    [cursor?.logFile ?? null, cursor?.nextByte ?? '0'],
  );
  return rows;
}

async function understand(
  known: Map<string, readonly NamedRelation[] | null>,
  statement: string | null,
): Promise<readonly NamedRelation[] | null> {
  if (statement === null) return null;
  const before = known.get(statement);
  if (before !== undefined) return before;
  const relations = await relationsOf(statement);
  known.set(statement, relations);
  return relations;
}
