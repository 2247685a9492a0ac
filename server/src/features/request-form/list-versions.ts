import { offsetMetaOf } from '@stoa/contract/page';
import type { RequestFormVersion } from '@stoa/contract/request-form';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { authorOf } from './load-forms.ts';

type Page = { readonly offset: number; readonly limit: number };
type Row = Omit<RequestFormVersion, 'createdBy' | 'createdAt'> & {
  created_by: string | null;
  created_by_name: string | null;
  created_at: Date;
};

/** The versions of a form that is there, the newest first, with the requests that were made under each. */
export async function listVersions(reader: Reader, id: string, page: Page) {
  const { rows: counted } = await sql<{ total: number }>`
    select count(v.version)::int as total from request_form f left join request_form_version v on v.request_form_id = f.id
    where f.id = ${id} and f.deleted_at is null group by f.id`.execute(reader);
  const total = counted[0]?.total;
  if (total === undefined) throw notFound('request form');
  const { rows } = await sql<Row>`
    select v.version, v.number, v.name, v.created_by, u.name as created_by_name, v.created_at,
      v.version = f.current_version as "isCurrent",
      (select count(*)::int from access_request r where r.form_version = v.version) as requests,
      (select count(*)::int from access_request r where r.form_version = v.version and r.status = 'PENDING') as "pendingRequests"
    from request_form f join request_form_version v on v.request_form_id = f.id
      left join app_user u on u.global_user_id = v.created_by
    where f.id = ${id} order by v.number desc offset ${page.offset} limit ${page.limit}`.execute(reader);
  const data = rows.map(({ created_by, created_by_name, created_at, ...row }) => ({
    ...row,
    createdBy: authorOf(created_by, created_by_name),
    createdAt: created_at.toISOString(),
  }));
  return { data, meta: offsetMetaOf(page, total, data.length) };
}
