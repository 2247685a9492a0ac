import { type FlowDraft, sourcesOfStage } from './flow.ts';

type Flows = readonly (Pick<FlowDraft, 'rules' | 'defaultEvent'> | null | undefined)[];

const peopleIn = (flows: Flows): ReadonlySet<string> =>
  new Set(
    flows
      .flatMap((flow) => (flow ? [...flow.rules.map((rule) => rule.event), flow.defaultEvent] : []))
      .flatMap((event) => (event.type === 'review' ? event.params.stages.flatMap(sourcesOfStage) : []))
      .flatMap((source) => (source.type === 'USER' ? [source.id.toLowerCase()] : [])),
  );

/**
 * Ids of the people whom these flows name in person after a change and did not before, in the order in which they stand. Groups,
 * permissions and attributes name nobody: who is in them changes elsewhere.
 */
export function newlyNamed(before: Flows, after: Flows): readonly string[] {
  const known = peopleIn(before);
  return [...peopleIn(after)].filter((id) => !known.has(id));
}
