import { describe, expect, it } from 'vitest';
import { grantsOf, holdersOf, isSameGrants } from './grants.ts';

const ana = { principalType: 'user', principalId: 'u1', principalName: 'Ana' } as const;
const risk = { principalType: 'group', principalId: '7', principalName: 'Risk' } as const;

describe('the permissions of a domain', () => {
  it('are gathered by who holds them, by name', () => {
    const holders = holdersOf([
      { ...risk, permission: 'Manage Tags' },
      { ...ana, permission: 'Audit Activity' },
      { ...ana, permission: 'Manage Policies' },
    ]);
    expect(holders.map((one) => [one.name, one.held.size])).toEqual([
      ['Ana', 2],
      ['Risk', 1],
    ]);
  });

  it('leave out who holds nothing, and are the same in any order', () => {
    const holders = holdersOf([
      { ...ana, permission: 'Audit Activity' },
      { ...risk, permission: 'Manage Tags' },
    ]);
    expect(isSameGrants(holders, [...holders].reverse())).toBe(true);
    const emptied = holders.map((one) => ({ ...one, held: new Set<never>() }));
    expect(grantsOf(emptied)).toEqual([]);
    expect(isSameGrants(holders, emptied)).toBe(false);
  });
});
