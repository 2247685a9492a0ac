import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedRequest } from './load-requests.ts';

export type DecisionFigures = { hours: number | null; days: number | null };

/** Medians over the last fifty decisions people made on the target: how long they took, and for how many days. */
export async function readDecisionFigures(db: Reader, request: LoadedRequest): Promise<DecisionFigures> {
  const { rows } = await sql<DecisionFigures>`
    select percentile_cont(0.5) within group (order by hours) as hours,
      percentile_cont(0.5) within group (order by days) filter (where days is not null) as days
    from (select extract(epoch from d.created_at - r.created_at) / 3600 as hours,
        case when d.status = 'APPROVED' then extract(epoch from r.expiration - d.created_at) / 86400 end as days
      from determination d join access_request r on r.id = d.access_request_id
      where d.is_final and d.action_by is not null and d.target_id = ${request.target_id} and d.type = ${request.type}
      order by d.created_at desc limit 50) latest`.execute(db);
  return rows[0] ?? { hours: null, days: null };
}
