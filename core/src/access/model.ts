import type { IdentityState } from '@stoa/contract/enums';
import type { PersonFacts } from '../condition/model.ts';
import type { Remainder } from '../condition/remainder.ts';

/** A data product (`dp`), a single asset (`as`), or what policies give to the same people (`po`): containers of a platform. */
export type TargetKind = 'dp' | 'as' | 'po';

/** What can be asked for, with the sources it opens on ONE connection. Sources of other connections are not listed. */
export type Target = {
  readonly targetId: string;
  readonly kind: TargetKind;
  /** Unique per connection and target over the whole installation, since roles are cluster-wide. */
  readonly containerNumber: number;
  /** By part: the ids that its containers had when they were last seen on the platform; none of those not seen yet. */
  readonly platformIds?: Readonly<Record<number, string>>;
  /** The human name; it goes into the comment of the container. */
  readonly label: string;
  readonly suspended: boolean;
  readonly deleted: boolean;
  readonly sources: readonly TargetSource[];
  /** Of an asset that gives what is below it; null for products, for single objects, and in a scope of pairs. */
  readonly parent: ParentFacts | null;
  /** By the guardrails on its sources; left out where none bears on them: then it is one part, open to whoever is approved. */
  readonly parts?: readonly TargetPart[];
  /**
   * Parts whose containers hold what could not be taken away when they were last looked at as a whole. Whoever looks at pairs alone
   * cannot see it. Null or left out: none.
   */
  readonly tooWide?: readonly number[] | null;
};

/** The sources of a target that the same people may read; each part has a container of its own. */
export type TargetPart = {
  /** From one on; the first has the container's plain name. */
  readonly part: number;
  /** Null: all of them. In a scope of pairs nobody asks. */
  readonly sourceIds: ReadonlySet<number> | null;
  /** Whom its members must be among. Null: it stands for nothing any more, and its container goes. */
  readonly who: Remainder | null;
  readonly guardrails: readonly PartGuardrail[];
  /** Of policy containers: the policies that give the access. */
  readonly causes: readonly Cause[];
};

export type PartGuardrail = { readonly policyId: string; readonly name: string; readonly who: Remainder };

/** What an asset of a schema or a database covers beside its sources. */
export type ParentFacts = {
  readonly schemas: readonly ParentSchema[];
  /** Platform ids of the objects below it that are known and no data source: they must not be granted. */
  readonly withheld: readonly string[];
};

/** Why objects made in a schema later may be read only once a crawl has found them (platforms.md 1, "Future objects"). */
export type SyncReason =
  | 'future.setting'
  | 'future.new_objects_disabled'
  | 'future.policy'
  | 'future.schema_unseen'
  | 'future.schema_not_grantable'
  | 'future.no_creating_role'
  | 'future.creating_role_out_of_reach'
  | 'future.not_set';

/** A schema below an asset, as the last crawl saw it. */
export type ParentSchema = {
  readonly platformId: string;
  /** `[database, schema]`. */
  readonly objectPath: readonly string[];
  /** What forbids default privileges by our own facts; null when the platform decides. */
  readonly syncReason: Extract<SyncReason, 'future.setting' | 'future.new_objects_disabled' | 'future.policy'> | null;
};

export type TargetSource = {
  readonly dataSourceId: number;
  /** The source left the target's domains: what is granted stays, nothing new is granted (product.md 7.4). */
  readonly outOfDomain: boolean;
};

/** A registered leaf as the last crawl saw it. Ids are the platform's own (PostgreSQL: oid in decimal). */
export type Source = {
  readonly dataSourceId: number;
  readonly platformId: string;
  readonly schemaPlatformId: string;
  /** `[database, schema, name]`. */
  readonly objectPath: readonly string[];
  /** `table`, `view`, `materialized_view`, `foreign_table`, `partitioned_table`. */
  readonly objectType: string;
  /** Platform id of the owner; null when it is not to be compared. */
  readonly ownerPlatformId: string | null;
  readonly enabled: boolean;
  /** Another object took the name: nothing is granted until a data owner confirms. */
  readonly hold: boolean;
  readonly missing: boolean;
  /** Where a data policy acts on it: it is read through this view, or by nobody. Absent: at its own name. */
  readonly protection?: Protection;
};

/** `view` null: what policies ask does not stand on the platform, so nobody may read the source. */
export type Protection = { readonly view: ProtectedObject | null };

/** The view that stands between readers and a source. */
export type ProtectedObject = Pick<Source, 'platformId' | 'schemaPlatformId' | 'objectPath' | 'ownerPlatformId'>;

/** One access request that was approved once. Ended ones stay in the facts until their removal is proven. */
export type Approval = {
  readonly requestId: string;
  readonly targetId: string;
  readonly globalUserId: string;
  /** Milliseconds; half-open: access holds while now < notAfter. Null is for ever. */
  readonly notAfter: number | null;
  /** True once revoked, expired, or closed by a deletion. */
  readonly ended: boolean;
  /** Asked for somebody else, who has not accepted the data use agreement yet. */
  readonly awaitingAcceptance: boolean;
};

export type PlatformIdentity = {
  readonly externalName: string;
  readonly principalId: string | null;
  readonly state: IdentityState;
};

export type UserFact = {
  readonly globalUserId: string;
  readonly status: 'active' | 'disabled' | 'deleted';
  readonly identity: PlatformIdentity | null;
  /** What conditions ask about; read where some condition matters. Whoever has none fulfils none. */
  readonly person?: PersonFacts;
};

/** Names one target, or one user on one target. A pair is judged and changed without looking at anything else. */
export type ScopeKey = { readonly targetId: string; readonly globalUserId?: string };

