import { foldName } from '@stoa/core/folded-name';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { forgetGivenNames } from '../identity/resolve.ts';
import { tellFormerAddresses } from '../notification/tell-former-addresses.ts';
import type { LoadedPerson } from './load-people.ts';

export type Profile = { readonly username: string; readonly name: string; readonly email: string | null };
type Part = 'username' | 'email';
/** What changed, with the parts by which a login is known. */
export type ProfileChange = { readonly before: Profile; readonly after: Profile; readonly parts: readonly Part[] };

/** Makes the profile of a person what is wanted, with all that follows from it; undefined where nothing changes. */
export async function replaceProfile(
  tx: Tx,
  after: AfterCommit,
  { actor, user, wanted }: { actor: LoadedPerson; user: LoadedPerson; wanted: Profile },
): Promise<ProfileChange | undefined> {
  const now: Profile = { username: wanted.username, name: wanted.name, email: wanted.email };
  const before: Profile = { username: user.username, name: user.name, email: user.email };
  if (JSON.stringify(now) === JSON.stringify(before)) return undefined;
  const key = now.username === before.username ? {} : { username_key: foldName(now.username) };
  await tx
    .updateTable('app_user')
    .set({ ...now, ...key })
    .where('global_user_id', '=', user.globalUserId)
    .execute();
  // The names people have on platforms may be made from these.
  const parts = (['username', 'email'] as const).filter((part) => now[part] !== before[part]);
  if (parts.length > 0) {
    await forgetGivenNames(tx, { people: [user.globalUserId], parts });
    await enqueueUser(tx, after, { globalUserId: user.globalUserId, cause: 'identity' });
  }
  if (now.email !== before.email)
    await tellFormerAddresses(tx, actor, [{ globalUserId: user.globalUserId, formerEmail: before.email }]);
  return { before, after: now, parts };
}
