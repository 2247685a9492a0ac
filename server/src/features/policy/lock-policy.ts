import type { StoredPolicy } from '@stoa/contract/policy';
import type { Actor, PolicyObject } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { Emission } from '../../work/emission.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { decisionsJson } from './decisions.ts';
import { loadPlaces, storedObject } from './policy-object.ts';
import { type PolicyRow, policyColumns, toStoredPolicy } from './stored-policy.ts';

/** Who changes which policy, and by which call. */
export type PolicyChange<Body = undefined> = { actor: LoadedPerson; id: string; body: Body; call: Call };
export type LockedPolicy = { policy: StoredPolicy; object: PolicyObject; createdBy: string | null };

/** Locks a policy and reads it: of two who change it at once, the second sees what the first has saved. */
export const lockPolicy = (tx: Tx, id: string, actor: Actor): Promise<LockedPolicy> =>
  readPolicyFor(tx, { id, actor }, sql`for update`);

/** The same for one that is only looked at. */
export const loadPolicy = (reader: Reader, id: string, actor: Actor): Promise<LockedPolicy> =>
  readPolicyFor(reader, { id, actor }, sql``);

async function readPolicyFor(
  tx: Reader,
  { id, actor }: { id: string; actor: Actor },
  lock: RawBuilder<unknown>,
): Promise<LockedPolicy> {
  const { rows } = await sql<PolicyRow & { protected: boolean; created_by: string | null }>`
    select ${policyColumns}, p.protected, p.created_by, ${decisionsJson} as decisions from policy p where p.id = ${id} and p.deleted_at is null ${lock}`.execute(
    tx,
  );
  const row = rows[0];
  if (!row) throw notFound('policy');
  const policy = toStoredPolicy(row);
  const [place] = await loadPlaces(tx, [policy.scope], actor);
  const about = { isProtected: row.protected, isAuthor: row.created_by === actor.globalUserId };
  return { policy, object: storedObject(policy, place ?? null, about), createdBy: row.created_by };
}

/** Goes on when the version is the newest: nobody overwrites what they have not seen. */
export function requireVersion(policy: StoredPolicy, version: number): void {
  if (policy.version === version) return;
  throw new Refusal('policy.version_outdated', {
    detail: `"${policy.name}" is at version ${policy.version} now; you sent version ${version}.`,
    extra: { version: policy.version },
  });
}

type Told = Pick<StoredPolicy, 'id' | 'name' | 'policyKey' | 'version' | 'state'>;
type Happened = 'Created' | 'Updated' | 'Deleted';

/** What others are told of it: what it became, without what it says. */
const policyEvent = (
  { id, name, policyKey, version, state }: Told,
  happened: Happened,
  at: PolicyObject,
): Emission => ({
  type: `stoa.policy.${events[happened]}`,
  targetId: id,
  domainId: at.domains[0]?.id,
  data: { policy: { id, name, key: policyKey }, policyVersion: version, state },
});
const events = { Created: 'created', Updated: 'updated', Deleted: 'deleted' } as const;

/** Everything of an audit row but its payload. `policy`: as it became. `object`: where the policy acts, and with it who may read the row. */
export const policyEntry = (
  { actor, call }: Pick<PolicyChange, 'actor' | 'call'>,
  what: { policy: Told; object: PolicyObject; happened: Happened },
): Omit<AuditEntry, 'payload'> => ({
  action: `${what.object.scope === 'local' ? 'LocalPolicy' : 'GlobalPolicy'}${what.happened}`,
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'POLICY',
  targets: [{ id: what.policy.id, name: what.policy.name }],
  domainIds: what.object.domains.map((d) => d.id),
  requestId: call.id,
  sessionId: call.by === 'session' ? call.credentialId : undefined,
  emits: [policyEvent(what.policy, what.happened, what.object)],
});
