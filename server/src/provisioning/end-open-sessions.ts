import { ConnectorError, type PlatformSession, type SessionEnd } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { type JudgedMembership, judgeRun, type Previous, sessionsLeft } from './judge-run.ts';
import type { Run } from './reconcile-connection.ts';
import { statementEntry } from './statement-audit.ts';
import { asRun, forgetIntents, intend } from './statement-intent.ts';

type Outcome = { readonly end: SessionEnd; readonly sessions?: number; readonly failure?: ConnectorError['failure'] };

/**
 * Ends the sessions of those whose access ended by this run, where the connection asks for it, whatever else they have: which
 * role a session has taken on cannot be seen from outside. Answers the requests whose sessions may go on. It never fails: what
 * was taken away is taken away.
 */
export async function endOpenSessions(
  deps: Deps,
  session: PlatformSession,
  { run, previous }: { run: Run; previous: Previous },
): Promise<ReadonlySet<string>> {
  if (!session.endsSessions) return new Set();
  const removed = await readRemoved(deps, run, previous);
  const left = new Set(removed.filter((one) => one.wasLeft).map((one) => one.requestId));
  const ending = removed.filter((one) => one.isNew);
  const principals = new Set([...endedByStatement(run), ...ending.map((one) => one.principalId)]);
  if (principals.size === 0) return left;
  const open = await endAll(deps, session, { run, principals: [...principals], ending });
  for (const one of ending) if (open === 'unknown' || open.has(one.principalId)) left.add(one.requestId);
  return left;
}

/** Also who had it by a policy alone. */
const endedByStatement = ({ results }: Run): string[] =>
  results.flatMap(({ status, statement: { step } }) =>
    status === 'done' && step.kind === 'end-members' ? step.members.map((member) => member.platformId) : [],
  );

type Removed = {
  readonly requestId: string;
  readonly principalId: string;
  readonly isNew: boolean;
  readonly wasLeft: boolean;
};

/** What is proved to have ended. New is what was not recorded so: also where an earlier run took it away and came no further. */
async function readRemoved(deps: Deps, run: Run, previous: Previous): Promise<Removed[]> {
  const identities = new Map(run.facts.users.map((user) => [user.globalUserId, user.identity?.principalId ?? null]));
  const removed = judgeRun(run, previous).memberships.flatMap((m) => {
    const principalId = m.state === 'REMOVED' && !isContinued(m) ? (identities.get(m.globalUserId) ?? null) : null;
    return principalId === null ? [] : [{ requestId: m.requestId, principalId }];
  });
  if (removed.length === 0) return [];
  const { rows } = await sql<{ id: string; state: string; reason: string | null }>`
    select access_request_id as id, state, reason from membership_status where connection_id = ${run.connectionId}
      and active_at is not null and access_request_id = any(${removed.map((one) => one.requestId)}::text[])`.execute(
    deps.db,
  );
  const recorded = new Map(rows.map((row) => [row.id, row]));
  return removed.map((one) => {
    const before = recorded.get(one.requestId);
    const isNew = before !== undefined && before.state !== 'REMOVED';
    return { ...one, isNew, wasLeft: before?.state === 'REMOVED' && before.reason === sessionsLeft };
  });
}

const isContinued = ({ reason }: JudgedMembership): boolean => reason === 'approval.continued';

type Ending = { run: Run; principals: readonly string[]; ending: readonly Removed[] };

/** The principals whose sessions are still open; `unknown` where the platform could not be asked. */
async function endAll(
  deps: Deps,
  session: PlatformSession,
  { run, principals, ending }: Ending,
): Promise<ReadonlySet<string> | 'unknown'> {
  try {
    const ends = await session.openSessions(principals);
    if (ends.length === 0) return new Set();
    const outcomes = await asRun(async (runId) => {
      const intending = { connectionId: run.connectionId, runId };
      const step = { kind: 'end-sessions' } as const;
      await intend(
        deps.db,
        intending,
        ends.map((end) => ({ sql: end.sql, step })),
      );
      const done: Outcome[] = [];
      for (const end of ends) done.push(await endOne(session, end));
      await transact(deps, async (tx) => {
        await appendAudit(
          tx,
          done.map((outcome) => auditOf(run, outcome, ending)),
        );
        await forgetIntents(intending).execute(tx);
      });
      return done;
    });
    return new Set(outcomes.filter((one) => one.failure !== undefined).map((one) => one.end.principalId));
  } catch (error) {
    deps.log.warn({ err: error }, 'open sessions could not be ended with an access');
    return 'unknown';
  }
}

async function endOne(session: PlatformSession, end: SessionEnd): Promise<Outcome> {
  try {
    return { end, sessions: await session.endSessions(end) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { end, failure: error.failure };
  }
}

function auditOf(run: Run, { end, sessions, failure }: Outcome, ending: readonly Removed[]) {
  const payload = {
    statement: end.sql,
    step: 'end-sessions',
    result: failure === undefined ? 'done' : 'failed',
    ...(sessions === undefined ? {} : { sessions }),
    ...(failure === undefined
      ? {}
      : { failure: { class: failure.class, code: failure.code, message: failure.message } }),
  };
  const place = { id: run.connectionId, name: run.connectionKey };
  const requests = ending.filter((one) => one.principalId === end.principalId).slice(0, 200);
  return {
    ...statementEntry(place, payload, failure === undefined),
    relatedResources: requests.map(({ requestId }) => ({ id: requestId, name: requestId, type: 'ACCESS_REQUEST' })),
  };
}
