import { createGroup, listGroups, setGroupMembers } from '@stoa/contract/group';
import { createUser, listUsers } from '@stoa/contract/user';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append.ts';
import { newUuid } from '../db/new-id.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { hashPassword } from '../features/auth/password.ts';
import { isSetupNeeded } from '../features/auth/set-up.ts';
import { sampleAccounts, sampleGroups, samplePassword, samplePeople } from './accounts.ts';
import { sampleActor, type SampleCallers } from './sample-callers.ts';

/**
 * Makes the first account and the sample's mark in one commit, under the lock of the first visit: whoever comes first,
 * the sample or a visitor, has the installation. Answers whether it is the sample.
 */
export async function createFirstAdmin(deps: Deps): Promise<boolean> {
  const passwordHash = await hashPassword(samplePassword);
  const person = samplePeople.useradmin;
  return transact(deps, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.set-up'))`.execute(tx);
    if (!(await isSetupNeeded(tx))) return false;
    const id = newUuid();
    await tx
      .insertInto('app_user')
      .values({
        global_user_id: id,
        person_id: id,
        username: 'useradmin',
        username_key: 'useradmin',
        name: person.name,
        email: person.email,
        password_hash: passwordHash,
      })
      .execute();
    for (const permission of person.permissions)
      await tx.insertInto('global_permission').values({ global_user_id: id, permission }).execute();
    await sql`insert into setting (name, value) values ('sample', '{"stage":"started"}')`.execute(tx);
    const entry = { actor: sampleActor, targetType: 'USER', targets: [{ id, name: person.name }] };
    await appendAudit(tx, [
      { ...entry, action: 'UserCreated', payload: { username: 'useradmin' } },
      { ...entry, action: 'PermissionApplied', payload: { permissions: person.permissions } },
    ]);
    return true;
  });
}

/** The other accounts, and the groups; what is there already stays. */
export async function createPeople(deps: Deps, callers: SampleCallers): Promise<void> {
  const { data: users } = await callers.call('useradmin', listUsers, { query: { limit: 1_000 } });
  for (const { username } of sampleAccounts) {
    if (users.some((user) => user.username === username)) continue;
    await callers.call('useradmin', createUser, { body: { username, ...samplePeople[username] } });
  }
  // Past the operation, which takes no password that is printed in a README.
  await deps.db
    .updateTable('app_user')
    .set({ password_hash: await hashPassword(samplePassword) })
    .where(
      'username',
      'in',
      sampleAccounts.map(({ username }) => username),
    )
    .where('password_hash', 'is', null)
    .execute();
  const { data: groups } = await callers.call('useradmin', listGroups, { query: { limit: 1_000 } });
  for (const { name, email, members } of sampleGroups) {
    const known = groups.find((group) => group.name === name);
    const group = known ?? (await callers.call('useradmin', createGroup, { body: { name, email } }));
    const globalUserIds = await Promise.all(members.map((member) => callers.idOf(member)));
    await callers.call('useradmin', setGroupMembers, { params: { id: group.id }, body: { globalUserIds } });
  }
}
