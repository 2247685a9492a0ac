import { firingOf } from './evaluate-flow.ts';
import {
  type Condition,
  type DecidedEvent,
  type FactName,
  type Flow,
  type FlowEvent,
  type ReviewerSource,
  reviewersOf,
} from './flow.ts';
import type { RequestFacts } from './request-facts.ts';
import { defaultAssetFlow, defaultProductFlow } from './standard.ts';

export type FlowsOfTarget = {
  readonly formFlow: Flow;
  /** The target's own flow, or the nearest override of an asset's ancestors; null when none is set. */
  readonly targetFlow: Flow | null;
  readonly targetType: 'DATA_PRODUCT' | 'DATA_OBJECT';
};

const hasEvent = (flow: Flow, type: FlowEvent['type']): boolean =>
  [...flow.rules.map((rule) => rule.event), flow.defaultEvent].some((event) => event.type === type);

/** Whether any event of the flow leaves it to the target. */
export const delegates = (flow: Flow): boolean => hasEvent(flow, 'dataProductPolicy');

const flowOfTarget = ({ targetFlow, targetType }: FlowsOfTarget): Flow =>
  targetFlow ?? (targetType === 'DATA_PRODUCT' ? defaultProductFlow : defaultAssetFlow);

/** The flows that can come to decide, in the order asked; a target's flow without delegation is stored but inactive. */
export const resolveFlow = (
  flows: FlowsOfTarget,
): { readonly active: readonly Flow[]; readonly targetIsActive: boolean } => {
  const targetIsActive = delegates(flows.formFlow);
  return { active: targetIsActive ? [flows.formFlow, flowOfTarget(flows)] : [flows.formFlow], targetIsActive };
};

/** Whether some request could be approved without anybody's decision, by a rule of the flows in force or by their default. */
export const mayApproveByItself = (flows: FlowsOfTarget): boolean =>
  resolveFlow(flows).active.some((flow) => hasEvent(flow, 'approve'));

/** Everyone whom the flows in force on a target name: its stewards. */
export const stewardsOf = (flows: FlowsOfTarget): readonly ReviewerSource[] =>
  resolveFlow(flows).active.flatMap(reviewersOf);

/** Which flow gave an event, and by which of its rules; null for its default. */
export type FlowOrigin = { readonly flow: 'form' | 'target'; readonly rule: number | null };
export type RoutedEvent = { readonly event: DecidedEvent; readonly origin: FlowOrigin };

/** What is to happen with a request, delegation followed, and where that stands. Asked once, at submit. */
export const routeRequest = (flows: FlowsOfTarget, facts: RequestFacts): RoutedEvent => {
  const own = firingOf(flows.formFlow, facts);
  if (own.event.type !== 'dataProductPolicy') return { event: own.event, origin: { flow: 'form', rule: own.rule } };
  const { event, rule } = firingOf(flowOfTarget(flows), facts);
  // validateFlow refuses delegation in a target's own flow; should one slip in, the default asks people.
  return event.type === 'dataProductPolicy'
    ? { event: askGovernors, origin: { flow: 'target', rule: null } }
    : { event, origin: { flow: 'target', rule } };
};

const askGovernors: DecidedEvent = {
  type: 'review',
  params: { stages: [{ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }] },
};

/** The event of `routeRequest`; it is pinned to the request. */
export const eventFor = (flows: FlowsOfTarget, facts: RequestFacts): DecidedEvent => routeRequest(flows, facts).event;

const namesIn = (condition: Condition): readonly FactName[] => {
  if ('all' in condition) return condition.all.flatMap(namesIn);
  if ('any' in condition) return condition.any.flatMap(namesIn);
  return 'not' in condition ? namesIn(condition.not) : [condition.fact];
};

/** The facts that the flows in force ask about: what nobody asks about need not be looked up. */
export const factsAskedBy = (flows: FlowsOfTarget): ReadonlySet<FactName> =>
  new Set(resolveFlow(flows).active.flatMap((flow) => flow.rules.flatMap((rule) => namesIn(rule.conditions))));
