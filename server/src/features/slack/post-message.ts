import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { newUuid } from '../../db/new-id.ts';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { callAsApp, type SlackReply } from './call-slack.ts';
import { composeRequest, type Message } from './compose-message.ts';
import { readMessageFacts } from './read-message-facts.ts';
import type { Installation } from './stored-app.ts';

export const digestOf = ({ blocks }: Message): string =>
  createHash('sha256').update(JSON.stringify(blocks)).digest('base64url');

/** What comes of no link that others typed is fetched and shown. */
export const quietly = { unfurl_links: false, unfurl_media: false };

type About = { requestId: string; readerId: string; slackUserId: string; link: string };
export type Posted = 'posted' | 'unseen';

/** Posts the message about a request to one reader, and keeps its place, so that it can be rewritten. */
export async function postRequest(
  deps: Deps,
  installation: Installation,
  { requestId, readerId, slackUserId, link }: About,
): Promise<SlackReply<Posted>> {
  const facts = await readMessageFacts(deps, { requestId, readerId });
  if (facts === undefined) return { ok: true, value: 'unseen' };
  const message = composeRequest(facts, link);
  const posted = await post(deps, installation, { slackUserId, message });
  if (!posted.ok) return posted;
  const { channel, ts } = posted.value;
  // What happened meanwhile found no message to mark: it is looked at once more.
  await sql`insert into slack_message (id, access_request_id, global_user_id, channel, ts, link, digest, due_at)
    values (${newUuid()}, ${requestId}, ${readerId}, ${channel}, ${ts}, ${link}, ${digestOf(message)}, now())
    on conflict do nothing`.execute(deps.db);
  return { ok: true, value: 'posted' };
}

/** Whether a reader has the message about a request: each is asked once. */
export async function isPosted(db: Reader, requestId: string, readerId: string): Promise<boolean> {
  const { rows } = await sql`
    select from slack_message where access_request_id = ${requestId} and global_user_id = ${readerId} limit 1`.execute(
    db,
  );
  return rows.length > 0;
}

/** A message to one person: Slack takes the id of an account for the channel with it. */
export const post = (
  deps: Deps,
  installation: Installation,
  { slackUserId, message }: { slackUserId: string; message: Message },
): Promise<SlackReply<{ channel: string; ts: string }>> =>
  callAsApp(deps, installation, {
    method: 'chat.postMessage',
    args: { channel: slackUserId, ...message, ...quietly },
    answer: z.object({ channel: z.string(), ts: z.string() }),
  });
