import { describe, expect, it } from 'vitest';
import { isShownBy, parseLiveEvent } from './live-stream.ts';

describe('live events', () => {
  it('are read when they are ours', () => {
    const event = { type: 'access-request', id: 'r1', version: 7 };
    expect(parseLiveEvent(JSON.stringify(event))).toEqual(event);
  });

  it.each(['', 'nonsense', '{}', '{"type":"weather","id":"1","version":1}', 42])('pass over %j', (data) => {
    expect(parseLiveEvent(data)).toBeUndefined();
  });

  it('of a request touch the pages of its product, not the connections', () => {
    expect(isShownBy('/api/data-product/{id}/members', 'access-request')).toBe(true);
    expect(isShownBy('/api/connection', 'access-request')).toBe(false);
  });

  it('of a policy touch the columns that it masks, and what explains them', () => {
    for (const path of ['/api/data-product/{id}/columns', '/api/asset/{id}/columns', '/api/access/explain'])
      expect([isShownBy(path, 'policy'), isShownBy(path, 'data-source')]).toEqual([true, true]);
  });

  it('of a noun without a list of its own touch that noun', () => {
    expect(isShownBy('/api/audit', 'audit')).toBe(true);
    expect(isShownBy(undefined, 'audit')).toBe(false);
  });
});
