import type { Deps } from '../deps.ts';
import { EgressRefused } from '../egress/egress-rules.ts';
import { EgressFailed, guardedFetch } from '../egress/guarded-fetch.ts';
import type { MessageChannel, OutgoingMessage, SendOutcome } from './message-channel.ts';
import { isTeamsConnected, readTeamsUrl } from './teams-settings.ts';

/** Posts to one channel by an incoming workflow: links lead to the app, nothing is decided in Teams. */
export const teamsChannel = (deps: Deps): MessageChannel => ({
  provider: 'TEAMS',
  isConnected: isTeamsConnected,
  async send(message) {
    const url = await readTeamsUrl(deps.db, deps.secrets);
    if (url === undefined) return { kind: 'retry', error: 'No Teams channel is set up.' };
    return postCard(deps, url.reveal(), message);
  },
});

export async function postCard(
  { config }: Pick<Deps, 'config'>,
  url: string,
  message: OutgoingMessage,
): Promise<SendOutcome> {
  try {
    const reply = await guardedFetch(config.egress, {
      purpose: 'teams',
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(cardOf(message)),
    });
    return outcomeOf(reply.status, reply.headers['retry-after'], new URL(url).host);
  } catch (error) {
    if (error instanceof EgressRefused || error instanceof EgressFailed) return { kind: 'retry', error: error.message };
    throw error;
  }
}

function outcomeOf(status: number, retryAfter: string | undefined, host: string): SendOutcome {
  if (status >= 200 && status < 300) return { kind: 'sent', address: host };
  const error = `The workflow answered ${status}.`;
  // It does not take the card itself: another attempt would fare no better.
  if (status === 400 || status === 413) return { kind: 'dead', error };
  const seconds = Number(retryAfter);
  return { kind: 'retry', error, ...(Number.isFinite(seconds) && seconds > 0 ? { afterSeconds: seconds } : {}) };
}

/** Cards read a part of Markdown: a name must stay a name. */
const plain = (text: string): string => text.replace(/[\\[\]()*_`<>#~|]/g, (sign) => `\\${sign}`);

/** The documented form: a message with one Adaptive Card. */
export const cardOf = ({ subject, message, details, action }: OutgoingMessage) => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          { type: 'TextBlock', text: plain(subject), weight: 'Bolder', size: 'Medium', wrap: true },
          { type: 'TextBlock', text: plain(message), wrap: true },
          ...(details.length === 0
            ? []
            : [
                {
                  type: 'FactSet',
                  facts: details.map(({ label, value }) => ({ title: plain(label), value: plain(value) })),
                },
              ]),
        ],
        actions: action === null ? [] : [{ type: 'Action.OpenUrl', title: action.label, url: action.url }],
      },
    },
  ],
});
