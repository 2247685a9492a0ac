import type { Refused } from '../refusal.ts';
import { checkExtension, type Extension } from '../review/extend.ts';
import type { Answer } from './answer.ts';
import { may } from './may.ts';
import {
  type AccessRequestObject,
  type Actor,
  type AgreementObject,
  type AssetObject,
  type ConnectionObject,
  type TakeBackObject,
  type DataObjectObject,
  type DataProductObject,
  type DataSourceObject,
  type DomainObject,
  nothing,
  type PolicyObject,
  type ProductField,
  type RequestFormObject,
} from './objects.ts';
import { alterableFields } from './rules-product.ts';
import { isGovernor } from './standing.ts';

/** One thing the caller can do with an object right now, or why not. Sent with responses; the web shows what it says. */
export type Ability = {
  readonly allowed: boolean;
  readonly reason: string;
  readonly fieldsAllowed?: readonly string[];
};
type Abilities<Names extends string> = Readonly<Record<Names, Ability>>;

const shown = (answer: Answer): Ability =>
  answer.allowed && answer.fieldsAllowed !== undefined
    ? { allowed: true, reason: answer.reason, fieldsAllowed: answer.fieldsAllowed }
    : { allowed: answer.allowed, reason: answer.reason };

/** The right, and then the state: `unless` is the sentence why it cannot be done now, null when it can. */
const now = (answer: Answer, unless: string | null): Ability =>
  answer.allowed && unless !== null ? { allowed: false, reason: unless } : shown(answer);

/** What the caller can do on a data product; `alter` also names the members that may be changed. */
export const abilitiesOnDataProduct = (
  actor: Actor,
  product: DataProductObject,
): Abilities<
  | 'alter'
  | 'attachForm'
  | 'attachSteward'
  | 'changeOwners'
  | 'manage'
  | 'suspend'
  | 'resume'
  | 'delete'
  | 'request'
  | 'assess'
> => {
  const manage = may(actor, 'data-product.manage', product);
  const fields = alterableFields(actor, product);
  const readable = may(actor, 'data-product.read', product);
  const only = (field: ProductField, who: string): Ability =>
    fields.includes(field)
      ? { allowed: true, reason: isGovernor(actor) ? 'You hold Governance.' : 'You own it.' }
      : { allowed: false, reason: `Only ${who} may do this.` };
  const owning = only('dataAccessReviewFlow', 'its owners and holders of Governance');
  return {
    alter: shown(may(actor, 'data-product.alter', product)),
    attachForm: owning,
    attachSteward: owning,
    changeOwners: only('owners', 'holders of Governance'),
    manage: shown(manage),
    suspend: now(manage, product.suspended ? 'It is suspended already.' : null),
    resume: now(manage, product.suspended ? null : 'It is not suspended.'),
    delete: shown(manage),
    request: now(readable, product.suspended ? 'It is suspended; nobody can ask for it.' : null),
    assess: shown(may(actor, 'access-request.assess', product)),
  };
};

const undecidable = (actor: Actor, r: AccessRequestObject): string | null => {
  if (r.status !== 'PENDING') return `It is ${r.status.toLowerCase()} already.`;
  if (r.target.suspended) return 'The data product is suspended.';
  const open = r.records.filter((record) => record.status === 'PENDING');
  const mine = open.some((record) => may(actor, 'access-request.determine', { ...r, records: [record] }).allowed);
  if (!mine) {
    const blocked = r.records.filter((record) => record.status === 'BLOCKED');
    return blocked.some((record) => may(actor, 'access-request.determine', { ...r, records: [record] }).allowed)
      ? 'An earlier stage is not decided yet.'
      : 'Your part is decided; it waits for others.';
  }
  const earlier = r.records.some(
    (record) => record.status === 'APPROVED' && record.actionBy?.personId === actor.personId,
  );
  return r.distinctReviewers && earlier ? 'You decided another part of it; another person decides this.' : null;
};

const unroutable = (r: AccessRequestObject): string | null => {
  if (r.status !== 'PENDING') return 'Only a pending request can be given to other reviewers.';
  return r.target.suspended ? 'The data product is suspended.' : null;
};

const unremindable = (r: AccessRequestObject): string | null => {
  if (r.status !== 'PENDING') return 'Nobody has to decide it any more.';
  return r.target.suspended ? 'The data product is suspended.' : null;
};

