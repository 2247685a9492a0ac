import { afterAttempt, isSuccess, readRetryAfter, type Verdict } from '@stoa/core/webhook/attempt';
import type { Deps } from '../../deps.ts';
import { EgressRefused } from '../../egress/egress-rules.ts';
import { EgressFailed, guardedFetch, type GuardedReply } from '../../egress/guarded-fetch.ts';
import { failPoint } from '../../work/fail-point.ts';
import { openSigningKey, signatureHeaders } from './signing-key.ts';
import type { Secret } from '../../secrets/secrets.ts';

export type Outgoing = {
  readonly url: string;
  readonly verifyTls: boolean;
  readonly keys: readonly Secret[];
  readonly messageId: string;
  readonly body: string;
  readonly contentType: string;
};

/** What was sent and what came back. `status` 0: nothing did. */
export type Attempt = {
  readonly status: number;
  readonly message: string;
  readonly isSuccess: boolean;
  readonly retryAfter: number | null;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: string | null;
  readonly milliseconds: number;
};

const mostReplyBytes = 20_000;
/** What is kept of a reply for people to read. */
const keptBody = 1_000;
const keptHeaders = 40;
const keptHeader = 500;

/** Posts one message. Every failure is an answer: this does not throw for what a receiver does. */
export async function attemptDelivery(deps: Pick<Deps, 'config'>, outgoing: Outgoing): Promise<Attempt> {
  const { messageId: id, body, contentType } = outgoing;
  const seconds = Math.floor(Date.now() / 1_000);
  const requestHeaders = {
    'content-type': contentType,
    'user-agent': 'Stoa-Webhooks/1',
    ...signatureHeaders(outgoing.keys, { id, seconds, body }),
  };
  const start = performance.now();
  try {
    const reply = await guardedFetch(deps.config.egress, {
      purpose: 'webhook',
      url: outgoing.url,
      method: 'POST',
      headers: requestHeaders,
      body,
      verifyTls: outgoing.verifyTls,
      mostBytes: mostReplyBytes,
      keepAlive: true,
      onSent: () => failPoint('webhook.sent'),
    });
    failPoint('webhook.replyReceived');
    return { ...judge(reply), requestHeaders, milliseconds: reply.milliseconds };
  } catch (error) {
    if (!(error instanceof EgressRefused) && !(error instanceof EgressFailed)) throw error;
    const message = error instanceof EgressRefused ? `Not sent: ${error.message}.` : error.message;
    const milliseconds = Math.round(performance.now() - start);
    return { ...nothingCame, message, requestHeaders, milliseconds };
  }
}

const nothingCame = { status: 0, isSuccess: false, retryAfter: null, responseHeaders: null, responseBody: null };

function judge(reply: GuardedReply): Omit<Attempt, 'requestHeaders' | 'milliseconds'> {
  const { status, headers, body } = reply;
  const isRedirect = status >= 300 && status < 400;
  const message = isSuccess(status)
    ? `Answered ${status}.`
    : isRedirect
      ? `Answered ${status}: a redirect, which is not followed.`
      : `Answered ${status}.`;
  return {
    status,
    message,
    isSuccess: isSuccess(status),
    retryAfter: readRetryAfter(headers['retry-after'], Date.now()),
    responseHeaders: Object.fromEntries(
      Object.entries(headers)
        .slice(0, keptHeaders)
        .map(([name, value]) => [name, value.slice(0, keptHeader).replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')]),
    ),
    responseBody: body.slice(0, keptBody).replace(/\p{Cs}$/u, ''),
  };
}

/** What follows an attempt. @param scheduled attempts of the schedule before it; null: it was sent again by hand */
export function verdictOf(attempt: Attempt, scheduled: number | null): Verdict {
  const reply = { status: attempt.status, retryAfter: attempt.retryAfter };
  if (scheduled !== null) return afterAttempt(reply, { number: scheduled + 1, chance: Math.random() });
  if (attempt.isSuccess) return { state: 'DELIVERED' };
  const verdict = afterAttempt(reply, { number: 1, chance: 0 });
  return verdict.state === 'GONE' ? verdict : { state: 'DEAD', why: 'It was sent again and failed.' };
}

/** The keys that sign for a webhook right now. */
export const keysOf = (
  { secrets }: Pick<Deps, 'secrets'>,
  hook: { webhookId: string; secret: string; formerSecret: string | null },
): Secret[] =>
  [hook.secret, hook.formerSecret].flatMap((sealed) =>
    sealed === null ? [] : [openSigningKey(secrets, hook.webhookId, sealed)],
  );
