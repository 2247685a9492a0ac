import type { Plan } from '@stoa/core/provisioning/plan';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';

type Holder = { readonly connectionId: string; readonly replicaId: string; readonly fence: number };

/**
 * Containers whose name is somebody else's take the next number, and with it another name. None that was ever seen on the platform or
 * let anybody in: of these a role may be there that only lost its mark, and what is to end in it must not get out of sight. True when
 * the facts have to be read again.
 */
export async function takeFreeNames(deps: Deps, holder: Holder, { blocked }: Plan): Promise<boolean> {
  const taken = blocked.flatMap(({ reason, targetId }) => (reason === 'container.foreign' ? [targetId] : []));
  if (taken.length === 0) return false;
  const { rows } = await sql<{ number: number }>`
    update container c set number = nextval('container_number')
    where c.connection_id = ${holder.connectionId} and c.target_id = any(${taken}::uuid[]) and c.native_id is null and c.part_ids is null
      and not exists (select from membership_status m
        where m.connection_id = c.connection_id and m.target_id = c.target_id and m.active_at is not null)
      and not exists (select from container_object o
        where o.connection_id = c.connection_id and o.target_id = c.target_id and o.verified_at is not null)
      and exists (select from connection_lease l
        where l.connection_id = c.connection_id and l.holder = ${holder.replicaId} and l.fence = ${holder.fence})
    returning c.number::int as number`.execute(deps.db);
  if (rows.length === 0) return false;
  const numbers = rows.map(({ number }) => number);
  deps.log.warn({ connection: holder.connectionId, numbers }, 'roles of others have names of ours: others were taken');
  return true;
}
