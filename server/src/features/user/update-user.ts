import type { UpdateUserBody } from '@stoa/contract/user';
import type { UserObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import { requireGoodPassword } from '../auth/new-password.ts';
import { hashPassword } from '../auth/password.ts';
import { requireOwnSay } from '../provider-sign-in/said.ts';
import { endSessions } from './end-credentials.ts';
import { joinPerson, takeTurnWithPersons } from './join-person.ts';
import { loadPerson, type LoadedPerson } from './load-people.ts';
import { loginChanged } from './login-changed.ts';
import { attributeAudit, replaceAttributes } from './replace-attributes.ts';
import { replaceProfile } from './replace-profile.ts';
import { keepLastAdmin, replacePermissions } from './replace-permissions.ts';
import { setStatus } from './set-status.ts';

type Update = { actor: LoadedPerson; user: LoadedPerson; body: UpdateUserBody; call: Call };

/** Changes a person. Disabling ends sessions, tokens, pending requests and access in the same commit. */
export async function updateUser(
  deps: Deps,
  actor: LoadedPerson,
  input: { globalUserId: string; body: UpdateUserBody; call: Call },
): Promise<void> {
  requireMay(actor, 'user.manage', { kind: 'none' });
  const { globalUserId, body, call } = input;
  // Of their own they change it by a browser session alone, as everybody does.
  const isOwnPassword = body.password !== undefined && globalUserId === actor.globalUserId;
  if (isOwnPassword && call.by !== 'session') throw new Refusal('auth.session_needed');
  const passwordHash =
    call.passwordHash ?? (body.password === undefined ? undefined : await hashGoodPassword(deps, globalUserId, body));
  await transact(deps, async (tx, after) => {
    if (body.samePersonAs !== undefined) await takeTurnWithPersons(tx);
    await sql`select from app_user where global_user_id = ${globalUserId} for no key update`.execute(tx);
    const user = await loadPerson(tx, globalUserId);
    if (!user) throw notFound('user');
    requireMay(actor, 'user.manage', { kind: 'user', ...user, changes: changesOf(body, user, passwordHash) });
    const update = { actor, user, body, call };
    const entries = [
      ...(await changeProfile(tx, after, update)),
      ...(await changePassword(tx, update, passwordHash)),
      ...(await changePerson(tx, after, update)),
      ...(await changeRights(tx, after, update)),
      ...(await changeStatus(tx, after, update)),
    ];
    if (entries.length === 0) return;
    await sql`update app_user set updated_at = now() where global_user_id = ${globalUserId}`.execute(tx);
    await appendAudit(tx, entries);
    after.changed('user', globalUserId);
  });
}

/** Before the transaction: both take a while on purpose. */
async function hashGoodPassword(deps: Deps, globalUserId: string, body: UpdateUserBody): Promise<string> {
  const user = await loadPerson(deps.db, globalUserId);
  if (!user) throw notFound('user');
  const owner = {
    username: body.username ?? user.username,
    name: body.name ?? user.name,
    email: body.email ?? user.email,
  };
  const password = body.password ?? '';
  await requireGoodPassword(password, owner, 'body.password');
  return hashPassword(password);
}

const changesOf = (
  body: UpdateUserBody,
  user: LoadedPerson,
  passwordHash: string | undefined,
): NonNullable<UserObject['changes']> => [
  ...(body.username === undefined && body.name === undefined && body.email === undefined ? [] : ['profile' as const]),
  ...(passwordHash === undefined ? [] : ['password' as const]),
  ...(body.status === undefined ? [] : ['status' as const]),
  ...(body.attributes === undefined ? [] : ['attributes' as const]),
  ...(body.samePersonAs === undefined ? [] : ['person' as const]),
  // A page may send the whole person back; what stays the same is no change of rights.
  ...(body.permissions === undefined || isSameSet(body.permissions, user.permissions) ? [] : ['permissions' as const]),
];
const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  [...new Set(a)].sort().join() === [...new Set(b)].sort().join();

const entryOf = ({ actor, user, call }: Update): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'USER',
  targets: [{ id: user.globalUserId, name: user.name }],
  requestId: call.id,
});

async function changeProfile(tx: Tx, after: AfterCommit, update: Update): Promise<AuditEntry[]> {
  const { actor, user, body } = update;
  const wanted = {
    username: body.username?.normalize('NFKC') ?? user.username,
    name: body.name ?? user.name,
    email: body.email ?? user.email,
  };
  await requireOwnSay(tx, user, wanted);
  const changed = await replaceProfile(tx, after, { actor, user, wanted });
  if (changed === undefined) return [];
  const payload = { before: changed.before, after: changed.after };
  return [{ ...entryOf(update), action: 'UserUpdated', payload, emits: loginChanged(user, changed.parts) }];
}

async function changePassword(tx: Tx, update: Update, passwordHash: string | undefined): Promise<AuditEntry[]> {
  if (passwordHash === undefined) return [];
  const { actor, user, call } = update;
  await tx
    .updateTable('app_user')
    .set({ password_hash: passwordHash })
    .where('global_user_id', '=', user.globalUserId)
    .execute();
  // Whoever knew the old password is out; the caller's own session stays.
  const isOwnSession = actor.globalUserId === user.globalUserId && call.by === 'session';
  await endSessions(tx, user.globalUserId, isOwnSession ? call.credentialId : undefined);
  const emits = loginChanged(user, ['password']);
  return [{ ...entryOf(update), action: 'UserUpdated', payload: { changed: ['password'] }, emits }];
}

const changePerson = async (tx: Tx, after: AfterCommit, { actor, user, body, call }: Update): Promise<AuditEntry[]> =>
  body.samePersonAs === undefined
    ? []
    : joinPerson(tx, after, { actor, call, globalUserId: user.globalUserId, samePersonAs: body.samePersonAs });

async function changeRights(tx: Tx, after: AfterCommit, update: Update): Promise<AuditEntry[]> {
  const { actor, user, body } = update;
  const entry = entryOf(update);
  const entries: AuditEntry[] = [];
  if (body.permissions !== undefined) {
    const wanted = body.permissions;
    await keepLastAdmin(
      tx,
      user.globalUserId,
      user.permissions.filter((p) => !wanted.includes(p)),
    );
    const by = actor.globalUserId;
    const { added, removed } = await replacePermissions(tx, user.globalUserId, {
      held: user.permissions,
      wanted,
      grantedBy: by,
    });
    if (added.length > 0) entries.push({ ...entry, action: 'PermissionApplied', payload: { permissions: added } });
    if (removed.length > 0) entries.push({ ...entry, action: 'PermissionRemoved', payload: { permissions: removed } });
  }
  if (body.attributes === undefined) return entries;
  const principal = { type: 'user', id: user.globalUserId } as const;
  const change = await replaceAttributes(tx, principal, { wanted: body.attributes, addedBy: actor.globalUserId });
  await enqueuePeople(tx, after, {
    people: sql`values (${user.globalUserId}::uuid)`,
    attributes: [...change.added, ...change.removed].map(({ name }) => name),
    cause: 'attribute',
  });
  return [...entries, ...attributeAudit(entry, change)];
}

/** Enables or disables somebody as the body says, by the actor's own hand. */
export const changeStatus = async (
  tx: Tx,
  after: AfterCommit,
  { actor, user, body, call }: Update,
): Promise<AuditEntry[]> =>
  body.status === undefined
    ? []
    : setStatus(tx, after, {
        user,
        status: body.status,
        actor: userActor(actor),
        endedBy: actor.globalUserId,
        source: null,
        reason: 'The account was disabled.',
        call,
      });
