import { comparePlatformIds } from '../access/compile.ts';
import type { DesiredAccess, DesiredContainer, DesiredMember, DesiredObject } from '../access/model.ts';
import { diffDefaults, futuresOf } from './future-objects.ts';
import type {
  ObservedContainer,
  ObservedDefault,
  ObservedMembership,
  ObservedObject,
  ObservedPrincipal,
  ObservedPrivilege,
  ObservedSchema,
  ObservedState,
} from './observed.ts';
import { tooWide } from './holds-back.ts';
import type { Blocked, BlockedReason, ObjectRef, Plan, PrincipalRef, SchemaRef, Step } from './plan.ts';
import { stepOrder } from './plan.ts';

/** Observed state by container and id, so that a plan costs what it changes and not what it compares. */
type Seen = {
  readonly state: ObservedState;
  readonly containers: ReadonlyMap<string, ObservedContainer>;
  readonly privileges: ReadonlyMap<string, readonly ObservedPrivilege[]>;
  readonly memberships: ReadonlyMap<string, readonly ObservedMembership[]>;
  readonly objects: ReadonlyMap<string, ObservedObject>;
  readonly schemas: ReadonlyMap<string, ObservedSchema>;
  readonly defaults: ReadonlyMap<string, readonly ObservedDefault[]>;
  readonly principals: ReadonlyMap<string, ObservedPrincipal>;
  readonly strictMembers: boolean;
  /** By native name. */
  readonly protected: ReadonlySet<string>;
};

type Draft = { readonly steps: Step[]; readonly blocked: Blocked[]; readonly widen: string[]; spareUsed: number };

/**
 * The difference between what should exist and what does, within the scope of `desired`. Names nothing that others
 * granted and no container without our mark. `diff(desired, observed after apply)` is empty.
 */
export function diff(desired: DesiredAccess, observed: ObservedState): Plan {
  const seen = indexObserved(desired, observed);
  const draft: Draft = { steps: [], blocked: [], widen: [], spareUsed: 0 };
  const known = new Set<string>();
  for (const container of desired.containers) {
    known.add(container.name);
    planContainer(container, seen, draft);
  }
  if (desired.scope.kind === 'all') {
    for (const orphan of observed.containers) {
      if (orphan.ours && !known.has(orphan.name)) planContainer(abandoned(orphan), seen, draft);
    }
  }
  return { steps: draft.steps.sort(compareSteps), blocked: draft.blocked, widen: draft.widen };
}

/** Everything that takes away comes first, kind by kind; what gives comes container by container, each in the order. */
function compareSteps(a: Step, b: Step): number {
  const kinds = stepOrder.indexOf(a.kind) - stepOrder.indexOf(b.kind);
  const names = a.container.name < b.container.name ? -1 : a.container.name > b.container.name ? 1 : 0;
  if (isTaking(a) !== isTaking(b)) return isTaking(a) ? -1 : 1;
  return isTaking(a) ? kinds || names : names || kinds;
}

/** True for steps that only ever leave less access. */
export function isTaking(step: Step): boolean {
  switch (step.kind) {
    case 'end-members':
    case 'revoke-defaults':
    case 'revoke-objects':
    case 'revoke-schemas':
    case 'drop-container':
      return true;
    case 'create-container':
    case 'label-container':
    case 'rename-container':
    case 'grant-schemas':
    case 'grant-objects':
    case 'grant-defaults':
    case 'add-members':
      return false;
  }
}

