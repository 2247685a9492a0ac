import type { DomainPermission, GlobalPermission } from '@stoa/contract/enums';

/** Milliseconds since 1970-01-01T00:00Z. The caller reads it from the database's clock and passes it in. */
export type Instant = number;

/** A login, and the human behind it: several logins of one human share a `personId`, which four eyes compares. */
export type PersonRef = { readonly globalUserId: string; readonly personId: string };

/** One quality that makes a person eligible to decide, and that somebody can be given. */
export type Quality =
  | { readonly kind: 'group'; readonly id: number }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string }
  | { readonly kind: 'permission'; readonly permission: GlobalPermission }
  | { readonly kind: 'domain-permission'; readonly domainId: string; readonly permission: DomainPermission };

/** A quality that the person behind the login gave themself, with the time, as the audit trail tells. */
export type SelfGrant = Quality & { readonly at: Instant };

/** Everything about a login that decides what it may do; groups' attributes and permissions are already resolved into it. */
export type Person = PersonRef & {
  readonly userId: number;
  readonly status: 'active' | 'disabled';
  readonly permissions: readonly GlobalPermission[];
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
  readonly domainPermissions: readonly { readonly domainId: string; readonly permission: DomainPermission }[];
  readonly selfGrants?: readonly SelfGrant[] | undefined;
};

/** True when both logins belong to one human. */
export const isSamePerson = (a: PersonRef, b: PersonRef): boolean =>
  a.personId === b.personId || a.globalUserId === b.globalUserId;

/** True when the person holds the global permission. */
export const hasPermission = (person: Person, permission: GlobalPermission): boolean =>
  person.permissions.includes(permission);

/** True when the person holds the permission in every one of the domains; false for no domains at all. */
export const hasInAllDomains = (person: Person, permission: DomainPermission, domainIds: readonly string[]): boolean =>
  domainIds.length > 0 &&
  domainIds.every((id) => person.domainPermissions.some((d) => d.domainId === id && d.permission === permission));

/** True when the person holds the permission in at least one of the domains. */
export const hasInSomeDomain = (person: Person, permission: DomainPermission, domainIds: readonly string[]): boolean =>
  person.domainPermissions.some((d) => d.permission === permission && domainIds.includes(d.domainId));

/** The person as they would be without the qualities they gave themself at or after `since`. */
export const withoutSelfGrants = (person: Person, since: Instant): Person => {
  const own = (person.selfGrants ?? []).filter((g) => g.at >= since);
  if (own.length === 0) return person;
  return {
    ...person,
    permissions: person.permissions.filter((p) => !own.some((g) => g.kind === 'permission' && g.permission === p)),
    groups: person.groups.filter(({ id }) => !own.some((g) => g.kind === 'group' && g.id === id)),
    attributes: person.attributes.filter(
      (a) => !own.some((g) => g.kind === 'attribute' && g.name === a.name && g.value === a.value),
    ),
    domainPermissions: person.domainPermissions.filter(
      (d) =>
        !own.some((g) => g.kind === 'domain-permission' && g.domainId === d.domainId && g.permission === d.permission),
    ),
  };
};
