import { expect, test } from 'vitest';
import { type Answer, proofSpans, type RecordedAnswer } from './proof-spans.ts';

const answer = (at: string, more: Partial<Answer> = {}): Answer => ({
  connectionId: 'c1',
  connectionKey: 'warehouse',
  principal: 'anna',
  result: 'ACTIVE',
  reason: null,
  probe: 'asked',
  at,
  ...more,
});
const recorded = (eventId: string, ...rest: Parameters<typeof answer>): RecordedAnswer => ({
  ...answer(...rest),
  eventId,
});

test('equal answers that follow each other are one span; another answer, login or platform begins the next', () => {
  const spans = proofSpans(
    [
      recorded('e1', '2026-01-01T00:00:00.000Z', { probe: null }),
      recorded('e2', '2026-01-02T00:00:00.000Z'),
      recorded('e3', '2026-01-02T12:00:00.000Z', { connectionId: 'c2', connectionKey: 'lake' }),
      recorded('e4', '2026-01-03T00:00:00.000Z', { result: 'FAILED', reason: 'no', probe: null }),
      recorded('e5', '2026-01-04T00:00:00.000Z'),
      recorded('e6', '2026-01-05T00:00:00.000Z', { principal: 'anna_new' }),
    ],
    [],
  );
  expect(spans.map((one) => [one.connectionKey, one.principal, one.result, one.firstEventId, one.lastEventId])).toEqual(
    [
      ['warehouse', 'anna_new', 'ACTIVE', 'e6', 'e6'],
      ['warehouse', 'anna', 'ACTIVE', 'e5', 'e5'],
      ['warehouse', 'anna', 'FAILED', 'e4', 'e4'],
      ['lake', 'anna', 'ACTIVE', 'e3', 'e3'],
      ['warehouse', 'anna', 'ACTIVE', 'e1', 'e2'],
    ],
  );
  expect(spans.at(-1)).toMatchObject({ probe: 'asked', lastObservedAt: '2026-01-02T00:00:00.000Z' });
});

test('what a sweep saw again makes the last span longer, and never shorter', () => {
  const first = recorded('e1', '2026-01-02T00:00:00.000Z');
  const [longer] = proofSpans([first], [answer('2026-01-09T00:00:00.000Z')]);
  expect(longer).toMatchObject({ lastObservedAt: '2026-01-09T00:00:00.000Z', lastEventId: 'e1' });
  const [same] = proofSpans([first], [answer('2026-01-01T00:00:00.000Z')]);
  expect(same).toMatchObject({ lastObservedAt: '2026-01-02T00:00:00.000Z' });
});

test('what was seen last and is on record nowhere stands by itself, without an event', () => {
  const [newest, older] = proofSpans(
    [recorded('e1', '2026-01-02T00:00:00.000Z')],
    [answer('2026-01-03T00:00:00.000Z', { result: 'REMOVED' })],
  );
  expect(newest).toMatchObject({ result: 'REMOVED', firstEventId: null, lastEventId: null });
  expect(older).toMatchObject({ result: 'ACTIVE', lastEventId: 'e1' });
});
