import type { Technology } from '@stoa/contract/enums';
import type { MaskingType, RowRule } from '@stoa/contract/masking';
import type { MaskScope, ObservedMasks } from '@stoa/core/masking/observed';
import type { MaskPlan, MaskStep } from '@stoa/core/masking/plan';
import type { ExistingGrant, GrantGroup } from '@stoa/core/provisioning/existing-grants';
import type { Finding } from '@stoa/core/provisioning/findings';
import type { FutureOfSchema } from '@stoa/core/provisioning/future-objects';
import type { ObservedState, ObserveScope, UnmappedLogins } from '@stoa/core/provisioning/observed';
import type { Plan, Step } from '@stoa/core/provisioning/plan';
import type { Probe, Proof } from '@stoa/core/provisioning/proof';
import type { z } from 'zod';
import type { ActivityCursor, ActivityReading } from './activity.ts';
import type { SampleCounts, SampleQuery } from './sample.ts';

/** What a connector can do on one server, by its version. It claims nothing that does not exist yet. */
export type Capabilities = {
  readonly read: boolean;
  readonly write: boolean;
  readonly futureObjects: readonly ('sync' | 'native')[];
  readonly masks: 'native' | 'view' | 'query' | 'none';
  readonly maskTypes: readonly MaskingType[];
  readonly rows: 'native' | 'view' | 'query' | 'none';
  readonly rowKinds: readonly RowRule['kind'][];
  readonly expiryInside: { readonly access: boolean };
  readonly transactional: boolean;
  readonly revokeBites: 'next-statement' | 'reconnect' | 'minutes';
  /** True where an open session can hold on to a container after its membership ended (`SET ROLE` on 15 and older). */
  readonly openSessionsMayKeepAccess: boolean;
  readonly tested: 'live' | 'contract' | 'golden';
};

/** Where a platform is and how to log in. `config` and `credentials` are parsed by the connector's own schemas. */
export type ConnectionInput = {
  readonly config: unknown;
  readonly credentials: unknown;
  readonly settings?: unknown;
  readonly installationId: string;
  /** Containers bear it beside the installation id. Any stable text while the connection is not stored yet. */
  readonly connectionId: string;
  readonly namePrefix: string;
  /** The egress check: answers the one address that may be dialled, or throws. Names stay for TLS. */
  readonly resolveAddress?: (host: string, port: number) => Promise<string>;
  /** Sessions held open to the platform; 4 unless told. */
  readonly poolSize?: number;
};

export type ScriptInput = {
  readonly config: unknown;
  readonly settings?: unknown;
  readonly installationId: string;
  readonly namePrefix: string;
  /** The login to create; `stoa_connector` unless told. */
  readonly username?: string;
  /** Absent: the script leaves the password to be set by hand. */
  readonly password?: string;
  /** Schemas whose tables may be shared; absent: every schema that is not the server's own. */
  readonly schemas?: readonly string[];
  /** Container roles made beforehand where the account may not create any (PostgreSQL 15 and older). */
  readonly poolRoles?: number;
};

export type CheckName =
  | 'REACHABLE'
  | 'TLS'
  | 'AUTH'
  | 'VERSION'
  | 'CATALOG_READ'
  | 'GRANT_AUTHORITY'
  | 'EXCESS_PRIVILEGE'
  | 'OWN_NAMESPACE'
  | 'IDENTITY_READ'
  | 'SAMPLING'
  | 'ACTIVITY'
  | 'SESSIONS'
  | 'OPEN_ACCESS'
  | 'CLOCK';

/** One line of a preflight. `repair` is SQL that an administrator of the platform runs to mend it. */
export type Check = {
  readonly check: CheckName;
  readonly result: 'pass' | 'warn' | 'fail';
  readonly detail: string;
  readonly repair?: string;
  /** Of a failure: single products are concerned, and whatever else is granted is as safe as ever. */
  readonly isPartial?: boolean;
};

