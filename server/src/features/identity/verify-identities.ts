import type { VerifyIdentitiesBody } from '@stoa/contract/identity';
import { ConnectorError } from '@stoa/connectors/connector';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueUsers } from '../../provisioning/enqueue-keys.ts';
import { findConnection } from '../connection/find-connection.ts';
import { findTask, insertTask, markTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findIdentityHolders } from './queries.ts';
import { resolveIdentities } from './resolve.ts';

type Input = {
  actor: LoadedPerson;
  connectionKey: string;
  body: VerifyIdentitiesBody;
  call: Pick<Call, 'id' | 'ip'>;
};

/** Whom the platform is asked about in one call. */
const askedAtOnce = 500;

/** Registers the work of looking people up again. Nobody is named anew by it, so that one may look oneself up. */
export async function startVerification(deps: Deps, input: Input): Promise<{ taskId: string }> {
  const { actor, connectionKey, body, call } = input;
  requireMay(actor, 'user.manage', nothing);
  return transact(deps, async (tx, after) => {
    const connection = await findConnection(tx, connectionKey);
    if (!connection) throw notFound('connection');
    if (connection.state === 'deleting') throw new Refusal('connection.deleting');
    if (connection.state === 'paused') throw new Refusal('connection.paused');
    const taskId = await insertTask(tx, {
      kind: 'identity-verification',
      connectionId: connection.id,
      subject: { target: connectionKey, filter: body },
      createdBy: actor.globalUserId,
    });
    await deps.jobs.add(tx, 'verify-identities', { taskId });
    await appendAudit(tx, {
      action: 'PlatformIdentitiesVerified',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'CONNECTION',
      targets: [{ id: connection.id, name: connectionKey }],
      payload: { filter: body, taskId },
      requestId: call.id,
    });
    after.changed('task', taskId);
    return { taskId };
  });
}

/** Looks them up, part by part. Done twice it finds the same, so that a killed run is simply repeated. */
export async function verifyIdentities(deps: Deps, taskId: string): Promise<void> {
  const task = await findTask(deps.db, taskId);
  if (!task || task.connectionId === null || !['QUEUED', 'RUNNING'].includes(task.view.status)) return;
  const { connectionId } = task;
  try {
    // While the platform is away nobody is looked up, and the task says so; its rows stay as they are.
    await deps.platforms.session(connectionId);
    // Written by `startVerification` after it was parsed by the contract.
    const filter = task.subject['filter'] as VerifyIdentitiesBody;
    const ids = await findIdentityHolders(deps.db, { connectionId, ...filter });
    await markTask(deps.db, taskId, { status: 'RUNNING', total: ids.length });
    for (let from = 0; from < ids.length; from += askedAtOnce) {
      const { changed } = await resolveIdentities(deps, connectionId, ids.slice(from, from + askedAtOnce));
      await transact(deps, async (tx, after) => {
        if (changed.length > 0)
          await enqueueUsers(tx, after, { people: sql`select unnest(${changed}::uuid[])`, cause: 'identity' });
        await markTask(tx, taskId, { done: Math.min(from + askedAtOnce, ids.length) });
        after.changed('task', taskId);
      });
    }
    await end(deps, { taskId, connectionId, status: 'SUCCEEDED' });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const why = 'The platform could not be asked; who people are there stays as it was.';
    await end(deps, { taskId, connectionId, status: 'FAILED', error: why });
  }
}

type End = { taskId: string; connectionId: string; status: 'SUCCEEDED' | 'FAILED'; error?: string };

async function end(deps: Deps, { taskId, connectionId, ...how }: End): Promise<void> {
  await transact(deps, async (tx, after) => {
    await markTask(tx, taskId, how);
    after.changed('task', taskId);
    after.changed('identity', connectionId);
  });
}
