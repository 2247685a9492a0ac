import { type RawBuilder, sql } from 'kysely';
import { appendAudit, type AuditActor } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import type { AfterCommit } from '../db/transact.ts';
import { enqueuePolicySources } from './enqueue-policy-keys.ts';
import { isWanted } from './load-facts.ts';
import { assetsOver, objectsBelow } from './sources-of-target.ts';
import { enqueueConnection, enqueueTarget, type KeyCause } from './enqueue-keys.ts';

/** Nodes that can be read, and so become data sources. */
export const leafTypes: readonly string[] = [
  'table',
  'partitioned_table',
  'view',
  'materialized_view',
  'foreign_table',
];

const idsAtOnce = 1_000;
/** Above this many targets one look at the whole connection is cheaper than as many looks at a target. */
const targetsAtOnce = 50;

/** One writer of a connection's tree at a time: crawls and state changes both rewrite whole subtrees. */
export async function lockTree(tx: Tx, connectionId: string): Promise<void> {
  await sql`set local statement_timeout = '120s'`.execute(tx);
  await sql`select pg_advisory_xact_lock(hashtextextended('stoa.tree', 0) # hashtextextended(${connectionId}, 0))`.execute(
    tx,
  );
}

/**
 * The first state that is not `inherit`, from each node upwards; answers the nodes for which that changed. What is below a node
 * whose name another object took is held with it, until somebody enables that by hand.
 */
export async function recomputeStates(tx: Tx, connectionId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive tree (id, effective) as (
      select id, case when state = 'enabled' and ${isFree(sql`data_object`)} then 'enabled' else 'disabled' end from data_object
      where connection_id = ${connectionId} and parent_id is null
      union all
      select o.id, case when not ${isFree(sql`o`)} then 'disabled' when o.state = 'inherit' then t.effective else o.state end
      from tree t join data_object o on o.parent_id = t.id
    )
    update data_object o set effective_state = t.effective, updated_at = now()
    from tree t where o.id = t.id and o.effective_state <> t.effective returning o.id`.execute(tx);
  return rows.map((row) => row.id);
}

/** A held leaf keeps its state: it is told apart from a disabled one. */
const isFree = (node: RawBuilder<unknown>) =>
  sql`(${node}.hold is null or ${node}.object_type = any(${leafTypes}::text[]))`;

export type SourceChange = { id: number; name: string };
export type SourceChanges = { enabled: SourceChange[]; disabled: SourceChange[] };

/** Makes the data sources of these objects what their effective state says, with the names and columns last crawled. */
export async function syncDataSources(tx: Tx, objectIds: readonly string[]): Promise<SourceChanges> {
  const changes: SourceChanges = { enabled: [], disabled: [] };
  for (let i = 0; i < objectIds.length; i += idsAtOnce) {
    const ids = objectIds.slice(i, i + idsAtOnce);
    changes.enabled.push(...(await addSources(tx, ids)));
    for (const { id, name, enabled } of await switchSources(tx, ids)) {
      (enabled ? changes.enabled : changes.disabled).push({ id, name });
    }
    await writeColumns(tx, ids);
  }
  return changes;
}

async function addSources(tx: Tx, ids: readonly string[]): Promise<SourceChange[]> {
  const { rows } = await sql<SourceChange>`
    insert into data_source (data_object_id, connection_id, name)
    select o.id, o.connection_id, array_to_string(o.object_path, '.') from data_object o
    where o.id = any(${ids}::uuid[]) and o.object_type = any(${leafTypes}::text[])
      and o.effective_state = 'enabled' and o.missing_since is null
    order by o.object_path
    on conflict (data_object_id) do nothing returning id, name`.execute(tx);
  return rows;
}

async function switchSources(tx: Tx, ids: readonly string[]): Promise<(SourceChange & { enabled: boolean })[]> {
  await sql`update data_source s set name = array_to_string(o.object_path, '.'), updated_at = now() from data_object o
    where o.id = any(${ids}::uuid[]) and s.data_object_id = o.id and s.name <> array_to_string(o.object_path, '.')`.execute(
    tx,
  );
  const { rows } = await sql<SourceChange & { enabled: boolean }>`
    update data_source s set enabled = not s.enabled, updated_at = now() from data_object o
    where o.id = any(${ids}::uuid[]) and s.data_object_id = o.id
      and s.enabled <> (o.effective_state = 'enabled' and o.missing_since is null)
    returning s.id, s.name, s.enabled`.execute(tx);
  return rows;
}

async function writeColumns(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from data_source_column c using data_source s
    where s.data_object_id = any(${ids}::uuid[]) and c.data_source_id = s.id`.execute(tx);
  await sql`
    insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable, comment)
    select s.id, c.ordinal, c.name, c."nativeType", c."typeFamily", c.nullable, c.comment
    from data_source s join data_object o on o.id = s.data_object_id,
      jsonb_to_recordset(o.columns) as c (ordinal int, name text, "nativeType" text, "typeFamily" text, nullable boolean, comment text)
    where o.id = any(${ids}::uuid[])
    on conflict do nothing`.execute(tx);
}

