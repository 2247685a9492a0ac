import type { AccessRequestPreview } from '@stoa/contract/access-request';
import { criteriaMet } from '@stoa/core/review/eligible';
import { submitUnder } from '@stoa/core/review/submit';
import { sourcesOfStage } from '@stoa/core/review/flow';
import type { Reader } from '../../db/pool.ts';
import { findCandidates } from '../approval-record/eligible-people.ts';
import { presentSource } from '../approval-record/present-record.ts';
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
  const draft = await draftRequest(db, input, 'read');
  const allowed = checkDraft(draft);
  const checked = checkForm(draft);
  const answers = checked.ok ? checked : null;
  const routed = routeDraft(draft, answers);
  const outcome = submitUnder(routed.event, answers?.duration ?? null, draft.now.getTime());
  const refused = allowed.ok ? (checked.ok ? null : checked) : allowed;
  const existing = allowed.ok ? allowed.extends : allowed.facts?.['requestId'];
  return {
    outcome: routed.event.type,
    ...(routed.rule === null ? {} : { rule: routed.rule }),
    stages: await presentStages(db, draft, routed),
    expiration: outcome.expiration === null ? null : new Date(outcome.expiration).toISOString(),
    ...(typeof existing === 'string' ? { existingRequestId: existing } : {}),
    ...(refused === null ? {} : { refusal: { code: refused.code, detail: refused.detail } }),
  };
}

async function presentStages(db: Reader, draft: Draft, { event }: Routed): Promise<AccessRequestPreview['stages']> {
  if (event.type !== 'review') return [];
  const { stages } = event.params;
  const people = await findCandidates(db, stages.flatMap(sourcesOfStage));
  const parties = {
    submittedAt: draft.now.getTime(),
    requestingUser: draft.actor,
    beneficiary: draft.beneficiary,
    target: { domainIds: draft.target.domains.map((d) => d.id) },
  };
  return stages.map((stage) => {
    const slots = 'all' in stage ? stage.all.map((source) => [source]) : [stage.any];
    return {
      mode: 'all' in stage ? ('all' as const) : ('any' as const),
      slots: slots.map((approvers) => {
        const fit = people.filter((p) => criteriaMet(p, parties, { approvers, settings: draft.switches }).length > 0);
        return {
          reviewers: approvers.map(presentSource),
          people: fit.slice(0, 20).map(({ globalUserId, username, name }) => ({ globalUserId, username, name })),
          peopleCount: fit.length,
        };
      }),
    };
  });
}
