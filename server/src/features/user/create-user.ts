import type { CreateUserBody } from '@stoa/contract/user';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { requireGoodPassword } from '../auth/new-password.ts';
import { hashPassword } from '../auth/password.ts';
import { joinPerson, takeTurnWithPersons } from './join-person.ts';
import type { LoadedPerson } from './load-people.ts';
import { attributeAudit, replaceAttributes } from './replace-attributes.ts';
import { replacePermissions } from './replace-permissions.ts';

/** Makes a local account. Without a password nobody signs in with it; it may still be given access. */
export async function createUser(deps: Deps, actor: LoadedPerson, input: CreateUserBody, call: Call): Promise<string> {
  requireMay(actor, 'user.manage', nothing);
  const globalUserId = newUuid();
  if (input.password !== undefined) await requireGoodPassword(input.password, input, 'body.password');
  // Hashing takes a while on purpose, so it happens before the transaction.
  const passwordHash = call.passwordHash ?? (input.password === undefined ? null : await hashPassword(input.password));
  await transact(deps, async (tx, after) => {
    const { samePersonAs } = input;
    if (samePersonAs !== undefined) await takeTurnWithPersons(tx);
    await tx
      .insertInto('app_user')
      .values({
        global_user_id: globalUserId,
        person_id: globalUserId,
        username: input.username.normalize('NFKC'),
        username_key: foldName(input.username),
        name: input.name,
        email: input.email,
        password_hash: passwordHash,
        status: input.status,
        disabled_at: input.status === 'disabled' ? new Date() : null,
      })
      .execute();
    const joined =
      samePersonAs === undefined ? [] : await joinPerson(tx, after, { actor, call, globalUserId, samePersonAs });
    const by = actor.globalUserId;
    const permissions = await replacePermissions(tx, globalUserId, {
      held: [],
      wanted: input.permissions,
      grantedBy: by,
    });
    const principal = { type: 'user', id: globalUserId } as const;
    const attributes = await replaceAttributes(tx, principal, { wanted: input.attributes, addedBy: by });
    await enqueueUser(tx, after, { globalUserId, cause: 'user' });
    const entry = {
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: globalUserId, name: input.name }],
      requestId: call.id,
    };
    await appendAudit(tx, [
      { ...entry, action: 'UserCreated', payload: { username: input.username, status: input.status } },
      ...(permissions.added.length > 0
        ? [{ ...entry, action: 'PermissionApplied', payload: { permissions: permissions.added } }]
        : []),
      ...attributeAudit(entry, attributes),
      ...joined,
    ]);
    after.changed('user', globalUserId);
  });
  return globalUserId;
}
