import type { NodeRole } from '@stoa/contract/enums';
import { hasInAllDomains, hasInSomeDomain, hasPermission } from '../person.ts';
import type { ReviewerSource } from '../review/flow.ts';
import { sourcesMet } from '../review/matches-source.ts';
import type { Actor, DataProductObject, DomainRef } from './objects.ts';

const ids = (domains: readonly DomainRef[]): readonly string[] => domains.map((d) => d.id);

/** `M` of the matrix: Manage Data Products in all of the domains; never for no domains. */
export const isManager = (actor: Actor, domains: readonly DomainRef[]): boolean =>
  hasInAllDomains(actor, 'Manage Data Products', ids(domains));

/** The domains, of those given, in which the actor may not publish. */
export const domainsNotManaged = (actor: Actor, domains: readonly DomainRef[]): readonly DomainRef[] =>
  domains.filter((d) => !hasInAllDomains(actor, 'Manage Data Products', [d.id]));

export const managesSomewhere = (actor: Actor): boolean =>
  actor.domainPermissions.some((d) => d.permission === 'Manage Data Products');

export const isGovernor = (actor: Actor): boolean => hasPermission(actor, 'GOVERNANCE');

/** `S` of the matrix: the flow in force names them. That alone decides nothing: determinations look at the records. */
export const isSteward = (actor: Actor, reviewers: readonly ReviewerSource[], domains: readonly DomainRef[]): boolean =>
  sourcesMet(actor, reviewers, ids(domains)).length > 0;

/** Reads audit about these domains: all of it, or by `Audit Activity` in one of them. */
export const isAuditorOf = (actor: Actor, domainIds: readonly string[]): boolean =>
  hasPermission(actor, 'AUDIT') || hasInSomeDomain(actor, 'Audit Activity', domainIds);

/** Owner: listed on the product, and still its manager. */
export const isOwner = (actor: Actor, product: DataProductObject): boolean =>
  product.owners.includes(actor.globalUserId) && isManager(actor, product.domains);

/** Of the roles that somebody holds on a node of the object tree: they answer for its data. */
export const isDataOwner = (roles: readonly NodeRole[]): boolean => roles.includes('Data Owner');

/**
 * How far somebody sees: everything; or what lies in some domains, and below the nodes that `owner` answers for as data owner.
 * The one who sees nothing has no domains and is no owner.
 */
export type Scope = 'all' | { readonly domainIds: readonly string[]; readonly owner: Actor | null };

const nothingSeen: Scope = { domainIds: [], owner: null };
export const seesSomething = (scope: Scope): boolean =>
  scope === 'all' || scope.domainIds.length > 0 || scope.owner !== null;

const ownerOf = (actor: Actor, roles: readonly NodeRole[]): Actor | null => (isDataOwner(roles) ? actor : null);

/** Which audit rows the actor may read. `roles`: those that they hold on whatever nodes. */
export const auditScope = (actor: Actor, roles: readonly NodeRole[] = []): Scope => {
  if (actor.status !== 'active') return nothingSeen;
  if (hasPermission(actor, 'AUDIT')) return 'all';
  const audited = actor.domainPermissions.filter((d) => d.permission === 'Audit Activity');
  return { domainIds: audited.map((d) => d.domainId), owner: ownerOf(actor, roles) };
};

/**
 * What the actor's reports speak of (governance.md 13): everything for governors and auditors, else the domains whose products
 * or audit trail are theirs, and the data sources that they own.
 */
export const reportScope = (actor: Actor, roles: readonly NodeRole[] = []): Scope => {
  if (actor.status !== 'active') return nothingSeen;
  if (hasPermission(actor, 'GOVERNANCE') || hasPermission(actor, 'AUDIT')) return 'all';
  const own = actor.domainPermissions.filter(
    (d) => d.permission === 'Audit Activity' || d.permission === 'Manage Data Products',
  );
  return { domainIds: [...new Set(own.map((d) => d.domainId))], owner: ownerOf(actor, roles) };
};
