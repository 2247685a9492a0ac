import type { WebhookDelivery } from '@stoa/contract/webhook';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { inParts } from '../../work/in-parts.ts';
import { type DeliveryKey, findDelivery } from './list-deliveries.ts';
import { lockWebhook, type WebhookRow } from './load-webhooks.ts';
import { type By, webhookEntry } from './save-webhook.ts';

/** Nothing is sent to a webhook that is off or suppressed, whoever asks. */
async function lockOpen(tx: Tx, id: string): Promise<WebhookRow> {
  const hook = await lockWebhook(tx, id);
  if (!hook.enabled || hook.suppressed_at !== null) throw new Refusal('webhook.off');
  return hook;
}

/** Sends one delivery again: what had ended once more, and what waits for its next attempt at once. */
export async function replayDelivery(deps: Deps, by: By, key: DeliveryKey): Promise<WebhookDelivery> {
  return transact(deps, async (tx, after) => {
    const hook = await lockOpen(tx, key.id);
    const before = await findDelivery(tx, key);
    const { rows } = await sql`
      update webhook_delivery set is_replay = state in ('DELIVERED', 'DEAD'), due_at = now(),
        state = case when state = 'PENDING' then state else 'RETRYING' end
      where id = ${key.deliveryId} and claimed_by is null returning id`.execute(tx);
    if (rows.length === 0) throw new Refusal('webhook.sending');
    await appendAudit(tx, {
      ...webhookEntry(by, hook),
      action: 'WebhookDeliveryReplayed',
      payload: {
        deliveryId: key.deliveryId,
        messageId: before.messageId,
        eventType: before.eventType,
        state: before.state,
      },
    });
    after.changed('webhook', key.id);
    return findDelivery(tx, key);
  });
}

type Range = { readonly id: string; readonly from: string | undefined; readonly to: string | undefined };
/** The last that was sent again: what ends again meanwhile does not come a second time. */
type Place = { readonly at: string; readonly id: string };

/** Sends again what is dead, of a time where one is given, the oldest first: in parts, and of very many a first part. */
export async function replayDead(deps: Deps, by: By, range: Range): Promise<number> {
  let total = 0;
  let place: Place | undefined;
  await inParts(async (most) => {
    const rows = await replaySome(deps, by, { range, place, most }).catch((error: unknown) => {
      // Off since the part before, which stands.
      if (total > 0 && error instanceof Refusal) return [];
      throw error;
    });
    total += rows.length;
    place = rows.at(-1);
    return rows.length;
  });
  return total;
}

type Part = { readonly range: Range; readonly place: Place | undefined; readonly most: number };

function replaySome(deps: Deps, by: By, { range: { id, from, to }, place, most }: Part): Promise<readonly Place[]> {
  return transact(deps, async (tx, after) => {
    const hook = await lockOpen(tx, id);
    const { rows } = await sql<Place>`
      with part as materialized (
        select id, created_at from webhook_delivery where webhook_id = ${id} and state = 'DEAD' and claimed_by is null
          and created_at >= ${from ?? null}::timestamptz is not false and created_at <= ${to ?? null}::timestamptz is not false
          ${place === undefined ? sql`` : sql`and (created_at, id) > (${place.at}::timestamptz, ${place.id}::uuid)`}
        order by created_at, id limit ${most}
      ), again as (
        update webhook_delivery set state = 'RETRYING', is_replay = true, due_at = clock_timestamp()
        where id = any(array(select id from part))
      )
      select created_at::text as at, id from part order by created_at, id`.execute(tx);
    await appendAudit(tx, {
      ...webhookEntry(by, hook),
      action: 'WebhookDeliveryReplayed',
      payload: { count: rows.length, from: from ?? null, to: to ?? null },
    });
    after.changed('webhook', id);
    return rows;
  });
}
