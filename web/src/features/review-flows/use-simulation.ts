import { useDebouncedValue } from '@mantine/hooks';
import type { RequestType } from '@stoa/contract/enums';
import { type SimulateReviewFlowBody, simulateReviewFlow } from '@stoa/contract/flow-simulation';
import type { FormField } from '@stoa/contract/request-form';
import { useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useOperation } from '../../lib/api.ts';
import { type Answers, formInputOf } from '../access-requests/answers.ts';
import { type FlowDraft, type FlowMode, type FlowProblem, problemsUnder, targetFlowOf } from './flow-draft.ts';

/** Where a flow is tried: what stands beside the draft. */
export type SimulationScope = {
  /** Fixes the kind of request; without it the reader picks. */
  readonly requestType?: RequestType;
  readonly target?: { readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT'; readonly id: string };
  readonly formId?: string;
  /** Of a target that is not there yet. */
  readonly domainIds?: readonly string[];
};

/** Who asks in the simulation, for whom, and what they answer. */
export type Trial = {
  readonly requestType: RequestType;
  readonly requestingUser: string;
  /** Empty for oneself. */
  readonly user: string;
  readonly answers: Answers;
};

type Drafted = {
  readonly flow: FlowDraft;
  readonly mode: FlowMode;
  readonly fields: readonly FormField[];
  readonly scope: SimulationScope;
  /** Nothing of it is still to be filled in. */
  readonly isWhole: boolean;
};

function bodyOf({ flow, mode, fields, scope, isWhole }: Drafted, trial: Trial): SimulateReviewFlowBody | undefined {
  if (!isWhole) return undefined;
  const targetFlow = mode === 'target' ? targetFlowOf(flow) : undefined;
  if (mode === 'target' && targetFlow === undefined) return undefined;
  return {
    requestType: trial.requestType,
    requestingUser: trial.requestingUser,
    ...(trial.user === '' ? {} : { user: trial.user }),
    answers: formInputOf(fields, trial.answers) ?? [],
    ...(scope.target === undefined ? {} : { target: scope.target }),
    ...(scope.formId === undefined ? {} : { formId: scope.formId }),
    ...(scope.domainIds === undefined ? {} : { domainIds: [...scope.domainIds] }),
    ...(mode === 'form' ? { formFlow: flow, fields: [...fields] } : { targetFlow }),
  };
}

const noProblems: readonly FlowProblem[] = [];

/** What the flow, as it is drafted, would come to; and what the server finds wrong with it. */
export function useSimulation(drafted: Drafted | undefined) {
  const me = useCurrentUser();
  const [chosen, setChosen] = useState<Partial<Trial>>({});
  const trial: Trial = {
    requestType: drafted?.scope.requestType ?? 'DATA_ACCESS',
    requestingUser: me?.globalUserId ?? '',
    user: '',
    answers: {},
    ...chosen,
  };
  const body = drafted === undefined ? undefined : bodyOf(drafted, trial);
  const [settled] = useDebouncedValue(body, 350);
  const answer = useOperation(
    simulateReviewFlow,
    { body: settled ?? { answers: [], requestType: 'DATA_ACCESS' } },
    { keepPrevious: true, enabled: settled !== undefined && trial.requestingUser !== '' },
  );
  const isRefused = answer.error?.code.startsWith('review_flow.') === true || answer.error?.status === 400;
  const member = drafted?.mode === 'target' ? 'targetFlow' : 'formFlow';
  return {
    trial,
    change: (part: Partial<Trial>) => setChosen({ ...chosen, ...part }),
    answer,
    /** The draft itself is at fault: it could not be saved either. */
    isInvalid: drafted?.isWhole === false || isRefused,
    problems: isRefused ? problemsUnder(answer.error?.fields ?? [], member) : noProblems,
  };
}

export type SimulationState = ReturnType<typeof useSimulation>;
