import type { DomainPermission, DurationUnit, GlobalPermission } from '@stoa/contract/enums';
import type { FlowFact, FlowOperator } from '@stoa/contract/review-flow';

/** Who may fill a slot. Stored as it stands; the people behind it are resolved whenever it is read. */
export type ReviewerSource =
  | { readonly type: 'USER'; readonly id: string; readonly displayName?: string | undefined }
  | {
      readonly type: 'GROUP';
      readonly name: string;
      readonly id?: number | undefined;
      readonly iamId?: string | undefined;
    }
  | { readonly type: 'PERMISSION'; readonly permission: Exclude<GlobalPermission, 'APPLICATION_ADMIN'> }
  | {
      readonly type: 'DOMAIN PERMISSION';
      readonly permission: Exclude<DomainPermission, 'Manage Tags'>;
      /** Absent: the domains of the target. */
      readonly domainId?: string | undefined;
    }
  | { readonly type: 'ATTRIBUTE'; readonly key: string; readonly value: string }
  | { readonly type: 'CATALOG PERMISSION' };

/** `any`: one determination by one of all its people. `all`: one determination for each source. */
export type Stage = { readonly all: readonly ReviewerSource[] } | { readonly any: readonly ReviewerSource[] };

export type ApproveEvent = {
  readonly type: 'approve';
  readonly params: {
    readonly comment?: string | undefined;
    readonly duration?: number | undefined;
    readonly durationUnit?: DurationUnit | undefined;
  };
};
export type DenyEvent = { readonly type: 'deny'; readonly params: { readonly comment?: string | undefined } };
export type ReviewEvent = { readonly type: 'review'; readonly params: { readonly stages: readonly Stage[] } };
/** Delegation: the target's own flow decides. */
export type DelegateEvent = { readonly type: 'dataProductPolicy'; readonly params?: object | undefined };
export type FlowEvent = ApproveEvent | DenyEvent | ReviewEvent | DelegateEvent;
/** What a flow comes to once delegation is followed. */
export type DecidedEvent = ApproveEvent | DenyEvent | ReviewEvent;

export const operators = [
  'equal',
  'notEqual',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
] as const satisfies readonly FlowOperator[];
export type Operator = FlowOperator;

export const factNames = [
  'requestType',
  'answers',
  'duration',
  'userGroups',
  'userAttributes',
  'targetTags',
  'columnTags',
  'columnCount',
  'onBehalf',
  'risk',
] as const satisfies readonly FlowFact[];
export type FactName = FlowFact;

export type Leaf = {
  readonly fact: FactName;
  readonly operator: Operator;
  readonly value: unknown;
  /** `$.<fieldId>` for `answers`, `$.<attribute>` for `userAttributes`; the rest is taken literally, dots included. */
  readonly path?: string | undefined;
};
/** Conditions in the shape of json-rules-engine. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | Leaf;

export type Rule = { readonly conditions: Condition; readonly event: FlowEvent };
/** A checked review flow: the first rule whose conditions hold gives its event, else `defaultEvent`. */
export type Flow = {
  readonly version?: string | undefined;
  readonly rules: readonly Rule[];
  readonly defaultEvent: FlowEvent;
};
/** A flow as the wire brings it, before its conditions are known to be conditions. */
export type FlowDraft = {
  readonly version?: string | undefined;
  readonly rules: readonly { readonly conditions: unknown; readonly event: FlowEvent }[];
  readonly defaultEvent: FlowEvent;
};

/** The sources that a stage lists, whichever kind it is. */
export const sourcesOfStage = (stage: Stage): readonly ReviewerSource[] => ('all' in stage ? stage.all : stage.any);

type PlacedSource = { readonly path: string; readonly source: ReviewerSource };

const placedIn = (event: FlowEvent, path: string): readonly PlacedSource[] =>
  event.type !== 'review'
    ? []
    : event.params.stages.flatMap((stage, i) =>
        sourcesOfStage(stage).map((source, j) => ({ path: `${path}.params.stages[${i}][${j}]`, source })),
      );

/** Every source that any event of the flow names, with its place in the flow as `validateFlow` tells places. */
export const placedSources = (flow: Pick<FlowDraft, 'rules' | 'defaultEvent'>): readonly PlacedSource[] => [
  ...flow.rules.flatMap((rule, i) => placedIn(rule.event, `rules[${i}].event`)),
  ...placedIn(flow.defaultEvent, 'defaultEvent'),
];

/** Every source that any event of the flow names: the stewards of the form or target. */
export const reviewersOf = (flow: Flow): readonly ReviewerSource[] => placedSources(flow).map(({ source }) => source);
