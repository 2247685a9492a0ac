import type { TakeBackDetail } from '@stoa/contract/existing-grant';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notAuthenticated, notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { recheckTakeBack } from '../../provisioning/run-take-backs.ts';
import { findConnection } from '../connection/find-connection.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';
import { planAgain, reaching, requireRunning } from './make-plan.ts';
import { filerOf, readDetail, readRows, type TakeBackRow } from './read-take-backs.ts';

type Input = { actor: LoadedPerson; call: Pick<Call, 'id' | 'ip'>; takeBackId: string };

/**
 * A second person agrees: the plan is made again of what stands on the platform now, and only where it is the same to the letter does
 * the holder of the connection's lease begin to run it.
 */
export async function confirmTakeBack(deps: Deps, input: Input & { planHash: string }): Promise<TakeBackDetail> {
  const { actor, takeBackId, planHash } = input;
  const row = await findRow(deps, takeBackId);
  requireConfirming(actor, row);
  if (!row) throw notFound('plan');
  if (row.state !== 'WAITING') throw new Refusal('take_back.not_waiting');
  const connection = await findConnection(deps.db, row.connection_key);
  if (!connection) throw notFound('plan');
  requireRunning(connection);
  if (row.plan_hash !== planHash) throw new Refusal('take_back.changed');
  const { mode, path, named } = row;
  const now = await planAgain(deps, row.connection_id, { mode, path, named });
  if (now.planHash !== planHash) throw new Refusal('take_back.changed');
  return transact(deps, async (tx, after) => {
    const locked = await lockWaiting(tx, takeBackId);
    // Rights, and who is one person, as they are behind the lock.
    const fresh = (await loadPeople(tx, [actor.globalUserId])).get(actor.globalUserId);
    if (!fresh) throw notAuthenticated();
    requireConfirming(fresh, locked);
    await sql`update take_back set state = 'RUNNING', decided_by = ${actor.globalUserId}, decided_at = now() where id = ${takeBackId}`.execute(
      tx,
    );
    await sql`insert into provisioning_key (connection_id, cause, facet) values (${locked.connection_id}, 'drift', 'take-back')`.execute(
      tx,
    );
    await tell(tx, input, { action: 'TakeOverConfirmed', row: locked, payload: { planHash } });
    after.changed('drift', locked.connection_id);
    after.reconcile(locked.connection_id);
    return readDetail(tx, actor, takeBackId);
  });
}

const requireConfirming = (actor: LoadedPerson, row: TakeBackRow | undefined): void =>
  requireMay(
    actor,
    'existing-grant.take_back',
    row === undefined ? nothing : { kind: 'take-back', filedBy: filerOf(row) },
  );

/** Somebody who may file one says no, whoever filed it; nothing is taken back. */
export function declineTakeBack(deps: Deps, input: Input & { reason: string }): Promise<TakeBackDetail> {
  const { actor, takeBackId, reason } = input;
  requireMay(actor, 'existing-grant.take_back', nothing);
  return transact(deps, async (tx, after) => {
    const locked = await lockWaiting(tx, takeBackId);
    await sql`update take_back set state = 'DECLINED', decided_by = ${actor.globalUserId}, decided_at = now(), decision_reason = ${reason}
      where id = ${takeBackId}`.execute(tx);
    await tell(tx, input, { action: 'TakeOverDeclined', row: locked, payload: { reason } });
    after.changed('drift', locked.connection_id);
    return readDetail(tx, actor, takeBackId);
  });
}

/** Looks at what was left to an administrator. */
export async function recheck(deps: Deps, { actor, takeBackId }: Omit<Input, 'call'>): Promise<TakeBackDetail> {
  requireMay(actor, 'existing-grant.take_back', nothing);
  const row = await findRow(deps, takeBackId);
  if (!row) throw notFound('plan');
  if (row.state === 'RUNNING' || row.state === 'DONE') {
    const place = { id: row.connection_id, name: row.connection_key };
    await reaching(() => recheckTakeBack(deps, place, takeBackId));
  }
  return readDetail(deps.db, actor, takeBackId);
}

const findRow = async (deps: Deps, id: string): Promise<TakeBackRow | undefined> => (await readRows(deps.db, [id]))[0];

async function lockWaiting(tx: Tx, id: string): Promise<TakeBackRow> {
  const { rows } = await sql`select from take_back where id = ${id} for update`.execute(tx);
  const row = rows.length === 0 ? undefined : (await readRows(tx, [id]))[0];
  if (!row) throw notFound('plan');
  if (row.state !== 'WAITING') throw new Refusal('take_back.not_waiting');
  return row;
}

type Telling = { readonly action: string; readonly row: TakeBackRow; readonly payload: object };

const tell = (tx: Tx, { actor, call, takeBackId }: Input, { action, row, payload }: Telling): Promise<void> =>
  appendAudit(tx, {
    action,
    actor: userActor(actor),
    actorIp: call.ip,
    targetType: 'CONNECTION',
    targets: [{ id: row.connection_id, name: row.connection_key }],
    payload: { takeBackId, mode: row.mode, path: row.path, ...payload },
    requestId: call.id,
  });
