import type { DesiredAccess } from '../access/model.ts';

/** What one run has to read of the platform; made by `observeScope`, answered by a connector. */
export type ObserveScope = {
  readonly containers: 'all' | readonly ContainerScope[];
  /** What is known of them from before: one that is not found under its name is looked for under its id. */
  readonly known?: readonly KnownContainer[];
  /** Objects whose existence, path, kind, owner and grantability must be known. Platform ids. */
  readonly objects: readonly string[];
  /** Schemas of which it must be known who makes objects in them, and whether they can be shared. Platform ids. */
  readonly schemas: readonly string[];
  /** Principals whose existence and abilities must be known. Platform ids. */
  readonly principals: readonly string[];
  /** Also read what others granted on `objects` and `governed`, and which roles the principals reach: only for drift sweeps. */
  readonly foreign: boolean;
  /** Objects besides `objects` of which it must be known who else can read them. Platform ids. */
  readonly governed?: readonly string[];
};

export type ContainerScope = {
  readonly name: string;
  readonly privileges: boolean;
  readonly members: 'all' | readonly string[];
};

/** A container by the name that the plan uses, and the platform id that it had when it was last seen. */
export type KnownContainer = { readonly name: string; readonly platformId: string };

/** A container on the platform. `ours` says that it bears this installation's and this connection's mark. */
export type ObservedContainer = {
  /** The name the plan uses: `stoa_dp_1`, also where a pooled native role plays it. */
  readonly name: string;
  readonly platformId: string;
  /** The role's own name; differs from `name` on PostgreSQL 15 and older, and where somebody renamed it. */
  readonly nativeName: string;
  /** Somebody renamed it, its name is free, and our account may give it back. */
  readonly isNameFree?: boolean;
  readonly ours: boolean;
  readonly installationId: string | null;
  readonly label: string;
};

/** One privilege that a container holds, of whatever grantor. */
export type ObservedPrivilege = {
  readonly container: string;
  readonly privilege: string;
  readonly objectId: string;
  readonly objectKind: 'schema' | 'relation' | 'column' | 'other';
  /** Of a privilege on one column: its name. */
  readonly column?: string;
  /** `[database, schema]` or `[database, schema, name]`. */
  readonly objectPath: readonly string[];
  readonly schemaId: string;
  readonly grantable: boolean;
  readonly grantor: GrantorRef;
  /** Granted by our account, or by a role that it can act for, so that we may take it back. */
  readonly ours: boolean;
};

/**
 * Who is recorded as having given a privilege; only in that name can it be taken away. `assumed`: our account has to take the
 * role on for the statement, since it does not have its rights by itself.
 */
export type GrantorRef = { readonly platformId: string; readonly name: string; readonly assumed: boolean };

export type ObservedMembership = {
  readonly container: string;
  readonly principalId: string;
  readonly principalName: string;
  readonly grantorId: string;
  readonly grantorName: string;
  readonly ours: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
  readonly admin: boolean;
  /** No login but a role of others: whom it lets in is told by `reach` alone. */
  readonly isGroup?: boolean;
};

export type ObservedObject = {
  readonly platformId: string;
  readonly schemaId: string;
  readonly objectPath: readonly string[];
  readonly objectType: string;
  readonly ownerId: string;
  /** Our account may give read on it (and usage of its schema) to others. */
  readonly grantable: boolean;
  /** The platform's list of who may read it takes no further role. */
  readonly isFull: boolean;
  /** The same of who may use its schema. */
  readonly isSchemaFull: boolean;
};

/** A schema in which default privileges may be set. */
export type ObservedSchema = {
  readonly platformId: string;
  readonly objectPath: readonly string[];
  /** Our account may give usage of it to others. */
  readonly grantable: boolean;
  /** The platform's list of who may use it takes no further role. */
  readonly isFull: boolean;
  /** Every role that made objects there or may make some; not our own, and of superusers only those that did. */
  readonly creators: readonly ObservedCreator[];
};

/**
 * `rights`: our account has those of the role, and so may set default privileges for what it makes. `role`: it may take the
 * role on, and so has to do it as the role.
 */
export type ObservedCreator = {
  readonly roleId: string;
  readonly name: string;
  readonly reach: 'rights' | 'role' | 'none';
  readonly isSuperuser?: boolean;
};

