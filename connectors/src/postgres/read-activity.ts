import type { PoolClient } from 'pg';
import type { ActivityCursor, ActivityReading } from '../activity.ts';
import { findCounters, type StatementCounters } from './activity-ways.ts';
import { addUp, type Seen } from './object-uses.ts';
import { findLog, type LogCursor, readLog } from './read-log.ts';
import type { ServerFacts } from './server-facts.ts';
import { type Counter, type CountersBefore, keepCounters, type NewCalls, newCalls } from './statement-counters.ts';
import { longestStatement, type NamedRelation, relationsOf } from './statement-relations.ts';

/** What statements read, by their id, so that each text is fetched and understood once; null: not understood. */
export type KnownStatements = Map<string, readonly NamedRelation[] | null>;
/** More are forgotten all at once: they are only quicker to have. */
const mostKnown = 20_000;

/** One reading of who has read what since the last one. Writes nothing on the platform; the texts of statements stay in here. */
export async function readActivity(
  client: PoolClient,
  facts: ServerFacts,
  { cursor, known }: { readonly cursor: ActivityCursor | null; readonly known: KnownStatements },
): Promise<ActivityReading> {
  const counters = await findCounters(client);
  if (typeof counters === 'string') {
    return (await findLog(client)) === null ? readLog(client, facts, logBeforeOf(cursor)) : nothingRead;
  }
  return readCounted(client, facts, { counters, before: beforeOf(cursor), known });
}

const nothingRead: ActivityReading = {
  way: 'none',
  uses: [],
  cursor: null,
  isBeginning: true,
  forgotten: 0,
  unresolvedCalls: 0,
};

/** What we wrote ourselves; a cursor of another way begins anew. */
const beforeOf = (cursor: ActivityCursor | null): CountersBefore | null =>
  // Nobody but this file writes it.
  cursor !== null && 'counters' in cursor ? (cursor as CountersBefore) : null;

const logBeforeOf = (cursor: ActivityCursor | null): LogCursor | null =>
  // Nobody but this folder writes it.
  cursor !== null && 'logFile' in cursor ? (cursor as LogCursor) : null;

type Counted = {
  readonly counters: StatementCounters;
  readonly before: CountersBefore | null;
  readonly known: KnownStatements;
};

async function readCounted(
  client: PoolClient,
  facts: ServerFacts,
  { counters, before, known }: Counted,
): Promise<ActivityReading> {
  const now = await readCounters(client, facts, counters);
  const { calls, isBeginning, forgotten } = newCalls(before, now);
  await learnStatements(client, counters, { calls, known });
  const { uses, unresolvedCalls } = await usesOf(client, facts, { calls, known, lastAt: now.at });
  return { way: 'statistics', uses, cursor: keepCounters(now), isBeginning, forgotten, unresolvedCalls };
}

type CounterRow = { user_id: string; query_id: string; top_level: boolean; calls: string; since: string | null };

const milliseconds = (moment: string): string => `(extract(epoch FROM ${moment}) * 1000)::bigint::text`;

/** Everybody's counters in this database but our own account's; the texts stay where they are. */
async function readCounters(client: PoolClient, facts: ServerFacts, { schema, columns }: StatementCounters) {
  const { rows } = await client.query<CounterRow>(
    `SELECT s.userid::text AS user_id, s.queryid::text AS query_id, sum(s.calls)::bigint::text AS calls,
       ${columns.has('toplevel') ? 's.toplevel' : 'true'} AS top_level,
       ${columns.has('stats_since') ? `max(${milliseconds('s.stats_since')})` : 'NULL'} AS since
     FROM ${schema}.pg_stat_statements(false) s WHERE s.dbid = $1::oid AND s.userid <> $2::oid AND s.queryid IS NOT NULL
     GROUP BY 1, 2, 4`,
    [facts.databaseId, facts.accountId],
  );
  // There is one from PostgreSQL 14 on.
  const { rows: all } = await client.query<{ at: string; has_info: boolean }>(
    `SELECT ${milliseconds('clock_timestamp()')} AS at, to_regclass($1) IS NOT NULL AS has_info`,
    [`${schema}.pg_stat_statements_info`],
  );
  const info = all[0]?.has_info === true ? await readInfo(client, schema) : { resetAt: null, dealloc: null };
  const listed = rows.map(
    (row): Counter => ({
      userId: row.user_id,
      queryId: row.query_id,
      topLevel: row.top_level,
      calls: Number(row.calls),
      since: row.since === null ? null : Number(row.since),
    }),
  );
  return { at: Number(all[0]?.at ?? 0), ...info, counters: listed };
}

async function readInfo(client: PoolClient, schema: string) {
  const { rows } = await client.query<{ reset_at: string; dealloc: string }>(
    `SELECT ${milliseconds('stats_reset')} AS reset_at, dealloc::text AS dealloc FROM ${schema}.pg_stat_statements_info`,
  );
  const row = rows[0];
  return row === undefined
    ? { resetAt: null, dealloc: null }
    : { resetAt: Number(row.reset_at), dealloc: Number(row.dealloc) };
}

/** The server reads all of its texts for this, so only where there is one that we do not know yet. */
async function learnStatements(
  client: PoolClient,
  { schema }: StatementCounters,
  { calls, known }: { readonly calls: readonly NewCalls[]; readonly known: KnownStatements },
): Promise<void> {
  const unknown = [...new Set(calls.map(({ counter }) => counter.queryId))].filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  if (known.size > mostKnown) known.clear();
  const { rows } = await client.query<{ id: string; text: string | null }>(
    `SELECT DISTINCT ON (s.queryid) s.queryid::text AS id, left(s.query, ${longestStatement + 1}) AS text
     FROM ${schema}.pg_stat_statements(true) s
     WHERE s.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND s.queryid = ANY($1::bigint[])`,
    [unknown],
  );
  for (const { id, text } of rows) known.set(id, text === null ? null : await relationsOf(text));
}

/** Calls of statements as uses of objects. */
async function usesOf(
  client: PoolClient,
  facts: ServerFacts,
  {
    calls,
    known,
    lastAt,
  }: { readonly calls: readonly NewCalls[]; readonly known: KnownStatements; readonly lastAt: number },
) {
  const accounts = await readNames(client, [...new Set(calls.map(({ counter }) => counter.userId))]);
  let unresolvedCalls = 0;
  const seen: Seen[] = [];
  for (const one of calls) {
    const { userId, queryId } = one.counter;
    const account = accounts.get(userId);
    const relations = known.get(queryId) ?? null;
    if (relations === null) unresolvedCalls += one.calls;
    else if (account !== undefined)
      for (const relation of relations)
        seen.push({ userId, account, relation, calls: one.calls, firstAt: one.firstAt, lastAt });
  }
  return { uses: await addUp(client, facts, seen), unresolvedCalls };
}

async function readNames(client: PoolClient, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ id: string; name: string }>(
    'SELECT oid::text AS id, rolname AS name FROM pg_roles WHERE oid = ANY($1::oid[])',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
