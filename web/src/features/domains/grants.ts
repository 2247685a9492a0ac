import type { DomainDetail, DomainPermissionGrant } from '@stoa/contract/domain';
import { domainPermission, type DomainPermission } from '@stoa/contract/enums';

/** One row of the matrix: somebody, and what they hold in the domain. */
export type Holder = {
  readonly principalType: 'user' | 'group';
  readonly principalId: string;
  readonly name: string;
  readonly held: ReadonlySet<DomainPermission>;
};

export const keyOfHolder = (one: Pick<Holder, 'principalType' | 'principalId'>): string =>
  `${one.principalType}:${one.principalId}`;

/** The grants of a domain, gathered by who holds them, by name. */
export function holdersOf(grants: DomainDetail['permissions']): readonly Holder[] {
  const holders = new Map<string, Holder>();
  for (const grant of grants) {
    const key = keyOfHolder(grant);
    const before = holders.get(key);
    holders.set(key, {
      principalType: grant.principalType,
      principalId: grant.principalId,
      name: grant.principalName ?? before?.name ?? grant.principalId,
      held: new Set([...(before?.held ?? []), grant.permission]),
    });
  }
  return [...holders.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The holders as the operation takes them; who holds nothing is left out. */
export const grantsOf = (holders: readonly Holder[]): DomainPermissionGrant[] =>
  holders.flatMap(({ principalType, principalId, held }) =>
    domainPermission.options
      .filter((permission) => held.has(permission))
      .map((permission) => ({ permission, principalType, principalId })),
  );

const signatureOf = (holders: readonly Holder[]): string =>
  grantsOf(holders)
    .map((grant) => `${keyOfHolder({ ...grant, principalId: String(grant.principalId) })} ${grant.permission}`)
    .sort()
    .join('\n');

export const isSameGrants = (a: readonly Holder[], b: readonly Holder[]): boolean => signatureOf(a) === signatureOf(b);
