import { expect, test } from 'vitest';
import { sourceFacts, personFacts } from '../condition/facts.ts';
import { applyChanges, type SimulatedWorld } from './world.ts';

const source = (dataSourceId: number, tags: readonly string[]) => ({
  ...sourceFacts({
    dataSourceId,
    connectionKey: 'wh',
    hostname: null,
    objectPath: ['d', 's', `t${dataSourceId}`],
    tags,
    columns: [],
  }),
  domainIds: new Set<string>(['picked']),
});
const ana = personFacts({ globalUserId: 'a', username: 'ana', iam: null, groups: ['G'], attributes: { team: ['x'] } });
const world: SimulatedWorld = {
  policies: [],
  sources: [source(1, []), source(2, ['PII.Email'])],
  people: new Map([['a', ana]]),
  dynamicDomains: [{ id: 'personal', tag: 'PII' }],
  suspended: new Map(),
};
const domainsOf = (after: SimulatedWorld) => after.sources.map((one) => [...one.domainIds].sort());

test('a tag moves a source into the dynamic domain of it and of what is above it, and off again', () => {
  const tag = { change: 'tag', tag: 'PII.Name', dataSourceIds: [1] } as const;
  const tagged = applyChanges(world, [{ ...tag, act: 'add' }]);
  expect(domainsOf(tagged)).toEqual([
    ['personal', 'picked'],
    ['personal', 'picked'],
  ]);
  expect(domainsOf(applyChanges(tagged, [{ ...tag, act: 'remove' }]))).toEqual([['picked'], ['personal', 'picked']]);
  const column = applyChanges(world, [{ ...tag, act: 'add', column: 'name' }]);
  expect(column.sources[0]?.columns).toEqual([{ name: 'name', tags: new Set(['PII.Name']) }]);
  expect(domainsOf(column)[0]).toEqual(['personal', 'picked']);
});

test('people join groups, lose values, and those who are not there are passed over', () => {
  const after = applyChanges(world, [
    { change: 'group', act: 'add', group: 'H', globalUserIds: ['a', 'nobody'] },
    { change: 'attribute', act: 'remove', name: 'team', value: 'x', globalUserIds: ['a'] },
  ]);
  expect([...(after.people.get('a')?.groups ?? [])]).toEqual(['G', 'H']);
  expect(after.people.get('a')?.attributes.get('team')?.size).toBe(0);
  expect(after.people.size).toBe(1);
});

test('what is given is left as it was', () => {
  applyChanges(world, [
    { change: 'domain', act: 'remove', domainId: 'picked', dataSourceIds: [1, 2] },
    { change: 'product', dataProductId: 'p', suspended: true },
  ]);
  expect(domainsOf(world)).toEqual([['picked'], ['picked']]);
  expect(world.suspended.size).toBe(0);
});
