import { describe, expect, it } from 'vitest';
import { isGone, readProblem, unreachable } from './api-problem.ts';

describe('a read that fails after it once had an answer', () => {
  it('takes the answer away where the thing is deleted or hidden, and leaves it where the server has trouble', async () => {
    const of = (status: number) => readProblem(new Response('', { status }));
    expect([isGone(await of(404)), isGone(await of(403))]).toEqual([true, true]);
    expect([isGone(await of(500)), isGone(await of(429)), isGone(unreachable()), isGone(null)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
