import type { DeliveringProvider, NotificationType } from '@stoa/contract/notification-type';
import { isUrgent, secondsToNextAttempt } from '@stoa/core/notification/channels';
import { type DigestEntry, digestOf } from '@stoa/core/notification/digest';
import { afterQuietHours, inWords } from '@stoa/core/notification/local-time';
import type { Detail } from '@stoa/core/notification/words';
import { type RawBuilder, sql } from 'kysely';
import { type Tx, withNext } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { publicUrlOf } from '../http/public-url.ts';
import { failPoint } from '../work/fail-point.ts';
import { type Hours, hoursOf, installationZone } from './hours.ts';
import type { MessageChannel, OutgoingMessage, SendOutcome } from './message-channel.ts';

/** So many mails are sent before others have their turn, so many of them side by side: a slow server holds up its own channel alone. */
const batch = 20;
const sideBySide = 4;
/** A mail that a process claimed and did not end is free again after this: longer than any channel takes for one. */
const leaseSeconds = 60;

type Content = {
  subject: string;
  message: string;
  details: Detail[];
  actionPath: string | null;
  actionLabel: string | null;
};
type Row = Content & {
  id: string;
  notificationId: string;
  type: NotificationType;
  attempts: number;
  createdAt: Date;
  /** Leaves with all else that does. */
  waits: boolean;
  requestId: string | null;
  user: { globalUserId: string; name: string; email: string | null; isActive: boolean } | null;
  hours: Hours;
};

/** Sends what is due on one channel; answers how many mails there were, so that the caller knows whether to look again at once. */
export async function sendDue(deps: Deps, channel: MessageChannel): Promise<number> {
  if (await isOffForAll(deps, channel)) return endDue(deps, channel);
  if (((await channel.pausedSeconds?.(deps.db)) ?? 0) > 0) return 0;
  let asked = 0;
  let sent = 0;
  const next = async (): Promise<readonly Row[]> => {
    if (asked === batch) return [];
    asked += 1;
    return claimMail(deps, channel);
  };
  const sendFrom = async (mail: readonly Row[]): Promise<void> => {
    for (let rows = mail; rows.length > 0; rows = await next()) {
      sent += 1;
      await sendTogether(deps, channel, rows);
    }
  };
  const first = await next();
  if (first.length === 0) return 0;
  const beside = Array.from({ length: sideBySide - 1 }, async () => sendFrom(await next()));
  await Promise.all([sendFrom(first), ...beside]);
  return sent;
}

export const isFullBatch = (sent: number): boolean => sent === batch;

async function isOffForAll({ db }: Deps, { provider }: MessageChannel): Promise<boolean> {
  const { rows } = await sql`select from setting where name = 'notification' and value -> 'off' ? ${provider}`.execute(
    db,
  );
  return rows.length > 0;
}

/** What waited when an administrator switched the channel off for everybody does not go out; it can be sent again. */
async function endDue({ db }: Deps, { provider }: MessageChannel): Promise<number> {
  const { rows } = await sql`
    update message_delivery set state = 'DEAD', next_attempt_at = null, updated_at = now(),
      last_error = 'The channel is switched off for everybody.'
    where id in (select id from message_delivery where provider = ${provider} and next_attempt_at <= now()
      order by next_attempt_at limit ${batch} for update skip locked) returning id`.execute(db);
  return rows.length;
}

/** So many leave in one mail; what is more follows in another. */
const mostTogether = 500;

/**
 * What leaves in the next mail: all that is due to somebody who wants a digest, or one message alone. Nobody else claims
 * meanwhile, so that no two replicas have each a part of one digest.
 */
const claimMail = ({ db }: Deps, { provider }: MessageChannel): Promise<readonly Row[]> =>
  db.transaction().execute(async (tx) => {
    await lockClaims(tx, provider);
    const [first] = await claim(tx, provider, { where: sql`true`, most: 1, skipped: sql`skip locked` });
    if (first === undefined) return [];
    if (!first.waits || first.user === null) return [first];
    const where = sql`global_user_id = ${first.user.globalUserId} and waits_for_digest`;
    // One that is just being changed is waited for: it belongs to the same mail.
    return [first, ...(await claim(tx, provider, { where, most: mostTogether - 1, skipped: sql`` }))];
  });