/** A default privilege: what the role makes in the schema later will be readable for the container. */
export type ObservedDefault = {
  readonly container: string;
  readonly roleId: string;
  readonly roleName: string;
  readonly schemaId: string;
  readonly schemaPath: readonly string[];
  /** Whether we may take it back. */
  readonly reach: ObservedCreator['reach'];
};

export type ObservedPrincipal = {
  readonly platformId: string;
  readonly name: string;
  readonly canLogin: boolean;
  /** False where a membership would not be access: a NOINHERIT login on PostgreSQL 15 and older. */
  readonly inherits: boolean;
  /** False for names that must never stand in a statement. */
  readonly usable: boolean;
};

/** A way to a governed object that does not go through a container of ours. */
export type ForeignPrivilege = {
  readonly route: 'grant' | 'column' | 'public' | 'owner' | 'superuser' | 'read-all';
  /** Empty for routes that open everything. */
  readonly objectId: string;
  readonly objectPath: readonly string[];
  /** The grantee: a role, `PUBLIC` with id `0`, or the login itself. */
  readonly granteeId: string;
  readonly granteeName: string;
  readonly privilege: string;
  /** Names of those who gave it; empty where nobody did, as to an owner. */
  readonly grantors: readonly string[];
};

/** The state of a platform, normalised so that one differ serves all. Holds no more than its scope asked for. */
export type ObservedState = {
  readonly account: { readonly platformId: string; readonly name: string };
  /**
   * True where memberships of different grantors live side by side (PostgreSQL 16 and later): then only our own
   * counts. False: any membership is the membership.
   */
  readonly separateGrantors: boolean;
  /**
   * Roles made beforehand and not in use, where our account may not create any (PostgreSQL 15 and older). Null: it
   * creates containers itself.
   */
  readonly spare: readonly { readonly nativeName: string; readonly platformId: string }[] | null;
  readonly containers: readonly ObservedContainer[];
  readonly privileges: readonly ObservedPrivilege[];
  readonly memberships: readonly ObservedMembership[];
  readonly objects: readonly ObservedObject[];
  readonly schemas: readonly ObservedSchema[];
  readonly defaults: readonly ObservedDefault[];
  readonly principals: readonly ObservedPrincipal[];
  readonly foreign: readonly ForeignPrivilege[];
  /** Principal id -> ids of every role it reaches, itself and `0` (PUBLIC) included. Filled when `foreign` was asked. */
  readonly reach: ReadonlyMap<string, ReadonlySet<string>>;
  /** Logins and roles beside the principals that were asked about, with what lets them in. Filled when `foreign` was asked. */
  readonly unmapped: UnmappedLogins;
};

/** `isCut`: there are more than were read. */
export type UnmappedLogins = { readonly logins: readonly UnmappedLogin[]; readonly isCut: boolean };

/** Somebody who reaches what a role has; the role may be the login itself. */
export type UnmappedLogin = {
  readonly roleId: string;
  readonly platformId: string;
  readonly name: string;
  /** It may sign in, and its time to do so is not over. */
  readonly canLogin: boolean;
};

/** The least a connector must read so that `diff(desired, observed)` is exact within the scope of `desired`. */
export function observeScope(desired: DesiredAccess): ObserveScope {
  const principals = new Set<string>();
  const objects = new Set<string>();
  const schemas = new Set<string>();
  const containers: ContainerScope[] = [];
  const known: KnownContainer[] = [];
  for (const container of desired.containers) {
    const pairOnly = container.onlyPrincipals !== null;
    containers.push({ name: container.name, privileges: !pairOnly, members: container.onlyPrincipals ?? 'all' });
    if (container.platformId !== null) known.push({ name: container.name, platformId: container.platformId });
    for (const member of container.members) principals.add(member.principalId);
    for (const id of container.onlyPrincipals ?? []) principals.add(id);
    if (!pairOnly) for (const object of container.objects) objects.add(object.platformId);
    for (const schema of container.future?.schemas ?? [])
      if (schema.syncReason === null) schemas.add(schema.platformId);
  }
  const all = desired.scope.kind === 'all';
  if (all) for (const id of desired.principals.keys()) principals.add(id);
  return {
    containers: all ? 'all' : containers,
    known,
    objects: [...objects],
    schemas: [...schemas],
    principals: [...principals],
    foreign: all,
    ...(all ? { governed: desired.governed } : {}),
  };
}
