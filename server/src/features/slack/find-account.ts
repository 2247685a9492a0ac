import { sql } from 'kysely';
import { z } from 'zod';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { callAsApp, type SlackFailure, type SlackReply } from './call-slack.ts';
import type { Installation } from './stored-app.ts';

/** How long it is believed who has an e-mail: for a message a day, for a decision a quarter of an hour. */
const believedFor = { message: '24 hours', nobody: '1 hour', decision: '15 minutes' } as const;

const slackUser = z.object({
  id: z.string(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  /** Of another organisation, in a shared channel. */
  is_stranger: z.boolean().optional(),
  is_email_confirmed: z.boolean().optional(),
  profile: z.object({ email: z.string().optional() }).optional(),
});
type SlackUser = z.infer<typeof slackUser>;

const isUsable = (user: SlackUser): boolean =>
  user.deleted !== true && user.is_bot !== true && user.is_stranger !== true && user.is_email_confirmed !== false;

export const folded = (email: string): string => email.trim().toLowerCase();

/** The account at Slack with the e-mail of a login; null when Slack knows none. */
export async function findSlackAccount(
  deps: Deps,
  installation: Installation,
  { globalUserId, email }: { globalUserId: string; email: string },
): Promise<SlackReply<string | null>> {
  const key = folded(email);
  const { rows } = await sql<{ slack_user_id: string | null }>`
    select slack_user_id from slack_account where global_user_id = ${globalUserId} and email = ${key}
      and checked_at > now() - case when slack_user_id is null then ${believedFor.nobody} else ${believedFor.message} end::interval`.execute(
    deps.db,
  );
  if (rows[0] !== undefined) return { ok: true, value: rows[0].slack_user_id };
  const found = await callAsApp(deps, installation, {
    method: 'users.lookupByEmail',
    args: { email: key },
    answer: z.object({ user: slackUser }),
  });
  if (!found.ok && found.error !== 'users_not_found') return found;
  const id = found.ok && isUsable(found.value.user) ? found.value.user.id : null;
  await keepAccount({ globalUserId, email: key, slackUserId: id }, deps.db);
  return { ok: true, value: id };
}

type Known = { globalUserId: string; email: string; slackUserId: string | null };

const keepAccount = ({ globalUserId, email, slackUserId }: Known, db: Reader) =>
  sql`insert into slack_account (global_user_id, email, slack_user_id) values (${globalUserId}, ${email}, ${slackUserId})
    on conflict (global_user_id) do update set email = excluded.email, slack_user_id = excluded.slack_user_id,
      checked_at = now()`.execute(db);

export type FoundLogin =
  | { readonly kind: 'login'; readonly globalUserId: string }
  | { readonly kind: 'nobody'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly failure: SlackFailure };

const noLogin =
  'No active account of Stoa has the e-mail of your account at Slack, so nothing can be decided from here. Open Stoa instead, or ask a user admin.';

/**
 * The login that somebody at Slack acts as: the active one with the e-mail of their account there, as Slack says now. Where
 * several logins have it, the one that the message went to.
 */
export async function findLogin(
  deps: Deps,
  installation: Installation,
  { slackUserId, readerId }: { slackUserId: string; readerId: string | undefined },
): Promise<FoundLogin> {
  const known = await loginsOf(deps.db, slackUserId);
  if (known.length > 0) return chosen(known, readerId);
  const asked = await callAsApp(deps, installation, {
    method: 'users.info',
    args: { user: slackUserId },
    answer: z.object({ user: slackUser }),
  });
  if (!asked.ok)
    return asked.error === 'user_not_found' || asked.error === 'user_not_visible'
      ? { kind: 'nobody', reason: noLogin }
      : { kind: 'unknown', failure: asked };
  const { user } = asked.value;
  const email = user.profile?.email;
  await sql`delete from slack_account where slack_user_id = ${slackUserId}`.execute(deps.db);
  if (email === undefined || !isUsable(user)) return { kind: 'nobody', reason: noLogin };
  const { rows } = await sql<{ global_user_id: string }>`
    select global_user_id from app_user where lower(email) = ${folded(email)} and status = 'active'`.execute(deps.db);
  for (const row of rows)
    await keepAccount({ globalUserId: row.global_user_id, email: folded(email), slackUserId }, deps.db);
  return chosen(
    rows.map((row) => row.global_user_id),
    readerId,
  );
}

async function loginsOf(db: Reader, slackUserId: string): Promise<string[]> {
  const { rows } = await sql<{ global_user_id: string }>`
    select a.global_user_id from slack_account a join app_user u on u.global_user_id = a.global_user_id
    where a.slack_user_id = ${slackUserId} and a.email = lower(u.email) and u.status = 'active'
      and a.checked_at > now() - ${believedFor.decision}::interval`.execute(db);
  return rows.map((row) => row.global_user_id);
}

function chosen(logins: readonly string[], readerId: string | undefined): FoundLogin {
  const [only] = logins;
  if (readerId !== undefined && logins.includes(readerId)) return { kind: 'login', globalUserId: readerId };
  if (only === undefined) return { kind: 'nobody', reason: noLogin };
  if (logins.length === 1) return { kind: 'login', globalUserId: only };
  const reason =
    'Several accounts of Stoa have the e-mail of your account at Slack, so that it is not clear who decides. Open Stoa instead.';
  return { kind: 'nobody', reason };
}
