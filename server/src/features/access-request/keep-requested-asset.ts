import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { ensureContainers } from '../../provisioning/enqueue-keys.ts';

/** Keeps what an object was when it was asked for, and gives it a place for the access that may come of it. */
export async function keepRequestedAsset(tx: Tx, assetId: string): Promise<void> {
  await sql`
    insert into requested_asset (id, technology, host, port, object_path, object_type, registered_at)
    select o.id, c.technology, c.config ->> 'host', (c.config ->> 'port')::int, o.object_path, o.object_type, now()
    from data_object o join connection c on c.id = o.connection_id where o.id = ${assetId}
    on conflict (id) do nothing`.execute(tx);
  await ensureContainers(tx, { targetId: assetId, kind: 'as' });
}
