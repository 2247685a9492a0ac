import { describe, expect, it } from 'vitest';
import { mergeQueue, neighboursOf, reviewQueryOf, viewOf } from './review-queue.ts';

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

  it('shows a status that nothing that waits can have among all', () => {
    const approved = list({ status: ['APPROVED'] });
    expect(viewOf(approved)).toBe('all');
    expect(reviewQueryOf(approved)).toMatchObject({ status: ['APPROVED'], reviewStatus: [], sortBy: 'updatedAt' });
    expect(viewOf(list({ view: ['pending'], status: ['PENDING', 'DENIED'] }))).toBe('all');
  });

  it('stays in the view that a link names, where the status can be in it', () => {
    expect(viewOf(list({ view: ['reviewed'], status: ['APPROVED'] }))).toBe('reviewed');
    expect(viewOf(list({ view: ['pending'], status: ['PENDING'] }))).toBe('pending');
    expect(viewOf(list({ status: ['PENDING', 'SHINY'] }))).toBe('waiting');
  });

  it('takes every published filter from the address, by its own name', () => {
    const id = '01a2206c-09a8-74a2-b2cc-15c29f1e6b4e';
    const search = {
      searchText: ['claims'],
      status: ['APPROVED', 'DENIED'],
      type: ['DATA_ACCESS'],
      userIds: ['7', id],
      expiration: ['false'],
      dataProductId: [id],
      assetId: [id],
      assetType: ['DATA_OBJECT'],
      targetType: ['COLUMNS', 'table'],
      reviewStatus: ['noReviews'],
      role: ['requestor'],
    };
    expect(reviewQueryOf(list(search))).toEqual({
      searchText: 'claims',
      status: ['APPROVED', 'DENIED'],
      type: ['DATA_ACCESS'],
      userIds: ['7', id],
      expiration: false,
      dataProductId: id,
      assetId: id,
      assetType: ['DATA_OBJECT'],
      targetType: ['COLUMNS', 'table'],
      reviewStatus: ['noReviews'],
      role: ['requestor'],
      sortBy: 'updatedAt',
      sortOrder: 'desc',
    });
  });

  it('passes over an id that is none', () => {
    expect(reviewQueryOf(list({ dataProductId: ['x'], assetId: ['1'], expiration: ['maybe'] }))).toMatchObject({
      dataProductId: undefined,
      assetId: undefined,
      expiration: undefined,
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
