import { deepestReportRow } from '@stoa/contract/report';
import { type OffsetMeta, offsetMetaOf } from '@stoa/contract/page';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { beyond, type OrderKey, orderBy } from '../../db/read-page.ts';

/** Rows of a report: what SQL reads, in an order that has a place for each of them, and how one is told. */
export type Report<Row, Told> = {
  /** A query that can stand after `from`, with all columns that `order` and `tell` name. */
  readonly rows: RawBuilder<unknown>;
  readonly order: readonly OrderKey[];
  readonly tell: (row: Row) => Told;
};

type Page = { readonly offset: number; readonly limit: number };

/** One page. Rows beyond `deepestReportRow` are counted, and stand in the file alone. */
export async function readReport<Row, Told>(
  db: Reader,
  report: Report<Row, Told>,
  { offset, limit }: Page,
): Promise<{ data: Told[]; meta: OffsetMeta }> {
  const count = Math.min(limit, deepestReportRow + limit - offset);
  // One statement, so that the count is that of the rows it stands beside.
  const { rows } = await sql<Row & { report_total: number; is_row: true | null }>`
    select total.report_total, page.* from (select count(*) as report_total from (${report.rows}) counted) total
      left join (select true as is_row, listed.* from (${report.rows}) listed
        order by ${orderBy(report)} offset ${offset} limit ${count}) page on true
    order by ${orderBy(report)}`.execute(db);
  const found = rows.filter((row) => row.is_row === true);
  return {
    data: found.map(report.tell),
    meta: offsetMetaOf({ offset, limit }, rows[0]?.report_total ?? 0, found.length),
  };
}

/** A part is read, written and forgotten. */
const rowsAtOnce = 2_000;

/** All rows, part by part, each from where the last one ended. */
export async function* readAll<Row, Told>(db: Reader, report: Report<Row, Told>): AsyncGenerator<Told[]> {
  let place: readonly string[] | undefined;
  const keys = sql`array[${sql.join(report.order.map(({ value }) => sql`(${value})::text`))}] as report_keys`;
  do {
    const { rows } = await sql<Row & { report_keys: string[] }>`
      select *, ${keys} from (${report.rows}) listed
      where ${place === undefined ? sql`true` : beyond(report, place)}
      order by ${orderBy(report)} limit ${rowsAtOnce}`.execute(db);
    if (rows.length > 0) yield rows.map(report.tell);
    place = rows.length < rowsAtOnce ? undefined : rows.at(-1)?.report_keys;
  } while (place !== undefined);
}
