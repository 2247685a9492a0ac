import type { ColumnMask, ProductColumn } from '@stoa/contract/data-product';
import { offsetMetaOf } from '@stoa/contract/page';
import type { AskedColumn } from '@stoa/core/review/check-columns';
import { may } from '@stoa/core/permissions/may';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadRequests } from '../access-request/load-requests.ts';
import { toRequestObject } from '../access-request/request-object.ts';
import { reviewsSomething } from '../access-request/standing-in-sql.ts';
import { tagsOfColumn } from '../tag/stored-tags.ts';
import { type LoadedPerson, loadPerson } from '../user/load-people.ts';
import { columnsOfRequest } from './exception-columns.ts';
import { maskOfColumn, policyInfoOf } from './mask-of-column.ts';

type Page = { offset: number; limit: number };
type Row = AskedColumn & {
  sourceName: string | null;
  type: string | null;
  comment: string | null;
  tags: string[];
  mask: ColumnMask | null;
};

/** A page of the columns that a request asks for, by source and name; also those that are gone by now. */
export async function listRequestColumns(db: Reader, requestId: string, page: Page) {
  const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from access_request r cross join ${columnsOfRequest} where r.id = ${requestId}`.execute(
    db,
  );
  const { rows } = await sql<Row>`
    select k."sourceId", k."columnName", s.name as "sourceName", c.native_type as type, c.comment,
      array(select t.name ${tagsOfColumn} order by t.name) as tags, ${maskOfColumn} as mask
    from access_request r cross join ${columnsOfRequest} left join data_source s on s.id::text = k."sourceId"
    left join data_source_column c on c.data_source_id = s.id and c.name = k."columnName"
    where r.id = ${requestId} order by s.name, k."sourceId", k."columnName" offset ${page.offset} limit ${page.limit}`.execute(
    db,
  );
  return { data: rows.map(present), meta: offsetMetaOf(page, counted[0]?.total ?? 0, rows.length) };
}

const present = ({ sourceId, columnName, sourceName, type, comment, tags, mask }: Row): ProductColumn => ({
  name: columnName,
  sourceId,
  sourceName: sourceName ?? '',
  tags,
  ...(type === null ? {} : { type }),
  ...policyInfoOf(mask),
  comment,
});

/** The columns that a person sees in clear by an exception that holds: all of them for themself, else those one reviews. */
export async function listApprovedColumns(
  db: Reader,
  actor: LoadedPerson,
  globalUserId: string,
): Promise<AskedColumn[]> {
  const person = await loadPerson(db, globalUserId);
  if (person === undefined) throw notFound('user');
  const callerReviews = await reviewsSomething(db, actor);
  requireMay(actor, 'access-request.assess', { kind: 'exceptions', ...person, callerReviews });
  const { rows } = await sql<AskedColumn & { id: string }>`
    select r.id, k."sourceId", k."columnName" from access_request r cross join ${columnsOfRequest}
    where r.beneficiary = ${globalUserId} and r.type = 'MASKING_EXCEPTION' and r.status = 'APPROVED' and not r.awaits_acceptance
      and (r.expiration is null or r.expiration > now()) and not exists (select from exception_column x where x.access_request_id = r.id
        and x.data_source_id::text = k."sourceId" and x.column_name = k."columnName" and x.ended_at is not null)
    order by k."sourceId", k."columnName"`.execute(db);
  const switches = await readSwitches(db);
  const requests = await loadRequests(db, [...new Set(rows.map((row) => row.id))]);
  const shown = new Set(
    requests
      .map((request) => toRequestObject(request, switches))
      .filter((object) => actor.personId === person.personId || may(actor, 'access-request.assess', object).allowed)
      .map((object) => object.id),
  );
  const columns = rows.filter((row) => shown.has(row.id)).map(({ sourceId, columnName }) => ({ columnName, sourceId }));
  return [...new Map(columns.map((one) => [JSON.stringify(one), one])).values()];
}
