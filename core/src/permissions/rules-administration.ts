import { hasPermission, isSamePerson, type PersonRef } from '../person.ts';
import { type Answer, hidden, needsGlobal, no, permissionWords, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type { AccountObject, Actor, Nothing } from './objects.ts';
import { auditScope, isAuditorOf, isDataOwner, reportScope, seesSomething } from './standing.ts';
import type { GlobalPermission } from '@stoa/contract/enums';

/** Yes for holders of the global permission. */
export const byGlobal = (actor: Actor, permission: GlobalPermission): Answer =>
  hasPermission(actor, permission) ? yes(`You hold ${permissionWords(permission)}.`) : needsGlobal(permission);

/** Yes for holders of one of the global permissions. */
export const byAnyOf = (actor: Actor, permissions: readonly [GlobalPermission, ...GlobalPermission[]]): Answer => {
  const held = permissions.find((p) => hasPermission(actor, p));
  return held === undefined ? needsGlobal(permissions[0]) : yes(`You hold ${permissionWords(held)}.`);
};

const ownOnly = (actor: Actor, object: AccountObject | Nothing): Answer =>
  object.kind === 'none' || object.globalUserId === actor.globalUserId ? yes('It is your own.') : hidden();

const selfEdit = no('Nobody changes their own permissions, groups or attributes.');
const ownLogins = no('Nobody says of their own logins which of them are one person.');
/** Whether an edit gives something to the actor, or takes it away, whichever login they use. */
export const touches = (actor: Actor, affected: readonly PersonRef[]): boolean =>
  affected.some((p) => isSamePerson(actor, p));
const harmless: readonly string[] = ['profile', 'password', 'status', 'tokens'];

const asApplicationAdmin = (actor: Actor): Answer => byGlobal(actor, 'APPLICATION_ADMIN');

/** Accounts, people, and the settings of the installation. */
export const administrationRules: Rules<
  | 'account.self'
  | 'notification.self'
  | 'directory.read'
  | 'user.manage'
  | 'group.manage'
  | 'people-change.decide'
  | 'identity.manage'
  | 'domain.grant'
  | 'audit.read'
  | 'audit.verify'
  | 'report.read'
  | 'webhook.manage'
  | 'slack.manage'
  | 'key.manage'
  | 'verification.read'
  | 'verification.run'
  | 'settings.manage'
> = {
  'account.self': ownOnly,
  'notification.self': ownOnly,
  'directory.read': () => yes('Everybody who is signed in may look up people, groups and attributes.'),
  'user.manage': (actor, user) => {
    const answer = byGlobal(actor, 'USER_ADMIN');
    if (!answer.allowed || user.kind === 'none' || !isSamePerson(actor, user)) return answer;
    if (user.changes?.includes('tokens') && user.globalUserId === actor.globalUserId)
      return no('Your own tokens are under your account.');
    if (user.changes?.includes('sign-in')) return no('Nobody says of their own logins who signs them in.');
    if (user.changes?.includes('second-factor')) return no('Nobody resets their own second factor.');
    if (user.changes?.every((c) => harmless.includes(c))) return answer;
    return user.changes?.every((c) => c === 'person' || harmless.includes(c)) ? ownLogins : selfEdit;
  },
  'group.manage': (actor, group) => {
    const answer = byGlobal(actor, 'USER_ADMIN');
    return answer.allowed && group.kind === 'group' && touches(actor, group.affected) ? selfEdit : answer;
  },
  'people-change.decide': (actor, change) => {
    const answer = byGlobal(actor, 'USER_ADMIN');
    if (!answer.allowed || change.kind === 'none') return answer;
    const isOwn = isSamePerson(actor, change.filedBy);
    if (change.act === 'withdraw') return isOwn ? answer : no('Whoever filed it withdraws it.');
    if (isOwn) return no('Another user admin decides it.');
    const isFavoured = change.act === 'confirm' && touches(actor, change.favours);
    return isFavoured && !change.isLeftToThem ? no('A user admin who gains nothing by it confirms it.') : answer;
  },
  'identity.manage': (actor, identity) => {
    const answer = byGlobal(actor, 'USER_ADMIN');
    return answer.allowed && isSamePerson(actor, identity) ? no('Nobody sets their own platform identity.') : answer;
  },
  'domain.grant': (actor, grant) => {
    const answer = byGlobal(actor, 'USER_ADMIN');
    return answer.allowed && touches(actor, grant.affected) ? selfEdit : answer;
  },
  'audit.read': (actor, object) => {
    if (hasPermission(actor, 'AUDIT')) return yes('You hold Audit.');
    if (object.kind === 'somewhere' && isDataOwner(object.callerRoles)) return yes('You own data sources.');
    const isIn = object.kind === 'audit' ? isAuditorOf(actor, object.domainIds) : seesSomething(auditScope(actor));
    return isIn ? yes('You hold Audit Activity in its domain.') : needsGlobal('AUDIT');
  },
  'audit.verify': (actor) =>
    hasPermission(actor, 'APPLICATION_ADMIN')
      ? yes('You are an application admin.')
      : hasPermission(actor, 'AUDIT')
        ? yes('You hold Audit.')
        : needsGlobal('AUDIT'),
  'report.read': (actor, object) => {
    if (object.kind === 'account' && object.globalUserId === actor.globalUserId) return yes('It is about you.');
    if (object.kind === 'somewhere' && isDataOwner(object.callerRoles)) return yes('You own data sources.');
    const scope = reportScope(actor);
    if (scope === 'all') return yes('Governors and auditors read every report.');
    return seesSomething(scope) ? yes('It speaks of the domains that you manage or audit.') : needsGlobal('GOVERNANCE');
  },
  'webhook.manage': asApplicationAdmin,
  'slack.manage': asApplicationAdmin,
  'key.manage': asApplicationAdmin,
  // It tells of everybody's access: whoever looks after the installation reads it, and whoever audits it.
  'verification.read': (actor) => byAnyOf(actor, ['APPLICATION_ADMIN', 'AUDIT']),
  'verification.run': asApplicationAdmin,
  'settings.manage': asApplicationAdmin,
};
