import { describe, expect, it } from 'vitest';
import { mergeQueue, neighboursOf, reviewQueryOf } from './review-queue.ts';

const list = (search: Record<string, string[]>) => ({
  text: (name: string) => search[name]?.[0],
  values: (name: string) => search[name] ?? [],
  sort: undefined,
});

describe('the review queue', () => {
  it('shows first what waits on the reader, the longest waiting on top', () => {
    expect(reviewQueryOf(list({}))).toMatchObject({
      status: ['PENDING'],
      reviewStatus: ['awaitingReviewFromYou'],
      sortBy: 'createdAt',
      sortOrder: 'asc',
    });
  });

  it('takes filters of the address over those of the view, and passes over words it does not know', () => {
    expect(reviewQueryOf(list({ view: ['all'], status: ['DENIED', 'SHINY'] }))).toMatchObject({
      status: ['DENIED'],
      reviewStatus: [],
    });
  });

  it('keeps the way back to what was decided, and adds what came since', () => {
    expect(mergeQueue(['a', 'b', 'c'], ['b', 'c', 'd'])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('knows the neighbours of a request', () => {
    expect(neighboursOf(['a', 'b', 'c'], 'b')).toEqual({ position: 2, total: 3, previous: 'a', next: 'c' });
    expect(neighboursOf(['a', 'b'], 'b')).toMatchObject({ next: undefined });
    expect(neighboursOf(['a', 'b'], 'x')).toEqual({ position: 0, total: 2, previous: undefined, next: 'a' });
  });
});
