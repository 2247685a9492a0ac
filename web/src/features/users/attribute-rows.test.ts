import { describe, expect, it } from 'vitest';
import { attributesOfRows, draftOnto, rowsOfAttributes, takeTheirs } from './attribute-rows.ts';

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

describe('a draft over what somebody else saved meanwhile', () => {
  const base = { region: ['EMEA'], team: ['Claims'] };
  const draft = { base, rows: rowsOfAttributes({ ...base, team: ['Fraud'] }), conflicts: [] };

  it('keeps what they added, and loses what they took away', () => {
    const onto = draftOnto(draft, { team: ['Claims'], clearance: ['secret'] });
    expect(attributesOfRows(onto.rows)).toEqual({ team: ['Fraud'], clearance: ['secret'] });
    expect(onto.conflicts).toEqual([]);
  });

  it('tells what both changed, and both may hold', () => {
    const onto = draftOnto(draft, { region: ['EMEA'], team: ['Audit'] });
    expect(onto.conflicts).toEqual(['team']);
    expect(attributesOfRows(onto.rows).team).toEqual(['Fraud']);
    expect(attributesOfRows(takeTheirs(onto).rows)).toEqual({ region: ['EMEA'], team: ['Audit'] });
    // They came to the same.
    expect(draftOnto(draft, { region: ['EMEA'], team: ['Fraud'] }).conflicts).toEqual([]);
  });

  it('tells that what one writes was taken away, and leaves rows that are half written', () => {
    const rows = [...draft.rows, { name: '', values: 'x' }];
    const onto = draftOnto({ ...draft, rows }, { region: ['EMEA'] });
    expect(onto.conflicts).toEqual(['team']);
    expect(onto.rows).toContainEqual({ name: '', values: 'x' });
    expect(attributesOfRows(takeTheirs(onto).rows)).toEqual({ region: ['EMEA'] });
  });
});