/** Held by whoever claims on a channel, or changes many messages that may be due there. */
export const lockClaims = async (tx: Tx, provider: DeliveringProvider): Promise<void> => {
  await sql`${withNext}select pg_advisory_xact_lock(hashtext(${`stoa.send ${provider}`}))`.execute(tx);
};

type Which = { readonly where: RawBuilder<unknown>; readonly most: number; readonly skipped: RawBuilder<unknown> };

/** The attempt is counted before it is made: a process that dies over a message again and again comes to an end. */
async function claim(tx: Tx, provider: DeliveringProvider, { where, most, skipped }: Which): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with due as (
      select id from message_delivery where provider = ${provider} and next_attempt_at <= now() and ${where}
      order by next_attempt_at limit ${most} for update ${skipped}
    ), claimed as (
      update message_delivery d set attempts = d.attempts + 1, state = 'RETRYING', updated_at = now(),
        next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
      from due where d.id = due.id returning d.*
    )
    select c.id, c.notification_id as "notificationId", c.notification_type as type, c.attempts, c.created_at as "createdAt",
      c.waits_for_digest as waits,
      i.request_id as "requestId", coalesce(i.subject, c.content ->> 'subject') as subject, coalesce(i.message, c.content ->> 'message') as message,
      coalesce(i.details, c.content -> 'details') as details, coalesce(i.action_path, c.content ->> 'actionPath') as "actionPath",
      coalesce(i.action_label, c.content ->> 'actionLabel') as "actionLabel",
      case when u.global_user_id is null then null else json_build_object('globalUserId', u.global_user_id, 'name', u.name, 'email',
        case when c.inbox_message_id is null then c.address else u.email end, 'isActive', u.status = 'active') end as user, ${hoursOf(sql.ref('h.global_user_id'))} as hours
    from claimed c left join inbox_message i on i.id = c.inbox_message_id left join app_user u on u.global_user_id = c.global_user_id
    left join notification_hours h on h.global_user_id = c.global_user_id`.execute(tx);
  return rows;
}

async function sendTogether(deps: Deps, channel: MessageChannel, rows: readonly Row[]): Promise<void> {
  const open: Row[] = [];
  for (const row of rows) {
    const end = endOf(row);
    if (end === null) open.push(row);
    else await recordDead(deps, [row], end);
  }
  if (open.length === 0) return;
  const outcome = await attempt(deps, channel, open).catch((error: unknown): SendOutcome => {
    deps.log.warn({ err: error, delivery: open[0]?.id }, 'a message could not be sent');
    return { kind: 'retry', error: 'Stoa could not make the message; its log says why.' };
  });
  failPoint('mail.sent');
  await record(deps, open, outcome);
}

/** Why it is not tried any more; null when it is. */
function endOf({ user, attempts }: Row): string | null {
  if (user !== null && !user.isActive) return 'The account is disabled.';
  if (attempts > 1 && secondsToNextAttempt(attempts - 1, 0) === null) return 'It was tried often enough.';
  return null;
}

async function attempt(deps: Deps, channel: MessageChannel, rows: readonly Row[]): Promise<SendOutcome> {
  const parts = rows.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const [first] = parts;
  if (first === undefined) return { kind: 'dead', error: 'There is nothing to send.' };
  const words = parts.length === 1 ? wordsOf(first) : digestOf(await entriesOf(deps, parts));
  const base = publicUrlOf(deps);
  const message: OutgoingMessage = {
    deliveryId: first.id,
    notificationId: first.notificationId,
    type: first.type,
    to: first.user,
    subject: words.subject,
    message: words.message,
    details: words.details.map(({ path, ...detail }) => (path == null ? detail : { ...detail, url: base + path })),
    action: words.action === null ? null : { label: words.action.label, url: base + words.action.path },
    requestId: parts.length === 1 ? first.requestId : null,
    createdAt: first.createdAt,
    attempt: first.attempts,
  };
  return channel.send(message);
}

type Words = Pick<Content, 'subject' | 'message'> & {
  readonly details: readonly (Detail & { readonly path?: string | null })[];
  readonly action: { readonly label: string; readonly path: string } | null;
};

const wordsOf = ({ subject, message, details, actionPath, actionLabel }: Row): Words => ({
  subject,
  message,
  details,
  action: actionPath === null || actionLabel === null ? null : { label: actionLabel, path: actionPath },
});

async function entriesOf({ db }: Deps, rows: readonly Row[]): Promise<readonly DigestEntry[]> {
  const zone = rows[0]?.hours.timeZone ?? (await installationZone(db));
  return rows.map(({ createdAt, subject, actionPath }) => ({
    at: inWords(createdAt.getTime(), zone),
    subject,
    path: actionPath,
  }));
}

/** What left together came to one end, or is tried again together. */
async function record(deps: Deps, rows: readonly Row[], outcome: SendOutcome): Promise<void> {
  if (outcome.kind === 'sent') return recordSent(deps, rows, outcome.address);
  if (outcome.kind === 'dead') return recordDead(deps, rows, outcome.error);
  const isUntried = outcome.kind === 'untried';
  const isOver = ({ attempts }: Row): boolean => !isUntried && secondsToNextAttempt(attempts, 0) === null;
  const over = rows.filter(isOver);
  if (over.length > 0) await recordDead(deps, over, outcome.error);
  const again = rows.filter((row) => !isOver(row));
  const [first] = again;
  if (first === undefined) return;
  const { rows: clock } = await sql<{
    at: number;
  }>`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as at`.execute(deps.db);
  const at = (clock[0]?.at ?? 0) + waitAfter(again, outcome) * 1_000;
  const zone = first.hours.timeZone ?? (await installationZone(deps.db));
  const due = again.some(({ type }) => isUrgent(type)) ? at : afterQuietHours(at, zone, first.hours.quiet);
  await sql`update message_delivery d set next_attempt_at = ${new Date(due)}, last_error = ${shortened(outcome.error)}, updated_at = now(),
      attempts = greatest(0, d.attempts - ${isUntried ? 1 : 0}::int)
    from ${claimed(again)} where ${isStillClaimed}`.execute(deps.db);
}

async function recordSent({ db }: Deps, rows: readonly Row[], address: string | undefined): Promise<void> {
  await sql`update message_delivery set state = 'SENT', next_attempt_at = null, last_error = null, sent_at = now(), updated_at = now(),
    address = coalesce(${address ?? null}, address) where id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(db);
}

async function recordDead({ db }: Deps, rows: readonly Row[], error: string): Promise<void> {
  await sql`update message_delivery d set state = 'DEAD', next_attempt_at = null, last_error = ${shortened(error)}, updated_at = now()
    from ${claimed(rows)} where ${isStillClaimed}`.execute(db);
}

const shortened = (error: string): string => error.slice(0, 1_000);
const claimed = (rows: readonly Row[]): RawBuilder<unknown> => sql`
  unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ attempts }) => attempts)}::int[]) as c (id, attempts)`;
/** Each claim counts: where there are more by now, another process is at it, and its end is the one that stands. */
const isStillClaimed = sql`d.id = c.id and d.attempts = c.attempts and d.state = 'RETRYING'`;

/** Seconds until they are tried again, by the one that was tried most. */
function waitAfter(rows: readonly Row[], outcome: Exclude<SendOutcome, { kind: 'sent' | 'dead' }>): number {
  const asked = Math.min(outcome.afterSeconds ?? 0, 86_400);
  if (outcome.kind === 'untried') return Math.max(1, asked);
  const wait = secondsToNextAttempt(Math.max(...rows.map(({ attempts }) => attempts)), Math.random());
  return Math.max(wait ?? 0, asked);
}
