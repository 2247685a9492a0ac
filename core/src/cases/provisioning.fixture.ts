import type { AccessFacts, DesiredAccess, ParentSchema } from '../access/model.ts';
import type { ObservedCreator, ObservedState } from '../provisioning/observed.ts';
import type { Plan, Step } from '../provisioning/plan.ts';

/** A small platform: containers by name, each with what it holds. Ids stand for names. */
export type World = {
  readonly containers: Map<
    string,
    {
      ours: boolean;
      label: string;
      objects: Set<string>;
      schemas: Set<string>;
      members: Set<string>;
      foreignMembers: Set<string>;
      /** Role ids: what they make in schema 7 later will be readable. */
      defaults: Set<string>;
    }
  >;
  readonly objects: Map<string, { owner: string; grantable: boolean; schema?: string; isFull?: boolean }>;
  /** Who makes tables in schema 7. */
  readonly creators: Map<string, ObservedCreator['reach']>;
  readonly principals: Map<string, { login: boolean }>;
  readonly separateGrantors: boolean;
  readonly isSchemaFull?: boolean;
};

export const schemaId = '7';
export const ownerId = '5';

export const emptyFacts: AccessFacts = {
  now: 0,
  scope: { kind: 'all' },
  installationId: 'i',
  connectionId: 'c',
  namePrefix: 'stoa_',
  targets: [],
  sources: [],
  approvals: [],
  users: [],
  settings: { strictMembers: false },
};

/** The small platform as a connector would report it. */
export function observedOf(world: World): ObservedState {
  const path = (id: string): string[] => ['db', 'schema', `table${id}`];
  const containers = [...world.containers];
  return {
    account: { platformId: '1', name: 'account' },
    separateGrantors: world.separateGrantors,
    spare: null,
    containers: containers.map(([name, c]) => ({
      name,
      platformId: `9${name.length}`,
      nativeName: name,
      ours: c.ours,
      installationId: c.ours ? 'i' : 'other',
      label: c.label,
    })),
    privileges: containers.flatMap(([name, c]) => {
      const grantor = { platformId: '1', name: 'account', assumed: false };
      const row = { container: name, grantable: false, grantor, ours: true, schemaId };
      const schemaOf = (id: string) => world.objects.get(id)?.schema ?? schemaId;
      return [
        ...[...c.objects].map((id) => ({
          ...row,
          privilege: 'SELECT',
          objectId: id,
          objectKind: 'relation' as const,
          objectPath: path(id),
          schemaId: schemaOf(id),
        })),
        ...[...c.schemas].map((id) => ({
          ...row,
          privilege: 'USAGE',
          objectId: id,
          objectKind: 'schema' as const,
          objectPath: ['db', 'schema'],
        })),
      ];
    }),
    memberships: containers.flatMap(([name, c]) => {
      const row = { container: name, inherit: true, set: false, admin: false };
      return [
        ...[...c.members].map((id) => ({
          ...row,
          principalId: id,
          principalName: `u${id}`,
          grantorId: '1',
          grantorName: 'stoa',
          ours: true,
        })),
        ...[...c.foreignMembers].map((id) => ({
          ...row,
          principalId: id,
          principalName: `u${id}`,
          grantorId: '2',
          grantorName: 'dba',
          ours: false,
        })),
      ];
    }),
    objects: [...world.objects].map(([id, o]) => ({
      platformId: id,
      schemaId: o.schema ?? schemaId,
      objectPath: path(id),
      objectType: 'table',
      ownerId: o.owner,
      grantable: o.grantable,
      isFull: o.isFull ?? false,
      isSchemaFull: world.isSchemaFull ?? false,
    })),
    schemas: [
      {
        platformId: schemaId,
        objectPath: ['db', 'schema'],
        grantable: true,
        isFull: world.isSchemaFull ?? false,
        creators: [...world.creators].map(([roleId, reach]) => ({ roleId, name: `r${roleId}`, reach })),
      },
    ],
    defaults: containers.flatMap(([name, c]) =>
      [...c.defaults].map((roleId) => ({
        container: name,
        roleId,
        roleName: `r${roleId}`,
        schemaId,
        schemaPath: ['db', 'schema'],
        reach: world.creators.get(roleId) ?? ('role' as const),
      })),
    ),
    principals: [...world.principals].map(([id, p]) => ({
      platformId: id,
      name: `u${id}`,
      canLogin: p.login,
      inherits: true,
      usable: true,
    })),
    foreign: [],
    reach: new Map(),
    unmapped: { logins: [], isCut: false },
  };
}

/** What each step does to the small platform. */
export function applyPlan(world: World, plan: Plan): void {
  for (const step of plan.steps) applyStep(world, step);
}

