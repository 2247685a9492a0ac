import { describe, expect, it } from 'vitest';
import { attributesOfRows, rowsOfAttributes } from './attribute-rows.ts';

describe('the rows of attributes', () => {
  it('leave out what has no name or no value', () => {
    expect(
      attributesOfRows([
        { name: ' ', values: 'a' },
        { name: 'Country', values: ' , ' },
        { name: 'Team', values: 'x' },
      ]),
    ).toEqual({ Team: ['x'] });
  });

  it('gather the values of a name that stands twice, each once', () => {
    expect(
      attributesOfRows([
        { name: 'Country', values: 'DE, FR' },
        { name: 'Country', values: 'FR,IT' },
      ]),
    ).toEqual({ Country: ['DE', 'FR', 'IT'] });
  });

  it('give back what they were made from', () => {
    const attributes = { Country: ['DE', 'FR'], Team: ['Claims'] };
    expect(attributesOfRows(rowsOfAttributes(attributes))).toEqual(attributes);
  });
});
