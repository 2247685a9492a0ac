import { usualMailColours } from '@stoa/contract/email';
import { email } from '@stoa/contract/text';
import { Socket } from 'node:net';
import { mailColours } from '@stoa/core/notification/mail-colours';
import { oneLine } from '@stoa/core/notification/words';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Deps } from '../deps.ts';
import { checkEgress, EgressRefused } from '../egress/egress-rules.ts';
import { publicUrlOf } from '../http/public-url.ts';
import type { Secret } from '../secrets/secrets.ts';
import { type EmailSettings, isEmailConnected, readEmailSettings } from './email-settings.ts';
import { forgetToken, mailToken } from './mail-token.ts';
import type { MessageChannel, OutgoingMessage, SendOutcome } from './message-channel.ts';
import { renderEmail } from './render-email.ts';

export const emailChannel = (deps: Deps): MessageChannel => ({
  provider: 'EMAIL',
  isConnected: isEmailConnected,
  async send(message) {
    const settings = await readEmailSettings(deps.db, deps.secrets);
    if (settings === undefined) return { kind: 'retry', error: 'No mail server is set up.' };
    return sendEmail(deps, settings, message);
  },
});

/** A server that answers drop by drop is left: nobody waits longer, and its message is not claimed by another replica meanwhile (`leaseSeconds`). */
const longestSend = 45_000;

type Sending = {
  readonly milliseconds?: number;
  /** By settings that are not stored. */
  readonly isTried?: boolean;
};

/** Sends one message to one person. What the server says against it is an outcome, never an exception. */
export async function sendEmail(
  deps: Deps,
  settings: EmailSettings,
  message: OutgoingMessage,
  { milliseconds = longestSend, isTried = false }: Sending = {},
): Promise<SendOutcome> {
  const address = email.safeParse(message.to?.email);
  if (!address.success) return { kind: 'dead', error: 'The account has no e-mail address.' };
  const { oauth } = settings;
  let token: Secret | null = null;
  const socket = new Socket();
  socket.on('error', () => {});
  const tooLong = new Error(`The mail server did not take the message within ${milliseconds / 1_000} seconds.`);
  const deadline = setTimeout(() => socket.destroy(tooLong), milliseconds);
  try {
    token = oauth === null ? null : await mailToken(deps, { oauth, isTried });
    const transport = await openTransport(deps, settings, { socket, token });
    // Nothing leaves after the deadline, also where a token or a name took so long.
    if (socket.destroyed) throw tooLong;
    try {
      await transport.sendMail(toMail(deps, settings, { ...message, address: address.data }));
    } finally {
      transport.close();
    }
    return { kind: 'sent', address: address.data };
  } catch (error) {
    if (oauth !== null && token !== null && isLoginRefused(error)) await forgetToken(deps, oauth, token);
    return outcomeOf(error);
  } finally {
    clearTimeout(deadline);
  }
}

/** The name is resolved here and once: the connection goes to the address that was judged, under the name of the server. */
async function openTransport(
  { config }: Pick<Deps, 'config'>,
  settings: EmailSettings,
  { socket, token }: { socket: Socket; token: Secret | null },
) {
  const { host, port, security, username, ca } = settings;
  const address = await checkEgress(config.egress, { purpose: 'mail', host, port });
  return createTransport({
    socket,
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { servername: host, minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username === null ? {} : { auth: authOf(username, settings, token) }),
  });
}

const authOf = (user: string, { password }: EmailSettings, token: Secret | null) =>
  token === null
    ? { user, pass: password?.reveal() ?? '' }
    : { type: 'OAuth2' as const, user, accessToken: token.reveal() };

const isLoginRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAUTH' || error.code === 'EOAUTH2');

type Addressed = OutgoingMessage & { readonly address: string };

/** Names reach headers as one line each, and addresses as what a mail server takes for one: nobody adds a header or a receiver. */
function toMail(
  deps: Pick<Deps, 'config' | 'listening'>,
  settings: EmailSettings,
  message: Addressed,
): SendMailOptions {
  const base = publicUrlOf(deps);
  const { hostname } = new URL(base);
  const thread = message.requestId === null ? [] : [`<request-${message.requestId}@${hostname}>`];
  const { html, text } = renderEmail(message, {
    base,
    fromName: settings.fromName,
    colours: mailColours({
      primary: settings.primaryColor ?? usualMailColours.primary,
      accent: settings.accentColor ?? usualMailColours.accent,
    }),
  });
  return {
    from: { name: oneLine(settings.fromName), address: settings.fromAddress },
    to: { name: oneLine(message.to?.name ?? ''), address: message.address },
    subject: oneLine(message.subject),
    messageId: `<${message.deliveryId}@${hostname}>`,
    // One thread per request, in every mail program: all of its messages refer to the request itself.
    ...(thread.length === 0 ? {} : { references: thread, inReplyTo: thread[0] }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    list: {
      id: { url: `notifications.${hostname}`, comment: oneLine(settings.fromName) },
      unsubscribe: { url: `${base}/me/notifications` },
    },
    text,
    html,
    date: message.createdAt,
  };
}

/** Refused for good is only what the server says of the receiver or of the message; all else may be mended. */
function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof EgressRefused) return { kind: 'retry', error: `Stoa does not call it: ${error.message}.` };
  if (!(error instanceof Error)) return { kind: 'retry', error: String(error) };
  const { responseCode, command } = error as Error & { responseCode?: unknown; command?: unknown };
  const isForGood =
    typeof responseCode === 'number' && responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
  return { kind: isForGood ? 'dead' : 'retry', error: oneLine(error.message, 500) };
}
