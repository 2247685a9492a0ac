import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { ensureContainers } from '../../provisioning/enqueue-keys.ts';
import type { AskedUnregistered, AssetTarget } from './load-asset-target.ts';
import { registeredMeanwhile } from './unregistered-target.ts';

/** Keeps what an asset was when it was asked for, also one that no crawl has found yet. */
export async function keepRequestedAsset(tx: Tx, { id, unregistered }: AssetTarget): Promise<void> {
  await (unregistered === null ? keepObject(tx, id) : keepUnregistered(tx, unregistered));
}

/** An object gets a place for the access that may come of it. */
export async function keepObject(tx: Tx, objectId: string): Promise<void> {
  await sql`
    insert into requested_asset (id, technology, host, port, object_path, object_type, registered_at)
    select o.id, c.technology, c.config ->> 'host', (c.config ->> 'port')::int, o.object_path, o.object_type, now()
    from data_object o join connection c on c.id = o.connection_id where o.id = ${objectId}
    on conflict (id) do nothing`.execute(tx);
  await ensureContainers(tx, { targetId: objectId, kind: 'as' });
}

async function keepUnregistered(tx: Tx, asset: AskedUnregistered): Promise<void> {
  const { id, technology, host, port, objectPath, legacyType, description } = asset;
  await sql`
    insert into requested_asset (id, technology, host, port, object_path, object_type, description)
    values (${id}, ${technology ?? null}, ${host ?? null}, ${port ?? null}, ${[...objectPath]}::text[], ${legacyType ?? null},
      ${description})
    on conflict (id) do nothing`.execute(tx);
  // Held against being bound, which moves the requests that are there.
  const { rows } = await sql<{ bound_to: string | null }>`
    select bound_to from requested_asset where id = ${id} for share`.execute(tx);
  const boundTo = rows[0]?.bound_to;
  if (boundTo != null) throw registeredMeanwhile([boundTo]);
}
