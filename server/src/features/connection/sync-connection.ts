import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { startCrawl } from '../../provisioning/crawl-start.ts';
import { enqueueConnection } from '../../provisioning/enqueue-keys.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type ConnectionRow, lockConnection } from './queries.ts';

type Input = { actor: LoadedPerson; connectionKey: string; call: Pick<Call, 'id' | 'ip'> };

function requireRunning(actor: LoadedPerson, row: ConnectionRow | undefined): ConnectionRow {
  if (!row) throw notFound('connection');
  requireMay(actor, 'connection.manage', { kind: 'connection', connectionKey: row.connection_key });
  if (row.state === 'paused') throw new Refusal('connection.paused');
  if (row.state === 'deleting') throw new Refusal('connection.deleting');
  return row;
}

/** Starts a crawl of everything, or of one path. */
export async function syncConnection(
  deps: Deps,
  input: Input & { path?: string | undefined },
): Promise<{ taskId: string }> {
  const path = parsePath(input.path ?? '');
  return transact(deps, async (tx, after) => {
    const row = requireRunning(input.actor, await lockConnection(tx, input.connectionKey));
    if (path.length > 3 || (path[0] !== undefined && path[0] !== row.config.database)) {
      throw new Refusal('connection.path_unknown', {
        detail: `A path reads ${row.config.database}.schema.table; names that hold a dot stand in double quotes.`,
      });
    }
    const connection = { id: row.id, connectionKey: row.connection_key };
    return { taskId: await startCrawl(deps, { tx, after }, { connection, path, createdBy: input.actor.globalUserId }) };
  });
}

/** Looks at the whole of the platform again; the reconciler ends the task. */
export async function reconcileByHand(deps: Deps, input: Input): Promise<{ taskId: string }> {
  return transact(deps, async (tx, after) => {
    const row = requireRunning(input.actor, await lockConnection(tx, input.connectionKey));
    const taskId = await insertTask(tx, {
      kind: 'reconcile',
      connectionId: row.id,
      subject: { target: row.connection_key },
      createdBy: input.actor.globalUserId,
    });
    await enqueueConnection(tx, after, { connectionId: row.id, cause: 'button', taskId });
    await appendAudit(tx, {
      action: 'ConnectionChecked',
      actor: userActor(input.actor),
      actorIp: input.call.ip,
      targetType: 'CONNECTION',
      targets: [{ id: row.id, name: row.connection_key }],
      payload: { check: 'reconcile', taskId },
      requestId: input.call.id,
    });
    after.changed('task', taskId);
    return { taskId };
  });
}

/** `db.schema."a.b"` as its names; a doubled quote inside quotes stands for one. */
export function parsePath(text: string): string[] {
  if (text === '') return [];
  const names: string[] = [];
  const part = /(?:"((?:[^"]|"")+)"|([^."]+))(\.|$)/y;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match)
      throw new Refusal('connection.path_unknown', { detail: 'The path is not a list of names with dots between.' });
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '.' && part.lastIndex === text.length)
      throw new Refusal('connection.path_unknown', { detail: 'The path ends with a dot.' });
  }
  return names;
}
