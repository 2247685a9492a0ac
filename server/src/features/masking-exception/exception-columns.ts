import type { AskedColumn, KnownColumn } from '@stoa/core/review/check-columns';
import type { ColumnRequest } from '@stoa/core/review/column-status';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';

/** The columns that request `r` asks for; of a request for data there are none. */
export const columnsOfRequest: RawBuilder<AskedColumn> = sql`
  jsonb_to_recordset(case when r.type = 'MASKING_EXCEPTION' then r.metadata -> 'columns' end) as k("sourceId" text, "columnName" text)`;

export type ColumnException = AskedColumn & ColumnRequest & { readonly requestId: string };

/** Every request of a person for one of the columns, with how it stands; in no order. */
export async function readExceptions(
  db: Reader,
  globalUserId: string,
  columns: readonly AskedColumn[],
): Promise<ColumnException[]> {
  const { rows } = await sql<ColumnException>`
    select k."sourceId", k."columnName", r.id as "requestId", case when x.ended_at is not null and r.status = 'APPROVED' then 'REVOKED' else r.status end as status,
      floor(extract(epoch from r.expiration) * 1000)::float8 as expiration, floor(extract(epoch from r.created_at) * 1000)::float8 as "createdAt"
    from access_request r cross join ${columnsOfRequest}
      left join exception_column x on x.access_request_id = r.id and x.data_source_id::text = k."sourceId" and x.column_name = k."columnName"
    where r.beneficiary = ${globalUserId} and r.type = 'MASKING_EXCEPTION' and (k."sourceId", k."columnName") in (
      select w.source_id, w.name from unnest(${columns.map((c) => c.sourceId)}::text[], ${columns.map((c) => c.columnName)}::text[]) w (source_id, name))`.execute(
    db,
  );
  return rows;
}

/** The columns that exist in a target, with what is to be lifted on them. */
export async function findKnownColumns(
  db: Reader,
  columns: readonly AskedColumn[],
  targetId: string,
): Promise<KnownColumn[]> {
  const { rows } = await sql<KnownColumn>`
    select c.data_source_id::text as "sourceId", c.name as "columnName", m.policy_id is not null as "isMasked", m.is_liftable is false as "isFixed"
    from data_source_column c left join column_mask m on m.data_source_id = c.data_source_id and m.ordinal = c.ordinal
    where (c.data_source_id, c.name) in (
      select w.source_id, w.name from unnest(${columns.map((c) => Number(c.sourceId))}::int[], ${columns.map((c) => c.columnName)}::text[]) w (source_id, name))
      and c.data_source_id in (${sourcesOf(targetId)})`.execute(db);
  return rows;
}

/** Those of the columns that exist, in the target where one is named. */
export async function findColumns(
  db: Reader,
  columns: readonly AskedColumn[],
  targetId?: string,
): Promise<AskedColumn[]> {
  const inTarget = targetId === undefined ? sql`true` : sql`c.data_source_id in (${sourcesOf(targetId)})`;
  const { rows } = await sql<AskedColumn>`
    select c.data_source_id::text as "sourceId", c.name as "columnName" from data_source_column c
    where (c.data_source_id, c.name) in (
      select w.source_id, w.name from unnest(${columns.map((c) => Number(c.sourceId))}::int[], ${columns.map((c) => c.columnName)}::text[]) w (source_id, name))
      and ${inTarget}`.execute(db);
  return rows;
}
