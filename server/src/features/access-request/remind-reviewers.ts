import type { ReviewerReminder } from '@stoa/contract/reviewer-reminder';
import type { Actor } from '@stoa/core/permissions/objects';
import type { Person } from '@stoa/core/person';
import { checkReminder, type ReminderInput } from '@stoa/core/review/remind';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { ApplicationSwitches } from '../../settings-store.ts';
import { loadKnown } from '../notification/load-known.ts';
import { requestFacts, targetOfRequest } from '../notification/message-facts.ts';
import { writeMessages } from '../notification/write-messages.ts';
import { type LoadedPerson, loadPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import type { LoadedRequest } from './load-requests.ts';
import { loadRequestFor } from './load-viewer.ts';
import { refusalOf } from './refusal-of.ts';
import { toReviewedRequest } from './request-object.ts';

type RemindCall = { requestId: string; actorId: string; call: Call };

/**
 * Reminds those who may decide a pending request. The request is locked, so that of two who want it at once one is too
 * early; that it was done, its audit and its messages are one commit.
 */
export async function remindReviewers(deps: Deps, { requestId, actorId, call }: RemindCall): Promise<ReviewerReminder> {
  return transact(deps, async (tx, after) => {
    await sql`select from access_request where id = ${requestId} for no key update`.execute(tx);
    const actor = await loadPerson(tx, actorId);
    if (actor === undefined) throw notFound('account');
    const { request, switches } = await loadRequestFor(tx, requestId, { actor, action: 'access-request.remind' });
    const known = await loadKnown(deps, tx, []);
    const people = await known.behind(
      request.records.filter(({ status }) => status === 'PENDING').flatMap(({ approvers }) => approvers),
      request.domains.map((domain) => domain.id),
    );
    const reminders = await loadReminders(tx, requestId);
    const outcome = checkReminder(reminderInput(request, { people, actor, switches, reminders }));
    if (!outcome.ok) throw refusalOf(outcome);
    const told = await tell(deps, tx, { request, actor, people: outcome.people });
    await sql`insert into reviewer_reminder (access_request_id, created_at, reminded_by, told)
      values (${requestId}, ${request.now}, ${actorId}, ${told.length})`.execute(tx);
    await appendAudit(
      tx,
      requestAudit(request, {
        action: 'ReviewersReminded',
        actor: userActor(actor),
        call,
        payload: { globalUserIds: told },
      }),
    );
    for (const id of told) after.changed('notification', id);
    after.changed('access-request', requestId);
    const { globalUserId, username, name } = actor;
    return { at: request.now.toISOString(), by: { globalUserId, username, name }, told: told.length };
  });
}

type Asked = {
  people: readonly Person[];
  actor: Actor;
  switches: ApplicationSwitches;
  reminders: readonly ReviewerReminder[];
};

/** What the rule of reminders looks at. */
export const reminderInput = (
  request: LoadedRequest,
  { people, actor, switches, reminders }: Asked,
): ReminderInput => ({
  request: toReviewedRequest(request),
  records: request.records,
  settings: switches,
  people,
  actor,
  lastRemindedAt: Math.max(...reminders.map(({ at }) => Date.parse(at)), 0) || null,
  now: request.now.getTime(),
});

/** When the reviewers of a request were reminded, the latest last. */
export async function loadReminders(db: Reader, requestId: string): Promise<ReviewerReminder[]> {
  const { rows } = await sql<Omit<ReviewerReminder, 'at'> & { at: Date }>`
    select m.created_at as at, m.told,
      json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name) as by
    from reviewer_reminder m join app_user u on u.global_user_id = m.reminded_by
    where m.access_request_id = ${requestId} order by m.created_at`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

type Telling = { request: LoadedRequest; actor: LoadedPerson; people: readonly Person[] };

async function tell(deps: Deps, tx: Tx, { request, actor, people }: Telling): Promise<readonly string[]> {
  return writeMessages(deps, tx, [
    {
      type: 'PENDING_REMINDER',
      eventId: null,
      requestId: request.id,
      targetId: request.target_id,
      receivers: people.map((person) => person.globalUserId),
      factsFor: ({ timeZone }) => ({
        type: 'PENDING_REMINDER',
        actor: actor.name,
        request: requestFacts(request, { timeZone, reason: null }),
        target: targetOfRequest(request),
        reader: { isBeneficiary: false, isRequester: false },
      }),
    },
  ]);
}
