import type { DriftFinding } from '@stoa/contract/enums';
import type { DesiredAccess } from '../access/model.ts';
import { diff } from './diff.ts';
import type { ForeignPrivilege, ObservedState } from './observed.ts';
import type { Step } from './plan.ts';

/** Something on the platform that is not as it should be (platforms.md 2). Identified by all of its fields but the last two. */
export type Finding = {
  readonly finding: DriftFinding;
  readonly container: string | null;
  readonly objectId: string | null;
  readonly objectPath: readonly string[];
  readonly principalId: string | null;
  /** The principal's native name; `PUBLIC` for everybody. */
  readonly principal: string | null;
  readonly privilege: string | null;
  /** The plan that is made of the same look puts it right. */
  readonly isMended: boolean;
  /** Of a bypass, and of a member that nobody approved: principal ids of the mapped logins that it opens something to. */
  readonly consumers: readonly string[];
};

const blank = {
  container: null,
  objectId: null,
  objectPath: [],
  principalId: null,
  principal: null,
  privilege: null,
  isMended: false,
  consumers: [],
};

/** The key under which a membership or an object grant counts as proven before: see `findDrift`. */
export const provenKey = (container: string, id: string): string => `${container}/${id}`;

/** The second half of a `provenKey` for a default privilege. */
export const defaultEdge = (schemaId: string, roleId: string): string => `default/${schemaId}/${roleId}`;

/**
 * What a sweep reports. `proven` holds `provenKey`s of edges that a probe has seen before: only their loss is drift, the
 * rest is work not done yet. Null reports every difference. `gone` holds those of memberships that a probe has seen end: one
 * that is there again was given by hand in our name. Needs an observation with `foreign: true` for bypasses.
 */
export function findDrift(
  desired: DesiredAccess,
  observed: ObservedState,
  proven: ReadonlySet<string> | null,
  gone: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  return [
    ...findMissing(desired, observed, proven),
    ...findExtra(desired, observed),
    ...findExtraDefaults(observed),
    ...findMembers(desired, observed, gone),
    ...findBypass(observed),
    ...findIdentities(desired, observed),
  ];
}

/** What a finding is about, as the step names it that puts it right. */
export const edgeOf = (one: Pick<Finding, 'container' | 'privilege' | 'principalId' | 'objectId'>): string =>
  `${provenKey(one.container ?? '', one.principalId ?? one.objectId ?? '')}/${one.privilege}`;

/** What findings can be about that this step puts right. */
export function edgesOf(step: Step): readonly string[] {
  const edges = (ids: readonly string[], privilege: string): string[] =>
    ids.map((id) => `${provenKey(step.container.name, id)}/${privilege}`);
  switch (step.kind) {
    case 'add-members':
    case 'end-members':
      return edges(
        step.members.map(({ platformId }) => platformId),
        'MEMBER',
      );
    case 'grant-objects':
      return edges(
        step.objects.map(({ platformId }) => platformId),
        'SELECT',
      );
    case 'grant-schemas':
      return edges(
        step.schemas.map(({ platformId }) => platformId),
        'USAGE',
      );
    case 'grant-defaults':
      return step.defaults.flatMap(({ schemaId, roleName }) => edges([schemaId], defaultWords(roleName)));
    default:
      return [];
  }
}

function findMissing(desired: DesiredAccess, observed: ObservedState, proven: ReadonlySet<string> | null): Finding[] {
  const findings: Finding[] = [];
  const wasThere = (container: string, id: string): boolean => proven === null || proven.has(provenKey(container, id));
  for (const step of diff(desired, observed).steps) {
    const container = step.container.name;
    if (step.kind === 'add-members') {
      for (const { platformId, name } of step.members) {
        if (!wasThere(container, platformId)) continue;
        findings.push({
          ...blank,
          finding: 'missing',
          isMended: true,
          container,
          principalId: platformId,
          principal: name,
          privilege: 'MEMBER',
        });
      }
    }
    if (step.kind === 'grant-objects') {
      for (const { platformId, objectPath } of step.objects) {
        if (!wasThere(container, platformId)) continue;
        findings.push({
          ...blank,
          finding: 'missing',
          isMended: true,
          container,
          objectId: platformId,
          objectPath,
          principal: container,
          privilege: 'SELECT',
        });
      }
    }
    if (step.kind === 'grant-defaults') {
      for (const { schemaId, schemaPath, roleId, roleName } of step.defaults) {
        if (!wasThere(container, defaultEdge(schemaId, roleId))) continue;
        findings.push({
          ...blank,
          finding: 'missing',
          isMended: true,
          container,
          objectId: schemaId,
          objectPath: schemaPath,
          principal: container,
          privilege: defaultWords(roleName),
        });
      }
    }
    if (step.kind === 'grant-schemas') {
      for (const { platformId, objectPath } of step.schemas) {
        if (!wasThere(container, platformId)) continue;
        findings.push({
          ...blank,
          finding: 'missing',
          isMended: true,
          container,
          objectId: platformId,
          objectPath,
          principal: container,
          privilege: 'USAGE',
        });
      }
    }
  }
  return findings;
}

