import { suppressionOf, type Verdict } from '@stoa/core/webhook/attempt';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Attempt } from './attempt-delivery.ts';
import type { Claimed } from './claim-deliveries.ts';
import { originOf } from './origin-of.ts';

export type Finished = {
  readonly claimed: Claimed;
  readonly attempt: Attempt;
  readonly verdict: Verdict;
  readonly startedAt: Date;
};

type Scope = { tx: Tx; after: AfterCommit; replicaId: string };
type Hook = { id: string; url: string; failing: number | null };

/** Stores what came of some attempts, where this replica still holds them: states, history, and how the receivers do. */
export async function recordAttempts(scope: Scope, finished: readonly Finished[]): Promise<void> {
  if (finished.length === 0) return;
  const { tx, replicaId } = scope;
  const { rows: failing } = await sql<Hook>`
    with outcome as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(finished.map(toRow))}::jsonb) as o(attempt_id uuid, delivery_id uuid, outcome text,
        status int, message text, request_headers jsonb, response_headers jsonb, response_body text, milliseconds int, state text,
        wait float8, why text, started_at timestamptz)
    ), held as (
      update webhook_delivery d set state = o.state, attempts = d.attempts + 1, is_replay = false,
        scheduled = d.scheduled + (not d.is_replay)::int, due_at = now() + make_interval(secs => coalesce(o.wait, 0)),
        claimed_by = null, claimed_at = null, last_status = o.status, last_message = o.message, dead_why = o.why,
        delivered_at = case when o.state = 'DELIVERED' then now() else d.delivered_at end
      from outcome o where d.id = any(array(select delivery_id from outcome)) and d.id = o.delivery_id and d.claimed_by = ${replicaId}
      returning d.webhook_id, d.attempts as number, o.*
    ), kept as (
      insert into webhook_attempt (id, delivery_id, webhook_id, number, outcome, http_status, message, request_headers, response_headers,
        response_body, milliseconds, created_at)
      select attempt_id, delivery_id, webhook_id, number, outcome, status, message, request_headers, response_headers, response_body,
        milliseconds, started_at from held
    ), hook as (
      select webhook_id, bool_or(outcome = 'SUCCESS') as has_success from held group by 1
    ), marked as (
      update webhook w set failing_since = case when not h.has_success then coalesce(w.failing_since, now()) end,
        last_success_at = case when h.has_success then now() else w.last_success_at end
      from hook h where w.id = h.webhook_id and case when h.has_success
        then w.failing_since is not null or w.last_success_at is null or w.last_success_at < now() - interval '10 seconds'
        else w.failing_since is null end
    )
    select w.id, w.url, extract(epoch from now() - w.failing_since)::float8 as failing from hook h join webhook w on w.id = h.webhook_id
    where not h.has_success and w.suppressed_at is null`.execute(tx);
  const gone = new Map(
    finished.flatMap(({ claimed, verdict }) =>
      verdict.state === 'GONE' ? [[claimed.webhookId, { url: claimed.url, why: verdict.why }]] : [],
    ),
  );
  for (const { id, url, failing: seconds } of failing) {
    const why = suppressionOf(seconds ?? 0);
    if (why !== null && !gone.has(id)) gone.set(id, { url, why });
  }
  for (const [id, { url, why }] of gone) await suppress(scope, { id, url, why });
}

const toRow = ({ claimed, attempt, verdict, startedAt }: Finished) => ({
  attempt_id: newUuid(),
  delivery_id: claimed.id,
  outcome: attempt.isSuccess ? 'SUCCESS' : 'FAILED',
  status: attempt.status,
  message: attempt.message,
  request_headers: attempt.requestHeaders,
  response_headers: attempt.responseHeaders,
  response_body: attempt.responseBody,
  milliseconds: attempt.milliseconds,
  state: verdict.state === 'GONE' ? 'DEAD' : verdict.state,
  wait: verdict.state === 'RETRYING' ? verdict.wait : null,
  why: 'why' in verdict ? verdict.why : null,
  started_at: startedAt,
});

/** Nothing more is sent there. What waits ends on its own (`end-waiting.ts`): it may be more than one statement has time for. */
async function suppress(
  { tx, after }: Scope,
  { id, url, why }: { id: string; url: string; why: string },
): Promise<void> {
  const { rows } = await sql`
    update webhook set suppressed_at = now(), suppressed_why = ${why} where id = ${id} and suppressed_at is null returning id`.execute(
    tx,
  );
  if (rows.length === 0) return;
  await appendAudit(tx, {
    action: 'WebhookSuppressed',
    actor: systemActor,
    targetType: 'WEBHOOK',
    targets: [{ id, name: originOf(url), type: 'WEBHOOK' }],
    payload: { why },
    emits: [{ type: 'stoa.webhook.suppressed', data: { webhookId: id, url: originOf(url), why } }],
  });
  after.changed('webhook', id);
}
