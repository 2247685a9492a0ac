import { describe, expect, it } from 'vitest';
import { type Counter, type CountersNow, keepCounters, newCalls } from './statement-counters.ts';

const counter = (calls: number, more: Partial<Counter> = {}): Counter => ({
  userId: '10',
  queryId: '1',
  topLevel: true,
  calls,
  since: 5,
  ...more,
});
const look = (at: number, counters: Counter[], more: Partial<CountersNow> = {}): CountersNow => ({
  at,
  resetAt: 1,
  dealloc: 0,
  counters,
  ...more,
});
const between = (before: CountersNow, now: CountersNow) => {
  const { calls, ...rest } = newCalls(keepCounters(before), now);
  return { ...rest, calls: calls.map((one) => [one.calls, one.firstAt]) };
};

describe('calls since the last look', () => {
  it('are none at the first look, which only says where counting starts', () => {
    expect(newCalls(null, look(10, [counter(7)]))).toEqual({ calls: [], isBeginning: true, forgotten: 0 });
  });
  it('are what came on top, each once', () => {
    expect(between(look(10, [counter(7)]), look(20, [counter(9)])).calls).toEqual([[2, 10]]);
    expect(between(look(10, [counter(7)]), look(20, [counter(7)])).calls).toEqual([]);
  });
  it('are all of a statement that is new, or that the server forgot and met again', () => {
    expect(between(look(10, []), look(20, [counter(3, { since: 15 })])).calls).toEqual([[3, 15]]);
    expect(between(look(10, [counter(3)]), look(20, [counter(4, { since: 15 })])).calls).toEqual([[4, 15]]);
    expect(between(look(10, [counter(7, { since: null })]), look(20, [counter(2, { since: null })])).calls).toEqual([
      [2, 10],
    ]);
  });
  it('are all of them after the server threw its counters away, and a gap is told', () => {
    const now = look(20, [counter(9, { since: null })], { resetAt: 12 });
    expect(between(look(10, [counter(7, { since: null })]), now)).toEqual({
      calls: [[9, 10]],
      isBeginning: true,
      forgotten: 0,
    });
  });
  it('tell how many statements were forgotten between the looks', () => {
    expect(between(look(10, []), look(20, [], { dealloc: 4 })).forgotten).toBe(4);
  });
  it('are told apart by login, statement and level', () => {
    const before = look(10, [counter(1), counter(1, { userId: '11' }), counter(1, { topLevel: false })]);
    const now = look(20, [counter(1), counter(3, { userId: '11' }), counter(2, { topLevel: false })]);
    expect(between(before, now).calls.map(([calls]) => calls)).toEqual([2, 1]);
  });
});
