import { hasInSomeDomain, isSamePerson } from '../person.ts';
import { hidden, needsGlobal, needsInDomains, no, yes } from './answer.ts';
import type { Rules } from './may.ts';
import { byAnyOf, byGlobal } from './rules-administration.ts';
import { isAuditorOf, isDataOwner, isGovernor, isSteward } from './standing.ts';

/** Connections, data sources, domains, tags, and why somebody sees what. */
export const catalogueRules: Rules<
  | 'connection.read'
  | 'connection.manage'
  | 'drift.ignore'
  | 'existing-grant.take_back'
  | 'data-source.read'
  | 'domain.read'
  | 'domain.manage'
  | 'asset.read'
  | 'asset.edit'
  | 'tag.read'
  | 'tag.manage'
  | 'tag.apply'
  | 'access.explain'
> = {
  // User admins map people to platform accounts; governors and auditors follow drift.
  'connection.read': (actor) => byAnyOf(actor, ['APPLICATION_ADMIN', 'GOVERNANCE', 'USER_ADMIN', 'AUDIT']),
  'connection.manage': (actor) => byGlobal(actor, 'APPLICATION_ADMIN'),
  'drift.ignore': (actor, drift) => {
    const answer = byAnyOf(actor, ['GOVERNANCE', 'APPLICATION_ADMIN']);
    const isOwn = drift.kind === 'drift' && drift.isOwn;
    return answer.allowed && isOwn ? no('Nobody leaves as it is what their own login was given.') : answer;
  },
  'existing-grant.take_back': (actor, plan) => {
    const answer = byGlobal(actor, 'GOVERNANCE');
    const isOwn = plan.kind === 'take-back' && isSamePerson(actor, plan.filedBy);
    return answer.allowed && isOwn ? no('A second person confirms it.') : answer;
  },
  'data-source.read': (actor, source) => {
    if (source.kind === 'none') return yes('Each data source is asked about by itself.');
    if (source.inVisibleProduct) return yes('It is part of a data product that you may see.');
    const global = byAnyOf(actor, ['GOVERNANCE', 'APPLICATION_ADMIN', 'AUDIT']);
    if (global.allowed) return global;
    const held = actor.domainPermissions.some((d) => source.domains.some((s) => s.id === d.domainId));
    if (held) return yes('You hold a permission in its domain.');
    const [role] = source.callerRoles;
    return role === undefined ? hidden() : yes(`You are ${role} of it.`);
  },
  'domain.read': () => yes('Everybody who is signed in may see domains.'),
  'domain.manage': (actor) => byGlobal(actor, 'GOVERNANCE'),
  'asset.read': () => yes('Everybody who is signed in may see assets.'),
  'asset.edit': (actor) => byGlobal(actor, 'GOVERNANCE'),
  'tag.read': () => yes('Everybody who is signed in may see tags.'),
  'tag.manage': (actor) => byGlobal(actor, 'GOVERNANCE'),
  'tag.apply': (actor, target) => {
    if (isGovernor(actor)) return yes('You hold Governance.');
    if (target.kind === 'somewhere' && isDataOwner(target.callerRoles)) return yes('You own data sources.');
    if (target.kind === 'none' || target.kind === 'somewhere') {
      const somewhere = actor.domainPermissions.some((d) => d.permission === 'Manage Tags');
      return somewhere ? yes('You manage tags in a domain.') : needsInDomains('Manage Tags', []);
    }
    // What hands a tag down reaches domains that nobody has looked at, now and later.
    if (target.isAbove) return needsGlobal('GOVERNANCE');
    if (isDataOwner(target.callerRoles)) return yes('You are Data Owner of it.');
    if (target.domains.length === 0) return needsGlobal('GOVERNANCE');
    const ids = target.domains.map((d) => d.id);
    if (hasInSomeDomain(actor, 'Manage Tags', ids)) return yes('You manage tags in its domain.');
    return needsInDomains('Manage Tags', target.domains, 'any');
  },
  'access.explain': (actor, { globalUserId, sourceDomains, callerRoles, reviewers }) => {
    if (actor.globalUserId === globalUserId) return yes('It is your own access.');
    if (isGovernor(actor)) return yes('You hold Governance.');
    const domainIds = sourceDomains.map((d) => d.id);
    if (isAuditorOf(actor, domainIds)) return yes('You audit it.');
    if (isDataOwner(callerRoles)) return yes('You are Data Owner of it.');
    if (isSteward(actor, reviewers, sourceDomains)) return yes('You are a steward of it.');
    const manages = hasInSomeDomain(actor, 'Manage Data Products', domainIds);
    return manages ? yes('You manage data products in its domain.') : hidden();
  },
};
