import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DesiredAccess, DesiredContainer } from '../access/model.ts';
import { compareAccess } from './compare-access.ts';

type Shape = readonly { readonly members: readonly string[]; readonly sources: readonly number[] }[];

const container = ({ members, sources }: Shape[number], n: number): DesiredContainer => ({
  name: `c${n}`,
  targetId: `t${n}`,
  part: 1,
  label: `target ${n}`,
  exists: true,
  onDemand: false,
  future: null,
  platformId: null,
  isTooWide: false,
  onlyPrincipals: null,
  members: members.map((globalUserId) => ({ globalUserId, principalId: '1', externalName: '', causes: [] })),
  objects: sources.map((dataSourceId) => ({
    dataSourceId,
    platformId: '1',
    schemaPlatformId: '1',
    objectPath: [],
    objectType: 'table',
    ownerPlatformId: null,
    keepOnly: false,
  })),
});
const access = (shape: Shape): DesiredAccess => ({
  scope: { kind: 'all' },
  installationId: 'i',
  connectionId: 'c',
  namePrefix: 'stoa_',
  strictMembers: false,
  containers: shape.map(container),
  awaiting: [],
  held: [],
  verdicts: new Map(),
  prevented: new Map(),
  principals: new Map(),
  governed: [],
  nextExpiry: null,
});
/** Every pair of a person and a source, one by one. */
const pairs = (shape: Shape): ReadonlySet<string> =>
  new Set(shape.flatMap(({ members, sources }) => members.flatMap((who) => sources.map((id) => `${who}/${id}`))));

const anyShape: fc.Arbitrary<Shape> = fc.array(
  fc.record({
    members: fc.subarray(['a', 'b', 'c', 'd']),
    sources: fc.subarray([1, 2, 3, 4, 5]),
  }),
  { maxLength: 5 },
);

test('what is gained and lost is what a comparison pair by pair finds', () => {
  fc.assert(
    fc.property(anyShape, anyShape, (before, after) => {
      const { changes, unchanged } = compareAccess(access(before), access(after));
      const [had, has] = [pairs(before), pairs(after)];
      const listed = (side: 'gained' | 'lost') =>
        changes.flatMap((one) => one[side].map((id) => `${one.globalUserId}/${id}`)).sort();
      expect(listed('gained')).toEqual([...has].filter((pair) => !had.has(pair)).sort());
      expect(listed('lost')).toEqual([...had].filter((pair) => !has.has(pair)).sort());
      expect(changes.some((one) => unchanged.includes(one.globalUserId))).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('the reason is what gives or gave just that', () => {
  const [change] = compareAccess(
    access([
      { members: ['a'], sources: [1] },
      { members: ['a'], sources: [2] },
    ]),
    access([
      { members: ['a'], sources: [1] },
      { members: [], sources: [2] },
      { members: ['a'], sources: [1, 3] },
    ]),
  ).changes;
  expect(change).toEqual({ globalUserId: 'a', gained: [3], lost: [2], givenBy: ['target 2'], endedBy: ['target 1'] });
});
