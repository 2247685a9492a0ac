import { expect, test } from 'vitest';
import type { DesiredAccess } from '../access/model.ts';
import { everything, sourceOf } from '../cases/masking.fixture.ts';
import { personFacts } from '../condition/facts.ts';
import { sourceJudge } from '../masking/judge-source.ts';
import type { RowVerdict } from '../masking/model.ts';
import { compareRowSights } from './compare-row-sights.ts';

const source = sourceOf({ id: {} });
const rule: RowVerdict = {
  policyId: 'p',
  policyKey: 'p',
  policyName: 'Own country',
  who: { kind: 'everyoneExcept', condition: "@hasAttribute('country', 'SE')", otherwise: 'deny' },
  rule: { kind: 'never' },
};
type Known = { readonly attributes?: Record<string, string[]>; readonly groups?: string[] };
const side = (people: Record<string, Known>, rows = [rule]) => ({
  people: new Map(
    Object.entries(people).map(([id, { attributes = {}, groups = [] }]) => [
      id,
      personFacts({ globalUserId: id, username: id, iam: null, groups, attributes }),
    ]),
  ),
  // Only what the comparison reads of it.
  access: {
    ...({} as DesiredAccess),
    containers: [
      {
        ...({} as DesiredAccess['containers'][number]),
        objects: [{ ...({} as DesiredAccess['containers'][number]['objects'][number]), dataSourceId: 1 }],
        members: [{ ...({} as DesiredAccess['containers'][number]['members'][number]), globalUserId: 'ada' }],
      },
    ],
  },
  sources: [{ source, verdict: { ...sourceJudge([], everything)(source), rows } }],
});

test('whose country is another one may see other rows, if they read the source', () => {
  const before = side({ ada: {}, cleo: {} });
  const after = side({ ada: { attributes: { country: ['SE'] } }, cleo: { attributes: { country: ['SE'] } } });
  expect(compareRowSights(before, after)).toEqual([{ globalUserId: 'ada', dataSourceIds: [1] }]);
});

test('what no row rule asks about changes no rows', () => {
  const before = side({ ada: {} });
  expect(compareRowSights(before, side({ ada: { attributes: { team: ['A'] }, groups: ['HR'] } }))).toEqual([]);
});

test('a name counts however the rule has to quote it', () => {
  const name = `Chef's "own" \\ land`;
  const condition = String.raw`@hasAttribute('chef\'s "own" \\ land', 'SE')`;
  const quoted: RowVerdict = { ...rule, who: { kind: 'everyoneExcept', condition, otherwise: 'deny' } };
  const after = side({ ada: { attributes: { [name]: ['SE'] } } }, [quoted]);
  expect(compareRowSights(side({ ada: {} }, [quoted]), after)).toEqual([{ globalUserId: 'ada', dataSourceIds: [1] }]);
});
