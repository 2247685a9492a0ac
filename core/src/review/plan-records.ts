import { type DecidedEvent, type ReviewerSource, sourcesOfStage } from './flow.ts';

export type PlannedRecord = {
  /** 0 is the first stage. */
  readonly stage: number;
  readonly approvers: readonly ReviewerSource[];
  readonly status: 'PENDING' | 'BLOCKED';
  /** Indexes, in the same list, of the records of the stage before; the caller turns them into ids. */
  readonly prerequisites: readonly number[];
};

/**
 * The records to make for an event: none unless it asks for a review. An `any` stage is one record with all its sources,
 * an `all` stage one record per source; a later stage waits for every record of the one before.
 */
export const planRecords = (event: DecidedEvent): readonly PlannedRecord[] => {
  if (event.type !== 'review') return [];
  const planned: PlannedRecord[] = [];
  let before: readonly number[] = [];
  for (const [stage, definition] of event.params.stages.entries()) {
    const slots = 'all' in definition ? definition.all.map((source) => [source]) : [sourcesOfStage(definition)];
    const first = planned.length;
    for (const approvers of slots)
      planned.push({ stage, approvers, status: stage === 0 ? 'PENDING' : 'BLOCKED', prerequisites: before });
    before = planned.slice(first).map((_, i) => first + i);
  }
  return planned;
};
