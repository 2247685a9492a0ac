import { identityProblem } from '../access/compile.ts';
import type { UserFact } from '../access/model.ts';

/** Somebody who would be another one on a platform, or nobody any more: `null` is no login that access can be pushed to. */
export type AccountChange = {
  readonly globalUserId: string;
  readonly before: string | null;
  readonly after: string | null;
};

type Account = { readonly principalId: string | null; readonly name: string };

function accountsOf(users: readonly UserFact[]): ReadonlyMap<string, Account> {
  return new Map(
    users.flatMap(({ globalUserId, identity }): [string, Account][] =>
      identity !== null && identityProblem(identity) === null
        ? [[globalUserId, { principalId: identity.principalId, name: identity.externalName }]]
        : [],
    ),
  );
}

/** Whose login changes. A login is what the platform says it is: by its id, whatever it is called. */
export function compareAccounts(before: readonly UserFact[], after: readonly UserFact[]): AccountChange[] {
  const [old, next] = [accountsOf(before), accountsOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((globalUserId) => {
    const [was, is] = [old.get(globalUserId), next.get(globalUserId)];
    if (was?.principalId === is?.principalId) return [];
    return [{ globalUserId, before: was?.name ?? null, after: is?.name ?? null }];
  });
}
