import type { PlatformIdentity } from '@stoa/contract/identity';
import { ConnectorError, type ResolvedPrincipal } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueUser } from '../../provisioning/enqueue-keys.ts';
import { findConnection } from '../connection/find-connection.ts';
import { loadPerson, type LoadedPerson } from '../user/load-people.ts';
import { presentIdentity, readIdentity } from './queries.ts';
import { describeRefusal, judge, nameOf, type ResolvedIdentity } from './resolve.ts';

type Input = {
  actor: LoadedPerson;
  connectionKey: string;
  globalUserId: string;
  /** Null: back to the name that the connection's template gives. */
  externalName: string | null;
  call: Pick<Call, 'id' | 'ip'>;
};

/** Names who a person is on a platform. The platform is asked first, outside of the transaction. */
export async function setIdentity(deps: Deps, input: Input): Promise<PlatformIdentity> {
  const { actor, connectionKey, globalUserId } = input;
  const connection = await findConnection(deps.db, connectionKey);
  const person = await loadPerson(deps.db, globalUserId);
  if (!connection) throw notFound('connection');
  if (!person) throw notFound('user');
  requireMay(actor, 'identity.manage', { kind: 'identity', globalUserId, personId: person.personId });
  if (connection.state === 'deleting') throw new Refusal('connection.deleting');
  const isManual = input.externalName !== null;
  const name = input.externalName ?? nameOf(connection.settings.identityTemplate ?? '{username}', person);
  const next = name === undefined ? undefined : await verify(deps, { connectionId: connection.id, name, isManual });
  const about = { connectionId: connection.id, connectionKey, person, isManual };
  await write(deps, input, { ...about, next });
  const row = await readIdentity(deps.db, connection.id, globalUserId);
  return row ? presentIdentity(row) : { externalName: '', state: 'absent', source: 'template', connectionKey };
}

type Written = {
  connectionId: string;
  connectionKey: string;
  person: LoadedPerson;
  isManual: boolean;
  next: ResolvedIdentity | undefined;
};

async function write(deps: Deps, { actor, globalUserId, call }: Input, written: Written): Promise<void> {
  const { connectionId, connectionKey, person, isManual, next } = written;
  await transact(deps, async (tx, after) => {
    await sql`select from connection where id = ${connectionId} for key share`.execute(tx);
    const before = await readIdentity(tx, connectionId, globalUserId);
    if (next === undefined) {
      await sql`delete from platform_identity where connection_id = ${connectionId} and global_user_id = ${globalUserId}`.execute(
        tx,
      );
    } else {
      if (isManual) await makeRoom(tx, { connectionId, globalUserId, externalName: next.externalName });
      await sql`
        insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state, reason, is_manual, verified_at)
        values (${connectionId}, ${globalUserId}, ${next.externalName}, ${next.principalId}, ${next.state}, ${next.reason}, ${isManual},
          case when ${next.state} = 'unverified' then null else now() end)
        on conflict (connection_id, global_user_id) do update set external_name = excluded.external_name,
          platform_principal_id = excluded.platform_principal_id, state = excluded.state, reason = excluded.reason,
          is_manual = excluded.is_manual, verified_at = excluded.verified_at`.execute(tx);
    }
    await appendAudit(tx, {
      action: 'PlatformIdentityChanged',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'USER',
      targets: [{ id: globalUserId, name: person.name }],
      relatedResources: [{ id: connectionId, name: connectionKey, type: 'CONNECTION' }],
      payload: {
        from: before ? { externalName: before.external_name, state: before.state } : null,
        to: next ? { externalName: next.externalName, state: next.state, principalId: next.principalId } : null,
      },
      requestId: call.id,
    });
    await enqueueUser(tx, after, { globalUserId, cause: 'identity' });
    after.changed('identity', connectionId);
  });
}

/** A name that somebody was only guessed to have, and that the platform does not know, is free for whoever is named. */
async function makeRoom(
  tx: Parameters<typeof appendAudit>[0],
  wanted: { connectionId: string; globalUserId: string; externalName: string },
): Promise<void> {
  await sql`delete from platform_identity where connection_id = ${wanted.connectionId} and external_name = ${wanted.externalName}
    and global_user_id <> ${wanted.globalUserId} and not is_manual and state = 'absent' and platform_principal_id is null`.execute(
    tx,
  );
}

async function verify(
  deps: Deps,
  { connectionId, name, isManual }: { connectionId: string; name: string; isManual: boolean },
): Promise<ResolvedIdentity> {
  let found: ResolvedPrincipal | undefined;
  try {
    const session = await deps.platforms.session(connectionId);
    [found] = await session.resolvePrincipals([name]);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { externalName: name, principalId: null, state: 'unverified', reason: 'The platform could not be asked.' };
  }
  if (isManual && found !== undefined && found.refusal !== null) {
    throw new Refusal('identity.reserved', { detail: `${describeRefusal(found.refusal)} Nothing was changed.` });
  }
  return { externalName: name, ...judge(found, { principalId: null, isManual }) };
}
