import { type Duration, endOf } from '../duration/duration.ts';
import type { Instant, Person, PersonRef } from '../person.ts';
import { type Barrier, barrierOf, criteriaMet, type RequestParties } from './eligible.ts';
import type { DecidedEvent, ReviewerSource } from './flow.ts';
import { isReviewable } from './open-slots.ts';
import { planRecords } from './plan-records.ts';
import type { ReviewSettings } from './record.ts';
import type { RequestFacts } from './request-facts.ts';
import { type FlowOrigin, type FlowsOfTarget, routeRequest } from './resolve-flow.ts';
import { submitUnder } from './submit.ts';

export type SimulationInput<P extends Person> = {
  readonly flows: FlowsOfTarget;
  readonly facts: RequestFacts;
  /** Who asks, for whom; they need not be among `people`. */
  readonly requestingUser: PersonRef;
  readonly beneficiary: PersonRef;
  readonly domainIds: readonly string[];
  /** The period among the answers; null for indefinitely, and where the form does not ask. */
  readonly requestedDuration: Duration | null;
  /** Everyone who could fill a source of the flows. */
  readonly people: readonly P[];
  readonly settings: ReviewSettings;
  readonly now: Instant;
};

export type SimulatedSlot<P extends Person> = {
  readonly approvers: readonly ReviewerSource[];
  /** Who could decide it if it were submitted now. */
  readonly people: readonly P[];
  /** Who fills it, and four eyes keeps from deciding. */
  readonly barred: readonly { readonly person: P; readonly barrier: Barrier }[];
};
export type Simulation<P extends Person> = {
  readonly event: DecidedEvent;
  readonly origin: FlowOrigin;
  readonly stages: readonly { readonly mode: 'any' | 'all'; readonly slots: readonly SimulatedSlot<P>[] }[];
  /** True when some slot would have nobody to decide it: such a request would wait for a governor to re-route it. */
  readonly isStuck: boolean;
  /** When access would end: by the rule, or as asked for if people approve that now. Null without end, and on denial. */
  readonly end: Instant | null;
};

/** What a request would lead to if it were submitted now: the rule that fires, and who would be asked. */
export const simulate = <P extends Person>(input: SimulationInput<P>): Simulation<P> => {
  const { event, origin } = routeRequest(input.flows, input.facts);
  return { event, origin, stages: stagesOf(event, input), isStuck: isStuck(event, input), end: endIf(event, input) };
};

type Asking<P extends Person> = Omit<SimulationInput<P>, 'flows' | 'facts'>;

const partiesOf = <P extends Person>({ requestingUser, beneficiary, domainIds, now }: Asking<P>): RequestParties => ({
  submittedAt: now,
  requestingUser,
  beneficiary,
  target: { domainIds },
});

const slotOf = <P extends Person>(approvers: readonly ReviewerSource[], input: Asking<P>): SimulatedSlot<P> => {
  const { people, settings } = input;
  const parties = partiesOf(input);
  return {
    approvers,
    people: people.filter((p) => criteriaMet(p, parties, { approvers, settings }).length > 0),
    barred: people.flatMap((person) => {
      const barrier = barrierOf(person, parties, { approvers, settings });
      return barrier === null ? [] : [{ person, barrier }];
    }),
  };
};

const stagesOf = <P extends Person>(event: DecidedEvent, input: Asking<P>): Simulation<P>['stages'] => {
  if (event.type !== 'review') return [];
  return event.params.stages.map((stage) => {
    const lists = 'all' in stage ? stage.all.map((source) => [source]) : [stage.any];
    return { mode: 'all' in stage ? 'all' : 'any', slots: lists.map((approvers) => slotOf(approvers, input)) };
  });
};

const isStuck = <P extends Person>(event: DecidedEvent, input: Asking<P>): boolean => {
  const { people, settings } = input;
  const records = planRecords(event).map((planned, at) => ({
    ...planned,
    id: String(at),
    prerequisites: planned.prerequisites.map(String),
    actionBy: null,
  }));
  return !isReviewable({ request: partiesOf(input), records, people, settings });
};

const endIf = <P extends Person>(event: DecidedEvent, { requestedDuration, now }: Asking<P>): Instant | null => {
  if (event.type !== 'review') return submitUnder(event, requestedDuration, now).expiration;
  return requestedDuration === null ? null : endOf(now, requestedDuration);
};