function ourContainers(observed: ObservedState): Set<string> {
  return new Set(observed.containers.filter((c) => c.ours).map((c) => c.name));
}

function findExtra(desired: DesiredAccess, observed: ObservedState): Finding[] {
  const ours = ourContainers(observed);
  const wanted = new Set(desired.containers.flatMap((c) => c.objects.map((o) => provenKey(c.name, o.platformId))));
  const findings: Finding[] = [];
  for (const row of observed.privileges) {
    if (row.ours || !ours.has(row.container)) continue;
    if (row.privilege === 'SELECT' && !row.grantable && wanted.has(provenKey(row.container, row.objectId))) continue;
    const { container, objectId, objectPath } = row;
    findings.push({
      ...blank,
      finding: 'extra_on_container',
      container,
      objectId,
      objectPath,
      principal: container,
      privilege: extraWords(row),
    });
  }
  return findings;
}

/** How a finding names a privilege of a container. */
export const extraWords = ({ privilege, column, grantable }: ObservedState['privileges'][number]): string =>
  `${privilege}${column === undefined ? '' : ` (${column})`}${grantable ? ' WITH GRANT OPTION' : ''}`;

/** Default privileges on our containers that we could not take back: of roles that our account cannot act for. */
function findExtraDefaults(observed: ObservedState): Finding[] {
  const ours = ourContainers(observed);
  return observed.defaults
    .filter((row) => row.reach === 'none' && ours.has(row.container))
    .map(({ container, schemaId, schemaPath, roleName }) => ({
      ...blank,
      finding: 'extra_on_container' as const,
      container,
      objectId: schemaId,
      objectPath: schemaPath,
      principal: container,
      privilege: defaultWords(roleName),
    }));
}

/** How a finding names a default privilege. */
export const defaultWords = (roleName: string): string => `SELECT on what ${roleName} makes`;

/** Members of our containers that nobody should be: by others, or in our name, which may be work not done yet. */
export function surplusMembers(desired: DesiredAccess, observed: ObservedState): ObservedState['memberships'] {
  const ours = ourContainers(observed);
  const wanted = new Set(desired.containers.flatMap((c) => c.members.map((m) => provenKey(c.name, m.principalId))));
  return observed.memberships.filter(
    (row) => ours.has(row.container) && !wanted.has(provenKey(row.container, row.principalId)),
  );
}

function findMembers(desired: DesiredAccess, observed: ObservedState, gone: ReadonlySet<string>): Finding[] {
  const reachedBy = reachers(observed);
  return surplusMembers(desired, observed)
    .filter((row) => !row.ours || gone.has(provenKey(row.container, row.principalId)))
    .map(({ container, principalId, principalName, ours }) => ({
      ...blank,
      finding: 'unknown_member' as const,
      isMended: ours,
      container,
      principalId,
      principal: principalName,
      privilege: 'MEMBER',
      consumers: reachedBy.get(principalId) ?? [principalId],
    }));
}

/** Of each role that was looked at: the logins that reach it. */
function reachers(observed: ObservedState): Map<string, string[]> {
  const reachedBy = new Map<string, string[]>();
  for (const [principalId, roles] of observed.reach) {
    for (const role of roles) {
      const known = reachedBy.get(role);
      if (known) known.push(principalId);
      else reachedBy.set(role, [principalId]);
    }
  }
  return reachedBy;
}

/** How a finding names a way that is not ours. */
export const foreignWords = ({ route, privilege }: ForeignPrivilege): string =>
  route === 'grant' || route === 'public' ? privilege : `${privilege} (${route})`;

/** One finding per object and grantee, never per object and consumer: that product is what makes others slow. */
function findBypass(observed: ObservedState): Finding[] {
  const reachedBy = reachers(observed);
  const findings: Finding[] = [];
  for (const way of observed.foreign) {
    const consumers = reachedBy.get(way.granteeId);
    if (consumers === undefined) continue;
    findings.push({
      ...blank,
      finding: 'bypass',
      objectId: way.objectId === '' ? null : way.objectId,
      objectPath: way.objectPath,
      principalId: way.granteeId,
      principal: way.granteeName,
      privilege: foreignWords(way),
      consumers,
    });
  }
  return findings;
}

function findIdentities(desired: DesiredAccess, observed: ObservedState): Finding[] {
  if (desired.scope.kind !== 'all') return [];
  const there = new Set(observed.principals.map((p) => p.platformId));
  return [...desired.principals.keys()]
    .filter((id) => !there.has(id))
    .map((principalId) => ({ ...blank, finding: 'identity_missing' as const, principalId }));
}
