import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import type { SlackFailure } from '../features/slack/call-slack.ts';
import { composeNotice } from '../features/slack/compose-message.ts';
import { findSlackAccount } from '../features/slack/find-account.ts';
import { isPosted, post, postRequest } from '../features/slack/post-message.ts';
import { loadInstallation } from '../features/slack/stored-app.ts';
import type { MessageChannel, OutgoingMessage, SendOutcome } from './message-channel.ts';

/** Direct messages to the account at Slack with the same e-mail; what asks for a decision can be decided there. */
export const slackChannel = (deps: Deps): MessageChannel => ({
  provider: 'SLACK',
  async isConnected(db) {
    const { rows } = await sql<{ there: boolean }>`select exists (select from slack_installation) as there`.execute(db);
    return rows[0]?.there === true;
  },
  async pausedSeconds(db) {
    const { rows } = await sql<{ seconds: number }>`
      select greatest(0, extract(epoch from paused_until - now()))::float8 as seconds from slack_installation`.execute(
      db,
    );
    return rows[0]?.seconds ?? 0;
  },
  send: (message) => sendToSlack(deps, message),
});

const asksForDecision: ReadonlySet<string> = new Set(['ACCESS_REQUESTED', 'UNREGISTERED_ASSET_REQUESTED']);

async function sendToSlack(deps: Deps, message: OutgoingMessage): Promise<SendOutcome> {
  const installation = await loadInstallation(deps, deps.db);
  if (installation === undefined) return { kind: 'retry', error: 'Slack is not connected.' };
  if (installation.pausedSeconds > 0)
    return { kind: 'untried', error: patience, afterSeconds: installation.pausedSeconds };
  const { to, requestId, action } = message;
  if (to === null || to.email === null) return { kind: 'dead', error: 'The account has no e-mail address.' };
  const found = await findSlackAccount(deps, installation, { globalUserId: to.globalUserId, email: to.email });
  if (!found.ok) return outcomeOf(found);
  const slackUserId = found.value;
  if (slackUserId === null) return { kind: 'dead', error: `Slack knows no account with the e-mail ${to.email}.` };
  if (requestId !== null && action !== null && asksForDecision.has(message.type)) {
    // Whoever died after posting did not note it: what has its place at Slack is not posted again.
    if (message.attempt > 1 && (await isPosted(deps.db, requestId, to.globalUserId)))
      return { kind: 'sent', address: slackUserId };
    const asked = { requestId, readerId: to.globalUserId, slackUserId, link: action.url };
    const posted = await postRequest(deps, installation, asked);
    if (!posted.ok) return outcomeOf(posted);
    if (posted.value === 'unseen') return { kind: 'dead', error: 'The request is not theirs to see any more.' };
  } else {
    const posted = await post(deps, installation, { slackUserId, message: composeNotice(message) });
    if (!posted.ok) return outcomeOf(posted);
  }
  return { kind: 'sent', address: slackUserId };
}

/** What an administrator can mend is tried again; what is wrong with one account is not. */
const ofAccount: ReadonlySet<string> = new Set(['channel_not_found', 'cannot_dm_bot', 'user_not_found', 'is_archived']);

const patience = 'Slack asked for patience.';

function outcomeOf({ error, retryAfterSeconds }: SlackFailure): SendOutcome {
  if (retryAfterSeconds !== undefined) return { kind: 'untried', error: patience, afterSeconds: retryAfterSeconds };
  return { kind: ofAccount.has(error) ? 'dead' : 'retry', error: `Slack refused: ${error}` };
}
