import type { DesiredAccess } from '../access/model.ts';
import { foreignWords } from './findings.ts';
import type { ObservedState } from './observed.ts';

/** Everything that is governed on the platform. */
export const everyObject = '*';
/** The platform id of everybody. */
export const everybody = '0';

/** What a role may do on objects, past our containers or as a member that nobody approved. */
export type UnmappedWay = {
  readonly roleId: string;
  readonly roleName: string;
  readonly privilege: string;
  /** Platform ids; `everyObject` alone where it opens all. */
  readonly objectIds: readonly string[];
};

/** Who reaches a role that has such a way, and is not among the people. */
export type UnmappedReacher = {
  readonly roleId: string;
  readonly principalId: string;
  readonly name: string;
  /** Null: it is everybody. */
  readonly canLogin: boolean | null;
};

export type UnmappedAccess = {
  readonly ways: readonly UnmappedWay[];
  readonly reachers: readonly UnmappedReacher[];
  readonly isCut: boolean;
};

/**
 * Which logins reach governed objects and belong to nobody among `desired.principals`: ways and logins apart, since a group of
 * thousands may have thousands of tables. Needs an observation with `foreign: true`.
 */
export function unmappedAccess(desired: DesiredAccess, observed: ObservedState): UnmappedAccess {
  const reachedBy = new Map<string, UnmappedReacher[]>();
  const add = (reacher: UnmappedReacher) => {
    const known = reachedBy.get(reacher.roleId);
    if (known) known.push(reacher);
    else reachedBy.set(reacher.roleId, [reacher]);
  };
  for (const { roleId, platformId, name, canLogin } of observed.unmapped.logins)
    add({ roleId, principalId: platformId, name, canLogin });
  const members = membersOfOurs(desired, observed, reachedBy);
  add({ roleId: everybody, principalId: everybody, name: 'PUBLIC', canLogin: null });
  const ways = [...foreignWays(observed, reachedBy), ...members.ways];
  const open = new Set(ways.map(({ roleId }) => roleId));
  const reachers = [...reachedBy.values()].flat().filter(({ roleId }) => open.has(roleId));
  return { ways, reachers: [...reachers, ...members.reachers], isCut: observed.unmapped.isCut };
}

/** One way per role and privilege, however many objects it is on. */
function foreignWays(observed: ObservedState, reachedBy: ReadonlyMap<string, unknown>): UnmappedWay[] {
  const ways = new Map<string, UnmappedWay & { readonly objectIds: string[] }>();
  for (const way of observed.foreign) {
    if (!reachedBy.has(way.granteeId)) continue;
    const privilege = foreignWords(way);
    const objectId = way.objectId === '' ? everyObject : way.objectId;
    const key = JSON.stringify([way.granteeId, privilege, objectId === everyObject]);
    const known = ways.get(key);
    if (known) known.objectIds.push(objectId);
    else ways.set(key, { roleId: way.granteeId, roleName: way.granteeName, privilege, objectIds: [objectId] });
  }
  return [...ways.values()];
}

/** Whoever is in a container of ours without being one of the people, with all that it holds. */
function membersOfOurs(
  desired: DesiredAccess,
  observed: ObservedState,
  reachedBy: ReadonlyMap<string, readonly UnmappedReacher[]>,
): Pick<UnmappedAccess, 'ways' | 'reachers'> {
  const held = new Map(desired.containers.map((one) => [one.name, one.objects.map(({ platformId }) => platformId)]));
  const ids = new Map(observed.containers.filter(({ ours }) => ours).map((one) => [one.name, one.platformId]));
  const ways = new Map<string, UnmappedWay>();
  const reachers = new Map<string, UnmappedReacher>();
  for (const { container, principalId } of observed.memberships) {
    const roleId = ids.get(container);
    const objectIds = held.get(container) ?? [];
    if (roleId === undefined || objectIds.length === 0) continue;
    for (const reacher of reachedBy.get(principalId) ?? []) {
      ways.set(roleId, { roleId, roleName: container, privilege: 'MEMBER', objectIds });
      reachers.set(`${roleId}/${reacher.principalId}`, { ...reacher, roleId });
    }
  }
  return { ways: [...ways.values()], reachers: [...reachers.values()] };
}
