import type { NodeRole, RequestStatus } from '@stoa/contract/enums';
import type { Instant, Person, PersonRef } from '../person.ts';
import type { ReviewerSource } from '../review/flow.ts';
import type { ApprovalRecord } from '../review/record.ts';

/** Who asks. `username` is only shown, never compared. */
export type Actor = Person & { readonly username: string };

/** For actions on nothing in particular: lists (whose rows are then asked one by one), and things not made yet. */
export type Nothing = { readonly kind: 'none' };
export const nothing: Nothing = { kind: 'none' };

export type DomainRef = { readonly id: string; readonly name: string };

/** Something that one login owns: a session, a token, an inbox, preferences. */
export type AccountObject = { readonly kind: 'account'; readonly globalUserId: string };

/** `changes`: what the edit touches; absent means everything. */
export type UserObject = PersonRef & {
  readonly kind: 'user';
  readonly changes?:
    | readonly (
        | 'profile'
        | 'password'
        | 'status'
        | 'permissions'
        | 'groups'
        | 'attributes'
        | 'person'
        | 'tokens'
        | 'sign-in'
        | 'second-factor'
      )[]
    | undefined;
};
/** `affected`: everyone whose groups, attributes or permissions the edit changes (members added or removed; all on delete). */
export type GroupObject = { readonly kind: 'group'; readonly name: string; readonly affected: readonly PersonRef[] };
export type IdentityObject = PersonRef & { readonly kind: 'identity' };
/** `isOwn`: it is the caller's own login that the finding is about. */
export type DriftObject = { readonly kind: 'drift'; readonly isOwn: boolean };
/** A plan that takes back what others gave, to be confirmed. */
export type TakeBackObject = { readonly kind: 'take-back'; readonly filedBy: PersonRef };
/**
 * A change of people that waits for another user admin. `favours`: who is given a permission or gains access by it. `isLeftToThem`: no
 * other user admin is there than the one who filed it and those.
 */
export type PeopleChangeObject = {
  readonly kind: 'people-change';
  readonly act: 'confirm' | 'decline' | 'withdraw';
  readonly filedBy: PersonRef;
  readonly favours: readonly PersonRef[];
  readonly isLeftToThem: boolean;
};
export type ConnectionObject = { readonly kind: 'connection'; readonly connectionKey: string };
/** For lists and for what is not made yet: the roles that the caller holds on whatever nodes. */
export type SomewhereObject = { readonly kind: 'somewhere'; readonly callerRoles: readonly NodeRole[] };
/** A node of the object tree. `callerRoles`: those that the caller holds on it, or on a node above it. */
export type DataObjectObject = {
  readonly kind: 'data-object';
  readonly callerRoles: readonly NodeRole[];
  /** The caller holds a role on something below it, so that they walk through it. */
  readonly isAboveOwn: boolean;
};
/** The roles on a node: as they are read, with whether the caller sees its data source; or as an edit changes them. */
export type DataObjectRolesObject = Omit<DataObjectObject, 'kind'> & {
  readonly kind: 'data-object-roles';
  readonly isSourceReadable: boolean;
};
/** `changed`: roles that the edit gives to somebody or takes away; `affected`: everyone who gains or loses one. */
export type DataObjectRoleEdit = {
  readonly kind: 'data-object-role-edit';
  readonly changed: readonly NodeRole[];
  readonly affected: readonly PersonRef[];
};
export type DataSourceObject = {
  readonly kind: 'data-source';
  readonly domains: readonly DomainRef[];
  readonly callerRoles: readonly NodeRole[];
  /** A product that every login sees holds it. */
  readonly inVisibleProduct: boolean;
};
/** What a tag is put on or taken off: a data source or its column, or with `isAbove` a node that hands it down to all below. */
export type TagTargetObject = {
  readonly kind: 'tag-target';
  readonly domains: readonly DomainRef[];
  readonly callerRoles: readonly NodeRole[];
  readonly isAbove: boolean;
};
export type DomainObject = DomainRef & { readonly kind: 'domain' };
/** `affected`: everyone who gains or loses a permission by the edit: users, and the members of groups. */
export type DomainGrantObject = DomainRef & { readonly kind: 'domain-grant'; readonly affected: readonly PersonRef[] };

/** Something to identify data by. `domain` null: for everywhere. */
export type IdentifierObject = {
  readonly kind: 'identifier';
  readonly domain: DomainRef | null;
  readonly isBuiltIn: boolean;
};
/** A run, or what it saw: of a domain, of a connection, or of a data source with the domains that it lies in. */
export type IdentificationObject = {
  readonly kind: 'identification';
  readonly scope: 'domain' | 'connection' | 'source';
  readonly domains: readonly DomainRef[];
};

