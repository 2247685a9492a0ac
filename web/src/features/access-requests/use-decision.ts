import {
  type AccessRequest,
  determineAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { durationUnit } from '@stoa/contract/enums';
import { type Evidence, getAccessRequestEvidence } from '@stoa/contract/evidence';
import type { PlanPreview } from '@stoa/contract/plan';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useCommand } from '../../lib/api.ts';
import { membersOf, wordOf } from '../../lib/members.ts';
import { type Choice, choices, type DecisionDraft, determinationOf, planChange, startDuration } from './decision.ts';
import { useKept } from '../../lib/kept-text.ts';
import { useUnsaved } from '../../ui/unsaved.tsx';

function parseDraft(value: unknown): DecisionDraft | undefined {
  const { choice, reason, duration } = membersOf(value);
  const period = membersOf(duration);
  const unit = wordOf(durationUnit.options, period.durationUnit);
  if (typeof reason !== 'string' || typeof period.duration !== 'number' || unit === undefined) return undefined;
  return { choice: wordOf(choices, choice), reason, duration: { duration: period.duration, durationUnit: unit } };
}

/** What a steward writes on one request, kept until it is sent: neither a reload nor a conflict loses it, and signing out asks first. */
export function useDecisionDraft(requestId: string, asked: Evidence['decision']['requestedDuration'] | undefined) {
  const kept = useKept<DecisionDraft>(`stoa-decision-${requestId}`, parseDraft);
  const draft = kept.value ?? { choice: undefined, reason: '', duration: startDuration(asked ?? null) };
  useUnsaved(() => draft.reason.trim() !== '');
  return {
    draft,
    set: (changes: Partial<DecisionDraft>) => kept.keep({ ...draft, ...changes }),
    forget: kept.forget,
  };
}

export type DraftState = ReturnType<typeof useDecisionDraft>;

const shown = [searchAccessRequests, getAccessRequestById, getAccessRequestRecords, getAccessRequestProvisioning];

/** Sends the decision, bound to the plan that was on screen; a plan that moved is shown before it is asked again. */
export function useDecision(evidence: Evidence, draft: DraftState, onDecided: (request: AccessRequest) => void) {
  const client = useQueryClient();
  const [readPlan, setReadPlan] = useState<PlanPreview | null>(evidence.plan);
  const readAgain = () => client.invalidateQueries({ queryKey: [getAccessRequestEvidence.id] });
  const command = useCommand(determineAccessRequest, {
    invalidates: shown,
    onSuccess: (request) => {
      draft.forget();
      onDecided(request);
      void readAgain();
    },
    // Whatever stood in the way happened elsewhere: the page shows it, and keeps what was written.
    onError: (problem) => void (problem.status === 409 && readAgain()),
  });
  const change = planChange(readPlan, evidence.plan);
  return {
    command,
    change,
    accept: () => {
      setReadPlan(evidence.plan);
      command.reset();
    },
    decide: (choice: Choice) =>
      command.mutate({
        params: { id: evidence.request.id },
        body: determinationOf(draft.draft, choice, readPlan?.planHash),
      }),
  };
}
