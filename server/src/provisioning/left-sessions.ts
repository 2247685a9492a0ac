import {
  ConnectorError,
  type OpenSessions,
  type PlatformSession,
  type SessionEnd,
  type SessionsOf,
} from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import { type AfterCommit, transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { type Held, mayEndSessions, type WaitingKey } from './claim-work.ts';
import { sessionsLeft } from './judge-run.ts';
import { type Place, statementEntry } from './statement-audit.ts';
import { asRun, forgetIntents } from './statement-intent.ts';

/** Sessions of one person that are to end, and the requests whose access has ended: each with the reason of its end. */
export type Ending = SessionsOf & { readonly requests: Readonly<Record<string, string | null>> };

type Outcome = { readonly end: SessionEnd; readonly sessions?: number; readonly failure?: ConnectorError['failure'] };
type Try = {
  readonly place: Place;
  readonly endings: readonly Ending[];
  readonly isAgain: boolean;
  readonly held: Held;
};

/**
 * Ends sessions. Those of a person that could not be ended are kept in mind and tried again; where they were ended, or are gone,
 * requests that said that they go on say so no more. Answers the principals whose sessions go on. What a platform does not do
 * fails nothing: the access itself has ended. `fenced`: the connection is another's by now, and what was not ended is left to it.
 */
export async function endSessions(
  deps: Deps,
  session: PlatformSession,
  about: Try,
): Promise<ReadonlySet<string> | 'fenced'> {
  const { place, endings, held } = about;
  return asRun(async (runId) => {
    const tried = await tryAll(deps, session, { endings, held, runId });
    const outcomes = tried === 'unknown' ? [] : tried.outcomes;
    const isFenced = tried !== 'unknown' && tried.isFenced;
    const left = tried === 'unknown' ? endings : stillOpen(endings, tried);
    await transact(deps, async (tx, after) => {
      if (outcomes.length > 0)
        await appendAudit(
          tx,
          outcomes.map((outcome) => auditOf(place, outcome, endings)),
        );
      if (outcomes.length > 0 || isFenced) await forgetIntents({ connectionId: place.id, runId }).execute(tx);
      if (isFenced) return about.isAgain ? undefined : keepInMind(tx, place.id, unseenNext(endings, outcomes));
      await (about.isAgain ? putOff(tx, place.id, left) : keepInMind(tx, place.id, left));
      const names = new Set(left.map(({ principalId }) => principalId));
      const ended = endings.flatMap(({ principalId }) => (names.has(principalId) ? [] : [principalId]));
      await forget(tx, after, { connectionId: place.id, principals: ended });
    });
    return isFenced ? 'fenced' : new Set(left.map(({ principalId }) => principalId));
  });
}

/** The next run finds again whose request has ended; of an access that policies alone gave it finds nothing any more. */
const unseenNext = (endings: readonly Ending[], outcomes: readonly Outcome[]): readonly Ending[] => {
  const ended = new Set(outcomes.flatMap(({ end, failure }) => (failure === undefined ? [end.principalId] : [])));
  return endings.filter(({ principalId, requests }) => Object.keys(requests).length === 0 && !ended.has(principalId));
};

type Trying = { readonly endings: readonly Ending[]; readonly held: Held; readonly runId: string };
type Tried = {
  readonly outcomes: readonly Outcome[];
  /** Open under the number of one that is meant, which may be another session's by now: left alone. */
  readonly untold: OpenSessions['untold'];
  readonly isFenced: boolean;
};

/** `unknown`: the platform could not be asked. */
async function tryAll(deps: Deps, session: PlatformSession, about: Trying): Promise<Tried | 'unknown'> {
  const { endings, held, runId } = about;
  const outcomes: Outcome[] = [];
  try {
    const { ends, untold } = await session.openSessions(endings);
    for (const end of ends) {
      if (!(await mayEndSessions(deps.db, held, { runId, statement: end.sql })))
        return { outcomes, untold, isFenced: true };
      outcomes.push(await endOne(session, end));
    }
    return { outcomes, untold, isFenced: false };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
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

/** By the ids they were seen under: a session that begins later holds on to nothing. */
function stillOpen(endings: readonly Ending[], { outcomes, untold }: Tried): readonly Ending[] {
  const open = new Map<string, readonly string[]>(untold.map(({ principalId, sessions }) => [principalId, sessions]));
  for (const { end, failure } of outcomes)
    if (failure !== undefined) open.set(end.principalId, [...(open.get(end.principalId) ?? []), ...end.sessions]);
  return endings.flatMap((ending) => {
    const sessions = open.get(ending.principalId);
    return sessions === undefined ? [] : [{ ...ending, sessions }];
  });
}

function auditOf(place: Place, { end, sessions, failure }: Outcome, endings: readonly Ending[]) {
  const payload = {
    statement: end.sql,
    step: 'end-sessions',
    result: failure === undefined ? 'done' : 'failed',
    ...(sessions === undefined ? {} : { sessions }),
    ...(failure === undefined
      ? {}
      : { failure: { class: failure.class, code: failure.code, message: failure.message } }),
  };
  const requests = endings.find((one) => one.principalId === end.principalId)?.requests ?? {};
  return {
    ...statementEntry(place, payload, failure === undefined),
    relatedResources: Object.keys(requests)
      .slice(0, 200)
      .map((id) => ({ id, name: id, type: 'ACCESS_REQUEST' })),
  };
}

const firstWaitSeconds = 15;
const longestWaitSeconds = 3_600;
const triedFor = '7 days';

const asRows = (left: readonly Ending[]) =>
  sql`json_to_recordset(${JSON.stringify(
    left.map(({ principalId, sessions, requests }) => ({ principal: principalId, sessions, requests })),
  )}::json) as x (principal text, sessions text[], requests jsonb)`;

async function keepInMind(tx: Tx, connectionId: string, left: readonly Ending[]): Promise<void> {
  if (left.length === 0) return;
  await sql`
    insert into left_session as l (connection_id, principal_id, sessions, requests, next_attempt_at)
    select ${connectionId}, x.principal, x.sessions, x.requests, now() + make_interval(secs => ${firstWaitSeconds}) from ${asRows(left)}
    on conflict (connection_id, principal_id) do update set sessions = excluded.sessions, requests = l.requests || excluded.requests,
      since = now(), attempt = 0, next_attempt_at = excluded.next_attempt_at`.execute(tx);
}

/** What was tried for long enough is left as it is. */
async function putOff(tx: Tx, connectionId: string, left: readonly Ending[]): Promise<void> {
  if (left.length === 0) return;
  await sql`
    with tried as (
      update left_session l set sessions = x.sessions, attempt = l.attempt + 1,
        next_attempt_at = now() + make_interval(secs => least(${longestWaitSeconds}, ${firstWaitSeconds} * power(2, least(l.attempt + 1, 16))))
      from ${asRows(left)}
      where l.connection_id = ${connectionId} and l.principal_id = x.principal and l.since > now() - ${triedFor}::interval
    )
    delete from left_session where connection_id = ${connectionId} and since <= now() - ${triedFor}::interval
      and principal_id = any(${left.map(({ principalId }) => principalId)}::text[])`.execute(tx);
}

type Forgetting = { connectionId: string; principals: readonly string[] };

async function forget(tx: Tx, after: AfterCommit, { connectionId, principals }: Forgetting): Promise<void> {
  if (principals.length === 0) return;
  const { rows } = await sql<{ id: string }>`
    with gone as (
      delete from left_session where connection_id = ${connectionId} and principal_id = any(${[...principals]}::text[]) returning requests
    )
    update membership_status m set reason = r.value, updated_at = now()
    from gone cross join lateral jsonb_each_text(gone.requests) r
    where m.connection_id = ${connectionId} and m.access_request_id = r.key and m.state = 'REMOVED' and m.reason = ${sessionsLeft}
    returning m.access_request_id as id`.execute(tx);
  for (const { id } of rows) after.changed('provisioning', id);
}

type Work = Held & { readonly connectionKey: string; readonly keys: readonly WaitingKey[] };

/** Tries again to end the sessions that it is time for, where keys ask for it; these go with it. */
export async function retryLeftSessions(deps: Deps, session: PlatformSession, work: Work): Promise<'done' | 'fenced'> {
  const { connectionId, connectionKey } = work;
  const keys = work.keys.filter(isOfSessions).map(({ id }) => id);
  if (keys.length === 0) return 'done';
  if (!session.endsSessions) await sql`delete from left_session where connection_id = ${connectionId}`.execute(deps.db);
  const endings = await readDue(deps, connectionId);
  const place = { id: connectionId, name: connectionKey };
  if (endings.length > 0) {
    const open = await endSessions(deps, session, { place, endings, isAgain: true, held: work });
    if (open === 'fenced') return open;
  }
  await sql`delete from provisioning_key where id = any(${keys}::bigint[])`.execute(deps.db);
  return 'done';
}

export const isOfSessions = ({ facet }: WaitingKey): boolean => facet === 'session';

/** Whoever has the access again by the same request may keep the session. */
async function readDue(deps: Deps, connectionId: string): Promise<readonly Ending[]> {
  const { rows } = await sql<Ending>`
    with due as materialized (
      select l.principal_id, l.sessions, l.requests, (select jsonb_object_agg(r.key, r.value) from jsonb_each(l.requests) r
        join membership_status m on m.access_request_id = r.key and m.connection_id = l.connection_id
        where m.state = 'REMOVED' and m.reason = ${sessionsLeft}) as standing
      from left_session l where l.connection_id = ${connectionId} and l.next_attempt_at <= now()
    ), over as (
      delete from left_session l using due
      where l.connection_id = ${connectionId} and l.principal_id = due.principal_id and due.requests <> '{}' and due.standing is null
    )
    select principal_id as "principalId", sessions, coalesce(standing, '{}') as requests from due
    where requests = '{}' or standing is not null`.execute(deps.db);
  return rows;
}
