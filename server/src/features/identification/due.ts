import { sql } from 'kysely';
import { systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { readSwitches } from '../../settings-store.ts';
import { insertRun, ofConnection } from './start.ts';

/** Sources that were enabled: looked at when the installation wants that, and nobody has looked before. */
export async function noteEnabled(tx: Tx, dataSourceIds: readonly number[]): Promise<void> {
  if (dataSourceIds.length === 0 || !(await readSwitches(tx)).identifyOnEnable) return;
  await sql`insert into identification_due (data_source_id, cause)
    select s.id, 'first_enable' from data_source s where s.id = any(${[...dataSourceIds]}::int[])
      and not exists (select from identification_column k where k.data_source_id = s.id)
    on conflict (data_source_id) do nothing`.execute(tx);
}

/** Sources that have got columns, of those that have been looked at before: a person began that, and it goes on. */
export async function noteNewColumns(tx: Tx, dataObjectIds: readonly string[]): Promise<void> {
  if (dataObjectIds.length === 0 || !(await readSwitches(tx)).identifyNewColumns) return;
  await sql`insert into identification_due (data_source_id, cause)
    select s.id, 'new_columns' from data_source s where s.data_object_id = any(${[...dataObjectIds]}::uuid[])
      and exists (select from identification_column k where k.data_source_id = s.id)
    on conflict (data_source_id) do nothing`.execute(tx);
}

/** Starts one run per connection over what is due; called again and again by the background work. */
export async function startDueIdentification(deps: Deps): Promise<void> {
  const { rows } = await sql<{ id: string; connectionKey: string }>`
    select c.id, c.connection_key as "connectionKey" from connection c
    where c.state = 'active' and exists (select from identification_due d join data_source s on s.id = d.data_source_id
        where s.connection_id = c.id and d.noted_at <= now())
      and not exists (select from identification_run r where r.connection_id = c.id and r.scope = 'connection'
        and r.status in ('QUEUED', 'RUNNING'))`.execute(deps.db);
  for (const connection of rows) {
    await transact(deps, async (tx, after) => {
      const { rows: due } = await sql<{ id: number; cause: 'first_enable' | 'new_columns' }>`
        delete from identification_due d using data_source s
        where s.id = d.data_source_id and s.connection_id = ${connection.id} and d.noted_at <= now()
        returning d.data_source_id as id, d.cause`.execute(tx);
      if (due.length === 0) return;
      const cause = due.some((one) => one.cause === 'new_columns') ? 'new_columns' : 'first_enable';
      const only = sql`s.id = any(${due.map((one) => one.id)}::int[])`;
      await insertRun(deps, { tx, after }, ofConnection(connection, only), {
        actor: systemActor,
        globalUserId: null,
        cause,
      });
    });
  }
}
