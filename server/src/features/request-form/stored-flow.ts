import { formFlow, type FormFlow } from '@stoa/contract/review-flow';
import type { Flow } from '@stoa/core/review/flow';
import { type FlowOwner, parseFlow } from '@stoa/core/review/validate-flow';

/** Reads a flow that our own operations stored. They check it before, so one that does not parse is a bug. */
export function readStoredFlow(stored: unknown, owner: FlowOwner): Flow {
  const parsed = parseFlow(formFlow.parse(stored), owner);
  if (parsed.ok) return parsed.flow;
  throw new Error(
    `a stored review flow is not valid: ${parsed.problems.map((p) => `${p.path} ${p.message}`).join('; ')}`,
  );
}

/** A flow as the wire shows it. */
export const presentFlow = (flow: Flow): FormFlow => formFlow.parse(flow);
