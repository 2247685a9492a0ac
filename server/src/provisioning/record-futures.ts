import type { PlatformSession } from '@stoa/connectors/connector';
import type { DesiredContainer } from '@stoa/core/access/model';
import { type FutureOfSchema, futuresOf } from '@stoa/core/provisioning/future-objects';
import type { DefaultProof } from '@stoa/core/provisioning/proof';
import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import type { Run } from './reconcile-connection.ts';

/**
 * Records how the schemas of assets treat what is made in them later, as the platform's own answer has it. Before the run
 * itself is recorded, and like that only while the fence holds: should it get lost in between, the run is repeated.
 */
export async function recordFutures(deps: Deps, session: PlatformSession, run: Run): Promise<void> {
  const schemas = new Map(run.observed.schemas.map((schema) => [schema.platformId, schema]));
  const containers = run.desired.containers.filter((c) => c.future !== null && run.containerIds.has(c.name));
  if (containers.length === 0) return;
  const proofs = run.proofs.filter((proof) => proof.kind === 'default');
  const rows = containers.flatMap((container) => {
    const held = heldBy(container, { run, proofs });
    return futuresOf(container.future, schemas).map((future) => toRow(session, container, proven(future, held)));
  });
  const targets = containers.map((container) => container.targetId);
  await transact(deps, async (tx, after) => {
    for (const id of await storeFutures(tx, { run, replicaId: deps.replicaId, targets, rows })) {
      after.changed('data-object', id);
    }
  });
}

type Stored = {
  readonly run: Run;
  readonly replicaId: string;
  readonly targets: readonly string[];
  readonly rows: readonly ReturnType<typeof toRow>[];
};

/** Answers the assets for which something else holds than before. */
async function storeFutures(tx: Tx, { run, replicaId, targets, rows }: Stored): Promise<string[]> {
  const { rows: changed } = await sql<{ id: string }>`
    with fence as materialized (
      select from connection_lease where connection_id = ${run.connectionId} and holder = ${replicaId} and fence = ${run.fence}
    ), seen as (
      select * from json_to_recordset(${JSON.stringify(rows)}::json)
        as x (target_id uuid, schema_id text, path text[], mode text, reason text, repair text, roles jsonb)
    ), gone as (
      delete from container_schema k where k.connection_id = ${run.connectionId} and k.target_id = any(${[...targets]}::uuid[])
        and exists (select from fence)
        and not exists (select from seen where seen.target_id = k.target_id and seen.schema_id = k.schema_platform_id)
      returning k.target_id
    ), stored as (
      insert into container_schema as k (connection_id, target_id, schema_platform_id, object_path, mode, reason, repair, creating_roles)
      select ${run.connectionId}, seen.target_id, seen.schema_id, seen.path, seen.mode, seen.reason, seen.repair, seen.roles
      from seen join container c on c.connection_id = ${run.connectionId} and c.target_id = seen.target_id
      where exists (select from fence)
      on conflict (connection_id, target_id, schema_platform_id) do update set object_path = excluded.object_path,
        mode = excluded.mode, reason = excluded.reason, repair = excluded.repair, creating_roles = excluded.creating_roles, verified_at = now()
    )
    select target_id as id from gone
    union select seen.target_id from seen left join container_schema k on k.connection_id = ${run.connectionId}
      and k.target_id = seen.target_id and k.schema_platform_id = seen.schema_id
      where exists (select from fence) and (k.mode, k.reason, k.creating_roles) is distinct from (seen.mode, seen.reason, seen.roles)`.execute(
    tx,
  );
  return changed.map((row) => row.id);
}

const keyOf = (schemaId: string, roleId: string): string => `${schemaId}/${roleId}`;

function heldBy(
  { name }: DesiredContainer,
  { run, proofs }: { run: Run; proofs: readonly DefaultProof[] },
): ReadonlySet<string> {
  const containerId = run.containerIds.get(name);
  const held = proofs.filter((proof) => proof.containerId === containerId && proof.holds);
  return new Set(held.map((proof) => keyOf(proof.schemaId, proof.roleId)));
}

/** Only what was read back counts as native. */
function proven(future: FutureOfSchema, held: ReadonlySet<string>): FutureOfSchema {
  const creators = future.creators.map((c) => ({
    ...c,
    native: c.native && held.has(keyOf(future.schemaId, c.roleId)),
  }));
  if (future.mode === 'sync' || creators.every((creator) => creator.native)) return { ...future, creators };
  return { ...future, creators, mode: 'sync', reason: 'future.not_set' };
}

const toRow = (session: PlatformSession, { targetId }: DesiredContainer, future: FutureOfSchema) => ({
  target_id: targetId,
  schema_id: future.schemaId,
  path: future.objectPath,
  mode: future.mode,
  reason: future.reason,
  repair: session.futureRepair(future),
  roles: future.creators.slice(0, 100).map(({ roleId, name, native }) => ({ roleId, name, native })),
});
