import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { leaveUnkeptGroups } from '../provider-sign-in/kept-by-directory.ts';
import { syncPerson } from '../provider-sign-in/sync-person.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { setStatus } from '../user/set-status.ts';
import type { UserResource } from './attributes.ts';
import { patchUser, readUser } from './change-user.ts';
import { findKept } from './find-kept.ts';
import { matchUser, taken } from './match-user.ts';
import { valueRefused } from './read-values.ts';
import { actorOf, type FromDirectory, keep, type Keeping } from './source.ts';
import { attributesOf, emailOf, nameOf, toResource, toStored } from './user-resource.ts';

/** Makes somebody, or takes up whom the provider has named before. Answers the id. */
export async function createUser(from: FromDirectory, body: unknown): Promise<string> {
  const said = readUser(body);
  if (said.userName === undefined) throw valueRefused('userName', 'is missing');
  return keep(from, async (keeping) => {
    const { tx, source } = keeping;
    // A first sign-in of the same subject at once: whoever comes second finds what the first one made.
    if (source.idClaim === 'sub' && said.externalId !== undefined)
      await sql`select pg_advisory_xact_lock(hashtextextended(${`stoa.sign-in ${source.id} ${said.externalId}`}, 0))`.execute(
        tx,
      );
    const known = await matchUser(keeping, said);
    const person = known ?? (await insertPerson(keeping, said));
    const active = said.active ?? true;
    const entry = known === undefined ? createdEntry(keeping, person) : takenUpEntry(keeping, person);
    await write(keeping, { person, said: { ...said, active }, entries: [entry] });
    return person.globalUserId;
  });
}

/** Replaces all that is said; what a body leaves out of id and state stays. */
export const replaceUser = async (from: FromDirectory, id: string, body: unknown): Promise<void> => {
  const said = readUser(body);
  if (said.userName === undefined) throw valueRefused('userName', 'is missing');
  return change(from, id, (before) => ({
    ...said,
    active: said.active ?? before.active ?? true,
    ...(said.externalId === undefined && before.externalId !== undefined ? { externalId: before.externalId } : {}),
  }));
};

export const changeUser = (from: FromDirectory, id: string, body: unknown): Promise<void> =>
  change(from, id, (before) => patchUser(before, body));

const change = (from: FromDirectory, id: string, edit: (before: UserResource) => UserResource): Promise<void> =>
  keep(from, async (keeping) => {
    const { tx, source } = keeping;
    const row = await findKept(tx, source.id, id);
    const person = row && (await loadPerson(tx, row.id));
    if (row === undefined || person === undefined) throw notFound('user');
    const said = edit(toResource(row));
    if (row.external_id !== null && said.externalId !== row.external_id)
      throw new Refusal('scim.read_only', {
        detail: `The externalId of ${person.name} (${person.username}) does not change: another one is another person. Nothing was changed.`,
      });
    await write(keeping, { person, said, entries: [] });
  });

async function insertPerson({ tx, after, source }: Keeping, said: UserResource): Promise<LoadedPerson> {
  const globalUserId = newUuid();
  const username = said.userName ?? '';
  await tx
    .insertInto('app_user')
    .values({
      global_user_id: globalUserId,
      person_id: globalUserId,
      iam_id: source.id,
      username,
      username_key: foldName(username),
      name: nameOf(said) ?? username,
      email: emailOf(said),
    })
    .execute();
  await enqueueUser(tx, after, { globalUserId, cause: 'user' });
  const person = await loadPerson(tx, globalUserId);
  if (person === undefined) throw new Error('the person that was just made is not there');
  return person;
}

const entryOf = (
  { source, call }: Keeping,
  { globalUserId, name }: Pick<LoadedPerson, 'globalUserId' | 'name'>,
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: actorOf(source),
  actorIp: call.ip,
  targetType: 'USER',
  targets: [{ id: globalUserId, name }],
  requestId: call.id,
});

