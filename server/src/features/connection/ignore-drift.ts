import type { Drift } from '@stoa/contract/connection';
import type { DriftFinding } from '@stoa/contract/enums';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { isForPerson, readDrift } from './list-drift.ts';

type Input = {
  actor: LoadedPerson;
  call: Pick<Call, 'id' | 'ip'>;
  connectionKey: string;
  driftId: string;
  /** Null: it counts again. */
  reason: string | null;
};
type Row = {
  connection_id: string;
  finding: DriftFinding;
  object: string;
  principal: string;
  privilege: string;
  is_closed: boolean;
  is_ignored: boolean;
  is_own: boolean;
};

/** Leaves as it is what others gave, until it is gone; or takes that back. Nothing changes on the platform. */
export function ignoreDrift(deps: Deps, input: Input): Promise<Drift> {
  const { actor, call, connectionKey, driftId, reason } = input;
  return transact(deps, async (tx, after) => {
    const { rows } = await sql<Row>`
      select f.connection_id, f.finding, f.object, f.principal, f.privilege, f.closed_at is not null as is_closed, f.ignored_at is not null as is_ignored,
        exists (select from platform_identity i where i.connection_id = f.connection_id and i.global_user_id = ${actor.globalUserId}
          and i.platform_principal_id = f.detail ->> 'principalId') as is_own
      from drift_finding f join connection c on c.id = f.connection_id
      where f.id = ${driftId} and c.connection_key = ${connectionKey} for update of f`.execute(tx);
    const row = rows[0];
    requireMay(actor, 'drift.ignore', { kind: 'drift', isOwn: row?.is_own ?? false });
    if (row === undefined) throw notFound('finding');
    if (row.is_closed) throw new Refusal('drift.closed');
    if (!isForPerson(row.finding)) throw new Refusal('drift.mends_itself');
    // Taking back what nobody said is no act.
    if (reason !== null || row.is_ignored) {
      const by = reason === null ? null : actor.globalUserId;
      await sql`update drift_finding set ignored_at = ${reason === null ? null : sql`now()`}, ignored_by = ${by}::uuid, ignored_reason = ${reason}
        where id = ${driftId}`.execute(tx);
      const { finding, object, principal, privilege } = row;
      await appendAudit(tx, {
        action: reason === null ? 'DriftUnignored' : 'DriftIgnored',
        actor: userActor(actor),
        actorIp: call.ip,
        targetType: 'CONNECTION',
        targets: [{ id: row.connection_id, name: connectionKey }],
        payload: { finding, object, principal, privilege, ...(reason === null ? {} : { reason }) },
        requestId: call.id,
      });
      after.changed('drift', row.connection_id);
      after.changed('connection', connectionKey);
    }
    const [drift] = await readDrift(tx, [driftId]);
    if (drift === undefined) throw notFound('finding');
    return drift;
  });
}
