import { csvOf } from '@stoa/contract/csv';
import { type AgreementAcceptance, largestExport } from '@stoa/contract/data-use-agreement';
import { offsetMetaOf } from '@stoa/contract/page';
import type { PersonName } from '@stoa/contract/person';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { isReadable, standingTables } from '../access-request/standing-in-sql.ts';
import { currentVersionOf } from './list-versions.ts';

export type AcceptanceFilters = {
  searchText?: string | undefined;
  userId?: string | undefined;
  version?: number | undefined;
  since?: string | undefined;
};
type Page = { offset: number; limit: number; sortOrder: 'asc' | 'desc' };
type Row = {
  id: string;
  version: number;
  sha256: string;
  accepted_by: PersonName;
  accepted_at: Date;
  request_id: string;
  target_name: string;
  beneficiary: PersonName;
};

const personName = (alias: string): RawBuilder<PersonName> => sql`json_build_object('globalUserId',
  ${sql.ref(`${alias}.global_user_id`)}, 'username', ${sql.ref(`${alias}.username`)}, 'name', ${sql.ref(`${alias}.name`)})`;

/** Acceptances `x` of request `r` by person `u`: of this agreement, as filtered, of requests that the caller may read. */
function matching(id: string, filters: AcceptanceFilters, actor: Actor): RawBuilder<unknown> {
  const { userId, version, since } = filters;
  const pattern = filters.searchText?.trim() ? likePattern(filters.searchText.trim()) : null;
  return sql`agreement_acceptance x join access_request r on r.id = x.access_request_id
    join app_user u on u.global_user_id = x.accepted_by
    where x.data_use_agreement_id = ${id} and ${isReadable(actor, [])}
      ${pattern === null ? sql`` : sql`and (u.name ilike ${pattern} or u.username ilike ${pattern})`}
      ${userId === undefined ? sql`` : sql`and x.accepted_by = ${userId}`}
      ${version === undefined ? sql`` : sql`and x.version = ${version}`}
      ${since === undefined ? sql`` : sql`and x.accepted_at >= ${since}::timestamptz`}`;
}

type Wanted = { id: string; filters: AcceptanceFilters; actor: Actor; page: Page };

async function readRows(reader: Reader, { id, filters, actor, page }: Wanted): Promise<Row[]> {
  const direction = page.sortOrder === 'asc' ? sql`asc` : sql`desc`;
  // Keys alone are walked; what the page shows beside them is read for its rows.
  const { rows } = await sql<Row>`with ${standingTables(actor)}, page as (
      select x.id from ${matching(id, filters, actor)}
      order by x.accepted_at ${direction}, x.id ${direction} offset ${page.offset} limit ${page.limit})
    select x.id, x.version, x.sha256, ${personName('u')} as accepted_by, x.accepted_at, r.id as request_id,
      coalesce(p.name, o.name, '') as target_name, ${personName('b')} as beneficiary
    from page join agreement_acceptance x on x.id = page.id join access_request r on r.id = x.access_request_id
      join app_user u on u.global_user_id = x.accepted_by join app_user b on b.global_user_id = r.beneficiary
      left join data_product p on p.id = r.data_product_id left join data_object o on o.id = r.asset_id
    order by x.accepted_at ${direction}, x.id ${direction}`.execute(reader);
  return rows;
}

const present = (row: Row): AgreementAcceptance => ({
  id: row.id,
  version: row.version,
  sha256: row.sha256,
  acceptedBy: row.accepted_by,
  acceptedAt: row.accepted_at.toISOString(),
  request: { id: row.request_id, targetName: row.target_name, beneficiary: row.beneficiary },
});

/** Who accepted which version, page by page; the total counts what the caller may read and no more. */
export async function listAcceptances(reader: Reader, wanted: Wanted) {
  const { id, filters, actor, page } = wanted;
  await currentVersionOf(reader, id);
  const { rows: counted } = await sql<{ total: number }>`
    with ${standingTables(actor)} select count(*) as total from ${matching(id, filters, actor)}`.execute(reader);
  const data = (await readRows(reader, wanted)).map(present);
  return { data, meta: offsetMetaOf(page, counted[0]?.total ?? 0, data.length) };
}

const heading = [
  'Accepted at (UTC)',
  'Accepted by',
  'Username',
  'Version',
  'SHA-256',
  'Request',
  'Target',
  'For',
  'For (username)',
];

/** The same as a file, the newest first. */
export async function exportAcceptances(reader: Reader, wanted: Omit<Wanted, 'page'>): Promise<string> {
  await currentVersionOf(reader, wanted.id);
  const rows = await readRows(reader, { ...wanted, page: { offset: 0, limit: largestExport, sortOrder: 'desc' } });
  return csvOf([
    heading,
    ...rows.map((row) => [
      row.accepted_at.toISOString(),
      row.accepted_by.name,
      row.accepted_by.username,
      String(row.version),
      row.sha256,
      row.request_id,
      row.target_name,
      row.beneficiary.name,
      row.beneficiary.username,
    ]),
  ]);
}
