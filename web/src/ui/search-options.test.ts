import { describe, expect, it } from 'vitest';
import { groupedOptions, matchingOptions, stepTo } from './search-options.ts';

const option = (label: string, group?: string) => ({ value: label, label, ...(group === undefined ? {} : { group }) });

describe('A list that is searched', () => {
  const people = [option('Ana Ruiz (ana)'), option('Ingrid Bauer (steward)'), option('Álvaro Núñez (alvaro)')];

  it('keeps what has every word, in any order and case', () => {
    expect(matchingOptions(people, 'STEWARD ing')).toEqual([people[1]]);
    expect(matchingOptions(people, 'álv')).toEqual([people[2]]);
  });

  it('is whole while nothing but blanks is typed', () => {
    expect(matchingOptions(people, '  ')).toBe(people);
    expect(matchingOptions(people, undefined)).toBe(people);
  });

  it('says where in the whole list each option of a group stands', () => {
    const groups = groupedOptions([option('a', 'People'), option('b', 'People'), option('c', 'Groups'), option('d')]);
    expect(groups.map(({ group, options }) => [group, options.map((one) => one.at)])).toEqual([
      ['People', [0, 1]],
      ['Groups', [2]],
      [undefined, [3]],
    ]);
  });

  it('goes around its ends, and nowhere when it is empty', () => {
    expect([stepTo(0, -1, 3), stepTo(2, 1, 3), stepTo(1, 1, 3), stepTo(0, 1, 0)]).toEqual([2, 0, 2, 0]);
  });
});
