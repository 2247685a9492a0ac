import type { RequestType } from '@stoa/contract/enums';
import type { AnswerValue } from './check-answers.ts';

/** What the conditions of a review flow may ask about (one member per fact name). */
export type RequestFacts = {
  readonly requestType: RequestType;
  /** By field id. */
  readonly answers: Readonly<Record<string, AnswerValue>>;
  /** The requester's own answer in days (`daysOf`); `Infinity` without end or without such a question. */
  readonly duration: number;
  readonly userGroups: readonly string[];
  readonly userAttributes: Readonly<Record<string, readonly string[]>>;
  readonly targetTags: readonly string[];
  readonly columnTags: readonly string[];
  readonly columnCount: number;
  readonly onBehalf: boolean;
  readonly risk: 'HIGH' | 'MODERATE' | 'LOW' | 'INDETERMINATE' | 'PENDING';
};
