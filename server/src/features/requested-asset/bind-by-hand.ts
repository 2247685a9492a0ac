import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { By } from '../data-product/create-products.ts';
import { bindRequested } from './bind-requested.ts';

type Wanted = { requestedId: string; objectId: string };

/** A governor says what is meant: a name that several objects bear, or one that the catalog spelled in another way. */
export async function bindByHand(deps: Deps, by: By, { requestedId, objectId }: Wanted): Promise<void> {
  requireMay(by.actor, 'asset.edit', nothing);
  await transact(deps, async (tx, after) => {
    // The object first, as a crawl does, which holds its objects when it comes to what was asked for.
    const { rows: objects } = await sql<{ state: string; missing: boolean }>`
      select c.state, o.missing_since is not null as missing from data_object o join connection c on c.id = o.connection_id
      where o.id = ${objectId} for key share of o, c`.execute(tx);
    const { rows } = await sql<{ registered: boolean; bound: boolean }>`
      select registered_at is not null as registered, bound_to is not null as bound from requested_asset
      where id = ${requestedId} for no key update`.execute(tx);
    const row = rows[0];
    // One that was registered from the start was never to be found.
    if (row === undefined || (row.registered && !row.bound)) throw notFound('requested asset');
    if (row.bound) throw new Refusal('requested_asset.bound');
    const object = objects[0];
    if (object === undefined || object.missing) throw notFound('asset');
    if (object.state === 'deleting') throw new Refusal('connection.deleting');
    await bindRequested(tx, after, { requestedId, objectId, actor: userActor(by.actor), call: by.call });
  });
}
