import type { DomainPermission, GlobalPermission } from '@stoa/contract/enums';
import { listed } from '../listed.ts';
import type { DomainRef } from './objects.ts';

/** What would make the answer yes, and who can give it. */
export type Need = {
  readonly permission: GlobalPermission | DomainPermission;
  /** `global`, or the names of the domains in which it is missing. */
  readonly scope: 'global' | readonly string[];
  readonly grantedBy: 'USER_ADMIN';
};

export type Allowed = {
  readonly allowed: true;
  readonly reason: string;
  /** For edits that a person may make in part: the members they may change. Absent: all. */
  readonly fieldsAllowed?: readonly string[];
};
export type Denied = {
  readonly allowed: false;
  /** All are codes of the contract's error list. */
  readonly code:
    | 'permission.denied'
    | 'resource.not_found'
    | 'data_product.field_forbidden'
    | 'request_form.field_forbidden'
    | 'request_form.standard'
    | 'policy.protected'
    | 'approval_record.four_eyes';
  readonly reason: string;
  readonly needs?: Need;
};
export type Answer = Allowed | Denied;

const words: Record<GlobalPermission, string> = {
  APPLICATION_ADMIN: 'Application Admin',
  USER_ADMIN: 'User Admin',
  GOVERNANCE: 'Governance',
  AUDIT: 'Audit',
};

const isGlobal = (permission: GlobalPermission | DomainPermission): permission is GlobalPermission =>
  Object.hasOwn(words, permission);

/** The permission as people read it. */
export const permissionWords = (permission: GlobalPermission | DomainPermission): string =>
  isGlobal(permission) ? words[permission] : permission;

/** Allowed, and why. */
export const yes = (reason: string): Allowed => ({ allowed: true, reason });
/** Denied, and why. */
export const no = (reason: string): Denied => ({ allowed: false, code: 'permission.denied', reason });
/** For what the caller may not even know to exist. */
export const hidden = (): Denied => ({
  allowed: false,
  code: 'resource.not_found',
  reason: 'It does not exist, or you may not see it.',
});

/** Denied for want of a global permission. */
export const needsGlobal = (permission: GlobalPermission): Denied => ({
  ...no(`You need ${words[permission]}.`),
  needs: { permission, scope: 'global', grantedBy: 'USER_ADMIN' },
});

/**
 * Denied for want of a domain permission.
 * @param domains those in which it is missing; none means "in some domain"
 * @param where whether it has to be held in `all` of them, or in `any`
 */
export const needsInDomains = (
  permission: DomainPermission,
  domains: readonly DomainRef[],
  where: 'all' | 'any' = 'all',
): Denied => {
  const names = domains.map((d) => d.name);
  return {
    ...no(
      `You need ${permission} in ${names.length === 0 ? 'a domain' : listed(names, where === 'all' ? 'and' : 'or')}.`,
    ),
    needs: { permission, scope: names, grantedBy: 'USER_ADMIN' },
  };
};
