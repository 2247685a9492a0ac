import type { PeopleChangeDetail } from '@stoa/contract/people-change';
import { nothing, type PeopleChangeObject } from '@stoa/core/permissions/objects';
import { hasPermission } from '@stoa/core/person';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry, systemActor } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notAuthenticated, notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { objectOf, type PeopleChangeRow, readDetail, readRows } from './read-people-changes.ts';
import { type Tried, tryChange } from './try-change.ts';

type Input = { readonly actor: LoadedPerson; readonly call: Call; readonly id: string };
type Act = PeopleChangeObject['act'];
type Kept = {
  operation: string;
  input: { params?: unknown; query?: unknown; body?: unknown };
  password_hash: string | null;
  fingerprint: string;
  outcome: string;
  filed_ip: string | null;
};

/**
 * Another user admin agrees: the call is made again as its author, with what they may do by now, and only where what it changes, and who
 * gains by it, is as it was when it was filed.
 */
export async function confirmPeopleChange(deps: Deps, { actor, call, id }: Input): Promise<PeopleChangeDetail> {
  requireMay(actor, 'people-change.decide', nothing);
  return transact(deps, async (tx, after) => {
    const row = await lockWaiting(tx, id);
    const decider = await requireDeciding(tx, { actor, row, act: 'confirm' });
    const filer = await loadPerson(tx, row.filed_by);
    if (filer?.status !== 'active' || !hasPermission(filer, 'USER_ADMIN'))
      throw new Refusal('people_change.stale', {
        detail: `${row.filer.name}, who filed it, may not change people any more. Nothing was changed.`,
      });
    const kept = await loadKept(tx, id);
    const tried = await tryChange(
      deps,
      { tx, after },
      {
        kept: { operation: kept.operation, input: kept.input, passwordHash: kept.password_hash },
        actor: filer,
        call: { ...call, ip: kept.filed_ip ?? call.ip },
      },
    );
    requireAsFiled({ row, kept, tried });
    await end(tx, after, { row, state: 'CONFIRMED', decider, call });
    return readDetail(tx, decider, id);
  });
}

function requireAsFiled({ row, kept, tried }: { row: PeopleChangeRow; kept: Kept; tried: Tried }): void {
  if (tried.fingerprint !== kept.fingerprint) throw new Refusal('people_change.stale');
  const isSame = [...tried.judged.reasons].sort().join() === [...row.reasons].sort().join();
  if (isSame && tried.judged.outcome === kept.outcome) return;
  throw new Refusal('people_change.stale', {
    detail: 'Others would gain by it than when it was filed. Nothing was changed.',
  });
}

/** Another user admin says no. */
export const declinePeopleChange = (
  deps: Deps,
  { reason, ...input }: Input & { reason: string },
): Promise<PeopleChangeDetail> => endWithout(deps, input, { act: 'decline', state: 'DECLINED', reason });

/** Whoever filed it takes it back. */
export const withdrawPeopleChange = (deps: Deps, input: Input): Promise<PeopleChangeDetail> =>
  endWithout(deps, input, { act: 'withdraw', state: 'WITHDRAWN' });

type Ending = { act: Act; state: 'DECLINED' | 'WITHDRAWN'; reason?: string };

async function endWithout(deps: Deps, { actor, call, id }: Input, { act, state, reason }: Ending) {
  requireMay(actor, 'people-change.decide', nothing);
  return transact(deps, async (tx, after) => {
    const row = await lockWaiting(tx, id);
    const decider = await requireDeciding(tx, { actor, row, act });
    await end(tx, after, { row, state, decider, call, reason });
    return readDetail(tx, decider, id);
  });
}

/** Decisions of one change come one after the other: the second finds that it waits no more. */
async function lockWaiting(tx: Tx, id: string): Promise<PeopleChangeRow> {
  await sql`select from people_change where id = ${id} for update`.execute(tx);
  const [row] = await readRows(tx, [id]);
  if (row === undefined) throw notFound('people change');
  if (row.state !== 'WAITING') throw new Refusal('people_change.not_waiting');
  return row;
}

/** Rights, and who is one person, as they are behind the lock. */
async function requireDeciding(
  tx: Tx,
  { actor, row, act }: { actor: LoadedPerson; row: PeopleChangeRow; act: Act },
): Promise<LoadedPerson> {
  const fresh = await loadPerson(tx, actor.globalUserId);
  if (fresh?.status !== 'active') throw notAuthenticated();
  requireMay(fresh, 'people-change.decide', { ...objectOf(row), act });
  return fresh;
}

async function loadKept(tx: Tx, id: string): Promise<Kept> {
  const { rows } = await sql<Kept>`
    select operation, input, password_hash, fingerprint, outcome, filed_ip from people_change where id = ${id}`.execute(
    tx,
  );
  const [kept] = rows;
  if (kept === undefined) throw notFound('people change');
  return kept;
}

type End = {
  readonly row: PeopleChangeRow;
  readonly state: 'CONFIRMED' | 'DECLINED' | 'WITHDRAWN';
  readonly decider: LoadedPerson;
  readonly call: Call;
  readonly reason?: string | undefined;
};

const actions = {
  CONFIRMED: 'PeopleChangeConfirmed',
  DECLINED: 'PeopleChangeDeclined',
  WITHDRAWN: 'PeopleChangeWithdrawn',
} as const;

async function end(tx: Tx, after: AfterCommit, { row, state, decider, call, reason }: End): Promise<void> {
  await sql`update people_change set state = ${state}, decided_by = ${decider.globalUserId}, decided_at = now(), decision_reason = ${reason ?? null},
    input = null, password_hash = null where id = ${row.id}`.execute(tx);
  await appendAudit(tx, {
    ...entryOf(row, { filedBy: row.filer.username, ...(reason === undefined ? {} : { reason }) }),
    action: actions[state],
    actor: userActor(decider),
    actorIp: call.ip,
    requestId: call.id,
  });
  after.changed('people-change', row.id);
}

const entryOf = (
  {
    id,
    operation,
    target,
    reasons,
    gaining_count: gaining,
  }: Pick<PeopleChangeRow, 'id' | 'operation' | 'target' | 'reasons' | 'gaining_count'>,
  payload: Record<string, unknown>,
): Pick<AuditEntry, 'targetType' | 'targets' | 'payload'> => ({
  targetType: target.type,
  targets: [{ id: target.id ?? '', name: target.name }],
  payload: { peopleChangeId: id, operation, reasons, gaining, ...payload },
});

/** Ends what nobody has decided in time, with what was kept to make it. */
export async function expirePeopleChanges(deps: Deps): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{ id: string }>`
      update people_change set state = 'EXPIRED', input = null, password_hash = null
      where id in (select id from people_change where state = 'WAITING' and expires_at <= now() for update skip locked limit 100)
      returning id`.execute(tx);
    const ended = await readRows(
      tx,
      rows.map(({ id }) => id),
    );
    if (ended.length === 0) return;
    await appendAudit(
      tx,
      ended.map((row) => ({
        ...entryOf(row, { filedBy: row.filer.username }),
        action: 'PeopleChangeExpired',
        actor: systemActor,
      })),
    );
    for (const { id } of ended) after.changed('people-change', id);
  });
}
