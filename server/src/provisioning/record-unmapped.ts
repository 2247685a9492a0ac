import type { DesiredAccess } from '@stoa/core/access/model';
import type { ObservedState } from '@stoa/core/provisioning/observed';
import { unmappedAccess } from '@stoa/core/provisioning/unmapped';
import { sql } from 'kysely';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { lockFence } from './claim-work.ts';

type Look = {
  connectionId: string;
  replicaId: string;
  fence: number;
  desired: DesiredAccess;
  observed: ObservedState;
};

/**
 * Keeps which logins reach governed objects and belong to nobody here: what is new is added, what is gone is taken out, the rest keeps
 * its time. Seen by a look at the whole alone. False when the lease is another's by now, and nothing is stored.
 */
export async function recordUnmapped(deps: Deps, look: Look): Promise<boolean> {
  if (look.desired.scope.kind !== 'all') return true;
  const { ways, reachers, isCut } = unmappedAccess(look.desired, look.observed);
  const { connectionId } = look;
  return transact(deps, async (tx) => {
    if (!(await lockFence(tx, look))) return false;
    await sql`
      with seen as materialized (
        select distinct on (x."roleId", x."principalId") x."roleId" as role_id, x."principalId" as principal_id, x.name, x."canLogin" as can_login
        from json_to_recordset(${JSON.stringify(reachers)}::json) as x ("roleId" text, "principalId" text, name text, "canLogin" boolean)
      ), gone as (
        delete from unmapped_login l where l.connection_id = ${connectionId}
          and not exists (select from seen s where s.role_id = l.role_id and s.principal_id = l.principal_id)
      )
      insert into unmapped_login as l (connection_id, role_id, principal_id, name, can_login)
      select ${connectionId}, role_id, principal_id, name, can_login from seen
      on conflict (connection_id, role_id, principal_id) do update set name = excluded.name, can_login = excluded.can_login
        where (l.name, l.can_login) is distinct from (excluded.name, excluded.can_login)`.execute(tx);
    await sql`
      with seen as materialized (
        select distinct on (x."roleId", o.id, x.privilege) x."roleId" as role_id, x."roleName" as role_name, x.privilege, o.id as object_id
        from json_to_recordset(${JSON.stringify(ways)}::json) as x ("roleId" text, "roleName" text, privilege text, "objectIds" json)
          cross join lateral json_array_elements_text(x."objectIds") o (id)
      ), gone as (
        delete from unmapped_way w where w.connection_id = ${connectionId}
          and not exists (select from seen s where s.role_id = w.role_id and s.object_id = w.object_id and s.privilege = w.privilege)
      )
      insert into unmapped_way as w (connection_id, role_id, object_id, privilege, role_name)
      select ${connectionId}, role_id, object_id, privilege, role_name from seen
      on conflict (connection_id, role_id, object_id, privilege) do update set role_name = excluded.role_name
        where w.role_name <> excluded.role_name`.execute(tx);
    await sql`insert into unmapped_look (connection_id, is_cut) values (${connectionId}, ${isCut})
      on conflict (connection_id) do update set looked_at = now(), is_cut = excluded.is_cut`.execute(tx);
    return true;
  });
}
