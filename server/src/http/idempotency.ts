import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { deriveKey } from '../secrets/seal.ts';
import { Refusal } from './refusal.ts';

type Stored = { operation_id: string; same_body: boolean; status: number | null; body: unknown; is_kept: boolean };
/** An answer without a body has none again. */
export type KeptAnswer = { status: number; body?: unknown };
export type IdempotentCall = { globalUserId: string; key: string; operationId: string; input: unknown };

/** Under a key of the installation, as a body may hold a password that the hash alone would let be guessed. */
const hashInput = (call: IdempotentCall, rootKey: Buffer): Buffer =>
  createHmac('sha256', deriveKey(rootKey, 'stoa/idempotency key'))
    .update(JSON.stringify([call.operationId, call.input]))
    .digest();

/**
 * Claims the key for this call, or gives the answer of the first call with it. Same key and call: same answer for 24 h;
 * another address or body is refused, and so is a repeat while the first still runs (RFC draft idempotency-key-header, product.md 14.1).
 */
export async function claimIdempotencyKey(
  { db, keys }: Pick<Deps, 'db' | 'keys'>,
  call: IdempotentCall,
): Promise<KeptAnswer | undefined> {
  const hash = hashInput(call, keys.owner.root.bytes);
  const { rows: claimed } = await sql`
    insert into idempotency_key (global_user_id, key, operation_id, body_hash)
    values (${call.globalUserId}, ${call.key}, ${call.operationId}, ${hash})
    on conflict (global_user_id, key) do update
      set operation_id = excluded.operation_id, body_hash = excluded.body_hash, status = null, body = null, is_kept = true, created_at = now()
      where idempotency_key.created_at < now() - interval '24 hours'
         or (idempotency_key.status is null and idempotency_key.created_at < now() - interval '2 minutes')
    returning key`.execute(db);
  if (claimed.length > 0) return undefined;
  const { rows } = await sql<Stored>`
    select operation_id, body_hash = ${hash} as same_body, status, body, is_kept
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
  if (stored.status === null) throw new Refusal('idempotency.in_progress');
  if (!stored.is_kept) throw new Refusal('idempotency.answer_not_kept');
  return { status: stored.status, ...(stored.body === null ? {} : { body: stored.body }) };
}

export async function keepAnswer(
  db: Db,
  call: IdempotentCall,
  answer: KeptAnswer & { isKept: boolean },
): Promise<void> {
  const body = answer.isKept && answer.body !== undefined ? JSON.stringify(answer.body) : null;
  await sql`update idempotency_key set status = ${answer.status}, body = ${body}::jsonb, is_kept = ${answer.isKept}
    where global_user_id = ${call.globalUserId} and key = ${call.key}`.execute(db);
}

/** A call that failed has had no effect, so its key is free again. */
export async function releaseIdempotencyKey(db: Db, call: IdempotentCall): Promise<void> {
  await sql`delete from idempotency_key where global_user_id = ${call.globalUserId} and key = ${call.key} and status is null`.execute(
    db,
  );
}