/** How much of a connection a run looks at. With `keys`, the facts hold just the targets and approvals that are named. */
export type Scope = { readonly kind: 'all' } | { readonly kind: 'keys'; readonly keys: readonly ScopeKey[] };

/** Every fact that bears on the access of ONE connection. */
export type AccessFacts = {
  /** The app database's clock, milliseconds. */
  readonly now: number;
  readonly scope: Scope;
  readonly installationId: string;
  readonly connectionId: string;
  /** `stoa_` unless the connection sets another. */
  readonly namePrefix: string;
  readonly targets: readonly Target[];
  readonly sources: readonly Source[];
  readonly approvals: readonly Approval[];
  readonly users: readonly UserFact[];
  /**
   * Platform ids of the tables of enabled data sources, and of the views before them, whether or not something of ours opens
   * them: of each it has to be known who can read it all the same. Left out in a scope of keys.
   */
  readonly governed?: readonly string[];
  readonly settings: {
    /** Members of our containers whom we did not add are removed instead of reported, where one grant is all that lets them in. */
    readonly strictMembers: boolean;
    /** Native names: these are never removed for it. */
    readonly protectedPrincipals?: readonly string[];
  };
};

/** Why something should exist: the requests that ask for it, or the target that lists it. */
export type Cause = string;

export type DesiredObject = {
  readonly dataSourceId: number;
  readonly platformId: string;
  readonly schemaPlatformId: string;
  readonly objectPath: readonly string[];
  readonly objectType: string;
  readonly ownerPlatformId: string | null;
  /** True: an existing grant stays, a missing one is not made. */
  readonly keepOnly: boolean;
};

export type DesiredMember = {
  readonly globalUserId: string;
  readonly principalId: string;
  readonly externalName: string;
  /** Request ids; the membership goes with the last of them. */
  readonly causes: readonly Cause[];
};

export type DesiredContainer = {
  /** `stoa_dp_<base 36>`, of further parts with `_<part>`. */
  readonly name: string;
  readonly targetId: string;
  readonly part: number;
  /** The id it had when it was last seen; null before that. By it a container is known that somebody renamed. */
  readonly platformId: string | null;
  readonly label: string;
  /** False for a deleted target: the container is emptied and dropped. */
  readonly exists: boolean;
  /** True for assets, which are many: made with the first member, and kept from then on. */
  readonly onDemand: boolean;
  readonly objects: readonly DesiredObject[];
  /** Of the asset of a schema or a database: what is made in it later. Null: the objects are all there is. */
  readonly future: DesiredFuture | null;
  readonly members: readonly DesiredMember[];
  /** It was last seen to hold what it should not: with a pair scope, nobody more comes in. */
  readonly isTooWide: boolean;
  /** With a pair scope: the principals this run may add or end. Null: all members of the container. */
  readonly onlyPrincipals: readonly string[] | null;
};

/** What should happen with objects that are made below an asset later. */
export type DesiredFuture = {
  readonly schemas: readonly ParentSchema[];
  /** Platform ids of everything below it that a crawl has found. Whatever else the container holds there is new. */
  readonly known: ReadonlySet<string>;
};

export type AwaitingReason = 'identity.none' | 'identity.absent' | 'identity.unverified';

/** An approval that holds but cannot be pushed yet. */
export type Awaiting = {
  readonly requestId: string;
  readonly targetId: string;
  readonly globalUserId: string;
  readonly externalName: string | null;
  readonly reason: AwaitingReason;
};

export type HeldReason = 'source.held' | 'source.missing' | 'source.disabled' | 'source.unknown' | 'source.unprotected';

/** Parts of a target that an approval does not open, since its person fails a guardrail. */
export type PreventedParts = {
  readonly parts: readonly number[];
  /** Nothing of the target is left. */
  readonly isWhole: boolean;
  /** The guardrails that fail. */
  readonly guardrails: readonly { readonly policyId: string; readonly name: string }[];
};

/** A source that its target lists but that must not be granted now. */
export type HeldSource = { readonly targetId: string; readonly dataSourceId: number; readonly reason: HeldReason };

/** Why one approval gives access now, or does not. */
export type ApprovalVerdict =
  | { readonly live: true }
  | {
      readonly live: false;
      readonly reason:
        | 'approval.ended'
        | 'approval.expired'
        | 'approval.awaiting_acceptance'
        | 'target.suspended'
        | 'target.deleted'
        | 'target.unknown'
        | 'user.disabled'
        | 'user.unknown';
    };

/** The access that should exist, and what keeps the rest from existing. Sorted, so that equal facts give equal answers. */
export type DesiredAccess = {
  readonly scope: Scope;
  readonly installationId: string;
  readonly connectionId: string;
  readonly namePrefix: string;
  readonly strictMembers: boolean;
  readonly protectedPrincipals?: readonly string[];
  readonly containers: readonly DesiredContainer[];
  readonly awaiting: readonly Awaiting[];
  readonly held: readonly HeldSource[];
  readonly verdicts: ReadonlyMap<string, ApprovalVerdict>;
  /** By request: live approvals that a guardrail holds back, wholly or in part. They take effect when it passes. */
  readonly prevented: ReadonlyMap<string, PreventedParts>;
  /** Principal ids of all users with a pushable identity, for bypass findings. */
  readonly principals: ReadonlyMap<string, string>;
  /** Of `AccessFacts`. */
  readonly governed: readonly string[];
  /** Earliest `notAfter` still ahead, milliseconds; null when nothing expires. */
  readonly nextExpiry: number | null;
};
