import type { UpdateDataObjectBody } from '@stoa/contract/data-object';
import { may } from '@stoa/core/permissions/may';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueConnection } from '../../provisioning/enqueue-keys.ts';
import { enqueueTargetsOf, lockTree } from '../../provisioning/crawl-tree.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { sequelOf } from './apply-object-state.ts';
import { requireMaySomewhere } from './held-roles.ts';
import { loadNodeObject } from './node-object.ts';
import { type DataObjectRow, lockObject, readObject } from './queries.ts';

type Input = { actor: LoadedPerson; id: string; body: UpdateDataObjectBody; call: Pick<Call, 'id' | 'ip'> };

const confirmAbove = 100_000;

/** Writes the state of one node; a job brings the data sources below in line. */
export async function updateObject(
  deps: Deps,
  { actor, id, body, call }: Input,
): Promise<{ taskId: string; row: DataObjectRow }> {
  await requireMaySomewhere(deps.db, actor, 'data-object.manage');
  const known = await readObject(deps.db, actor, id);
  if (!known) throw notFound('data object');
  return transact(deps, async (tx, after) => {
    await lockTree(tx, known.connection_id);
    const row = await lockObject(tx, actor, id);
    if (!row) throw notFound('data object');
    const node = await loadNodeObject(tx, actor, id);
    requireMay(actor, 'data-object.read', node);
    requireMay(actor, 'data-object.manage', node);
    if (row.connection_state === 'deleting') throw new Refusal('connection.deleting');
    const state = body.state ?? row.state;
    const before = row.exposure ?? 'inherit';
    const exposure = body.exposure ?? before;
    const effective = state === 'inherit' ? await inheritedState(tx, row.parent_id) : state;
    await requireConfirmation(tx, id, body.confirmCount);
    if (effective === 'disabled') await requireUnpublished(tx, id);
    // Enabling by hand what was put on hold is the confirmation it waits for, if it is for the caller to give.
    const isReleased = row.hold !== null && body.state === 'enabled' && may(actor, 'data-object.release', node).allowed;
    await sql`update data_object set state = ${state}, new_child_state = ${body.newChildState ?? row.new_child_state},
        effective_state = ${effective}, exposure = ${exposure === 'inherit' ? null : exposure}, hold = ${isReleased ? null : row.hold}, updated_at = now() where id = ${id}`.execute(
      tx,
    );
    if (isReleased) {
      await enqueueTargetsOf(
        { tx, after },
        { connectionId: row.connection_id, objectIds: [id], cause: 'object-state' },
      );
    }
    if (exposure !== before)
      await enqueueConnection(tx, after, { connectionId: row.connection_id, cause: 'object-state' });
    const taskId = await insertTask(tx, {
      kind: 'object-state',
      connectionId: row.connection_id,
      subject: { target: id, actorId: actor.globalUserId },
      createdBy: actor.globalUserId,
    });
    await deps.jobs.add(tx, 'apply-object-state', { taskId, connectionId: row.connection_id });
    after.sequels.push(sequelOf({ connectionId: row.connection_id, objectId: id, actor: userActor(actor) }));
    await appendAudit(tx, {
      action: 'DataObjectUpdated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'DATA_OBJECT',
      targets: [{ id, name: row.object_path.join('.') }],
      payload: {
        from: { state: row.state, newChildState: row.new_child_state, exposure: before },
        to: { state, newChildState: body.newChildState ?? row.new_child_state, exposure },
        ...(isReleased ? { released: row.hold } : {}),
      },
      requestId: call.id,
    });
    after.changed('data-object', id);
    after.changed('task', taskId);
    const updated = await readObject(tx, actor, id);
    if (!updated) throw notFound('data object');
    return { taskId, row: updated };
  });
}

async function inheritedState(tx: Tx, parentId: string | null): Promise<'enabled' | 'disabled'> {
  if (parentId === null) return 'disabled';
  const parent = await tx
    .selectFrom('data_object')
    .select('effective_state')
    .where('id', '=', parentId)
    .executeTakeFirst();
  return parent?.effective_state === 'enabled' ? 'enabled' : 'disabled';
}

async function requireConfirmation(tx: Tx, id: string, confirmCount: number | undefined): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    with recursive below (id) as (
      select id from data_object where parent_id = ${id}
      union all
      select k.id from below b join data_object k on k.parent_id = b.id
    ) select count(*)::int as count from below`.execute(tx);
  const count = rows[0]?.count ?? 0;
  if (count <= confirmAbove || confirmCount === count) return;
  throw new Refusal('data_object.confirm_count', { detail: `This reaches ${count} objects.`, extra: { count } });
}

/** Refuses to disable what people were promised: only nodes that follow this one's state are looked at. */
async function requireUnpublished(tx: Tx, id: string): Promise<void> {
  const { rows: products } = await sql<{ id: string; name: string }>`
    with recursive below (id) as (
      select ${id}::uuid
      union all
      select k.id from below b join data_object k on k.parent_id = b.id where k.state = 'inherit'
    )
    select distinct p.id, p.name from below b join data_source s on s.data_object_id = b.id and s.enabled
      join data_product_source ps on ps.data_source_id = s.id join data_product p on p.id = ps.data_product_id
    where p.deleted_at is null order by p.name limit 100`.execute(tx);
  if (products.length === 0) return;
  const names = products.map((product) => product.name).join(', ');
  throw new Refusal('data_object.in_product', { detail: `Published products hold it: ${names}.`, extra: { products } });
}
