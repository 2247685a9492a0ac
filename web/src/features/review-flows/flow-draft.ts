import type { FlowEvent, FormFlow, Reviewer, Stage, TargetFlow } from '@stoa/contract/review-flow';

/** A review flow as it is edited: of a form, or a target's own. */
export type FlowDraft = FormFlow;
export type FlowRule = FlowDraft['rules'][number];
export type FlowMode = 'form' | 'target';
/** What is wrong at one place of the flow: `rules[0].event.params.comment`, `defaultEvent.params.stages[1]`. */
export type FlowProblem = { readonly path: string; readonly message: string };
/** Where an event stands: some are not possible everywhere. */
export type EventPlace = 'rule' | 'default';
export type EventType = FlowEvent['type'];

/** The list with one member moved by one place; the same list where there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length) return [...list];
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

export const replaced = <T>(list: readonly T[], at: number, item: T): T[] =>
  list.map((one, place) => (place === at ? item : one));
export const without = <T>(list: readonly T[], at: number): T[] => list.filter((_, place) => place !== at);

/** The events that may be chosen; a target's flow cannot delegate further, nor deny whoever no rule names. */
export function eventsFor(mode: FlowMode, place: EventPlace): readonly EventType[] {
  if (mode === 'form') return ['review', 'approve', 'deny', 'dataProductPolicy'];
  return place === 'rule' ? ['review', 'approve', 'deny'] : ['review', 'approve'];
}

export const sourcesOf = (stage: Stage): readonly Reviewer[] => ('all' in stage ? stage.all : stage.any);
export const modeOf = (stage: Stage): 'any' | 'all' => ('all' in stage ? 'all' : 'any');
export const stageOf = (mode: 'any' | 'all', sources: readonly Reviewer[]): Stage =>
  mode === 'all' ? { all: [...sources] } : { any: [...sources] };

/** An event of the kind, with nothing filled in. */
export function emptyEvent(type: EventType): FlowEvent {
  switch (type) {
    case 'review':
      return { type, params: { stages: [{ any: [] }] } };
    case 'approve':
      return { type, params: { comment: '' } };
    case 'deny':
      return { type, params: {} };
    case 'dataProductPolicy':
      return { type };
  }
}

export const emptyRule = (): FlowRule => ({ conditions: { all: [] }, event: emptyEvent('review') });

/** What a flow is before anybody wrote one: the governors decide. Never that everybody is approved. */
export const startFlow = (): FlowDraft => ({
  rules: [],
  defaultEvent: { type: 'review', params: { stages: [{ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }] } },
});

/** One key per source, to see whether a stage names it already. */
export function keyOfReviewer(reviewer: Reviewer): string {
  switch (reviewer.type) {
    case 'USER':
      return `USER ${reviewer.id}`;
    case 'GROUP':
      return `GROUP ${reviewer.id ?? reviewer.name}`;
    case 'PERMISSION':
      return `PERMISSION ${reviewer.permission}`;
    case 'DOMAIN PERMISSION':
      return `DOMAIN PERMISSION ${reviewer.permission} ${reviewer.domainId ?? ''}`;
    case 'ATTRIBUTE':
      return `ATTRIBUTE ${reviewer.key}=${reviewer.value}`;
    case 'CATALOG PERMISSION':
      return reviewer.type;
  }
}

/** The flow as a target takes it; undefined while it ends in what a target's flow cannot end in. */
export function targetFlowOf({ rules, defaultEvent, version }: FlowDraft): TargetFlow | undefined {
  if (defaultEvent.type === 'deny' || defaultEvent.type === 'dataProductPolicy') return undefined;
  return { rules, defaultEvent, ...(version === undefined ? {} : { version }) };
}

/** The problems of a flow among those of a whole body, with paths that start at the flow. */
export const problemsUnder = (problems: readonly FlowProblem[], prefix: string): readonly FlowProblem[] =>
  problems.flatMap(({ path, message }) =>
    path.startsWith(`${prefix}.`) ? [{ path: path.slice(prefix.length + 1), message }] : [],
  );
