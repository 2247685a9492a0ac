import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { claimWork } from './claim-work.ts';
import { runChecks } from './preflight.ts';

type Due = { readonly id: string; readonly connectionKey: string };

/** While grants wait nobody waits for the next day; a platform that only did not answer is asked sooner still. */
const hoursBetween = 24;
const minutesWhileFailing = 5;
const minutesWhileAway = 1;

/**
 * Runs the checks of every connection that were last run a day ago, or a few minutes ago where they failed: once they pass, what
 * waited for them is given. By the replica that holds the connection, and not while the platform is known to be down.
 */
export async function runDueChecks(deps: Deps): Promise<void> {
  const { rows } = await sql<Due>`
    select id, connection_key as "connectionKey" from connection, lateral (select
        coalesce((server_info #>> '{preflight,checkedAt}')::timestamptz, '-infinity') as checked_at,
        exists (select from jsonb_array_elements(coalesce(server_info #> '{preflight,checks}', '[]')) x
          where x ->> 'result' = 'fail' and x ->> 'check' <> 'REACHABLE') as is_answered) last
    where state in ('active', 'error') and (next_attempt_at is null or next_attempt_at <= now())
      and checked_at < now() - case when state = 'active' then make_interval(hours => ${hoursBetween})
        when is_answered then make_interval(mins => ${minutesWhileFailing}) else make_interval(mins => ${minutesWhileAway}) end`.execute(
    deps.db,
  );
  await Promise.all(
    rows.map((connection) =>
      runOne(deps, connection).catch((error: unknown) =>
        deps.log.warn({ err: error, connection: connection.id }, 'the checks of a connection could not be run'),
      ),
    ),
  );
}

async function runOne(deps: Deps, connection: Due): Promise<void> {
  if ((await claimWork(deps.db, connection.id, deps.replicaId)) === undefined) return;
  await runChecks(deps, connection);
}