const unreplaceable = (r: AccessRequestObject): string | null => {
  if (r.status !== 'PENDING') return 'Only a pending request can have its answers changed.';
  return r.target.suspended ? 'The data product is suspended; nobody can ask for it.' : null;
};

/** It waits, or it gives access that has not ended. */
const isOpen = (r: AccessRequestObject): boolean =>
  r.status === 'PENDING' || (r.status === 'APPROVED' && (r.expiration === null || r.now < r.expiration));

const whyNot = (extension: Extension | Refused, kind: Extension['kind'], otherwise: string): string | null => {
  if (!extension.ok) return extension.detail;
  return extension.kind === kind ? null : otherwise;
};

/** What the caller can do on an access request; `determine` says whether a decision by this person would be accepted now. */
export const abilitiesOnAccessRequest = (
  actor: Actor,
  r: AccessRequestObject,
): Abilities<
  | 'cancel'
  | 'accept'
  | 'extend'
  | 'renew'
  | 'remind'
  | 'replace'
  | 'inspect'
  | 'assess'
  | 'determine'
  | 'approve'
  | 'reroute'
  | 'revoke'
  | 'retry'
> => {
  const determine = now(may(actor, 'access-request.determine', r), undecidable(actor, r));
  const extension = checkExtension(r);
  const extend = may(actor, 'access-request.extend', r);
  const unregistered = 'The asset is not registered yet; it can only be denied.';
  return {
    cancel: now(
      may(actor, 'access-request.cancel', r),
      r.status === 'PENDING' ? null : 'Only a pending request can be canceled.',
    ),
    accept: now(
      may(actor, 'access-request.accept', r),
      r.awaitsAcceptance && isOpen(r) ? null : 'There is no agreement left to accept.',
    ),
    extend: now(extend, whyNot(extension, 'extend', 'The access has ended; renew it.')),
    renew: now(extend, whyNot(extension, 'renew', 'The access has not ended yet.')),
    remind: now(may(actor, 'access-request.remind', r), unremindable(r)),
    replace: now(may(actor, 'access-request.replace', r), unreplaceable(r)),
    inspect: shown(may(actor, 'access-request.inspect', r)),
    assess: shown(may(actor, 'access-request.assess', r)),
    determine,
    approve: determine.allowed && !r.target.registered ? { allowed: false, reason: unregistered } : determine,
    reroute: now(may(actor, 'access-request.reroute', r), unroutable(r)),
    revoke: now(
      may(actor, 'access-request.revoke', r),
      r.status === 'APPROVED' ? null : 'Only approved access can be revoked.',
    ),
    retry: now(may(actor, 'access-request.retry', r), r.status === 'PENDING' ? 'Nothing is provisioned yet.' : null),
  };
};

/** What the caller can do on an asset. `isMissing`: crawls no longer find it. */
export const abilitiesOnAsset = (
  actor: Actor,
  asset: AssetObject,
  { isMissing }: { readonly isMissing: boolean },
): Abilities<'edit' | 'request' | 'assess'> => ({
  edit: shown(may(actor, 'asset.edit', asset)),
  request: now(may(actor, 'asset.read', asset), isMissing ? 'Its platform no longer has it.' : null),
  assess: shown(may(actor, 'access-request.assess', asset)),
});

/** What the caller can do on a request form. */
export const abilitiesOnRequestForm = (actor: Actor, form: RequestFormObject): Abilities<'edit' | 'delete'> => {
  const inUse = form.usedByAsset || form.domains.length > 0;
  return {
    edit: shown(may(actor, 'request-form.edit', form)),
    delete: now(may(actor, 'request-form.delete', form), inUse ? 'Data products or assets use it.' : null),
  };
};

/** What the caller can do on a data use agreement; `usedByForms` is how many forms ask for it. */
export const abilitiesOnAgreement = (
  actor: Actor,
  agreement: AgreementObject,
  usedByForms: number,
): Abilities<'edit' | 'delete'> => ({
  edit: shown(may(actor, 'data-use-agreement.edit', agreement)),
  delete: now(may(actor, 'data-use-agreement.delete', agreement), usedByForms > 0 ? 'Forms ask for it.' : null),
});

/** What the caller can do on a domain. */
export const abilitiesOnDomain = (
  actor: Actor,
  domain: DomainObject,
): Abilities<'manage' | 'grant' | 'publish' | 'readAudit'> => ({
  manage: shown(may(actor, 'domain.manage', domain)),
  grant: shown(may(actor, 'domain.grant', { ...domain, kind: 'domain-grant', affected: [] })),
  publish: shown(may(actor, 'data-product.create', { kind: 'publishing', domains: [domain] })),
  readAudit: shown(may(actor, 'audit.read', { kind: 'audit', domainIds: [domain.id] })),
});

