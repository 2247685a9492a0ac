import { sql } from 'kysely';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import type { EventSubscriber } from '../../work/fan-out.ts';
import { callAsApp, type SlackFailure } from './call-slack.ts';
import { composeRequest } from './compose-message.ts';
import { digestOf } from './post-message.ts';
import { readMessageFacts } from './read-message-facts.ts';
import { type Installation, loadInstallation } from './stored-app.ts';

/** Whatever happens to a request, all messages about it are looked at again; how it stands on platforms they do not show. */
export const markMessages: EventSubscriber = async ({ tx }, events) => {
  const ids = events.flatMap(({ type, requestId }) =>
    requestId === null || type.endsWith('.provisioning.updated') ? [] : [requestId],
  );
  if (ids.length === 0) return;
  await sql`update slack_message set due_at = now(), attempts = 0 where access_request_id = any(${[...new Set(ids)]}::text[])`.execute(
    tx,
  );
};

type Due = {
  id: string;
  access_request_id: string;
  global_user_id: string;
  channel: string;
  ts: string;
  link: string;
  digest: string;
  due_at: string;
  attempts: number;
};

/** The first dozen within the hour and a quarter, then one an hour: in all about a week. */
const mostAttempts = 180;
const longestWait = 3_600;
const atOnce = 50;

/** Rewrites messages whose time has come, one after the other, as Slack wants it; answers whether more may be due. */
export async function rewriteDueMessages(deps: Deps): Promise<boolean> {
  for (let count = 0; count < atOnce; count++) {
    const due = await claim(deps);
    if (due === undefined) return false;
    const installation = await loadInstallation(deps, deps.db);
    if (installation === undefined) return false;
    const failure =
      installation.pausedSeconds > 0
        ? { ok: false as const, error: 'paused', isLasting: false, retryAfterSeconds: installation.pausedSeconds }
        : await rewrite(deps, installation, due);
    if (failure === undefined) continue;
    await putOff(deps, due, failure);
    if (failure.retryAfterSeconds !== undefined) return false;
  }
  return true;
}

async function claim(deps: Deps): Promise<Due | undefined> {
  const { rows } = await sql<Due>`
    update slack_message m set leased_until = now() + interval '1 minute', attempts = m.attempts + 1
    where m.id = (select id from slack_message where due_at <= now() and (leased_until is null or leased_until < now())
      order by due_at limit 1 for update skip locked)
    returning id, access_request_id, global_user_id, channel, ts, link, digest, due_at::text, attempts`.execute(
    deps.db,
  );
  return rows[0];
}

async function rewrite(deps: Deps, installation: Installation, due: Due): Promise<SlackFailure | undefined> {
  const facts = await readMessageFacts(deps, { requestId: due.access_request_id, readerId: due.global_user_id });
  const message = composeRequest(facts, due.link);
  const digest = digestOf(message);
  if (digest !== due.digest) {
    const args = { channel: due.channel, ts: due.ts, ...message };
    const reply = await callAsApp(deps, installation, { method: 'chat.update', args, answer: z.object({}) });
    if (!reply.ok) return reply;
  }
  // What has happened since then has a later time, and stays due.
  await sql`update slack_message set digest = ${digest}, leased_until = null, attempts = 0,
    due_at = case when due_at = ${due.due_at}::timestamptz then null else due_at end where id = ${due.id}`.execute(
    deps.db,
  );
  return undefined;
}

const gone = new Set(['message_not_found', 'channel_not_found', 'cant_update_message', 'edit_window_closed']);

/**
 * What is gone at Slack is forgotten here; everything else is tried again, at Slack's own time where it names one, and
 * after the last time when something else happens to the request.
 */
async function putOff(deps: Deps, due: Due, failure: SlackFailure): Promise<void> {
  if (gone.has(failure.error)) return void (await sql`delete from slack_message where id = ${due.id}`.execute(deps.db));
  if (due.attempts >= mostAttempts)
    return void (await sql`update slack_message set leased_until = null, attempts = 0,
      due_at = case when due_at = ${due.due_at}::timestamptz then null else due_at end where id = ${due.id}`.execute(
      deps.db,
    ));
  const wait = failure.retryAfterSeconds ?? Math.min(longestWait, 2 ** due.attempts);
  const spent = failure.retryAfterSeconds === undefined ? 0 : 1;
  await sql`update slack_message set leased_until = null, attempts = attempts - ${spent}::int,
    due_at = now() + make_interval(secs => ${wait}) where id = ${due.id}`.execute(deps.db);
}

/** Messages about requests that were over long ago are history, at Slack as well. */
export async function forgetOldMessages(deps: Deps): Promise<void> {
  await sql`delete from slack_message m using access_request r where r.id = m.access_request_id
    and r.status <> 'PENDING' and r.updated_at < now() - interval '90 days'`.execute(deps.db);
}
