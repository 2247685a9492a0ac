import { sql } from 'kysely';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { planHashOf } from '../../provisioning/plan-preview.ts';
import { callAsApp } from './call-slack.ts';
import { composeAnswer, composeDialog, type View } from './compose-dialog.ts';
import { type ChoiceId, choices } from './compose-message.ts';
import { findLogin } from './find-account.ts';
import type { BlockActions } from './parse-interaction.ts';
import { readMessageFacts } from './read-message-facts.ts';
import type { Installation } from './stored-app.ts';

type Clicked = { choice: ChoiceId; recordId: string };

/** The button of ours that was pressed; "Open" leads to the web app by itself. */
export function clickedIn({ actions }: BlockActions): Clicked | undefined {
  for (const { action_id, value } of actions) {
    const choice = choices.find((one) => one === action_id);
    if (choice !== undefined && value !== undefined) return { choice, recordId: value };
  }
  return undefined;
}

/**
 * Opens the dialog of a decision, judged afresh for who pressed the button. It decides nothing; Slack has been answered, and
 * takes the dialog within three seconds of the click.
 */
export async function openDialog(
  deps: Deps,
  installation: Installation,
  clicked: Clicked & { by: BlockActions },
): Promise<void> {
  const { by } = clicked;
  const about = await findMessage(deps, clicked);
  const login = await findLogin(deps, installation, { slackUserId: by.user.id, readerId: about?.readerId });
  if (login.kind === 'nobody') return tellAlone(deps, installation, { by, text: login.reason });
  const view =
    login.kind === 'unknown'
      ? composeAnswer(
          'Slack did not answer',
          `It could not be found out who you are (${login.failure.error}). Try again.`,
        )
      : await viewFor(deps, { ...clicked, requestId: about?.requestId, readerId: login.globalUserId });
  const args = { trigger_id: by.trigger_id, view };
  await callAsApp(deps, installation, { method: 'views.open', args, answer: z.object({}) });
}

async function viewFor(
  deps: Deps,
  { choice, recordId, requestId, readerId }: Clicked & { requestId: string | undefined; readerId: string },
): Promise<View> {
  const facts = requestId === undefined ? undefined : await readMessageFacts(deps, { requestId, readerId });
  if (requestId === undefined || facts === undefined)
    return composeAnswer('Not yours to decide', 'The request does not exist any more, or you may not see it.');
  if (!facts.decision.allowed)
    return composeAnswer('Decided in Stoa', facts.evidence.decision.reason ?? facts.decision.reason);
  if (!facts.recordIds.includes(recordId))
    return composeAnswer('Not open any more', 'This part of the request was decided meanwhile, or handed to others.');
  const planHash = choice === 'stoa.deny' ? {} : { planHash: await planHashOf(deps.db, facts.evidence.request) };
  return composeDialog(facts, { choice, recordId, requestId, readerId, ...planHash });
}

/** To whom the message went, and about what; by its place, else by the slot that its button names. */
async function findMessage(
  deps: Deps,
  { by, recordId }: Clicked & { by: BlockActions },
): Promise<{ requestId: string; readerId: string | undefined } | undefined> {
  const channel = by.channel?.id ?? by.container?.channel_id ?? '';
  const { rows } = await sql<{ access_request_id: string; global_user_id: string | null }>`
    select r.access_request_id, m.global_user_id from approval_record r
    left join slack_message m on m.access_request_id = r.access_request_id and m.channel = ${channel}
      and m.ts = ${by.container?.message_ts ?? ''}
    where r.id = ${recordId}`.execute(deps.db);
  const row = rows[0];
  return row && { requestId: row.access_request_id, readerId: row.global_user_id ?? undefined };
}

/** A text that only who pressed the button sees, where they pressed it. */
async function tellAlone(
  deps: Deps,
  installation: Installation,
  { by, text }: { by: BlockActions; text: string },
): Promise<void> {
  const channel = by.channel?.id ?? by.container?.channel_id;
  if (channel === undefined) return;
  const args = { channel, user: by.user.id, text };
  await callAsApp(deps, installation, { method: 'chat.postEphemeral', args, answer: z.object({}) });
}
