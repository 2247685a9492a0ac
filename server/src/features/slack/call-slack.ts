import { sql } from 'kysely';
import { z } from 'zod';
import type { Deps } from '../../deps.ts';
import { EgressRefused } from '../../egress/egress-rules.ts';
import { EgressFailed, guardedFetch, type GuardedReply } from '../../egress/guarded-fetch.ts';
import type { Secret } from '../../secrets/secrets.ts';
import { parseJson } from './parse-json.ts';
import type { Installation } from './stored-app.ts';

export type SlackFailure = {
  readonly ok: false;
  /** Slack's own word, such as `channel_not_found`; or what kept us from reaching it. */
  readonly error: string;
  /** Another try would come to the same. */
  readonly isLasting: boolean;
  readonly retryAfterSeconds?: number;
};
export type SlackReply<T> = { readonly ok: true; readonly value: T } | SlackFailure;

type Sent<S extends z.ZodType> = {
  method: string;
  token?: Secret;
  args: Readonly<Record<string, unknown>>;
  /** The members of the answer that are read. */
  answer: S;
};

const envelope = z.looseObject({ ok: z.boolean(), error: z.string().optional() });
/** What Slack itself calls passing. */
const passing = new Set(['fatal_error', 'internal_error', 'ratelimited', 'request_timeout', 'service_unavailable']);
const usualPauseSeconds = 30;

/** Calls one method of Slack's Web API. Slack takes form bodies for every method, and JSON not for all. */
export async function callSlack<S extends z.ZodType>(
  deps: Deps,
  { method, token, args, answer }: Sent<S>,
): Promise<SlackReply<z.output<S>>> {
  const reply = await post(deps, { method, token, form: formOf(args) });
  if (!reply.ok) return reply;
  const { status, headers, body } = reply.value;
  if (status === 429)
    return { ok: false, error: 'ratelimited', isLasting: false, retryAfterSeconds: secondsOf(headers['retry-after']) };
  if (status >= 500) return { ok: false, error: `http_${status}`, isLasting: false };
  const read = envelope.safeParse(parseJson(body));
  if (!read.success) return { ok: false, error: `http_${status}: not an answer of Slack`, isLasting: true };
  if (!read.data.ok) {
    const error = read.data.error ?? 'unknown_error';
    return { ok: false, error, isLasting: !passing.has(error) };
  }
  const value = answer.safeParse(read.data);
  if (!value.success) return { ok: false, error: `an answer to ${method} of another form`, isLasting: true };
  return { ok: true, value: value.data };
}

type Posted = { method: string; token: Secret | undefined; form: string };

async function post(deps: Deps, { method, token, form }: Posted): Promise<SlackReply<GuardedReply>> {
  try {
    const value = await guardedFetch(deps.config.egress, {
      purpose: 'slack',
      url: `${deps.config.slackApiUrl}/${method}`,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
      },
      body: form,
      timeoutMilliseconds: 10_000,
      // Slack sends a message back as it took it.
      mostBytes: 200_000,
    });
    return { ok: true, value };
  } catch (error) {
    if (error instanceof EgressRefused) return { ok: false, error: error.message, isLasting: true };
    if (error instanceof EgressFailed) return { ok: false, error: error.message, isLasting: false };
    throw error;
  }
}

/**
 * As `callSlack`, as the app in its workspace. When Slack asks to be left alone, every replica leaves it alone; what it
 * refuses is kept for the administrator.
 */
export async function callAsApp<S extends z.ZodType>(
  deps: Deps,
  installation: Pick<Installation, 'token'>,
  sent: Omit<Sent<S>, 'token'>,
): Promise<SlackReply<z.output<S>>> {
  const reply = await callSlack(deps, { ...sent, token: installation.token });
  if (!reply.ok) await keepFailure(deps, sent.method, reply);
  return reply;
}

async function keepFailure(deps: Deps, method: string, failure: SlackFailure): Promise<void> {
  // That there is nobody by an e-mail is an answer.
  if (failure.error === 'users_not_found') return;
  deps.log.warn({ method, error: failure.error }, 'Slack refused a call');
  const pause = failure.retryAfterSeconds ?? null;
  await sql`update slack_installation set last_error = ${`${method}: ${failure.error}`.slice(0, 300)}, last_error_at = now(),
    paused_until = greatest(paused_until, now() + make_interval(secs => ${pause}))`.execute(deps.db);
}

const secondsOf = (header: string | undefined): number => {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3_600) : usualPauseSeconds;
};

const formOf = (args: Sent<z.ZodType>['args']): string => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args))
    if (value !== undefined && value !== null)
      form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return form.toString();
};
