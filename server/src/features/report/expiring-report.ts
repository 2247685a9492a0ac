import type { RequestType } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import type { ExpiringRow } from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { assetName } from '../access-request/load-requests.ts';
import type { Report } from './read-report.ts';
import { speaksOfRequest } from './report-scope.ts';

type Row = {
  request_id: string;
  person: PersonName;
  target_id: string;
  target_name: string;
  target_slug: string | null;
  is_product: boolean;
  type: RequestType;
  since: Date | null;
  until: Date;
  decided_by: PersonName | null;
  is_renewal_pending: boolean;
};

/** Access and exceptions that end within `days`, the next first. */
export function expiringReport(question: {
  days: number;
  scope: Scope;
  searchText?: string | undefined;
}): Report<Row, ExpiringRow> {
  const text = question.searchText?.trim() ?? '';
  const pattern = likePattern(text);
  return {
    rows: sql`select * from (
      select r.id as request_id, json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name)::jsonb as person,
        r.target_id, coalesce(p.name, ${assetName}, '') as target_name, p.slug as target_slug, r.data_product_id is not null as is_product,
        r.type, r.decided_at as since, r.expiration as until,
        (select json_build_object('globalUserId', by.global_user_id, 'username', by.username, 'name', by.name)::jsonb
          from approval_record a join app_user by on by.global_user_id = a.action_by
          where a.access_request_id = r.id and a.left_behind_at is null and a.status = 'APPROVED' order by a.updated_at desc limit 1) as decided_by,
        exists (select from access_request again where again.beneficiary = r.beneficiary and again.target_id = r.target_id
          and again.type = r.type and again.status = 'PENDING') as is_renewal_pending
      from access_request r join app_user u on u.global_user_id = r.beneficiary left join data_product p on p.id = r.data_product_id
      where r.status = 'APPROVED' and r.expiration > now() and r.expiration <= now() + make_interval(days => ${question.days})
        and ${speaksOfRequest(question.scope)}) ending
      where ${text === '' ? sql`true` : sql`(target_name ilike ${pattern} or person ->> 'name' ilike ${pattern} or person ->> 'username' ilike ${pattern})`}`,
    order: [
      { value: sql`until`, type: 'timestamptz' },
      { value: sql`request_id`, type: 'text' },
    ],
    tell: (row) => ({
      requestId: row.request_id,
      user: row.person,
      target: {
        id: row.target_id,
        type: row.is_product ? 'DATA_PRODUCT' : 'DATA_OBJECT',
        name: row.target_name,
        ...(row.target_slug === null ? {} : { slug: row.target_slug }),
      },
      requestType: row.type,
      since: row.since?.toISOString() ?? null,
      until: row.until.toISOString(),
      decidedBy: row.decided_by,
      isRenewalPending: row.is_renewal_pending,
    }),
  };
}