function applyStep(world: World, step: Step): void {
  const { name } = step.container;
  if (step.kind === 'create-container') {
    const label = step.label;
    world.containers.set(name, {
      ours: true,
      label,
      objects: new Set(),
      schemas: new Set(),
      members: new Set(),
      foreignMembers: new Set(),
      defaults: new Set(),
    });
    return;
  }
  if (step.kind === 'drop-container') {
    world.containers.delete(name);
    return;
  }
  const container = world.containers.get(name);
  if (container === undefined) throw new Error(`${step.kind} on ${name}, which does not exist`);
  switch (step.kind) {
    case 'label-container':
      container.label = step.label;
      return;
    case 'add-members':
      for (const m of step.members) container.members.add(m.platformId);
      return;
    case 'end-members':
      for (const m of step.members) container.members.delete(m.platformId);
      return;
    case 'grant-objects':
      for (const o of step.objects) container.objects.add(o.platformId);
      return;
    case 'revoke-objects':
      for (const o of step.objects) container.objects.delete(o.platformId);
      return;
    case 'grant-schemas':
      for (const s of step.schemas) container.schemas.add(s.platformId);
      return;
    case 'revoke-schemas':
      for (const s of step.schemas) container.schemas.delete(s.platformId);
      return;
    case 'grant-defaults':
      for (const d of step.defaults) container.defaults.add(d.roleId);
      return;
    case 'revoke-defaults':
      for (const d of step.defaults) container.defaults.delete(d.roleId);
      return;
    case 'rename-container':
      return;
  }
}

/** A plan in one line a step, for cases. */
export function planText(plan: Plan): string[] {
  const ids = (step: Step): string => {
    if ('members' in step) return ` ${step.members.map((m) => m.platformId).join(',')}`;
    if ('defaults' in step) return ` ${step.defaults.map((d) => `${d.schemaId}/${d.roleId}`).join(',')}`;
    if ('objects' in step) return ` ${step.objects.map((o) => o.platformId).join(',')}`;
    return 'schemas' in step ? ` ${step.schemas.map((s) => s.platformId).join(',')}` : '';
  };
  return [...plan.widen.map((t) => `widen ${t}`), ...plan.steps.map((s) => `${s.kind} ${s.container.name}${ids(s)}`)];
}

export type Wanted = {
  readonly exists?: boolean;
  readonly onDemand?: boolean;
  readonly isTooWide?: boolean;
  /** The id that it had when it was last seen. */
  readonly platformId?: string;
  readonly objects: readonly string[];
  readonly members: readonly string[];
  readonly strictMembers?: boolean;
  readonly protectedPrincipals?: readonly string[];
  /** An asset of schema 7: what a crawl has found below it, and what forbids default privileges. */
  readonly future?: { readonly known: readonly string[]; readonly syncReason?: ParentSchema['syncReason'] };
};

/** A desired state with one product, as a case writes it. */
export function desiredOf(want: Wanted, pair: readonly string[] | null): DesiredAccess {
  const objects = want.objects.map((platformId, n) => ({
    dataSourceId: n,
    platformId,
    schemaPlatformId: schemaId,
    objectPath: ['db', 'schema', `table${platformId}`],
    objectType: 'table',
    ownerPlatformId: ownerId,
    keepOnly: false,
  }));
  const members = want.members.map((principalId) => ({
    globalUserId: `g${principalId}`,
    principalId,
    externalName: `u${principalId}`,
    causes: [`r${principalId}`],
  }));
  return {
    scope:
      pair === null
        ? { kind: 'all' }
        : { kind: 'keys', keys: pair.map((id) => ({ targetId: 't1', globalUserId: `g${id}` })) },
    installationId: 'i',
    connectionId: 'c',
    namePrefix: 'stoa_',
    strictMembers: want.strictMembers ?? false,
    protectedPrincipals: want.protectedPrincipals ?? [],
    containers: [
      {
        name: 'stoa_dp_1',
        targetId: 't1',
        part: 1,
        label: 'Orders',
        exists: want.exists ?? true,
        onDemand: want.onDemand ?? false,
        objects,
        future:
          want.future === undefined
            ? null
            : {
                known: new Set(want.future.known),
                schemas: [
                  {
                    platformId: schemaId,
                    objectPath: ['db', 'schema'],
                    syncReason: want.future.syncReason ?? null,
                  },
                ],
              },
        members,
        platformId: want.platformId ?? null,
        isTooWide: want.isTooWide ?? false,
        onlyPrincipals: pair,
      },
    ],
    awaiting: [],
    held: [],
    verdicts: new Map(),
    prevented: new Map(),
    principals: new Map(),
    governed: [],
    nextExpiry: null,
  };
}
