import { describe, expect, it } from 'vitest';
import { listSearch, parseSearch, sameOriginPath, stringifySearch, tabSearch } from './search-params.ts';

describe('search parameters', () => {
  it('keep repeated filters as lists and numbers as text', () => {
    expect(parseSearch('?status=PENDING&status=DENIED&q=42')).toEqual({ status: ['PENDING', 'DENIED'], q: '42' });
  });

  it('come back as they were written', () => {
    const text = '?status=PENDING&status=DENIED&q=a%26b';
    expect(stringifySearch(parseSearch(text))).toBe(text);
  });

  it('drop empty values', () => {
    expect(stringifySearch({ q: '', page: undefined, sortBy: 'name' })).toBe('?sortBy=name');
  });

  it('know the tabs of a page and drop others', () => {
    expect(tabSearch(['data', 'use'])({ tab: 'data', q: 'x' })).toEqual({ tab: 'data', q: 'x' });
    expect(tabSearch(['data', 'use'])({ tab: 'nonsense' })).toEqual({});
  });

  it('turn every value of a list into text', () => {
    expect(listSearch({ offset: 20, status: ['A', 1] })).toEqual({ offset: '20', status: ['A', '1'] });
  });
});

describe('the way back after signing in', () => {
  const origin = 'https://stoa.example';

  it('stays on this site', () => {
    expect(sameOriginPath('/reviews/1?x=2#y', origin)).toBe('/reviews/1?x=2#y');
  });

  it.each([
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    42,
    undefined,
  ])('never leads to %s', (value) => {
    expect(sameOriginPath(value, origin)).toBeUndefined();
  });
});
