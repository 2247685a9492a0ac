import { describe, expect, it } from 'vitest';
import { requestTypeOf } from './request-type.ts';

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