/** A subscription or data policy, as it stands or as it would be saved. */
export type PolicyObject = {
  readonly kind: 'policy';
  readonly scope: 'global' | 'domain' | 'restricted' | 'local';
  /** The domain it acts in; of a policy on one data source, the domains that the source lies in. */
  readonly domains: readonly DomainRef[];
  /** The caller is Data Owner of the one source; of a policy for its author's own sources, the caller is its author. */
  readonly callerOwns: boolean;
  readonly protected: boolean;
  /** A mask of it is SQL that its author wrote. */
  readonly hasCustomSql: boolean;
};

/** A policy as it stands on one data source. */
export type SourcePolicyObject = {
  readonly kind: 'source-policy';
  readonly domains: readonly DomainRef[];
  readonly callerRoles: readonly NodeRole[];
};

/** A product before it exists: the domains it will stand in. */
export type PublishingObject = { readonly kind: 'publishing'; readonly domains: readonly DomainRef[] };

export const productFields = [
  'name',
  'description',
  'metadata',
  'domains',
  'owners',
  'suspended',
  'dataAccessRequestFormId',
  'maskingExceptionRequestFormId',
  'dataAccessReviewFlow',
  'maskingExceptionReviewFlow',
] as const;
export type ProductField = (typeof productFields)[number];

export type DataProductObject = {
  readonly kind: 'data-product';
  readonly id: string;
  readonly name: string;
  readonly domains: readonly DomainRef[];
  /** `globalUserId`s. */
  readonly owners: readonly string[];
  readonly suspended: boolean;
  readonly deleted: boolean;
  /** `reviewersOf` the flows in force, both request types together. */
  readonly reviewers: readonly ReviewerSource[];
  /** The setting `showDataProductsToConsumers`. */
  readonly shownToConsumers: boolean;
  /** The caller is requesting user or beneficiary of some request for it. */
  readonly callerHasRequest: boolean;
};
/** An edit: which members it changes and, when it moves the product, the domains it would stand in afterwards. */
export type ProductEdit = {
  readonly kind: 'product-edit';
  readonly product: DataProductObject;
  readonly fields: readonly ProductField[];
  readonly domainsAfter?: readonly DomainRef[] | undefined;
};

/** What a form or an agreement is attached to, directly or through forms. */
export type FormUse = {
  readonly name: string;
  /** The built-in Standard Request Form. */
  readonly isStandard: boolean;
  readonly usedByAsset: boolean;
  /** The domains of all products that use it. */
  readonly domains: readonly DomainRef[];
  /** `reviewersOf` the form's own flow (for an agreement: of the forms that use it). */
  readonly reviewers: readonly ReviewerSource[];
  /** Members an edit changes; absent means any. */
  readonly fields?: readonly string[] | undefined;
};
export type RequestFormObject = FormUse & { readonly kind: 'request-form' };
export type AgreementObject = FormUse & { readonly kind: 'data-use-agreement' };

/** Flows to be tried: of a target, then with its domains; of a form, or drafted, then with none. */
export type FlowSimulationObject = { readonly kind: 'flow-simulation'; readonly domains: readonly DomainRef[] | null };

export type AssetObject = {
  readonly kind: 'asset';
  readonly id: string;
  readonly name: string;
  readonly domains: readonly DomainRef[];
  readonly reviewers: readonly ReviewerSource[];
};

export type OnBehalf = 'anyone' | 'same_group' | 'managers' | 'nobody';
/** A request before it exists. */
export type NewRequestObject = {
  readonly kind: 'new-request';
  readonly beneficiary: PersonRef & { readonly groups: readonly { readonly id: number }[] };
  readonly targetDomains: readonly DomainRef[];
  /** The setting of the same name. */
  readonly onBehalf: OnBehalf;
};

export type AccessRequestObject = {
  readonly kind: 'access-request';
  readonly id: string;
  readonly status: RequestStatus;
  readonly submittedAt: Instant;
  readonly requestingUser: PersonRef;
  readonly beneficiary: PersonRef;
  readonly target: {
    readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT';
    readonly name: string;
    readonly domains: readonly DomainRef[];
    readonly suspended: boolean;
    readonly registered: boolean;
  };
  /** Its approval records: their sources say who its stewards are. Approved by a rule, a request has none. */
  readonly records: readonly Pick<ApprovalRecord, 'approvers' | 'status' | 'actionBy' | 'routedBy'>[];
  /** `reviewersOf` the flow in force on the target now: they may revoke, though not decide. */
  readonly targetReviewers: readonly ReviewerSource[];
  readonly fourEyes: boolean;
  readonly distinctReviewers: boolean;
  /** The beneficiary of an on-behalf request has not accepted its agreements yet. */
  readonly awaitsAcceptance: boolean;
  readonly expiration: Instant | null;
  readonly now: Instant;
};

