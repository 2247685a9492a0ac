import type { ProofSpan } from '@stoa/contract/proof-history';

/** One answer of a platform about a request. */
export type Answer = Pick<ProofSpan, 'connectionKey' | 'principal' | 'result' | 'reason' | 'probe'> & {
  readonly connectionId: string;
  readonly at: string;
};
/** An answer that is on record, by the id of its audit event. */
export type RecordedAnswer = Answer & { readonly eventId: string };

type Open = { span: ProofSpan; connectionId: string };

const isSame = ({ span }: Open, answer: Answer): boolean =>
  span.result === answer.result && span.principal === answer.principal && span.reason === answer.reason;

const begin = ({ connectionId, at, ...answer }: Answer, eventId: string | null): Open => ({
  connectionId,
  span: { ...answer, observedAt: at, lastObservedAt: at, firstEventId: eventId, lastEventId: eventId },
});

/**
 * Answers joined to spans, the newest first: equal ones that follow each other on a platform are one. `recorded` comes oldest first.
 * `seen` is what each platform answered last: a sweep that sees the same again is not recorded as an event.
 */
export function proofSpans(recorded: readonly RecordedAnswer[], seen: readonly Answer[]): ProofSpan[] {
  const all: Open[] = [];
  const last = new Map<string, Open>();
  const add = (open: Open) => {
    all.push(open);
    last.set(open.connectionId, open);
  };
  for (const { eventId, ...answer } of recorded) {
    const before = last.get(answer.connectionId);
    if (before === undefined || !isSame(before, answer)) add(begin(answer, eventId));
    else {
      const probe = answer.probe ?? before.span.probe;
      before.span = { ...before.span, probe, lastObservedAt: answer.at, lastEventId: eventId };
    }
  }
  for (const answer of seen) {
    const before = last.get(answer.connectionId);
    if (before === undefined || before.span.result !== answer.result) add(begin(answer, null));
    else if (answer.at > before.span.lastObservedAt) {
      const probe = answer.probe ?? before.span.probe;
      before.span = { ...before.span, probe, lastObservedAt: answer.at };
    }
  }
  return all
    .map(({ span }, place) => ({ span, place }))
    .toSorted((a, b) => b.span.observedAt.localeCompare(a.span.observedAt) || b.place - a.place)
    .map(({ span }) => span);
}
