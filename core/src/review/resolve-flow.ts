import { evaluateFlow } from './evaluate-flow.ts';
import { type DecidedEvent, type Flow, type ReviewerSource, reviewersOf } from './flow.ts';
import type { RequestFacts } from './request-facts.ts';
import { defaultAssetFlow, defaultProductFlow } from './standard.ts';

export type FlowsOfTarget = {
  readonly formFlow: Flow;
  /** The target's own flow, or the nearest override of an asset's ancestors; null when none is set. */
  readonly targetFlow: Flow | null;
  readonly targetType: 'DATA_PRODUCT' | 'DATA_OBJECT';
};

const delegates = (flow: Flow): boolean =>
  [...flow.rules.map((r) => r.event), flow.defaultEvent].some((event) => event.type === 'dataProductPolicy');

const flowOfTarget = ({ targetFlow, targetType }: FlowsOfTarget): Flow =>
  targetFlow ?? (targetType === 'DATA_PRODUCT' ? defaultProductFlow : defaultAssetFlow);

/** The flows that can come to decide, in the order asked; a target's flow without delegation is stored but inactive. */
export const resolveFlow = (
  flows: FlowsOfTarget,
): { readonly active: readonly Flow[]; readonly targetIsActive: boolean } => {
  const targetIsActive = delegates(flows.formFlow);
  return { active: targetIsActive ? [flows.formFlow, flowOfTarget(flows)] : [flows.formFlow], targetIsActive };
};

/** Everyone whom the flows in force on a target name: its stewards. */
export const stewardsOf = (flows: FlowsOfTarget): readonly ReviewerSource[] =>
  resolveFlow(flows).active.flatMap(reviewersOf);

/** What is to happen with a request, delegation followed. Asked once, at submit; the answer is pinned to the request. */
export const eventFor = (flows: FlowsOfTarget, facts: RequestFacts): DecidedEvent => {
  const event = evaluateFlow(flows.formFlow, facts);
  if (event.type !== 'dataProductPolicy') return event;
  const delegated = evaluateFlow(flowOfTarget(flows), facts);
  // validateFlow refuses delegation in a target's own flow; should one slip in, the default asks people.
  return delegated.type === 'dataProductPolicy'
    ? { type: 'review', params: { stages: [{ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }] } }
    : delegated;
};