const createdEntry = (keeping: Keeping, person: LoadedPerson): AuditEntry => ({
  ...entryOf(keeping, person),
  action: 'UserCreated',
  payload: { username: person.username, source: keeping.source.id },
});

const takenUpEntry = (keeping: Keeping, person: LoadedPerson): AuditEntry => ({
  ...entryOf(keeping, person),
  action: 'UserUpdated',
  payload: { keptBy: keeping.source.id },
});

type Writing = { readonly person: LoadedPerson; readonly said: UserResource; readonly entries: AuditEntry[] };

/** Makes what is known of somebody from this directory what it says now, with all that follows from it. */
async function write(keeping: Keeping, { person, said, entries }: Writing): Promise<void> {
  const { tx, after, source, call } = keeping;
  const { globalUserId } = person;
  if (said.userName === undefined) throw valueRefused('userName', 'is missing');
  const by = { actor: actorOf(source), actorIp: call.ip, requestId: call.id };
  const left = await leaveUnkeptGroups(tx, after, { person, providerId: source.id, by });
  const synced = await syncPerson(tx, after, {
    person,
    provider: source,
    said: {
      newUsername: said.userName,
      name: nameOf(said),
      email: emailOf(said),
      groups: 'kept',
      attributes: attributesOf(said),
    },
    call,
    actor: actorOf(source),
  });
  const status = await followStatus(keeping, globalUserId, said.active ?? true);
  const { rows } = await sql`insert into scim_person (global_user_id, provider_id, external_id, resource)
    values (${globalUserId}, ${source.id}, ${said.externalId ?? null}, ${toStored(said)}::jsonb)
    on conflict (global_user_id) do update set external_id = excluded.external_id, resource = excluded.resource,
      updated_at = now(), left_at = null where scim_person.provider_id = excluded.provider_id returning 1`.execute(tx);
  if (rows.length === 0) throw taken(`Another directory has begun to keep ${person.name} (${person.username}).`);
  await appendAudit(tx, [...entries, ...left, ...synced, ...status]);
  after.changed('user', globalUserId);
}

/** Whom a user admin disabled stays so, whatever the directory says. */
async function followStatus(keeping: Keeping, globalUserId: string, isActive: boolean): Promise<AuditEntry[]> {
  const { tx, after, source, call } = keeping;
  const { rows } = await sql<{ disabledBy: string | null }>`
    select disabled_by as "disabledBy" from app_user where global_user_id = ${globalUserId} for no key update`.execute(
    tx,
  );
  const user = await loadPerson(tx, globalUserId);
  if (user === undefined) throw notFound('user');
  const isEnabling = isActive && user.status === 'disabled' && rows[0]?.disabledBy === source.id;
  if (isActive && !isEnabling) return [];
  const status = isActive ? 'active' : 'disabled';
  return setStatus(tx, after, {
    user,
    status,
    actor: actorOf(source),
    endedBy: null,
    source: source.id,
    reason: `${source.name} disabled the account.`,
    call,
  });
}

/** The directory lets somebody go: they are disabled, and what it said of them goes. The record stays. */
export const deleteUser = (from: FromDirectory, id: string): Promise<void> =>
  keep(from, async (keeping) => {
    const { tx, after, source, call } = keeping;
    const row = await findKept(tx, source.id, id);
    const person = row && (await loadPerson(tx, row.id));
    if (row === undefined || person === undefined) throw notFound('user');
    const { globalUserId } = person;
    const said = { name: null, email: null, groups: [], attributes: {} };
    const actor = actorOf(source);
    const synced = await syncPerson(tx, after, { person, provider: source, said, call, actor });
    const status = await followStatus(keeping, globalUserId, false);
    await sql`update scim_person set left_at = now(), updated_at = now() where global_user_id = ${globalUserId}`.execute(
      tx,
    );
    const payload = { keptNoLonger: source.id };
    const entry = { ...entryOf(keeping, person), action: 'UserUpdated', payload };
    await appendAudit(tx, [entry, ...synced, ...status]);
    after.changed('user', globalUserId);
  });