export type TypeFamily =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'uuid'
  | 'binary'
  | 'json'
  | 'other';

export type CrawledColumn = {
  readonly name: string;
  readonly ordinal: number;
  readonly nativeType: string;
  readonly typeFamily: TypeFamily;
  readonly nullable: boolean;
  readonly comment: string | null;
};

/** A node of the object tree. Parents come before their children. */
export type CrawledObject = {
  readonly platformId: string;
  readonly parentPlatformId: string | null;
  /** `[database]`, `[database, schema]` or `[database, schema, name]`. */
  readonly objectPath: readonly string[];
  readonly objectType:
    | 'database'
    | 'schema'
    | 'table'
    | 'partitioned_table'
    | 'view'
    | 'materialized_view'
    | 'foreign_table';
  readonly owner: string;
  readonly ownerPlatformId: string;
  readonly comment: string | null;
  /** The planner's estimate; null when the platform has none. */
  readonly rowEstimate: number | null;
  /** Our account may give read on it to others. */
  readonly grantable: boolean;
  /** Empty for databases and schemas. */
  readonly columns: readonly CrawledColumn[];
};

export type PrincipalRefusal =
  | 'reserved'
  | 'too_long'
  | 'control_character'
  | 'empty'
  | 'no_login'
  | 'no_inherit'
  | 'own_account';

/** What a name means on the platform. `platformId` null: nobody has it. With `refusal`, it must not be mapped. */
export type ResolvedPrincipal = {
  readonly name: string;
  readonly platformId: string | null;
  readonly refusal: PrincipalRefusal | null;
  readonly superuser: boolean;
};

/** A native statement, made purely from a step and what was observed; `sql` is exactly what will run. */
export type StatementOf<S> = {
  readonly step: S;
  readonly sql: string;
  /** The read-back by platform id that runs in the same transaction and undoes it unless every effect is there. */
  readonly guard: string;
  /** Asked in the same transaction before the statement, which is not run unless all is still as it was seen. */
  readonly before?: string;
  /** Taken in the target before the statement: one lock for all object grants, or one per container and member. */
  readonly locks: readonly string[];
  /** Set where a name must not stand in a statement: it is never sent, fails alone, and `sql` says so. */
  readonly refused?: Failure;
  /** Of several members: the same said of each half of them, for where it fails because of one. */
  readonly halves?: () => readonly StatementOf<S>[];
};
export type Statement = StatementOf<Step>;
export type MaskStatement = StatementOf<MaskStep>;

/** Takes away what others gave: all that one role gave another one on an object, or on a column of it. */
export type TakeBackStatement = StatementOf<{ readonly kind: 'take-back'; readonly group: GrantGroup }>;

export type FailureClass =
  | 'retry'
  | 'auth'
  | 'missing-object'
  | 'missing-principal'
  | 'privilege'
  | 'unsupported'
  | 'bug';

/** Why a statement did not take effect. Only `retry` is worth repeating by itself; the rest need a person or a crawl. */
export type Failure = {
  readonly class: FailureClass;
  /** SQLSTATE or a network code. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** The connection broke when the statement may have been committed: only an observation tells. */
  readonly outcomeUnknown: boolean;
};

export type ResultOf<T> =
  | { readonly statement: T; readonly status: 'done' }
  /** Not tried: an earlier statement of the same container failed, or the fence was lost. */
  | { readonly statement: T; readonly status: 'skipped'; readonly reason: 'earlier-failure' | 'fenced' }
  | { readonly statement: T; readonly status: 'failed'; readonly failure: Failure };
export type StepResult = ResultOf<Statement>;
export type MaskResult = ResultOf<MaskStatement>;
export type TakeBackResult = ResultOf<TakeBackStatement>;

/** The points of reliability.md 4.1 that lie inside `apply`. */
export type ApplyPoint = 'begun' | 'locked' | 'beforeStatement' | 'afterStatement' | 'beforeCommit' | 'afterCommit';

