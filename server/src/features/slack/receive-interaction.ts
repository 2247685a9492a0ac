import { sql } from 'kysely';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { callAsApp } from './call-slack.ts';
import { composeAnswer, dialogId } from './compose-dialog.ts';
import { decideSubmission, type Outcome } from './decide.ts';
import { clickedIn, openDialog } from './open-dialog.ts';
import {
  type Interaction,
  isBlockActions,
  isSubmission,
  parseInteraction,
  type ViewSubmission,
} from './parse-interaction.ts';
import { type Installation, loadApp, loadInstallation } from './stored-app.ts';
import { isSignedBySlack } from './verify-signature.ts';

/** Slack waits three seconds. A decision that takes longer goes on, and the dialog is told afterwards. */
const patienceMilliseconds = 2_000;

type Received = { deps: Deps; call: Call };

/**
 * What people do in Slack. Neither session nor token counts here: the signature says that Slack sent it, and the e-mail of
 * the account there says who decides.
 */
export async function receiveInteraction(
  { deps, call }: Received,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const interaction = await readSigned({ deps, call }, request);
  await takeRate(deps.db, `slack:${interaction.user.id}`, { limit: 60, windowSeconds: 60 });
  const installation = await loadInstallation(deps, deps.db);
  const answer =
    installation === undefined || !isOurWorkspace(installation, interaction)
      ? {}
      : await answerTo({ deps, call: { ...call, via: 'slack' } }, installation, interaction);
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answer));
}

async function readSigned({ deps, call }: Received, request: FastifyRequest): Promise<Interaction> {
  const { body, headers } = request;
  if (!Buffer.isBuffer(body)) throw new Refusal('request.unsupported_media_type', { detail: 'Slack sends a form.' });
  const app = await loadApp(deps, deps.db);
  const timestamp = oneOf(headers['x-slack-request-timestamp']);
  const signature = oneOf(headers['x-slack-signature']);
  if (app === undefined || !isSignedBySlack(app.signingSecret, { timestamp, signature, body }, app.now)) {
    await takeRate(deps.db, `slack-refused:${call.ip}`, { limit: 60, windowSeconds: 60 });
    throw new Refusal('slack.signature_refused');
  }
  const interaction = parseInteraction(body);
  if (interaction === undefined) throw new Refusal('request.malformed', { detail: 'The payload is not one of Slack.' });
  await sql`update slack_app set last_interaction_at = now()
    where last_interaction_at is null or last_interaction_at < now() - interval '1 minute'`.execute(deps.db);
  return interaction;
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** In channels that organisations share, others' accounts press buttons as well. */
const isOurWorkspace = ({ teamId, enterpriseId }: Installation, { team, user, enterprise }: Interaction): boolean =>
  teamId === null
    ? enterprise?.id === enterpriseId
    : team?.id === teamId && (user.team_id === undefined || user.team_id === teamId || enterpriseId !== null);

async function answerTo(
  { deps, call }: Received,
  installation: Installation,
  interaction: Interaction,
): Promise<Readonly<Record<string, unknown>>> {
  if (isBlockActions(interaction)) {
    const clicked = clickedIn(interaction);
    // Slack is answered first; its three seconds for the dialog have begun with the click.
    if (clicked !== undefined)
      inBackground(deps, () => openDialog(deps, installation, { ...clicked, by: interaction }));
    return {};
  }
  if (!isSubmission(interaction) || interaction.view.callback_id !== dialogId) return {};
  return decideInTime({ deps, call }, installation, interaction);
}

async function decideInTime(
  { deps, call }: Received,
  installation: Installation,
  submission: ViewSubmission,
): Promise<Readonly<Record<string, unknown>>> {
  const deciding = decideSubmission(deps, installation, { submission, call });
  const outcome = await firstOf(deciding, patienceMilliseconds);
  if (outcome !== 'late') return shown(outcome);
  inBackground(deps, async () => {
    const late = await deciding.catch((error: unknown) => {
      deps.log.error({ err: error, call: call.id }, 'a decision from Slack failed');
      return undefined;
    });
    const text = 'Something went wrong, and nothing was decided. Try again, or decide in Stoa.';
    const view =
      late?.kind === 'done'
        ? late.view
        : composeAnswer('Not decided', late === undefined ? text : Object.values(late.errors).join(' '));
    const args = { view_id: submission.view.id, view };
    await callAsApp(deps, installation, { method: 'views.update', args, answer: z.object({}) });
  });
  return { response_action: 'update', view: composeAnswer('Deciding…', 'This takes a moment longer than usual.') };
}

const shown = (outcome: Outcome): Readonly<Record<string, unknown>> =>
  outcome.kind === 'errors'
    ? { response_action: 'errors', errors: outcome.errors }
    : { response_action: 'update', view: outcome.view };

async function firstOf<T>(work: Promise<T>, milliseconds: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Goes on after Slack has been answered. */
function inBackground(deps: Deps, work: () => Promise<void>): void {
  work().catch((error: unknown) => deps.log.error({ err: error }, 'what followed an interaction in Slack failed'));
}
