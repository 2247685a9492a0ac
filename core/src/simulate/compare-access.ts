import type { DesiredAccess, DesiredContainer } from '../access/model.ts';

/** What one person would gain and lose on a connection. */
export type AccessChange = {
  readonly globalUserId: string;
  readonly gained: readonly number[];
  readonly lost: readonly number[];
  /** Labels of what gives what is gained. */
  readonly givenBy: readonly string[];
  /** Labels of what gave what is lost. */
  readonly endedBy: readonly string[];
};

type Side = {
  readonly containers: readonly { readonly label: string; readonly sourceIds: readonly number[] }[];
  /** By person, the places of their containers. */
  readonly memberships: ReadonlyMap<string, readonly number[]>;
};

const sourceIdsOf = (container: DesiredContainer): readonly number[] =>
  container.objects.map((object) => object.dataSourceId);

function sideOf({ containers }: DesiredAccess): Side {
  const memberships = new Map<string, number[]>();
  for (const [place, container] of containers.entries())
    for (const { globalUserId } of container.members) {
      const own = memberships.get(globalUserId);
      if (own) own.push(place);
      else memberships.set(globalUserId, [place]);
    }
  return {
    containers: containers.map((container) => ({ label: container.label, sourceIds: sourceIdsOf(container) })),
    memberships,
  };
}

const readable = (side: Side, places: readonly number[]): ReadonlySet<number> =>
  new Set(places.flatMap((place) => side.containers[place]?.sourceIds ?? []));

const labelsGiving = (side: Side, places: readonly number[], ids: ReadonlySet<number>): string[] => [
  ...new Set(
    places.flatMap((place) => {
      const container = side.containers[place];
      return container?.sourceIds.some((id) => ids.has(id)) ? [container.label] : [];
    }),
  ),
];

export type AccessComparison = {
  readonly changes: readonly AccessChange[];
  /** People who have access on both sides, and the same. */
  readonly unchanged: readonly string[];
};

/**
 * Compares two compiled states of a connection by what people may read. People in the same containers are compared once,
 * so that it costs what the distinct memberships cost and not every pair of a person and a source.
 */
export function compareAccess(before: DesiredAccess, after: DesiredAccess): AccessComparison {
  const [old, next] = [sideOf(before), sideOf(after)];
  const known = new Map<string, Omit<AccessChange, 'globalUserId'>>();
  const changes: AccessChange[] = [];
  const unchanged: string[] = [];
  for (const globalUserId of new Set([...old.memberships.keys(), ...next.memberships.keys()])) {
    const [had, has] = [old.memberships.get(globalUserId) ?? [], next.memberships.get(globalUserId) ?? []];
    const key = `${had.join()}>${has.join()}`;
    let change = known.get(key);
    if (change === undefined) known.set(key, (change = compareOne({ old, had }, { next, has })));
    if (change.gained.length + change.lost.length === 0) unchanged.push(globalUserId);
    else changes.push({ globalUserId, ...change });
  }
  return { changes, unchanged };
}

function compareOne(
  { old, had }: { old: Side; had: readonly number[] },
  { next, has }: { next: Side; has: readonly number[] },
): Omit<AccessChange, 'globalUserId'> {
  const [read, reads] = [readable(old, had), readable(next, has)];
  const gained = new Set([...reads].filter((id) => !read.has(id)));
  const lost = new Set([...read].filter((id) => !reads.has(id)));
  return {
    gained: [...gained].sort((a, b) => a - b),
    lost: [...lost].sort((a, b) => a - b),
    givenBy: labelsGiving(next, has, gained),
    endedBy: labelsGiving(old, had, lost),
  };
}
