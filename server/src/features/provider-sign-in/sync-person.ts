import { sql } from 'kysely';
import { type AuditActor, type AuditEntry, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import { enqueuePeople } from '../../provisioning/enqueue-policy-keys.ts';
import type { StoredProvider } from '../identity-provider/stored-provider.ts';
import { replaceMemberships } from '../group/replace-memberships.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { loginChanged } from '../user/login-changed.ts';
import { attributeAudit, replaceAttributes } from '../user/replace-attributes.ts';
import { replaceProfile } from '../user/replace-profile.ts';
import type { SaidOfPerson } from './read-claims.ts';

type Said = Pick<SaidOfPerson, 'name' | 'email' | 'attributes'> & {
  /** Told where it is the provider's to change. */
  readonly newUsername?: string;
  /** Undefined: it names none; `kept`: it says of each group who is in it, and nothing of it here. */
  readonly groups: readonly string[] | undefined | 'kept';
};
type Sync = {
  readonly person: LoadedPerson;
  readonly provider: Pick<StoredProvider, 'id'>;
  readonly said: Said;
  readonly call: Call;
  /** Who had it done; the provider itself where nobody is named. */
  readonly actor?: AuditActor;
};

/**
 * Makes what is known of a person from this provider what it says now: its own attributes and memberships, and of the profile what it
 * names. Rows of others are not touched, and no permission comes from a claim.
 */
export async function syncPerson(tx: Tx, after: AfterCommit, sync: Sync): Promise<AuditEntry[]> {
  const { person, provider, said, call, actor = systemActor } = sync;
  const by = { actor, actorIp: call.ip, requestId: call.id };
  const entry = { ...by, targetType: 'USER', targets: [{ id: person.globalUserId, name: person.name }] };
  // Groups before the person, as everybody locks them.
  const groups =
    said.groups === 'kept'
      ? []
      : await replaceMemberships(tx, after, { person, wanted: said.groups ?? [], source: provider.id, by });
  await sql`select from app_user where global_user_id = ${person.globalUserId} for no key update`.execute(tx);
  // As it is behind the lock: a user admin may have changed it meanwhile.
  const user = (await loadPerson(tx, person.globalUserId)) ?? person;
  const wanted = {
    username: said.newUsername ?? user.username,
    name: said.name ?? user.name,
    email: said.email ?? user.email,
  };
  const profile = await replaceProfile(tx, after, { actor: user, user, wanted });
  const principal = { type: 'user', id: person.globalUserId } as const;
  const { added, removed } = await replaceAttributes(tx, principal, {
    wanted: said.attributes,
    addedBy: null,
    source: provider.id,
  });
  await enqueuePeople(tx, after, {
    people: sql`values (${person.globalUserId}::uuid)`,
    attributes: [...added, ...removed].map(({ name }) => name),
    cause: 'attribute',
  });
  const entries = [
    ...(profile === undefined
      ? []
      : [
          {
            ...entry,
            action: 'UserUpdated',
            payload: { before: profile.before, after: profile.after, source: provider.id },
            emits: loginChanged(person, profile.parts),
          },
        ]),
    ...groups,
    ...attributeAudit(entry, { added, removed }).map((one) => ({
      ...one,
      payload: { ...one.payload, source: provider.id },
    })),
  ];
  if (entries.length === 0) return entries;
  await sql`update app_user set updated_at = now() where global_user_id = ${person.globalUserId}`.execute(tx);
  after.changed('user', person.globalUserId);
  return entries;
}
