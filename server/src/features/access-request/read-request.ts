import type { AccessRequest } from '@stoa/contract/access-request';
import type { ApprovalRecord } from '@stoa/contract/approval-record';
import type { PersonName } from '@stoa/contract/person';
import { checkReminder } from '@stoa/core/review/remind';
import type { Reader } from '../../db/pool.ts';
import { findEligible } from '../approval-record/eligible-people.ts';
import { presentRecord } from '../approval-record/present-record.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadRequestFor } from './load-viewer.ts';
import { loadLeftBehind } from './left-behind.ts';
import type { LoadedRequest } from './load-requests.ts';
import { presentRequest, type Viewer } from './present-request.ts';
import { loadSnoozes, snoozedUntil } from './snooze.ts';
import { loadReminders, reminderInput } from './remind-reviewers.ts';

export const toPersonName = ({ globalUserId, username, name }: PersonName): PersonName => ({
  globalUserId,
  username,
  name,
});

/** One request, for those who may read it; it also says whether anybody is left to decide it. */
export async function readAccessRequest(db: Reader, actor: LoadedPerson, id: string): Promise<AccessRequest> {
  const { request, switches } = await loadRequestFor(db, id, { actor, action: 'access-request.read' });
  const reminders = await loadReminders(db, id);
  const snoozes = await loadSnoozes(db, actor, [id]);
  const shown = {
    ...presentRequest(request, { actor, switches }),
    ...snoozedUntil(snoozes.get(id)),
    ...(reminders.length > 0 ? { reminders } : {}),
  };
  if (request.status !== 'PENDING') return shown;
  const { eligible, reviewable } = await findEligible(db, request, switches);
  const people = [...new Map([...eligible.values()].flat().map((one) => [one.globalUserId, one])).values()];
  const reminder = checkReminder(reminderInput(request, { people, actor, switches, reminders }));
  return { ...shown, reviewable, ...presentReminder(reminder, shown) };
}

/** Whether its reviewers can be reminded now, and else from when. */
function presentReminder(
  reminder: ReturnType<typeof checkReminder>,
  { abilities }: Pick<AccessRequest, 'abilities'>,
): Pick<AccessRequest, 'abilities' | 'remindableFrom'> {
  if (reminder.ok || abilities?.['remind']?.allowed !== true) return {};
  const from = reminder.facts?.['from'];
  return {
    abilities: { ...abilities, remind: { allowed: false, reason: reminder.detail } },
    ...(typeof from === 'string' ? { remindableFrom: from } : {}),
  };
}

/** The slots of a request, with the people who could decide those that are open. */
export async function readApprovalRecords(db: Reader, actor: LoadedPerson, id: string): Promise<ApprovalRecord[]> {
  const { request, switches } = await loadRequestFor(db, id, { actor, action: 'access-request.read' });
  const { eligible } = await findEligible(db, request, switches);
  const current = request.records.map((record) => {
    const people = eligible.get(record.id)?.map(toPersonName);
    return presentRecord(record, {
      request,
      viewer: { actor, switches },
      ...(people === undefined ? {} : { eligible: people }),
    });
  });
  return [...current, ...(await readLeftBehind(db, { request, viewer: { actor, switches } }))];
}

/** Slots that a re-route left behind: nobody decides them any more, but who did is still seen. */
async function readLeftBehind(
  db: Reader,
  shown: { request: LoadedRequest; viewer: Viewer },
): Promise<ApprovalRecord[]> {
  const records = await loadLeftBehind(db, shown.request.id);
  return records.map((record) => {
    const { abilities: _, ...rest } = presentRecord(record, shown);
    return { ...rest, leftBehind: true };
  });
}