/** What the caller can do on a policy. `isActive`: it is in force. */
export const abilitiesOnPolicy = (
  actor: Actor,
  policy: PolicyObject,
  { isActive }: { readonly isActive: boolean },
): Abilities<'edit' | 'setState' | 'delete'> => {
  const author = may(actor, 'policy.author', policy);
  return {
    edit: shown(author),
    setState: shown(author),
    delete: now(author, isActive ? 'It is in force; take it out of force first.' : null),
  };
};

/** What the caller can do with a data source that lies in these domains. */
export const abilitiesOnDataSource = (
  actor: Actor,
  { domains, callerRoles }: Pick<DataSourceObject, 'domains' | 'callerRoles'>,
): Abilities<'tag'> => ({
  tag: shown(may(actor, 'tag.apply', { kind: 'tag-target', domains, callerRoles, isAbove: false })),
});

/** What the caller can do on a node of the object tree. */
export const abilitiesOnDataObject = (
  actor: Actor,
  node: DataObjectObject,
  { isHeld }: { readonly isHeld: boolean },
): Abilities<'manage' | 'release'> => ({
  manage: shown(may(actor, 'data-object.manage', node)),
  release: now(may(actor, 'data-object.release', node), isHeld ? null : 'It is not on hold.'),
});

/** Which roles the caller can give on a node; to whom is another question. */
export const abilitiesOnDataObjectRoles = (actor: Actor): Abilities<'assignAdmin' | 'assignOwner'> => {
  const edit = { kind: 'data-object-role-edit', affected: [] } as const;
  return {
    assignAdmin: shown(may(actor, 'data-object-role.assign', { ...edit, changed: ['Infrastructure Admin'] })),
    assignOwner: shown(may(actor, 'data-object-role.assign', { ...edit, changed: ['Data Owner'] })),
  };
};

/** What the caller can do with a tag. `isOurs`: Stoa itself made it. */
export const abilitiesOnTag = (actor: Actor, { isOurs }: { readonly isOurs: boolean }): Abilities<'manage'> => ({
  manage: now(may(actor, 'tag.manage', nothing), isOurs ? 'It belongs to Stoa itself.' : null),
});

/** What the caller can do on a connection. */
export const abilitiesOnConnection = (
  actor: Actor,
  connection: ConnectionObject,
): Abilities<'manage' | 'browse' | 'manageObjects' | 'mapIdentities' | 'ignoreDrift' | 'takeBack'> => ({
  manage: shown(may(actor, 'connection.manage', connection)),
  browse: shown(may(actor, 'data-object.read', nothing)),
  manageObjects: shown(may(actor, 'data-object.manage', nothing)),
  mapIdentities: shown(may(actor, 'user.manage', nothing)),
  ignoreDrift: shown(may(actor, 'drift.ignore', nothing)),
  takeBack: shown(may(actor, 'existing-grant.take_back', nothing)),
});

/** What the caller can do with a plan that takes back what others gave. */
export const abilitiesOnTakeBack = (
  actor: Actor,
  plan: TakeBackObject,
  { isWaiting, isToRecheck }: { readonly isWaiting: boolean; readonly isToRecheck: boolean },
): Abilities<'confirm' | 'decline' | 'recheck'> => {
  const over = isWaiting ? null : 'It waits for nobody any more.';
  const takes = may(actor, 'existing-grant.take_back', nothing);
  return {
    confirm: now(may(actor, 'existing-grant.take_back', plan), over),
    decline: now(takes, over),
    recheck: now(takes, isToRecheck ? null : 'No administrator has anything left to run.'),
  };
};

type AbilityObject = DataProductObject | AccessRequestObject | RequestFormObject | DomainObject | ConnectionObject;

/** What the caller can do with the object right now, by name, each with its reason: right and state together. */
export const abilities = (actor: Actor, object: AbilityObject): Readonly<Record<string, Ability>> => {
  switch (object.kind) {
    case 'data-product':
      return abilitiesOnDataProduct(actor, object);
    case 'access-request':
      return abilitiesOnAccessRequest(actor, object);
    case 'request-form':
      return abilitiesOnRequestForm(actor, object);
    case 'domain':
      return abilitiesOnDomain(actor, object);
    case 'connection':
      return abilitiesOnConnection(actor, object);
  }
};
