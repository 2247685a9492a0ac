import type { StoredSubscriptionPolicy } from '@stoa/contract/policy';
import { groupByAccess, groupByGuardrails } from '@stoa/core/access/parts';
import { mergeRules, type PolicySource, readPolicyRules } from '@stoa/core/access/policy-rules';
import { personFacts, sourceFacts } from '@stoa/core/condition/facts';
import type { PersonFacts } from '@stoa/core/condition/model';
import { PersonIndex } from '@stoa/core/condition/person-index';
import { isFulfilledBy } from '@stoa/core/condition/remainder';
import { median, sample } from '../measure.ts';
import type { Figure } from '../report.ts';

const people = 10_000;
const policies = 1_000;
const sources = 100_000;
const rounds = 7;

type Given = {
  readonly people: readonly PersonFacts[];
  readonly sources: readonly PolicySource[];
  readonly policies: readonly StoredSubscriptionPolicy[];
};

const range = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** One policy per area of a hundred tables, for a group or a department, and not for a third group. */
function world(): Given {
  return {
    people: range(people, (n) =>
      personFacts({
        globalUserId: `g${n}`,
        username: `u${n}`,
        iam: null,
        groups: [`G${n % 100}`, `H${n % 37}`, `K${n % 11}`],
        attributes: { dept: [`D${n % 200}`] },
      }),
    ),
    sources: range(sources, (n) => ({
      ...sourceFacts({
        dataSourceId: n,
        connectionKey: 'wh',
        hostname: 'h',
        objectPath: ['db', `s${n % 100}`, `t${n}`],
        tags: [`Area.A${n % policies}`],
        columns: [],
      }),
      domainIds: new Set<string>(),
    })),
    policies: range(policies, (n) => ({
      id: `p${n}`,
      number: n,
      policyKey: `p${n}`,
      name: `Policy ${n}`,
      type: 'subscription',
      kind: 'grant',
      scope: { kind: 'global' },
      state: 'active',
      version: 1,
      body: {
        accessType: 'read',
        level: 'entitlements',
        condition: `(@isInGroups('G${n % 100}') OR @hasAttribute('dept', 'D${n % 200}')) AND NOT @isInGroups('K${n % 11}')`,
        circumstances: [{ type: 'tags', tag: `Area.A${n}` }],
        circumstanceOperator: 'any',
      },
    })),
  };
}

/** The same edges by code that knows just these policies: sets by group and department, tables by tag. */
function byHand(given: Given): number {
  const sets = new Map<string, Set<number>>();
  const put = (key: string, place: number) => {
    const set = sets.get(key);
    if (set) set.add(place);
    else sets.set(key, new Set([place]));
  };
  for (const [place, person] of given.people.entries()) {
    for (const group of person.groups) put(group, place);
    for (const value of person.attributes.get('dept') ?? []) put(value, place);
  }
  const tables = new Map<string, number[]>();
  for (const source of given.sources)
    for (const tag of source.tags) {
      const list = tables.get(tag);
      if (list) list.push(source.dataSourceId);
      else tables.set(tag, [source.dataSourceId]);
    }
  let edges = 0;
  for (let n = 0; n < policies; n += 1) {
    const excluded = sets.get(`K${n % 11}`);
    const members = new Set<number>();
    for (const key of [`G${n % 100}`, `D${n % 200}`])
      for (const place of sets.get(key) ?? []) if (excluded?.has(place) !== true) members.add(place);
    edges += members.size + (tables.get(`Area.A${n}`)?.length ?? 0);
  }
  return edges;
}

function compiled(given: Given): number {
  const groups = groupByAccess(mergeRules(readPolicyRules(given.policies), given.sources));
  const index = new PersonIndex(given.people);
  let edges = 0;
  for (const group of groups) edges += [...index.fulfilling(group.who, group.key)].length + group.sourceIds.length;
  return edges;
}

/** What one change makes new, with the policies read and the groups known, as a run of one key has them. */
async function measureOneChange(given: Given): Promise<Figure[]> {
  const rules = readPolicyRules(given.policies);
  const groups = groupByAccess(mergeRules(rules, given.sources));
  const budget = { kind: 'most', value: 10 } as const;
  const person = await sample(rounds * 10, (n) => {
    const moved = personFacts({
      globalUserId: `g${n}`,
      username: `u${n}`,
      iam: null,
      groups: [`G${n}`],
      attributes: { dept: [`D${n + 1}`] },
    });
    const open = groups.filter((group) => isFulfilledBy(group.who, moved));
    if (open.length === 0) throw new Error('nothing is open to the changed person');
    return Promise.resolve();
  });
  const product = await sample(rounds * 10, (n) => {
    const sold = given.sources.slice(n * 100, n * 100 + 100);
    const ids = sold.map((source) => source.dataSourceId);
    if (groupByGuardrails(ids, mergeRules(rules, sold)).length === 0) throw new Error('the product has no part');
    return Promise.resolve();
  });
  return [
    { id: 'P7', what: 'one changed person, against every policy', unit: 'ms', stoa: median(person), budget },
    { id: 'P7', what: 'one changed product of 100 tables', unit: 'ms', stoa: median(product), budget },
  ];
}

export async function measureCompile(): Promise<Figure[]> {
  const given = world();
  const [floor, stoa]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    const wanted = byHand(given);
    const between = performance.now();
    const made = compiled(given);
    stoa.push(performance.now() - between);
    floor.push(between - start);
    if (made !== wanted) throw new Error(`compiled to ${made} edges, by hand to ${wanted}`);
  }
  return [
    {
      id: 'P7',
      what: `${people} users, ${policies} policies, ${sources} tables -> edges, in memory`,
      unit: 'ms',
      floor: median(floor),
      stoa: median(stoa),
      budget: { kind: 'ratio', most: 3 },
      note: 'from the text of each policy; floor: code that knows just these policies',
    },
    ...(await measureOneChange(given)),
  ];
}
