import type { DataProductActivity, listDataProductActivity as listOperation } from '@stoa/contract/data-product-use';
import type { QueryOf } from '@stoa/contract/operation';
import { may } from '@stoa/core/permissions/may';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import type { LoadedProduct } from './load-products.ts';
import { readToken, writeToken } from './page-token.ts';

type Query = QueryOf<typeof listOperation>;
type Row = {
  id: string;
  at: Date;
  key: string;
  action: string;
  actor: string;
  beneficiary: string | null;
  request_id: string | null;
};

const sentences: Record<string, (row: Row) => string> = {
  DataProductCreated: () => 'published it',
  DataProductUpdated: () => 'changed it',
  DataProductSuspended: () => 'suspended it',
  DataProductResumed: () => 'resumed it',
  DataSourcesUpdated: () => 'changed its data sources',
  AccessRequested: (row) => `asked for access for ${row.beneficiary ?? 'somebody'}`,
  APPROVED: (row) => `approved access for ${row.beneficiary ?? 'somebody'}`,
  DENIED: (row) => `denied access for ${row.beneficiary ?? 'somebody'}`,
  CANCELED: (row) => `canceled the request for ${row.beneficiary ?? 'somebody'}`,
  REVOKED: (row) => `took access from ${row.beneficiary ?? 'somebody'}`,
  EXPIRED: (row) => `ended the access of ${row.beneficiary ?? 'somebody'}`,
};

/** What happened to a product, newest first. Who asked and what was decided is for those who manage it or decide about it. */
export async function listActivity(
  reader: Reader,
  actor: LoadedPerson,
  { product, query }: { product: LoadedProduct; query: Query },
) {
  const { id } = product.row;
  const after = readToken(query.nextToken);
  const beyond = (column: string) => (after ? sql`and ${sql.ref(column)} <= ${after.key}::timestamptz` : sql``);
  const limit = query.limit + 1;
  const isReader = may(actor, 'access-request.assess', product.object).allowed;
  const requests = sql`
    union all (select r.id || ':asked', r.created_at, 'AccessRequested', q.name, b.name, r.id
      from access_request r join app_user q on q.global_user_id = r.requesting_user join app_user b on b.global_user_id = r.beneficiary
      where r.target_id = ${id} ${beyond('r.created_at')} order by r.created_at desc, r.id desc limit ${limit + 100})
    union all (select d.id, d.created_at, d.status, coalesce(u.name, 'Stoa'), b.name, r.id
      from access_request r join determination d on d.access_request_id = r.id and d.is_final
      left join app_user u on u.global_user_id = d.action_by join app_user b on b.global_user_id = r.beneficiary
      where r.target_id = ${id} ${beyond('d.created_at')} order by d.created_at desc, d.id desc limit ${limit + 100})
    union all (select r.id || ':ended', r.ended_at, r.status, coalesce(u.name, 'Stoa'), b.name, r.id
      from access_request r left join app_user u on u.global_user_id = r.ended_by join app_user b on b.global_user_id = r.beneficiary
      where r.target_id = ${id} and r.ended_at is not null and r.status in ('CANCELED', 'REVOKED', 'EXPIRED') ${beyond('r.ended_at')}
      order by r.ended_at desc, r.id desc limit ${limit + 100})`;
  const { rows } = await sql<Row>`
    select id, at, at::text as key, action, actor, beneficiary, request_id from (
      (select e.id::text as id, e.event_timestamp as at, e.action, e.actor ->> 'name' as actor, null as beneficiary, null as request_id
        from audit_event e where e.targets @> ${JSON.stringify([{ id }])}::jsonb and e.target_type = 'DATA_PRODUCT'
          and e.action_status = 'SUCCESS' ${beyond('e.event_timestamp')} order by e.event_timestamp desc, e.id desc limit ${limit + 100})
      ${isReader ? requests : sql``}
    ) happened
    ${after ? sql`where (at, id) < (${after.key}::timestamptz, ${after.id})` : sql``}
    order by at desc, id desc limit ${limit}`.execute(reader);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const nextToken = rows.length > query.limit && last ? writeToken({ key: last.key, id: last.id }) : null;
  return { data: page.map(present), meta: { nextToken, limit: query.limit } };
}

const present = (row: Row): DataProductActivity => ({
  id: row.id,
  at: row.at.toISOString(),
  action: row.action,
  actor: row.actor,
  text: `${row.actor} ${sentences[row.action]?.(row) ?? row.action}`,
  ...(row.request_id === null ? {} : { requestId: row.request_id }),
});
