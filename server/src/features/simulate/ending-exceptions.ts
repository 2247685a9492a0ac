import type { Simulation } from '@stoa/contract/simulation';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { ConnectionOutcome, Outcome } from './weigh.ts';

const peopleShown = 50;
const columnsShown = 5;

/** Columns that would have no mask any more: what was approved for them ends with it, and does not come back with another. */
const unmasked = ({ masks }: ConnectionOutcome): { id: number; name: string }[] =>
  masks.flatMap(({ columns }) =>
    columns.flatMap(({ dataSourceId: id, column: name, before, after }) =>
      before !== null && after === null ? [{ id, name }] : [],
    ),
  );

/** Whose approved masking exceptions would end for good, as `endExceptions` would end them: how many people, and the first by name. */
export async function endingExceptions(reader: Reader, outcome: Outcome): Promise<Simulation['endingExceptions']> {
  const columns = outcome.connections.flatMap(unmasked);
  if (columns.length === 0) return { count: 0, people: [] };
  const { rows } = await sql<{
    globalUserId: string;
    username: string;
    name: string;
    columns: string[];
    count: number;
  }>`
    with held as (
      select distinct r.beneficiary, array_to_string(o.object_path[cardinality(o.object_path) - 1:] || x.column_name, '.') as column
      from unnest(${columns.map((one) => one.id)}::int[], ${columns.map((one) => one.name)}::text[]) as k (id, name)
        join exception_column x on x.data_source_id = k.id and x.column_name = k.name and x.ended_at is null
        join access_request r on r.id = x.access_request_id and r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())
        join data_source s on s.id = x.data_source_id and s.enabled join data_object o on o.id = s.data_object_id
    )
    select u.global_user_id as "globalUserId", u.username, u.name, (array_agg(h.column order by h.column))[1:${columnsShown}] as columns,
      (count(*) over ())::int as count
    from held h join app_user u on u.global_user_id = h.beneficiary
    group by u.global_user_id, u.username, u.name order by lower(u.name), u.username limit ${peopleShown}`.execute(
    reader,
  );
  return { count: rows[0]?.count ?? 0, people: rows.map(({ count: _, ...person }) => person) };
}
