import type { AccessRequest } from '@stoa/contract/access-request';

/** The other person of a request of which the reader is one: for whom they asked, or who asked for them. */
export function onBehalf(
  { user, requestingUser }: Pick<AccessRequest, 'user' | 'requestingUser'>,
  readerId: string | undefined,
): { readonly is: 'for' | 'by'; readonly who: string } | undefined {
  if (user.globalUserId === requestingUser.globalUserId) return undefined;
  return user.globalUserId === readerId ? { is: 'by', who: requestingUser.name } : { is: 'for', who: user.name };
}