/** Wakes the reconciler for every product and asset that holds one of these objects. */
export async function enqueueTargetsOf(
  scope: { tx: Tx; after: AfterCommit },
  change: { connectionId: string; objectIds: readonly string[]; cause: KeyCause },
): Promise<void> {
  const { tx, after } = scope;
  const { connectionId, objectIds, cause } = change;
  if (objectIds.length === 0) return;
  // Policies act on sources that nobody has published or asked for.
  if (await enqueuePolicySources(tx, after, { connections: sql`select ${connectionId}::uuid`, cause })) return;
  const { rows } = await sql<{ id: string }>`
    with recursive up (id, parent_id) as (
      select id, parent_id from data_object where id = any(${objectIds}::uuid[])
      union
      select o.id, o.parent_id from up join data_object o on o.id = up.parent_id
    )
    select p.data_product_id as id from data_source s join data_product_source p on p.data_source_id = s.id
    where s.data_object_id = any(${objectIds}::uuid[])
    union
    select c.target_id from container c join up on up.id = c.target_id
    where c.connection_id = ${connectionId} and c.kind = 'as' and ${isWanted(connectionId)}`.execute(tx);
  if (rows.length > targetsAtOnce) return enqueueConnection(tx, after, { connectionId, cause });
  for (const { id } of rows) await enqueueTarget(tx, after, { targetId: id, cause });
}

/** Wakes the reconciler for the assets of an object, of everything above it and of everything below it. */
export async function enqueueAssetsAround(
  scope: { tx: Tx; after: AfterCommit },
  change: { connectionId: string; objectId: string; cause: KeyCause },
): Promise<void> {
  const { tx, after } = scope;
  const { connectionId, objectId, cause } = change;
  const { rows } = await sql<{ id: string }>`
    select c.target_id as id from container c
    where c.connection_id = ${connectionId} and c.kind = 'as' and ${isWanted(connectionId)}
      and (c.target_id in (${assetsOver(objectId)}) or c.target_id in (${objectsBelow(objectId)}))`.execute(tx);
  if (rows.length > targetsAtOnce) return enqueueConnection(tx, after, { connectionId, cause });
  for (const { id } of rows) await enqueueTarget(tx, after, { targetId: id, cause });
}

/** One row per thousand sources: the trail stays readable when a whole database is enabled. */
export async function auditSourceChanges(
  tx: Tx,
  changes: SourceChanges,
  about: { actor: AuditActor; connection: { id: string; connectionKey: string } },
): Promise<void> {
  for (const [action, list] of [
    ['DataSourceEnabled', changes.enabled],
    ['DataSourceDisabled', changes.disabled],
  ] as const) {
    for (let i = 0; i < list.length; i += idsAtOnce) {
      await appendAudit(tx, {
        action,
        actor: about.actor,
        targetType: 'DATA_SOURCE',
        targets: list.slice(i, i + idsAtOnce).map(({ id, name }) => ({ id: String(id), name })),
        relatedResources: [{ id: about.connection.id, name: about.connection.connectionKey, type: 'CONNECTION' }],
      });
    }
  }
}
