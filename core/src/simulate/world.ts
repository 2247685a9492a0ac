import type { StoredPolicy } from '@stoa/contract/policy';
import type { PolicySource } from '../access/policy-rules.ts';
import { isAtOrBelow } from '../condition/tag-path.ts';
import type { PersonFacts } from '../condition/model.ts';

/** The facts of one connection that changes are applied to. */
export type SimulatedWorld = {
  /** Those in force. */
  readonly policies: readonly StoredPolicy[];
  readonly sources: readonly PolicySource[];
  readonly people: ReadonlyMap<string, PersonFacts>;
  /** Domains that hold what carries a tag. */
  readonly dynamicDomains: readonly { readonly id: string; readonly tag: string }[];
  /** Data products by whether they are suspended; those that are not named stay as they are. */
  readonly suspended: ReadonlyMap<string, boolean>;
};

type Act = 'add' | 'remove';

/** One change, with its policy read and its names as they are stored. */
export type FactChange =
  /** `null`: it is not in force. */
  | { readonly change: 'policy'; readonly id: string; readonly policy: StoredPolicy | null }
  | {
      readonly change: 'tag';
      readonly act: Act;
      readonly tag: string;
      readonly dataSourceIds: readonly number[];
      readonly column?: string | undefined;
    }
  | { readonly change: 'group'; readonly act: Act; readonly group: string; readonly globalUserIds: readonly string[] }
  | {
      readonly change: 'attribute';
      readonly act: Act;
      readonly name: string;
      readonly value: string;
      readonly globalUserIds: readonly string[];
    }
  | {
      readonly change: 'domain';
      readonly act: Act;
      readonly domainId: string;
      readonly dataSourceIds: readonly number[];
    }
  | { readonly change: 'product'; readonly dataProductId: string; readonly suspended: boolean };

const nfc = (text: string): string => text.normalize('NFC');

function changed<T>(set: ReadonlySet<T>, act: Act, value: T): ReadonlySet<T> {
  const next = new Set(set);
  if (act === 'add') next.add(value);
  else next.delete(value);
  return next;
}

/** The facts as they would be. Changes follow one another; what a change names and is not there is passed over. */
export function applyChanges(world: SimulatedWorld, changes: readonly FactChange[]): SimulatedWorld {
  const after = changes.reduce(applyOne, world);
  return changes.some(({ change }) => change === 'tag') ? withDynamicDomains(after) : after;
}

function applyOne(world: SimulatedWorld, change: FactChange): SimulatedWorld {
  switch (change.change) {
    case 'policy': {
      const others = world.policies.filter((policy) => policy.id !== change.id);
      const policies = change.policy === null ? others : [...others, change.policy];
      return { ...world, policies: policies.sort((a, b) => a.number - b.number) };
    }
    case 'tag':
      return { ...world, sources: onSources(world.sources, change.dataSourceIds, (source) => withTag(source, change)) };
    case 'domain':
      return {
        ...world,
        sources: onSources(world.sources, change.dataSourceIds, (source) => ({
          ...source,
          domainIds: changed(source.domainIds, change.act, change.domainId),
        })),
      };
    case 'group':
      return onPeople(world, change.globalUserIds, (person) => ({
        ...person,
        groups: changed(person.groups, change.act, nfc(change.group)),
      }));
    case 'attribute':
      return onPeople(world, change.globalUserIds, (person) => {
        const attributes = new Map(person.attributes);
        const name = nfc(change.name);
        attributes.set(name, changed(attributes.get(name) ?? new Set(), change.act, nfc(change.value)));
        return { ...person, attributes };
      });
    case 'product':
      return { ...world, suspended: new Map(world.suspended).set(change.dataProductId, change.suspended) };
  }
}

function onSources(
  sources: readonly PolicySource[],
  ids: readonly number[],
  change: (source: PolicySource) => PolicySource,
): readonly PolicySource[] {
  const named = new Set(ids);
  return sources.map((source) => (named.has(source.dataSourceId) ? change(source) : source));
}

function onPeople(
  world: SimulatedWorld,
  ids: readonly string[],
  change: (person: PersonFacts) => PersonFacts,
): SimulatedWorld {
  const people = new Map(world.people);
  for (const id of ids) {
    const person = people.get(id);
    if (person !== undefined) people.set(id, change(person));
  }
  return { ...world, people };
}

function withTag(source: PolicySource, { act, tag, column }: Extract<FactChange, { change: 'tag' }>): PolicySource {
  const name = nfc(tag);
  if (column === undefined) return { ...source, tags: changed(source.tags, act, name) };
  const known = source.columns.some((one) => one.name === nfc(column));
  const columns = known ? source.columns : [...source.columns, { name: nfc(column), tags: new Set<string>() }];
  return {
    ...source,
    columns: columns.map((one) => (one.name === nfc(column) ? { ...one, tags: changed(one.tags, act, name) } : one)),
  };
}

/** A dynamic domain holds what carries its tag or one below it, itself or on a column. */
function withDynamicDomains(world: SimulatedWorld): SimulatedWorld {
  const { dynamicDomains } = world;
  if (dynamicDomains.length === 0) return world;
  const carries = (source: PolicySource, tag: string): boolean =>
    [...source.tags].some((held) => isAtOrBelow(held, tag)) ||
    source.columns.some((column) => [...column.tags].some((held) => isAtOrBelow(held, tag)));
  return {
    ...world,
    sources: world.sources.map((source) => {
      const domainIds = new Set(source.domainIds);
      for (const { id, tag } of dynamicDomains) {
        if (carries(source, nfc(tag))) domainIds.add(id);
        else domainIds.delete(id);
      }
      return { ...source, domainIds };
    }),
  };
}