function indexObserved(desired: DesiredAccess, state: ObservedState): Seen {
  return {
    state,
    containers: new Map(state.containers.map((c) => [c.name, c])),
    privileges: groupBy(state.privileges, (p) => p.container),
    memberships: groupBy(state.memberships, (m) => m.container),
    objects: new Map(state.objects.map((o) => [o.platformId, o])),
    schemas: new Map(state.schemas.map((s) => [s.platformId, s])),
    defaults: groupBy(state.defaults, (d) => d.container),
    principals: new Map(state.principals.map((p) => [p.platformId, p])),
    strictMembers: desired.strictMembers,
    protected: new Set(desired.protectedPrincipals),
  };
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

/** A container of ours that no target names any more is emptied and dropped like one of a deleted target. */
function abandoned(container: ObservedContainer): DesiredContainer {
  const { name, label } = container;
  const nothing = { objects: [], future: null, members: [], isTooWide: false, onlyPrincipals: null };
  return {
    name,
    targetId: name,
    part: 1,
    platformId: container.platformId,
    label,
    exists: false,
    onDemand: false,
    ...nothing,
  };
}

function planContainer(want: DesiredContainer, seen: Seen, draft: Draft): void {
  const have = seen.containers.get(want.name);
  if (have !== undefined && !have.ours) {
    draft.blocked.push({ targetId: want.targetId, reason: 'container.foreign' });
    return;
  }
  if (have === undefined && want.onlyPrincipals !== null) {
    if (want.members.length > 0) draft.widen.push(want.targetId);
    return;
  }
  // Under the name stands another role of ours than the one that was last looked at, as where somebody swapped the names of two:
  // what it holds is not seen by a pair.
  if (have !== undefined && want.onlyPrincipals !== null && want.members.length > 0 && isAnother(want, have)) {
    draft.widen.push(want.targetId);
    return;
  }
  if (have === undefined && !want.exists) return;
  const work: Work = {
    want,
    have,
    seen,
    draft: have === undefined ? emptyDraft() : draft,
    ref: refOfContainer(want, have, { seen, draft }),
  };
  const objects = want.onlyPrincipals === null ? planObjects(work) + planDefaults(work) : 0;
  const members = planMembers(work);
  if (have === undefined) commitCreation(work, draft, want.onDemand ? members : objects + members);
  if (have === undefined || want.onlyPrincipals !== null) return;
  if (!want.exists) return planDrop(work);
  const container = work.ref;
  const causes = [want.targetId];
  if (have.label !== want.label) draft.steps.push({ kind: 'label-container', container, label: want.label, causes });
  if (have.isNameFree === true) draft.steps.push({ kind: 'rename-container', container, causes });
}

const isAnother = ({ platformId }: DesiredContainer, have: ObservedContainer): boolean =>
  platformId !== null && platformId !== have.platformId;

const emptyDraft = (): Draft => ({ steps: [], blocked: [], widen: [], spareUsed: 0 });

function refOfContainer(
  want: DesiredContainer,
  have: ObservedContainer | undefined,
  about: Pick<Work, 'seen' | 'draft'>,
): Step['container'] {
  if (have !== undefined) return { name: want.name, nativeName: have.nativeName, platformId: have.platformId };
  const spare = about.seen.state.spare?.[about.draft.spareUsed];
  return { name: want.name, nativeName: spare?.nativeName ?? want.name, platformId: spare?.platformId ?? null };
}

/** A container is made only when something goes into it, and only where a role can be had for it. */
function commitCreation({ want, seen, draft: inner, ref }: Work, draft: Draft, contents: number): void {
  draft.blocked.push(...inner.blocked);
  if (contents === 0) return;
  if (seen.state.spare !== null && draft.spareUsed >= seen.state.spare.length) {
    draft.blocked.push({ targetId: want.targetId, reason: 'container.none_left' });
    return;
  }
  draft.spareUsed += 1;
  const causes = [want.targetId];
  draft.steps.push({ kind: 'create-container', container: ref, label: want.label, causes }, ...inner.steps);
}

type Work = {
  readonly want: DesiredContainer;
  readonly have: ObservedContainer | undefined;
  readonly seen: Seen;
  readonly draft: Draft;
  readonly ref: Step['container'];
};

function planMembers({ want, seen, draft, ref }: Work): number {
  const rows = seen.memberships.get(want.name) ?? [];
  const separate = seen.state.separateGrantors;
  const inScope = want.onlyPrincipals === null ? null : new Set(want.onlyPrincipals);
  const wanted = new Set(want.members.map((m) => m.principalId));
  const settled = new Set<string>();
  const end = new Map<string, PrincipalRef>();
  for (const row of rows) {
    if (inScope !== null && !inScope.has(row.principalId)) continue;
    if (wanted.has(row.principalId)) {
      if (!separate || (row.ours && row.inherit && !row.set)) settled.add(row.principalId);
    } else if (row.ours || (seen.strictMembers && !separate && !seen.protected.has(row.principalName))) {
      end.set(row.principalId, { platformId: row.principalId, name: row.principalName });
    }
  }
  const add = want.members.filter((m) => !settled.has(m.principalId) && mayJoin(m, { want, seen, draft }));
  const container = ref;
  if (end.size > 0) {
    draft.steps.push({ kind: 'end-members', container, members: sorted([...end.values()]), causes: [want.targetId] });
  }
  // A look at the whole takes away first what is too much, and lets nobody in where that fails.
  if (want.isTooWide && inScope !== null) {
    for (const { principalId } of add) draft.blocked.push({ targetId: want.targetId, reason: tooWide, principalId });
    return 0;
  }
  if (add.length > 0) {
    const members = add.map((m) => ({
      platformId: m.principalId,
      name: seen.principals.get(m.principalId)?.name ?? '',
    }));
    const causes = [...new Set(add.flatMap((m) => m.causes))].sort();
    draft.steps.push({ kind: 'add-members', container, members: sorted(members), causes });
  }
  return add.length;
}

function mayJoin(member: DesiredMember, { want, seen, draft }: Pick<Work, 'want' | 'seen' | 'draft'>): boolean {
  const reason = principalProblem(seen.principals.get(member.principalId));
  if (reason === null) return true;
  draft.blocked.push({ targetId: want.targetId, reason, principalId: member.principalId });
  return false;
}

function principalProblem(principal: ObservedPrincipal | undefined): BlockedReason | null {
  if (principal === undefined) return 'principal.missing';
  if (!principal.usable) return 'principal.reserved';
  if (!principal.canLogin) return 'principal.no_login';
  return principal.inherits ? null : 'principal.no_inherit';
}

function planObjects({ want, seen, draft, ref }: Work): number {
  const rows = (seen.privileges.get(want.name) ?? []).filter((p) => p.ours);
  const relations = rows.filter((p) => p.objectKind === 'relation');
  const usages = rows.filter((p) => p.objectKind === 'schema');
  const held = new Set(relations.map((p) => p.objectId));
  const heldSchemas = new Set(usages.map((p) => p.objectId));
  const natives = nativeSchemas(want, seen, heldSchemas);
  const wanted = new Set<string>();
  const grant: ObjectRef[] = [];
  const schemas = new Map<string, SchemaRef>(natives);
  for (const object of want.objects) {
    const found = seen.objects.get(object.platformId);
    const moved = want.future !== null && found !== undefined && found.schemaId !== object.schemaPlatformId;
    if (!moved) wanted.add(object.platformId);
    const has = !moved && held.has(object.platformId);
    const isUsable = found !== undefined && (!found.isSchemaFull || heldSchemas.has(found.schemaId));
    const reason = moved ? 'object.moved' : has ? null : objectProblem(object, found, isUsable);
    if (reason !== null) draft.blocked.push({ targetId: want.targetId, reason, objectId: object.platformId });
    if (reason !== null || found === undefined) continue;
    if (!has) grant.push(refOf(found));
    schemas.set(found.schemaId, schemaRef(found.schemaId, found.objectPath));
  }
  // What a default privilege gave is known to no crawl yet: it stays until one has seen it.
  const isNew = (p: ObservedPrivilege) => natives.has(p.schemaId) && want.future?.known.has(p.objectId) === false;
  const revoke = relations.filter((p) => !wanted.has(p.objectId) && !isNew(p)).map(refOfPrivilege);
  const give = [...schemas.values()].filter((s) => !heldSchemas.has(s.platformId));
  const take = usages
    .filter((p) => !schemas.has(p.objectId))
    .map((p) => ({ platformId: p.objectId, objectPath: p.objectPath, grantor: p.grantor }));
  const causes = [want.targetId];
  if (revoke.length > 0) draft.steps.push({ kind: 'revoke-objects', container: ref, objects: sorted(revoke), causes });
  if (take.length > 0) draft.steps.push({ kind: 'revoke-schemas', container: ref, schemas: sorted(take), causes });
  if (give.length > 0) draft.steps.push({ kind: 'grant-schemas', container: ref, schemas: sorted(give), causes });
  if (grant.length > 0) draft.steps.push({ kind: 'grant-objects', container: ref, objects: sorted(grant), causes });
  return give.length + grant.length;
}

/**
 * Schemas in which objects that are made later can be read at once: by the asset's members, so that they need usage. Not those
 * that no further role may use.
 */
function nativeSchemas(want: DesiredContainer, seen: Seen, held: ReadonlySet<string>): Map<string, SchemaRef> {
  const natives = futuresOf(want.future, seen.schemas).filter(
    ({ schemaId, creators }) =>
      creators.some((creator) => creator.native) &&
      (held.has(schemaId) || seen.schemas.get(schemaId)?.isFull === false),
  );
  return new Map(natives.map(({ schemaId, objectPath }) => [schemaId, schemaRef(schemaId, objectPath)]));
}

const schemaRef = (platformId: string, objectPath: readonly string[]): SchemaRef => ({
  platformId,
  objectPath: objectPath.slice(0, 2),
  grantor: null,
});

function planDefaults({ want, seen, draft, ref }: Work): number {
  const { give, take } = diffDefaults(want.future, seen.schemas, seen.defaults.get(want.name) ?? []);
  const causes = [want.targetId];
  if (take.length > 0) draft.steps.push({ kind: 'revoke-defaults', container: ref, defaults: take, causes });
  if (give.length > 0) draft.steps.push({ kind: 'grant-defaults', container: ref, defaults: give, causes });
  return give.length;
}

/** T11: an id that now has another owner or kind than the one that was approved is not granted. */
function objectProblem(
  want: DesiredObject,
  found: ObservedObject | undefined,
  isUsable: boolean,
): BlockedReason | null {
  if (found === undefined) return 'object.missing';
  if (want.keepOnly) return 'object.out_of_domain';
  if (want.objectType !== found.objectType) return 'object.changed';
  if (want.ownerPlatformId !== null && want.ownerPlatformId !== found.ownerId) return 'object.changed';
  if (!found.grantable) return 'object.not_grantable';
  return found.isFull || !isUsable ? 'object.full' : null;
}

function planDrop({ want, have, seen, draft, ref }: Work): void {
  const foreignPrivilege = (seen.privileges.get(want.name) ?? []).some((p) => !p.ours);
  const foreignDefault = (seen.defaults.get(want.name) ?? []).some((d) => d.reach === 'none');
  const foreignMember = (seen.memberships.get(want.name) ?? []).some((m) => !m.ours);
  if (foreignPrivilege || foreignDefault || foreignMember || have === undefined) {
    draft.blocked.push({ targetId: want.targetId, reason: 'container.in_use' });
    return;
  }
  draft.steps.push({ kind: 'drop-container', container: ref, causes: [want.targetId] });
}

function refOf(object: ObservedObject): ObjectRef {
  const { platformId, schemaId, objectPath, objectType, ownerId } = object;
  return { platformId, schemaId, objectPath, objectType, ownerId, grantor: null };
}

function refOfPrivilege(privilege: ObservedPrivilege): ObjectRef {
  const { objectId, schemaId, objectPath, grantor } = privilege;
  return { platformId: objectId, schemaId, objectPath, objectType: 'relation', ownerId: null, grantor };
}

function sorted<T extends { readonly platformId: string }>(refs: readonly T[]): T[] {
  return [...refs].sort((a, b) => comparePlatformIds(a.platformId, b.platformId));
}
