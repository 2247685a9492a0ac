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
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { loadProvider, type StoredProvider } from '../identity-provider/stored-provider.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { syncPerson } from './sync-person.ts';

type Linking = {
  readonly actor: LoadedPerson;
  readonly call: Call;
  readonly globalUserId: string;
  readonly providerId: string;
};
type Linked = { readonly user: LoadedPerson; readonly provider: StoredProvider };

const changes: NonNullable<UserObject['changes']> = ['sign-in'];

/** A user admin says whom a provider means by a subject. Nobody says it of a login of their own. */
export async function linkSignIn(deps: Deps, linking: Linking & { subject: string }): Promise<void> {
  const { actor, globalUserId, providerId, subject } = linking;
  requireMay(actor, 'user.manage', { kind: 'none' });
  await transact(deps, async (tx, after) => {
    const { user, provider } = await lock(deps, tx, linking);
    const former = await findSubject(tx, linking);
    if (former === subject) return;
    await requireFree(tx, { provider, subject, globalUserId });
    // Who was meant before may be somebody else: what was said of them does not stay with this person.
    const left = former === undefined ? [] : await leave(tx, after, linking, { user, provider });
    await sql`insert into sign_in_link (provider_id, subject, global_user_id, linked_by)
      values (${providerId}, ${subject}, ${globalUserId}, ${actor.globalUserId})`.execute(tx);
    await appendAudit(tx, [
      ...left,
      entryOf(linking, user, { linked: { identityProvider: providerId, subject, former } }),
    ]);
    after.changed('user', globalUserId);
  });
}

/** The provider signs them in no longer. What it said goes with it, and so do the sessions that it opened. */
export async function unlinkSignIn(deps: Deps, linking: Linking): Promise<void> {
  requireMay(linking.actor, 'user.manage', { kind: 'none' });
  await transact(deps, async (tx, after) => {
    const { user, provider } = await lock(deps, tx, linking);
    const subject = await findSubject(tx, linking);
    const isKept = await isKeptBy(tx, linking);
    if (subject === undefined && !isKept) throw notFound('link');
    const left = await leave(tx, after, linking, { user, provider });
    await appendAudit(tx, [...left, entryOf(linking, user, { unlinked: { identityProvider: provider.id, subject } })]);
    after.changed('user', user.globalUserId);
  });
}

async function lock(deps: Deps, tx: Tx, { actor, globalUserId, providerId }: Linking): Promise<Linked> {
  const user = await loadPerson(tx, globalUserId);
  if (user === undefined) throw notFound('user');
  requireMay(actor, 'user.manage', { kind: 'user', ...user, changes });
  // Sign-ins hold it shared: none of them is half-way while a link changes.
  const provider = await loadProvider(deps, tx, { id: providerId, lock: sql`for update` });
  if (provider === undefined) throw notFound('provider');
  return { user, provider };
}

async function findSubject(tx: Tx, { globalUserId, providerId }: Linking): Promise<string | undefined> {
  const { rows } = await sql<{ subject: string }>`
    select subject from sign_in_link where provider_id = ${providerId} and global_user_id = ${globalUserId}`.execute(
    tx,
  );
  return rows[0]?.subject;
}

/** Whether its directory keeps them over SCIM: they may never have signed in. */
async function isKeptBy(tx: Tx, { globalUserId, providerId }: Linking): Promise<boolean> {
  const { rows } = await sql`
    select 1 from scim_person where provider_id = ${providerId} and global_user_id = ${globalUserId} and left_at is null`.execute(
    tx,
  );
  return rows.length > 0;
}

async function requireFree(
  tx: Tx,
  { provider, subject, globalUserId }: { provider: StoredProvider; subject: string; globalUserId: string },
): Promise<void> {
  // Whom its directory keeps by that id has yet to sign in: disabled there, they would go on here as somebody else.
  const { rows } = await sql<{ name: string; username: string }>`
    select u.name, u.username from app_user u where u.global_user_id in (
      select global_user_id from sign_in_link where provider_id = ${provider.id} and subject = ${subject}
      union all select s.global_user_id from scim_person s join scim_access a on a.provider_id = s.provider_id
        where s.provider_id = ${provider.id} and s.external_id = ${subject} and a.id_claim = 'sub'
          and s.left_at is null and s.global_user_id <> ${globalUserId})`.execute(tx);
  const [other] = rows;
  if (other === undefined) return;
  throw new Refusal('sign_in_link.subject_taken', {
    detail: `By this subject, ${provider.name} means ${other.name} (${other.username}). Nothing was changed.`,
  });
}

/** Takes a link with all that came by it. */
async function leave(tx: Tx, after: AfterCommit, linking: Linking, { user, provider }: Linked): Promise<AuditEntry[]> {
  const { actor, call } = linking;
  const { globalUserId } = user;
  await sql`delete from sign_in_link where provider_id = ${provider.id} and global_user_id = ${globalUserId}`.execute(
    tx,
  );
  await sql`delete from session where provider_id = ${provider.id} and global_user_id = ${globalUserId}`.execute(tx);
  await sql`delete from scim_person where provider_id = ${provider.id} and global_user_id = ${globalUserId}`.execute(
    tx,
  );
  const said = { name: null, email: null, groups: [], attributes: {} };
  const entries = await syncPerson(tx, after, { person: user, provider, said, call, actor: userActor(actor) });
  if (user.iamId !== provider.id) return entries;
  // Conditions may ask who signs somebody in.
  await sql`update app_user set iam_id = 'bim' where global_user_id = ${globalUserId}`.execute(tx);
  await enqueueUser(tx, after, { globalUserId, cause: 'user' });
  return entries;
}

const entryOf = ({ actor, call }: Linking, user: LoadedPerson, payload: Record<string, unknown>): AuditEntry => ({
  action: 'UserUpdated',
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'USER',
  targets: [{ id: user.globalUserId, name: user.name }],
  payload,
  requestId: call.id,
});
