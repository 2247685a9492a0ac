import type { FutureObjects } from '@stoa/contract/future-objects';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { leafTypes } from '../../provisioning/crawl-tree.ts';
import { enqueueTarget } from '../../provisioning/enqueue-keys.ts';
import type { By } from '../data-product/create-products.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type AssetRow, lockAsset } from './load-assets.ts';

type SchemaRow = {
  object_path: string[];
  mode: 'native' | 'sync';
  reason: string | null;
  repair: string | null;
  creating_roles: { name: string; native: boolean }[];
  verified_at: Date;
};

/** More schemas than a page shows. */
const mostSchemas = 500;

/**
 * What holds for objects that are made below an asset later, as it was last read back; undefined for a single object. Names of
 * roles of the platform are for those who may edit the asset.
 */
export async function readFutureObjects(
  reader: Reader,
  actor: LoadedPerson,
  { id, object_type: objectType }: Pick<AssetRow, 'id' | 'object_type'>,
): Promise<FutureObjects | undefined> {
  if (leafTypes.includes(objectType)) return undefined;
  const { rows } = await sql<{ setting: FutureObjects['setting']; schemas: SchemaRow[] }>`
    select coalesce((select setting from asset_future_objects where data_object_id = ${id}), 'native') as setting`.execute(
    reader,
  );
  const { rows: schemas } = await sql<SchemaRow>`
    select object_path, mode, reason, repair, creating_roles, verified_at from container_schema
    where target_id = ${id} order by object_path limit ${mostSchemas}`.execute(reader);
  const first = schemas.find((schema) => schema.mode === 'sync');
  const undecided = schemas.length === 0;
  const showsRoles = may(actor, 'asset.edit', nothing).allowed;
  const reason = undecided ? 'future.no_access_yet' : first?.reason;
  return {
    setting: rows[0]?.setting ?? 'native',
    mode: undecided ? 'undecided' : first === undefined ? 'native' : 'sync',
    ...(reason == null ? {} : { reason }),
    schemas: schemas.map((schema) => ({
      objectPath: schema.object_path,
      mode: schema.mode,
      ...(schema.reason === null ? {} : { reason: schema.reason }),
      ...(showsRoles && schema.repair !== null ? { repair: schema.repair } : {}),
      ...(showsRoles ? { creatingRoles: schema.creating_roles.map(toCreator) } : {}),
      verifiedAt: schema.verified_at.toISOString(),
    })),
  };
}

const toCreator = ({ name, native }: SchemaRow['creating_roles'][number]) => ({
  name,
  mode: native ? ('native' as const) : ('sync' as const),
});

/** Says how an asset is to treat what is made below it later. The platform follows by the key that is left. */
export async function setFutureObjects(
  deps: Deps,
  { actor, call }: By,
  { id, setting }: { id: string; setting: FutureObjects['setting'] },
): Promise<FutureObjects> {
  requireMay(actor, 'asset.edit', nothing);
  return transact(deps, async (tx, after) => {
    const row = await lockAsset(tx, id);
    if (!row) throw notFound('asset');
    if (row.connection_state === 'deleting') throw new Refusal('connection.deleting');
    const before = await readFutureObjects(tx, actor, row);
    if (!before) throw new Refusal('asset.single_object');
    if (before.setting === setting) return before;
    await sql`insert into asset_future_objects (data_object_id, setting, set_by) values (${id}, ${setting}, ${actor.globalUserId})
      on conflict (data_object_id) do update set setting = excluded.setting, set_by = excluded.set_by, set_at = now()`.execute(
      tx,
    );
    await appendAudit(tx, {
      action: 'AssetUpdated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'DATA_OBJECT',
      targets: [{ id, name: row.object_path.join('.'), type: 'DATA_OBJECT' }],
      payload: { fields: ['futureObjects'], from: before.setting, to: setting },
      domainIds: row.domains.map((domain) => domain.id),
      requestId: call.id,
    });
    await enqueueTarget(tx, after, { targetId: id, cause: 'object-state' });
    after.changed('data-object', id);
    return { ...before, setting };
  });
}
