import { describe, expect, it } from 'vitest';
import { sortKnown } from './facets.ts';

const options = [
  { value: 'PENDING', label: 'Pending' },
  { value: 'DENIED', label: 'Denied' },
];

describe('the values of a filter in the address', () => {
  it('are told apart by the options, where there are no others', () => {
    expect(sortKnown({ isClosed: true, options }, ['BOGUS', 'DENIED'])).toEqual({
      known: ['DENIED'],
      unknown: ['BOGUS'],
    });
  });

  it('are told apart by a rule of their own', () => {
    expect(sortKnown({ knows: (value) => value.length > 1, options: [] }, ['x', 'week'])).toEqual({
      known: ['week'],
      unknown: ['x'],
    });
  });

  it('are all taken as they are, where any name may be one', () => {
    expect(sortKnown({ options }, ['warehouse'])).toEqual({ known: ['warehouse'], unknown: [] });
  });
});
