import { describe, expect, it } from 'vitest';
import { candidatesOf, requestTypeOf } from './request-link.ts';

describe('what a link asks for', () => {
  it('is access to the data, unless it says so itself', () => {
    for (const value of [undefined, '', 'data-access'])
      expect(requestTypeOf(value)).toEqual({ type: 'DATA_ACCESS', wrong: undefined, search: {} });
    expect(requestTypeOf('masking-exception')).toEqual({
      type: 'MASKING_EXCEPTION',
      wrong: undefined,
      search: { type: 'masking-exception' },
    });
  });

  it.each(['DATA_ACCESS', 'toString', '__proto__', '<script>', 'masking-exception '])(
    'is no %s, and the page says so',
    (value) => {
      expect(requestTypeOf(value)).toMatchObject({ type: 'DATA_ACCESS', wrong: value });
    },
  );
});

describe('the candidates of a name', () => {
  it('are read from the refusal, and nothing else is', () => {
    const good = {
      id: 'a',
      connectionKey: 'w',
      objectPath: ['db', 't'],
      legacyType: 'table',
      technology: 'MySQL',
      host: null,
    };
    expect(candidatesOf({ candidates: [good, {}, null, 'x'] })).toEqual([
      { id: 'a', connectionKey: 'w', path: 'db.t', kind: 'table', technology: 'MySQL', host: '' },
    ]);
    for (const body of [undefined, null, 'x', {}, { candidates: 'x' }]) expect(candidatesOf(body)).toEqual([]);
  });
});
