import { expect, test } from 'vitest';
import type { DesiredAccess } from '../access/model.ts';
import { everything, policyOf, sourceOf } from '../cases/masking.fixture.ts';
import { personFacts } from '../condition/facts.ts';
import { sourceJudge } from '../masking/judge-source.ts';
import { compareSights } from './compare-sights.ts';

const mask = (who: object) =>
  policyOf(1, {
    action: { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'tagged', tag: 'PII' } },
    who,
  });
const source = sourceOf({ email: { tags: ['PII'] }, id: {} });
const person = (id: string, groups: string[]) =>
  personFacts({ globalUserId: id, username: id, iam: null, groups, attributes: {} });
const reading = (...ids: string[]): DesiredAccess => ({
  // Only what the comparison reads of it.
  ...({} as DesiredAccess),
  containers: [
    {
      ...({} as DesiredAccess['containers'][number]),
      objects: [{ ...({} as DesiredAccess['containers'][number]['objects'][number]), dataSourceId: 1 }],
      members: ids.map((globalUserId) => ({
        ...({} as DesiredAccess['containers'][number]['members'][number]),
        globalUserId,
      })),
    },
  ],
});
const side = (groups: Record<string, string[]>, who: object) => ({
  people: new Map(Object.entries(groups).map(([id, own]) => [id, person(id, own)])),
  access: reading('ada', 'bea'),
  sources: [{ source, verdict: sourceJudge([mask(who)], everything)(source) }],
});

test('whoever joins a group that a mask excepts sees its columns in clear, and hides them by leaving', () => {
  const who = { for: 'everyoneExcept', condition: "@isInGroups('HR')" };
  const email = [{ dataSourceId: 1, column: 'email' }];
  const [out, inside] = [side({ ada: [], bea: ['HR'] }, who), side({ ada: ['HR'], bea: ['HR'] }, who)];
  expect(compareSights(out, inside)).toEqual([{ globalUserId: 'ada', clear: email, hidden: [] }]);
  expect(compareSights(inside, out)).toEqual([{ globalUserId: 'ada', clear: [], hidden: email }]);
});

test('a mask for members of a group is laid by joining; who reads nothing sees nothing otherwise', () => {
  const who = { for: 'everyoneWho', condition: "@isInGroups('Externals')", otherwise: 'none' };
  const before = side({ ada: [], cleo: [] }, who);
  const after = side({ ada: ['Externals'], cleo: ['Externals'] }, who);
  expect(compareSights(before, after)).toEqual([
    { globalUserId: 'ada', clear: [], hidden: [{ dataSourceId: 1, column: 'email' }] },
  ]);
});

test('a group that no mask asks about changes no sight', () => {
  const who = { for: 'everyoneExcept', condition: "@isInGroups('HR')" };
  expect(compareSights(side({ ada: [] }, who), side({ ada: ['Finance'] }, who))).toEqual([]);
});
