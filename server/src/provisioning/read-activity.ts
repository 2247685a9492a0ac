import type { ActivityReading } from '@stoa/connectors/activity';
import { ConnectorError } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { readSwitches } from '../settings-store.ts';
import { claimWork } from './claim-work.ts';

type Turn = { connectionId: string; turn: string; cursor: object | null };

/** Reads who has read what of every platform whose lease is ours and whose turn has come; called again and again. */
export async function readDueActivity(deps: Deps): Promise<void> {
  const { activityEveryMinutes } = await readSwitches(deps.db);
  if (activityEveryMinutes === 0) return;
  const { rows } = await sql<{ id: string }>`
    select c.id from connection c left join activity_reading a on a.connection_id = c.id
    where c.state in ('active', 'error') and c.down_since is null and coalesce(a.due_at <= now(), true)`.execute(
    deps.db,
  );
  await Promise.all(
    rows.map((row) =>
      readActivityOf(deps, row.id).catch((error: unknown) =>
        deps.log.warn({ err: error, connection: row.id }, 'reading the activity of a platform failed'),
      ),
    ),
  );
}

/** One reading; false where another replica has the connection. */
export async function readActivityOf(deps: Deps, connectionId: string): Promise<boolean> {
  const work = await claimWork(deps.db, connectionId, deps.replicaId);
  if (!work) return false;
  const turn = await takeTurn(deps, connectionId);
  try {
    const session = await deps.platforms.session(connectionId, work.connectionVersion);
    const reading = await session.readActivity(turn.cursor);
    await transact(deps, (tx) => keepReading(tx, turn, reading));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    await sql`update activity_reading set failure = ${error.failure.message} where connection_id = ${connectionId}
      and turn = ${turn.turn}`.execute(deps.db);
  }
  return true;
}

/** The next reading has its time before this one begins: a process that dies in it holds nobody up. */
async function takeTurn(deps: Deps, connectionId: string): Promise<Turn> {
  const { activityEveryMinutes } = await readSwitches(deps.db);
  const due = sql`now() + make_interval(mins => ${Math.max(1, activityEveryMinutes)})`;
  const { rows } = await sql<Turn>`
    insert into activity_reading as a (connection_id, due_at, turn) values (${connectionId}, ${due}, 1)
    on conflict (connection_id) do update set due_at = ${due}, turn = a.turn + 1
    returning a.connection_id as "connectionId", a.turn::text as turn, a.cursor`.execute(deps.db);
  const turn = rows[0];
  if (turn === undefined) throw new Error('the reading got no turn');
  return turn;
}

/** After a pause of this length, counters that began anew leave a gap. */
const gapMinutes = 60;

/** What was counted and where counting stopped, in one commit: a reading whose turn is over is counted by a later one. */
async function keepReading(tx: Tx, { connectionId, turn }: Turn, reading: ActivityReading): Promise<void> {
  const { rows } = await sql`
    update activity_reading set way = ${reading.way}, cursor = ${reading.cursor === null ? null : JSON.stringify(reading.cursor)}::jsonb,
      last_read_at = now(), failure = null, due_at = case when ${reading.way} = 'none' then least(due_at, now() + interval '1 minute') else due_at end, forgotten = forgotten + ${reading.forgotten}, unresolved_calls = unresolved_calls + ${reading.unresolvedCalls},
      observed_since = case when ${reading.way === 'none'} then null
        when ${reading.isBeginning} and coalesce(last_read_at < now() - make_interval(mins => ${gapMinutes}), true) then now()
        else coalesce(observed_since, now()) end
    where connection_id = ${connectionId} and turn = ${turn} returning connection_id`.execute(tx);
  if (rows.length === 0 || reading.uses.length === 0) return;
  await sql`
    insert into query_activity as known (data_object_id, connection_id, principal_id, account, day, calls, maybe_calls, first_at, last_at)
    select o.id, ${connectionId}, u."principalId", max(u.account), date_trunc('day', max(u.last), 'UTC'),
      sum(u.calls), sum(u."maybeCalls"), min(u.first), max(u.last)
    from (select given.*, least(now(), to_timestamp(given."firstAt" / 1000.0)) as first, least(now(), to_timestamp(given."lastAt" / 1000.0)) as last
        from jsonb_to_recordset(${JSON.stringify(reading.uses)}::jsonb)
          as given ("principalId" text, account text, "objectId" text, calls bigint, "maybeCalls" bigint, "firstAt" bigint, "lastAt" bigint)) u
      join lateral (
        select d.id from data_object d where d.connection_id = ${connectionId} and d.platform_id = u."objectId" and d.missing_since is null
        union select s.data_object_id from source_protection p join data_source s on s.id = p.data_source_id
          where p.connection_id = ${connectionId} and p.view_id = u."objectId") o on true
    group by o.id, u."principalId"
    on conflict (data_object_id, principal_id, day) do update set account = excluded.account, calls = known.calls + excluded.calls,
      maybe_calls = known.maybe_calls + excluded.maybe_calls, first_at = least(known.first_at, excluded.first_at),
      last_at = greatest(known.last_at, excluded.last_at)`.execute(tx);
}

/** Days that are older than the installation keeps. */
export async function forgetOldActivity(deps: Deps): Promise<void> {
  const { activityKeepDays } = await readSwitches(deps.db);
  await sql`delete from query_activity where day < now() - make_interval(days => ${activityKeepDays})`.execute(deps.db);
}
