import { type RawBuilder, sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { carryOnRotation } from '../features/data-key/rotate-keys.ts';
import { expirePeopleChanges } from '../features/people-change/decide-change.ts';
import { completeStaleSearch } from '../features/data-product/search-document.ts';
import { forgetSnoozes } from '../features/access-request/snooze.ts';
import { forgetOldProductDrafts } from '../features/product-draft/drafts.ts';
import { forgetOldDrafts } from '../features/request-draft/drafts.ts';
import { forgetOldMessages } from '../features/slack/rewrite-messages.ts';
import { forgetOldDeliveries } from '../features/webhook/remove-deliveries.ts';
import { forgetOldActivity } from '../provisioning/read-activity.ts';
import { inParts } from './in-parts.ts';

/** Removes in parts; `old` says which rows. Answers whether there may be more. */
const forget =
  (table: string, old: RawBuilder<unknown>) =>
  ({ db }: Pick<Deps, 'db'>): Promise<boolean> =>
    inParts(async (most) => {
      const { numAffectedRows } = await sql`
        delete from ${sql.table(table)} where ctid = any(array(select ctid from ${sql.table(table)} where ${old} limit ${most}))`.execute(
        db,
      );
      return Number(numAffectedRows ?? 0);
    });

const isTold = sql`not exists (select from event_pending p where p.sequence = event.sequence)`;

/** What has had its day, each on its own: one that fails holds up none of the others. */
const steps: Readonly<Record<string, (deps: Deps) => Promise<boolean | void>>> = {
  keys: carryOnRotation,
  search: completeStaleSearch,
  peopleChanges: expirePeopleChanges,
  drafts: ({ db }) => forgetOldDrafts(db),
  productDrafts: ({ db }) => forgetOldProductDrafts(db),
  snoozes: ({ db }) => forgetSnoozes(db),
  slackMessages: forgetOldMessages,
  activity: forgetOldActivity,
  deliveries: forgetOldDeliveries,
  liveEvents: forget('live_event', sql`created_at < now() - interval '1 hour'`),
  inbox: forget('inbox_message', sql`created_at < now() - interval '400 days'`),
  messages: forget('message_delivery', sql`created_at < now() - interval '90 days' and next_attempt_at is null`),
  events: forget('event', sql`created_at < now() - interval '400 days' and ${isTold}`),
  reminders: forget('reminder', sql`day < to_char(now() - interval '30 days', 'YYYY-MM-DD')`),
  reminderDays: forget('reminder_day', sql`reminded_at < now() - interval '30 days'`),
  triedLogins: forget('setting', sql`name = 'email_tried' and updated_at < now() - interval '1 day'`),
  idempotencyKeys: forget('idempotency_key', sql`created_at < now() - interval '24 hours'`),
  rateCounts: forget('rate_count', sql`window_start < now() - interval '2 hours'`),
  verifications: forget('verification_run', sql`created_at < now() - interval '180 days'`),
  sessions: forget('session', sql`expires_at < now()`),
  tasks: forget('task', sql`finished_at < now() - interval '30 days'`),
};

/** Removes what has had its day. Answers whether there may be more. */
export async function tidy(deps: Deps): Promise<boolean> {
  let isMore = false;
  for (const [step, act] of Object.entries(steps)) {
    try {
      if ((await act(deps)) === true) isMore = true;
    } catch (error) {
      deps.log.warn({ err: error, step }, 'what has had its day could not be removed; it is tried again');
    }
  }
  return isMore;
}
