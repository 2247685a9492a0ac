import type { DeterminationBody } from '@stoa/contract/approval-record';
import { durationUnit } from '@stoa/contract/enums';
import { errorDefinitions } from '@stoa/contract/error';
import type { Deps } from '../../deps.ts';
import { nextOf, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { determineRequest } from '../access-request/determine-together.ts';
import { type Carried, carried, composeAnswer, type View } from './compose-dialog.ts';
import { findLogin } from './find-account.ts';
import { parseJson } from './parse-json.ts';
import type { ViewSubmission } from './parse-interaction.ts';
import { readMessageFacts } from './read-message-facts.ts';
import type { Installation } from './stored-app.ts';
import { shortened } from './words.ts';

/** What the dialog shows next: what is wrong at one of its fields, or how it came out. */
export type Outcome =
  | { readonly kind: 'errors'; readonly errors: Readonly<Record<string, string>> }
  | { readonly kind: 'done'; readonly view: View };

const atReason = (text: string): Outcome => ({ kind: 'errors', errors: { reason: shortened(text, 400) } });

/**
 * Decides what was submitted, by the same road as the web app: the same lock, rights, four eyes and plan. Sent twice it is
 * refused the second time, like anywhere.
 */
export async function decideSubmission(
  deps: Deps,
  installation: Installation,
  { submission, call }: { submission: ViewSubmission; call: Call },
): Promise<Outcome> {
  const about = carried.safeParse(parseJson(submission.view.private_metadata)).data;
  if (about === undefined) return atReason('This dialog is of an older version of Stoa. Close it and open it again.');
  const login = await findLogin(deps, installation, { slackUserId: submission.user.id, readerId: about.readerId });
  if (login.kind === 'nobody') return atReason(login.reason);
  if (login.kind === 'unknown')
    return atReason(`Slack could not say who you are (${login.failure.error}). Nothing was decided; try again.`);
  const decision = readDecision(submission, about);
  if (decision === undefined) return { kind: 'errors', errors: { duration: 'A whole number, 1 or more, and a unit.' } };
  // The dialog may have stood open for long: what chats do not decide is judged again. Rights are judged behind the lock.
  const facts = await readMessageFacts(deps, { requestId: about.requestId, readerId: login.globalUserId });
  if (facts?.chat.allowed === false) return atReason(`Not decided. ${facts.chat.reason}`);
  try {
    const subject = { recordId: about.recordId };
    const decided = await determineRequest(deps, { actorId: login.globalUserId, subject, decision, call });
    return { kind: 'done', view: composeAnswer('Decided', doneWords(decision, decided.request)) };
  } catch (error) {
    if (error instanceof Refusal) return refusedAt(error);
    throw error;
  }
}

function readDecision({ view }: ViewSubmission, { choice, planHash }: Carried): DeterminationBody | undefined {
  const { values } = view.state;
  const reason = values['reason']?.['reason']?.value ?? '';
  if (choice === 'stoa.deny') return { status: 'DENIED', reason };
  const bound = planHash === undefined ? {} : { planHash };
  if (choice === 'stoa.approve') return { status: 'APPROVED', reason, ...bound };
  const duration = Number(values['duration']?.['duration']?.value ?? Number.NaN);
  const unit = durationUnit.safeParse(values['durationUnit']?.['durationUnit']?.selected_option?.value);
  if (!unit.success || !Number.isFinite(duration)) return undefined;
  return { status: 'APPROVED', reason, duration, durationUnit: unit.data, ...bound };
}

function refusedAt(refusal: Refusal): Outcome {
  const { code, facts } = refusal;
  const { title } = errorDefinitions[code];
  const next = nextOf(refusal);
  const text = code === 'resource.not_found' ? `${title} ${next}` : `${facts.detail ?? title} ${next}`;
  if (code === 'approval_record.duration_invalid')
    return { kind: 'errors', errors: { duration: shortened(text, 400) } };
  // The dialog still carries the plan that it was opened with.
  if (code === 'plan.changed')
    return atReason('What an approval would do has changed since this dialog was opened. Close it, and open it again.');
  return atReason(text);
}

const doneWords = ({ status }: DeterminationBody, request: { status: string }): string => {
  if (status === 'DENIED') return 'Denied. Who asked is told, with your reason.';
  if (request.status === 'APPROVED') return 'Approved. Access is being set up now.';
  return 'Approved. The request waits for others as well.';
};
