import type { KnownContainer, ObservedContainer, ObserveScope } from '@stoa/core/provisioning/observed';
import { isOurs, poolMark, readMark } from './mark.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';

/** `name` null: a role of the pool that stands in no row. `id` null: a row whose role is not there under its name. */
export type ContainerRow = {
  name: string | null;
  native_name: string | null;
  id: string | null;
  comment: string | null;
  mark: string | null;
};
/**
 * Containers that bear a mark are told by name on 16 and later; before, `stoa.container` says which role plays which. Somebody may
 * have renamed the role: those with the `ids` that are known come along, and `containersOf` tells which container each is.
 */
export function containersSql(facts: ServerFacts, which: string, ids: string): string {
  if (hasOwnRoles(facts)) {
    return `SELECT r.rolname AS name, r.rolname AS native_name, r.oid::text AS id,
        pg_catalog.shobj_description(r.oid, 'pg_authid') AS comment, NULL::text AS mark
      FROM pg_catalog.pg_roles r WHERE ${which.replaceAll('$name', 'r.rolname')} OR r.oid = ANY(${ids})`;
  }
  return `SELECT c.key AS name, r.rolname AS native_name, r.oid::text AS id,
      pg_catalog.shobj_description(r.oid, 'pg_authid') AS comment, c.mark
    FROM stoa.container c LEFT JOIN pg_catalog.pg_roles r ON r.rolname = c.name
    WHERE c.key IS NOT NULL AND ${which.replaceAll('$name', 'c.key')}
    UNION ALL SELECT NULL, r.rolname, r.oid::text, pg_catalog.shobj_description(r.oid, 'pg_authid'), NULL
    FROM pg_catalog.pg_roles r
    WHERE r.oid = ANY(${ids}) AND NOT EXISTS (SELECT FROM stoa.container c WHERE c.name = r.rolname)`;
}

/** What follows the prefix in the name of a container, for the server's regular expressions. */
export const ofContainers = '(dp|as|po)_[0-9a-z]+(_[0-9]+)?';

/** The ids that containers had when they were last seen. */
export const knownIds = ({ known = [] }: ObserveScope): string[] => known.map(({ platformId }) => platformId);

/** Whether a role of that name would be a container of ours. */
export const isNameOfContainer = ({ namePrefix }: ServerFacts, name: string): boolean =>
  name.startsWith(namePrefix) && new RegExp(`^${ofContainers}$`).test(name.slice(namePrefix.length));

/** The containers by the names that the plan uses, among rows of `containersSql`. */
export function containersOf(
  facts: ServerFacts,
  scope: ObserveScope,
  rows: readonly ContainerRow[],
): ObservedContainer[] {
  const names = scope.containers === 'all' ? null : new Set(scope.containers.map((c) => c.name));
  const found = new Map<string, ObservedContainer>();
  for (const row of rows) {
    const container = containerOf(facts, row);
    if (container === null) continue;
    const { name, ours } = container;
    if (names === null ? ours || isNameOfContainer(facts, name) : names.has(name)) found.set(name, container);
  }
  const lost = (scope.known ?? []).filter(({ name }) => found.get(name)?.ours !== true);
  for (const known of lost) {
    const renamed = renamedOf(facts, known, rows);
    if (renamed === null) continue;
    const isNameFree = hasOwnRoles(facts) && !found.has(known.name);
    found.delete(renamed.nativeName);
    found.set(known.name, { ...renamed, name: known.name, ...(isNameFree ? { isNameFree } : {}) });
  }
  return [...found.values()];
}

/**
 * A container that is not there under its name is the role with its id, if that bears our mark and no other container goes by its
 * name: ids of a platform that was restored may be anybody's.
 */
function renamedOf(
  facts: ServerFacts,
  { name, platformId }: KnownContainer,
  rows: readonly ContainerRow[],
): ObservedContainer | null {
  const row = rows.find(({ id }) => id === platformId);
  if (row === undefined) return null;
  const own = hasOwnRoles(facts);
  if (own ? isNameOfContainer(facts, row.native_name ?? '') : row.name !== null) return null;
  const mark = rows.find((one) => one.name === name)?.mark ?? null;
  const renamed = containerOf(facts, own ? row : { ...row, name, mark });
  return renamed?.ours === true ? renamed : null;
}

function containerOf(facts: ServerFacts, row: ContainerRow): ObservedContainer | null {
  const { name, native_name: nativeName, id: platformId } = row;
  if (name === null || nativeName === null || platformId === null) return null;
  if (hasOwnRoles(facts)) {
    const mark = readMark(row.comment);
    const ours = isOurs(mark, facts);
    return {
      name,
      platformId,
      nativeName,
      ours,
      installationId: mark?.installationId ?? null,
      label: mark?.label ?? '',
    };
  }
  // The role's comment tells whose pool it is; which of our connections plays it, and its label, stand in the table.
  const pooled = row.comment === poolMark(facts.installationId, facts.database);
  const mark = readMark(row.mark);
  const ours = pooled && isOurs(mark, facts);
  return {
    name,
    platformId,
    nativeName,
    ours,
    installationId: pooled ? facts.installationId : null,
    label: mark?.label ?? '',
  };
}
