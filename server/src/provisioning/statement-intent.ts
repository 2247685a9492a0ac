import { type RawBuilder, sql } from 'kysely';
import { type AuditEntry, appendAudit } from '../audit/append.ts';
import { newUuid } from '../db/new-id.ts';
import type { Db, Tx } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { keptText, type Place, type Result, statementEntry, statementPayload } from './statement-audit.ts';

export type Intending = { readonly connectionId: string; readonly runId: string };
export type Intended = { readonly sql: string; readonly step: { readonly kind: string } };

/** The runs of this process that will record what came of their statements themselves. */
const underWay = new Set<string>();

/** Gives `work` the id under which it writes down what it is about to run. */
export async function asRun<T>(work: (runId: string) => Promise<T>): Promise<T> {
  const runId = newUuid();
  underWay.add(runId);
  try {
    return await work(runId);
  } finally {
    underWay.delete(runId);
  }
}

const asJson = (statements: readonly Intended[]): string =>
  JSON.stringify(statements.map(({ sql: text, step }) => ({ sql: keptText(text), step: step.kind })));

/** A question whether a run may go on, which writes down what it goes on with when the answer is yes. */
export const intendingIf = (
  holds: RawBuilder<unknown>,
  { connectionId, runId }: Intending,
  statements: readonly Intended[],
): RawBuilder<{ holds: boolean }> => sql<{ holds: boolean }>`
  with fence as materialized (select ${holds} as holds), intent as (
    insert into statement_intent (connection_id, run_id, statements)
    select ${connectionId}, ${runId}, ${asJson(statements)}::jsonb from fence where holds)
  select holds from fence`;

/** For roads without a fence of their own. */
export const intend = (db: Db, run: Intending, statements: readonly Intended[]): Promise<unknown> =>
  intendingIf(sql`true`, run, statements).execute(db);

/** They are recorded: the part of the statement that records them, or a statement of its own. */
export const forgetIntents = ({ connectionId, runId }: Intending): RawBuilder<unknown> =>
  sql`delete from statement_intent where connection_id = ${connectionId} and run_id = ${runId}`;

/**
 * For roads that record nothing else of what they did, and for runs that may record nothing else any more: each statement that
 * was run, with its result.
 */
export const recordStatements = (
  deps: Deps,
  run: Intending & { readonly connectionKey: string },
  results: readonly Result[],
): Promise<void> =>
  transact(deps, async (tx) => {
    const place = { id: run.connectionId, name: run.connectionKey };
    const tried = results.filter((result) => result.status !== 'skipped' || result.reason !== 'fenced');
    const entries = tried.map((result) => statementEntry(place, statementPayload(result), result.status === 'done'));
    if (entries.length > 0) {
      await appendAudit(tx, entries);
      await forgetLook(tx, run.connectionId);
    }
    await forgetIntents(run).execute(tx);
  });

type Left = { run_id: string; written_at: Date; statements: { sql: string; step: string }[] };

/**
 * What runs wrote down that ended before they could say what came of it, because their process or their database did: it is in
 * the audit with that as its result. What it came to on the platform shows the run that follows.
 */
export async function recordLeftIntents(deps: Deps, place: Place): Promise<void> {
  await transact(deps, async (tx) => {
    const left = await takeLeft(tx, place.id);
    const entries = left.flatMap((one) => one.statements.map((statement) => lostEntry(place, one, statement)));
    if (entries.length > 0) {
      await appendAudit(tx, entries);
      await forgetLook(tx, place.id);
    }
  });
}

/** No run has recorded what these statements came to: the next sweep looks at the whole. */
const forgetLook = (tx: Tx, connectionId: string): Promise<unknown> =>
  sql`update connection set fingerprint = null where id = ${connectionId} and fingerprint is not null`.execute(tx);

async function takeLeft(tx: Tx, connectionId: string): Promise<Left[]> {
  const { rows } = await sql<Left>`
    with left_over as (delete from statement_intent
      where connection_id = ${connectionId} and not run_id = any(${[...underWay]}::uuid[]) returning run_id, written_at, statements)
    -- A transaction that lost against another one is tried again, and was written down each time.
    select run_id, min(written_at) as written_at, statements from left_over group by run_id, statements order by min(written_at)`.execute(
    tx,
  );
  return rows;
}

function lostEntry(place: Place, left: Left, statement: Left['statements'][number]): AuditEntry {
  const payload = {
    statement: statement.sql,
    step: statement.step,
    result: 'unknown',
    intendedAt: left.written_at.toISOString(),
    failure: {
      class: 'unknown',
      code: 'run_ended',
      message:
        'The run ended before it knew or could record what came of this statement. The next look at the platform shows what stands there.',
    },
  };
  return statementEntry(place, payload, false);
}
