import type { PlatformSession } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import type { Held } from './claim-work.ts';
import { type JudgedMembership, judgeRun, type Previous, sessionsLeft } from './judge-run.ts';
import { endSessions } from './left-sessions.ts';
import type { Run } from './reconcile-connection.ts';

/**
 * Ends the sessions of those whose access ended by this run, where the connection asks for it, whatever else they have: which
 * role a session has taken on cannot be seen from outside. Answers the requests whose sessions may go on; `fenced` where the
 * connection is another's by now.
 */
export async function endOpenSessions(
  deps: Deps,
  session: PlatformSession,
  { run, previous, held }: { run: Run; previous: Previous; held: Held },
): Promise<ReadonlySet<string> | 'fenced'> {
  if (!session.endsSessions) return new Set();
  const removed = await readRemoved(deps, run, previous);
  const ending = removed.filter((one) => one.isNew);
  const principals = new Set([...endedByStatement(run), ...ending.map((one) => one.principalId)]);
  const requestsOf = (id: string) =>
    Object.fromEntries(ending.filter((one) => one.principalId === id).map((one) => [one.requestId, one.reason]));
  const open =
    principals.size === 0
      ? principals
      : await endSessions(deps, session, {
          place: { id: run.connectionId, name: run.connectionKey },
          endings: [...principals].map((id) => ({ principalId: id, sessions: null, requests: requestsOf(id) })),
          isAgain: false,
          held,
        });
  if (open === 'fenced') return open;
  const isLeft = ({ isNew, wasLeft, principalId }: Removed): boolean =>
    open.has(principalId) ? isNew || wasLeft : wasLeft && !principals.has(principalId);
  return new Set(removed.filter(isLeft).map((one) => one.requestId));
}

/** Also who had it by a policy alone. */
const endedByStatement = ({ results }: Run): string[] =>
  results.flatMap(({ status, statement: { step } }) =>
    status === 'done' && step.kind === 'end-members' ? step.members.map((member) => member.platformId) : [],
  );

type Removed = {
  readonly requestId: string;
  readonly principalId: string;
  readonly reason: string | null;
  readonly isNew: boolean;
  readonly wasLeft: boolean;
};

/** What is proved to have ended. New is what was not recorded so: also where an earlier run took it away and came no further. */
async function readRemoved(deps: Deps, run: Run, previous: Previous): Promise<Removed[]> {
  const identities = new Map(run.facts.users.map((user) => [user.globalUserId, user.identity?.principalId ?? null]));
  const removed = judgeRun(run, previous).memberships.flatMap((m) => {
    const principalId = m.state === 'REMOVED' && !isContinued(m) ? (identities.get(m.globalUserId) ?? null) : null;
    return principalId === null ? [] : [{ requestId: m.requestId, principalId, reason: m.reason }];
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