/** Asked before each transaction, with its statements, so that a worker that was paused past its lease writes nothing. */
export type FenceOf<T> = {
  readonly holds: (statements: readonly T[]) => Promise<boolean>;
  /** Fail-points of test builds. With it, each statement is its own round trip. */
  readonly at?: (point: ApplyPoint) => Promise<void>;
};
export type Fence = FenceOf<Statement>;

/** Hashes of everything that bears on access. Equal fingerprints: nothing has changed since. */
export type Fingerprint = {
  /** Roles, memberships, marks of containers; the members of our own containers are not among it. */
  readonly principals: string;
  /** Per platform id of a container of ours: its members. What differs here alone asks for a look at these containers only. */
  readonly containers: Readonly<Record<string, string>>;
  /** Per schema id: owners, kinds, table and column privileges of everything in it, and of the schema itself. */
  readonly schemas: Readonly<Record<string, string>>;
  /** What a crawl would find: per schema id what stands in it, and under the empty name which schemas there are. No grants. */
  readonly tree: Readonly<Record<string, string>>;
};

/** May this login, by any of the keys, see a masked column in clear? */
export type MaskProbe = { readonly principalId: string; readonly key: string };
export type MaskProof = MaskProbe & {
  readonly holds: boolean;
  readonly probe: string;
  /** Platform clock, milliseconds. */
  readonly observedAt: number;
};

/** The sessions of a login that are meant, by ids that a session which began later cannot have where the platform tells them; null: all. */
export type SessionsOf = { readonly principalId: string; readonly sessions: readonly string[] | null };
/** A login that has sessions open, which ones, and the statement that ends them. */
export type SessionEnd = { readonly principalId: string; readonly sessions: readonly string[]; readonly sql: string };
/** `untold`: open under a number of one that is meant, and not known to be it rather than one that began later; no statement ends them. */
export type OpenSessions = {
  readonly ends: readonly SessionEnd[];
  readonly untold: readonly { readonly principalId: string; readonly sessions: readonly string[] }[];
};

