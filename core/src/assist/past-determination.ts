import type { Instant } from '../person.ts';
import type { RequestTraits } from './request-traits.ts';

/** How one earlier request ended, by a person's hand, with what was true of it then. */
export type PastDetermination = RequestTraits & {
  readonly requestId: string;
  readonly outcome: 'APPROVED' | 'DENIED';
  /** When it was decided. */
  readonly at: Instant;
  /** How long an approval was for, in days; null without end, and for a denial. */
  readonly days: number | null;
  readonly reason: string | null;
};

/** Earlier determinations, from the nearest to the farthest that may be learnt from; each in any order. */
export type History = {
  /** On the target itself, for the same type of request. */
  readonly target: readonly PastDetermination[];
  /** On every target of its domains; looked at when the target has too few. */
  readonly domain: readonly PastDetermination[];
  /** By the same form; looked at when the domains have too few. */
  readonly form: readonly PastDetermination[];
};
/** Where the determinations that were looked at come from. */
export type Basis = keyof History;

/** Fewer determinations than these say nothing. */
export const enoughHistory = 5;
/** As many of the newest are looked at. */
export const mostHistory = 200;

/** The nearest determinations that are enough to say something, the newest first; null when none are. */
export function chooseHistory(history: History): { basis: Basis; past: readonly PastDetermination[] } | null {
  const order: readonly Basis[] = ['target', 'domain', 'form'];
  const basis = order.find((one) => history[one].length >= enoughHistory);
  return basis === undefined ? null : { basis, past: newestFirst(history[basis]).slice(0, mostHistory) };
}

/** One order for all: sums of weights, and with them the answer, must not depend on how the rows came. */
const newestFirst = (past: readonly PastDetermination[]): readonly PastDetermination[] =>
  past.toSorted((a, b) => b.at - a.at || (a.requestId < b.requestId ? -1 : a.requestId > b.requestId ? 1 : 0));