/** The masking exceptions of a person; others than they themselves see those of requests that they review. */
export type ExceptionsObject = PersonRef & {
  readonly kind: 'exceptions';
  /** The caller is a steward of some request or target. */
  readonly callerReviews: boolean;
};

/** "Why has this user (no) access to this source?" */
export type ExplainObject = PersonRef & {
  readonly kind: 'explain';
  readonly sourceDomains: readonly DomainRef[];
  readonly callerRoles: readonly NodeRole[];
  /** The sources named by the flows of the products and assets over the data source. */
  readonly reviewers: readonly ReviewerSource[];
};
/** Audit rows about something: the domains it lies in, none for what lies in none. */
export type AuditObject = { readonly kind: 'audit'; readonly domainIds: readonly string[] };

/** The object that each action is asked about. The compiler refuses the question when they do not belong together. */
export type ObjectOf = {
  'account.self': AccountObject | Nothing;
  'directory.read': Nothing;
  'user.manage': UserObject | Nothing;
  'group.manage': GroupObject | Nothing;
  'connection.read': ConnectionObject | Nothing;
  'connection.manage': ConnectionObject | Nothing;
  'drift.ignore': DriftObject | Nothing;
  'existing-grant.take_back': TakeBackObject | Nothing;
  'people-change.decide': PeopleChangeObject | Nothing;
  'identity.manage': IdentityObject;
  'data-object.read': DataObjectObject | SomewhereObject | Nothing;
  'data-object.manage': DataObjectObject | SomewhereObject | Nothing;
  'data-object.release': DataObjectObject | SomewhereObject | Nothing;
  'data-object-role.read': DataObjectRolesObject | Nothing;
  'data-object-role.assign': DataObjectRoleEdit | Nothing;
  'data-source.read': DataSourceObject | Nothing;
  'domain.read': DomainObject | Nothing;
  'domain.manage': DomainObject | Nothing;
  'domain.grant': DomainGrantObject;
  'data-product.read': DataProductObject | Nothing;
  'data-product.create': PublishingObject | Nothing;
  'data-product.alter': ProductEdit | DataProductObject;
  'data-product.manage': DataProductObject;
  'data-product.members': DataProductObject;
  'request-form.read': RequestFormObject | Nothing;
  'request-form.create': Nothing;
  'request-form.edit': RequestFormObject;
  'request-form.delete': RequestFormObject;
  'data-use-agreement.read': AgreementObject | Nothing;
  'data-use-agreement.create': Nothing;
  'data-use-agreement.edit': AgreementObject;
  'data-use-agreement.delete': AgreementObject;
  'review-flow.simulate': FlowSimulationObject;
  'asset.read': AssetObject | Nothing;
  'asset.edit': AssetObject | Nothing;
  'access-request.read': AccessRequestObject | Nothing;
  'access-request.create': NewRequestObject;
  'access-request.cancel': AccessRequestObject;
  'access-request.accept': AccessRequestObject;
  'access-request.extend': AccessRequestObject;
  'access-request.remind': AccessRequestObject;
  'access-request.replace': AccessRequestObject;
  'access-request.inspect': AccessRequestObject;
  'access-request.assess': AccessRequestObject | DataProductObject | AssetObject | ExceptionsObject;
  'access-request.determine': AccessRequestObject;
  'access-request.reroute': AccessRequestObject;
  'access-request.revoke': AccessRequestObject;
  'access-request.retry': AccessRequestObject;
  'access.explain': ExplainObject;
  'tag.read': Nothing;
  'tag.manage': Nothing;
  'tag.apply': TagTargetObject | SomewhereObject | Nothing;
  'identifier.read': Nothing;
  'identifier.manage': IdentifierObject | Nothing;
  'identification.read': IdentificationObject | Nothing;
  'identification.run': IdentificationObject | Nothing;
  'policy.read': PolicyObject | SomewhereObject | Nothing;
  'policy.author': PolicyObject | SomewhereObject | Nothing;
  'source-policy.read': SourcePolicyObject | Nothing;
  'source-policy.settle': SourcePolicyObject | Nothing;
  'source-policy.certify': SourcePolicyObject | Nothing;
  'audit.read': AuditObject | SomewhereObject | Nothing;
  'audit.verify': Nothing;
  'report.read': AccountObject | SomewhereObject | Nothing;
  'notification.self': AccountObject | Nothing;
  'webhook.manage': Nothing;
  'slack.manage': Nothing;
  'key.manage': Nothing;
  'verification.read': Nothing;
  'verification.run': Nothing;
  'settings.manage': Nothing;
};
