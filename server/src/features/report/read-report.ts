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
  /** What is told beside these, of so many rows as are shown: a query over `shown`, which has the columns of `rows`. */
  readonly detail?: (shown: RawBuilder<unknown>) => RawBuilder<unknown>;
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
  const { rows } =
    report.detail === undefined
      ? await readWhole(db, report, { offset, count })
      : await readDetailed(db, report, { offset, count, detail: report.detail });
  const found = rows.filter((row) => row.is_row === true);
  return {
    data: found.map(report.tell),
    meta: offsetMetaOf({ offset, limit }, rows[0]?.report_total ?? 0, found.length),
  };
}

type Counted<Row> = Row & { report_total: number; is_row: true | null };
type Cut = { readonly offset: number; readonly count: number };

const readWhole = <Row, Told>(db: Reader, report: Report<Row, Told>, { offset, count }: Cut) =>
  sql<Counted<Row>>`
    select total.report_total, page.* from (select count(*) as report_total from (${report.rows}) counted) total
      left join (select true as is_row, listed.* from (${report.rows}) listed
        order by ${orderBy(report)} offset ${offset} limit ${count}) page on true
    order by ${orderBy(report)}`.execute(db);

/** Where rows are very many: they are found once, and told of the page alone. */
const readDetailed = <Row, Told>(
  db: Reader,
  report: Report<Row, Told>,
  { offset, count, detail }: Cut & { detail: (shown: RawBuilder<unknown>) => RawBuilder<unknown> },
) =>
  sql<Counted<Row>>`
    with listed as materialized (${report.rows}), shown as materialized (
      select * from listed order by ${orderBy(report)} offset ${offset} limit ${count}
    ), total as (select count(*) as report_total from listed)
    select total.report_total, page.* from total left join (select true as is_row, told.* from (${detail(sql`shown`)}) told) page on true
    order by ${orderBy(report)}`.execute(db);

/** A part is read, written and forgotten. */
const rowsAtOnce = 2_000;

/** All rows, part by part, each from where the last one ended. */
export async function* readAll<Row, Told>(db: Reader, report: Report<Row, Told>): AsyncGenerator<Told[]> {
  let place: readonly string[] | undefined;
  const keys = sql`array[${sql.join(report.order.map(({ value }) => sql`(${value})::text`))}] as report_keys`;
  do {
    const { rows } = await sql<Row & { report_keys: string[] }>`
      with shown as (
        select *, ${keys} from (${report.rows}) listed
        where ${place === undefined ? sql`true` : beyond(report, place)}
        order by ${orderBy(report)} limit ${rowsAtOnce}
      ) select * from (${report.detail === undefined ? sql`select * from shown` : report.detail(sql`shown`)}) told
      order by ${orderBy(report)}`.execute(db);
    if (rows.length > 0) yield rows.map(report.tell);
    place = rows.length < rowsAtOnce ? undefined : rows.at(-1)?.report_keys;
  } while (place !== undefined);
}