/** Open sessions to one platform. Every method throws `ConnectorError` when the platform cannot be asked. */
export type PlatformSession = {
  readonly serverVersion: string;
  readonly capabilities: Capabilities;
  /** Everything the account can see under `scope` (`[]`, `[database]`, `[database, schema]` or one object). */
  readonly crawl: (scope: readonly string[]) => AsyncIterable<CrawledObject>;
  readonly resolvePrincipals: (names: readonly string[]) => Promise<readonly ResolvedPrincipal[]>;
  readonly observe: (scope: ObserveScope) => Promise<ObservedState>;
  /** Pure. Statements of a plan made from `seen`, in the plan's order. */
  readonly statements: (plan: Plan, seen: ObservedState) => readonly Statement[];
  /**
   * Runs them, one transaction per container and phase, never throwing for a statement that failed. A success is no
   * evidence yet: probe.
   */
  readonly apply: (statements: readonly Statement[], fence: Fence) => Promise<readonly StepResult[]>;
  readonly probe: (probes: readonly Probe[]) => Promise<readonly Proof[]>;
  /** Both, the probes after the last commit, in one way there and back where the platform can; null when nothing was asked. */
  readonly applyThenProbe: (
    statements: readonly Statement[],
    fence: Fence,
    probes: readonly Probe[],
  ) => Promise<{ readonly results: readonly StepResult[]; readonly proofs: readonly Proof[] | null }>;
  /** Views, tables and readers as they are, for `diffMasks`. */
  readonly observeMasks: (scope: MaskScope) => Promise<ObservedMasks>;
  /** Pure. Statements of a plan of masks, in its order. */
  readonly maskStatements: (plan: MaskPlan, seen: ObservedMasks) => readonly MaskStatement[];
  /** Runs them, one transaction each: one view that cannot be written stops no other. */
  readonly applyMasks: (
    statements: readonly MaskStatement[],
    fence: FenceOf<MaskStatement>,
  ) => Promise<readonly MaskResult[]>;
  /** The secret that hashes are made with; written where only views can read it. True when it was not there or another. */
  readonly setSalt: (salt: Uint8Array) => Promise<boolean>;
  /** Whether an expression of a custom mask gives the column's own type, shown by a query that reads no row; else why not. */
  readonly proveCustom: (platformId: string, columnName: string, expression: string) => Promise<string | null>;
  /** Which columns these logins would see in clear in views of ours, by the exemptions that stand. */
  readonly probeMasks: (probes: readonly MaskProbe[]) => Promise<readonly MaskProof[]>;
  /**
   * Pure. What an administrator of the platform runs so that objects made in that schema later are readable at once; null where
   * no statement is missing.
   */
  readonly futureRepair: (future: FutureOfSchema) => string | null;
  /**
   * Pure. For each finding that was made of `seen`: what an administrator of the platform runs to take away what others gave; null
   * where no statement does.
   */
  readonly takeBack: (findings: readonly Finding[], seen: ObservedState) => readonly (string | null)[];
  /** Every entry about these objects of who may do what with them, our own included, as it is now. */
  readonly observeGrants: (about: {
    readonly objectIds: readonly string[];
    readonly containerIds: readonly string[];
  }) => Promise<readonly ExistingGrant[]>;
  /** Logins that belong to nobody who is known and reach these roles, with the roles by which they do. */
  readonly observeStrangers: (about: {
    readonly roleIds: readonly string[];
    readonly principals: readonly string[];
    readonly containerIds: readonly string[];
  }) => Promise<UnmappedLogins>;
  /** Pure. One statement for each group, in their order. */
  readonly takeBackStatements: (groups: readonly GrantGroup[]) => readonly TakeBackStatement[];
  /** Runs them, one transaction for each object: what is taken there is taken whole or not at all. */
  readonly applyTakeBack: (
    statements: readonly TakeBackStatement[],
    fence: FenceOf<TakeBackStatement>,
  ) => Promise<readonly TakeBackResult[]>;
  /** Counts values inside the platform, in a session of its own that can write nothing and is closed afterwards. */
  readonly sample: (query: SampleQuery) => Promise<SampleCounts>;
  readonly fingerprint: () => Promise<Fingerprint>;
  /** Who has read what since the reading that left `cursor`; null: the first one, from which counting starts. */
  readonly readActivity: (cursor: ActivityCursor | null) => Promise<ActivityReading>;
  /** Whether a person's open sessions are to be ended with an access: the connection says so, or they could hold on to it. */
  readonly endsSessions: boolean;
  /** Those of the logins that have sessions open now, where some are meant, these. */
  readonly openSessions: (of: readonly SessionsOf[]) => Promise<OpenSessions>;
  /** Answers how many were told to end. Throws `ConnectorError` of class `privilege` where the account may not. */
  readonly endSessions: (end: SessionEnd) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** One platform technology. */
export type Connector = {
  readonly technology: Technology;
  readonly configSchema: z.ZodType;
  readonly credentialsSchema: z.ZodType;
  readonly settingsSchema: z.ZodType;
  /** What an administrator of the platform runs once. Pure. */
  readonly setupScript: (input: ScriptInput) => string;
  /** Looks, writes nothing, never throws: what cannot be reached is a failed check. */
  readonly preflight: (input: ConnectionInput) => Promise<readonly Check[]>;
  /** Throws `ConnectorError`. */
  readonly open: (input: ConnectionInput) => Promise<PlatformSession>;
};

/** The platform could not be asked, or answered with an error outside of `apply`. */
export class ConnectorError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options);
    this.name = 'ConnectorError';
    this.failure = failure;
  }
}
