import type { AccessRequestPreview } from '@stoa/contract/access-request';
import { type Duration, endOf, laterEnd } from '@stoa/core/duration/duration';
import { awaitsBeneficiary } from '@stoa/core/review/acceptance';
import { parseDuration } from '@stoa/core/review/check-answers';
import { criteriaMet } from '@stoa/core/review/eligible';
import { type Submitted, submitUnder } from '@stoa/core/review/submit';
import { sourcesOfStage } from '@stoa/core/review/flow';
import type { Reader } from '../../db/pool.ts';
import { findCandidates } from '../approval-record/find-candidates.ts';
import { presentSource } from '../approval-record/present-record.ts';
import { judgeColumns } from '../masking-exception/judge-columns.ts';
import {
  checkDraft,
  checkForm,
  type Draft,
  draftRequest,
  type RequestInput,
  routeDraft,
  type Routed,
} from './prepare-request.ts';

/** What asking would lead to: who would decide, or how a rule would. Nothing is written. */
export async function previewAccessRequest(db: Reader, input: RequestInput): Promise<AccessRequestPreview> {
  const asked = await draftRequest(db, input, 'read');
  const allowed = checkDraft(asked);
  // Columns that cannot be asked for are refused with their places, as asking would; the rules judge those that are left.
  const draft =
    allowed.ok && asked.type === 'MASKING_EXCEPTION' ? { ...asked, columns: await judgeColumns(db, asked) } : asked;
  const checked = checkForm(draft);
  // What would happen does not wait for the tick under an agreement; that it is missing is told beside it.
  const accepted = checked.ok ? checked : checkForm(asIfAccepted(draft));
  const answers = accepted.ok ? accepted : null;
  const routed = await routeDraft(db, draft, answers);
  const period = answers === null ? periodOf(draft) : answers.duration;
  const outcome = submitUnder(routed.event, period, draft.now.getTime());
  const expectedEnd = expectedEndOf(outcome, period, draft.now.getTime());
  const held = allowed.ok && allowed.extends !== null ? draft.earlier.find((r) => r.id === allowed.extends) : undefined;
  const refused = allowed.ok ? (checked.ok ? null : checked) : allowed;
  const existing = allowed.ok ? allowed.extends : allowed.facts?.['requestId'];
  return {
    outcome: routed.event.type,
    ...(routed.rule === null ? {} : { rule: routed.rule }),
    stages: await presentStages(db, draft, routed),
    expiration: iso(outcome.expiration),
    expectedEnd: iso(expectedEnd),
    accessUntil: iso(held === undefined ? expectedEnd : laterEnd(expectedEnd, held.expiration)),
    awaitsBeneficiary: awaitsBeneficiary({
      agreements: draft.target.form.agreements,
      requestingUser: draft.actor,
      beneficiary: draft.beneficiary,
    }),
    ...(typeof existing === 'string' ? { existingRequestId: existing } : {}),
    ...(held?.expiration == null ? {} : { heldUntil: new Date(held.expiration).toISOString() }),
    ...(refused === null ? {} : { refusal: { code: refused.code, detail: refused.detail } }),
  };
}

const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());

const asIfAccepted = (draft: Draft): Draft => ({
  ...draft,
  given: { ...draft.given, agreements: draft.target.form.agreements.map(({ id, version }) => ({ id, version })) },
});

/** The period as it is answered so far, while other answers are still missing. */
function periodOf({ target, given }: Draft): Duration | null {
  const field = target.form.fields.find((one) => one.type === 'ACCESS_DURATION');
  return parseDuration(given.answers.find((answer) => answer.fieldId === field?.id)?.value);
}

/** If it were approved now: a rule's own end, or that of the period asked, which stewards are offered first. */
function expectedEndOf(outcome: Submitted, asked: Duration | null, now: number): number | null {
  if (outcome.status !== 'PENDING') return outcome.expiration;
  return asked === null ? null : endOf(now, asked);
}

async function presentStages(db: Reader, draft: Draft, { event }: Routed): Promise<AccessRequestPreview['stages']> {
  if (event.type !== 'review') return [];
  const { stages } = event.params;
  const domainIds = draft.target.domains.map((d) => d.id);
  const candidates = await findCandidates(db, stages.flatMap(sourcesOfStage), domainIds);
  const parties = {
    submittedAt: draft.now.getTime(),
    requestingUser: draft.actor,
    beneficiary: draft.beneficiary,
    target: { domainIds },
  };
  return stages.map((stage) => {
    const slots = 'all' in stage ? stage.all.map((source) => [source]) : [stage.any];
    return {
      mode: 'all' in stage ? ('all' as const) : ('any' as const),
      slots: slots.map((approvers) => {
        const fit = candidates.people.filter(
          (p) => criteriaMet(p, parties, { approvers, settings: draft.switches }).length > 0,
        );
        return {
          reviewers: approvers.map(presentSource),
          people: fit.slice(0, 20).map(({ globalUserId, username, name }) => ({ globalUserId, username, name })),
          peopleCount: candidates.countFit(approvers, fit.length),
        };
      }),
    };
  });
}
