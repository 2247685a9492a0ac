import { createHmac } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { type Db, type Tx, withNext } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { newUuid } from '../db/new-id.ts';
import { deriveKey } from '../secrets/seal.ts';
import { Refusal } from './refusal.ts';

type Stored = {
  operation_id: string;
  same_body: boolean;
  status: number | null;
  body: unknown;
  is_kept: boolean;
  is_over: boolean;
};
/** An answer without a body has none again. */
export type KeptAnswer = { status: number; body?: unknown };
/** The right of one call to its key: another that takes the key over has another id. */
export type Claim = { globalUserId: string; key: string; id: string };
export type IdempotentCall = { globalUserId: string; key: string; operationId: string; input: unknown };

/** Under a key of the installation, as a body may hold a password that the hash alone would let be guessed. */
const hashInput = (call: IdempotentCall, rootKey: Buffer): Buffer =>
  createHmac('sha256', deriveKey(rootKey, 'stoa/idempotency key'))
    .update(JSON.stringify([call.operationId, call.input]))
    .digest();

/**
 * Claims the key for this call, or gives the answer of the first call with it. Same key and call: same answer for 24 h;
 * another address or body is refused, and so is a repeat while the first still runs (RFC draft idempotency-key-header, product.md 14.1).
 * A claim that came to nothing is free after two minutes, unless its effect is there.
 */
export async function claimIdempotencyKey(
  { db, keys }: Pick<Deps, 'db' | 'keys'>,
  call: IdempotentCall,
): Promise<{ claim: Claim } | { kept: KeptAnswer }> {
  const hash = hashInput(call, keys.owner.root.bytes);
  const claim: Claim = { globalUserId: call.globalUserId, key: call.key, id: newUuid() };
  const { rows: claimed } = await sql`
    insert into idempotency_key (global_user_id, key, operation_id, body_hash, claim)
    values (${call.globalUserId}, ${call.key}, ${call.operationId}, ${hash}, ${claim.id})
    on conflict (global_user_id, key) do update
      set operation_id = excluded.operation_id, body_hash = excluded.body_hash, claim = excluded.claim, has_effect = false,
        status = null, body = null, is_kept = true, created_at = now()
      where idempotency_key.created_at < now() - interval '24 hours'
         or (idempotency_key.status is null and not idempotency_key.has_effect and idempotency_key.created_at < now() - interval '2 minutes')
    returning key`.execute(db);
  if (claimed.length > 0) return { claim };
  const { rows } = await sql<Stored>`
    select operation_id, body_hash = ${hash} as same_body, status, body, is_kept,
      has_effect and (not is_kept or created_at < now() - interval '2 minutes') as is_over
    from idempotency_key where global_user_id = ${call.globalUserId} and key = ${call.key}`.execute(db);
  const stored = rows[0];
  if (!stored) throw new Refusal('idempotency.in_progress');
  if (!stored.same_body) {
    const isSameOperation = stored.operation_id === call.operationId;
    const detail = isSameOperation
      ? 'This Idempotency-Key was used at another address of this operation, or with another body.'
      : `This Idempotency-Key was used for another operation, ${stored.operation_id}.`;
    throw new Refusal('idempotency.body_differs', { detail });
  }
  if (stored.status === null)
    throw new Refusal(stored.is_over ? 'idempotency.outcome_unknown' : 'idempotency.in_progress');
  if (!stored.is_kept) throw new Refusal('idempotency.answer_not_kept');
  return { kept: { status: stored.status, ...(stored.body === null ? {} : { body: stored.body }) } };
}

const isOf = ({ globalUserId, key, id }: Claim) =>
  sql`global_user_id = ${globalUserId} and key = ${key} and claim = ${id}`;

/**
 * Notes in the transaction of the effect that it is there. It travels with the commit, and divides by zero, and so undoes the
 * effect, where another call has taken the key over.
 */
export async function markEffect(tx: Tx, claim: Claim): Promise<void> {
  await sql`${withNext}with marked as (update idempotency_key set has_effect = true where ${isOf(claim)} returning key)
    select 1 / (select count(*) from marked)`.execute(tx);
}

/** As `markEffect`, for several calls at once within a statement of theirs; it gives a row for each that still has its key. */
export const markEffects = (claims: readonly Claim[]): RawBuilder<unknown> => sql`
  update idempotency_key k set has_effect = true
  from unnest(${claims.map((one) => one.globalUserId)}::uuid[], ${claims.map((one) => one.key)}::text[], ${claims.map((one) => one.id)}::uuid[])
    as m(global_user_id, key, claim)
  where k.global_user_id = m.global_user_id and k.key = m.key and k.claim = m.claim returning k.key`;

export async function keepAnswer(db: Db, claim: Claim, answer: KeptAnswer & { isKept: boolean }): Promise<void> {
  const body = answer.isKept && answer.body !== undefined ? JSON.stringify(answer.body) : null;
  await sql`update idempotency_key set status = ${answer.status}, body = ${body}::jsonb, is_kept = ${answer.isKept}
    where ${isOf(claim)}`.execute(db);
}

/** A refused call has changed nothing that was asked for, so its key is free again. */
export async function releaseIdempotencyKey(db: Db, claim: Claim): Promise<void> {
  await sql`delete from idempotency_key where ${isOf(claim)} and status is null`.execute(db);
}

/**
 * After a failure the key is free only where the effect is surely not there: where a commit is still under way, its row is waited for.
 * Answers whether the key was still the call's own.
 */
export async function endFailedClaim(db: Db, claim: Claim): Promise<boolean> {
  const released =
    await sql`delete from idempotency_key where ${isOf(claim)} and status is null and not has_effect`.execute(db);
  if (Number(released.numAffectedRows ?? 0) > 0) return true;
  const ended = await sql`update idempotency_key set is_kept = false where ${isOf(claim)}`.execute(db);
  return Number(ended.numAffectedRows ?? 0) > 0;
}
