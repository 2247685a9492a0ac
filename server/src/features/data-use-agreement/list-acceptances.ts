import { csvOf } from '@stoa/contract/csv';
import { type AgreementAcceptance, largestExport } from '@stoa/contract/data-use-agreement';
import { offsetMetaOf } from '@stoa/contract/page';
import type { PersonName } from '@stoa/contract/person';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { assetName } from '../access-request/load-requests.ts';
import { isReadable, standingTables } from '../access-request/standing-in-sql.ts';
import { currentVersionOf } from './list-versions.ts';

export type AcceptanceFilters = {
  searchText?: string | undefined;
  userId?: string | undefined;
  version?: number | undefined;
  since?: string | undefined;
};
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
function matching({ id, filters, actor }: Wanted): Pick<List, 'tables' | 'from' | 'where' | 'order'> {
  const { userId, version, since } = filters;
  const pattern = filters.searchText?.trim() ? likePattern(filters.searchText.trim()) : null;
  return {
    tables: sql`with ${standingTables(actor)}`,
    from: sql`agreement_acceptance x join access_request r on r.id = x.access_request_id
      join app_user u on u.global_user_id = x.accepted_by`,
    where: sql`x.data_use_agreement_id = ${id} and ${isReadable(actor, [])}
      ${pattern === null ? sql`` : sql`and (u.name ilike ${pattern} or u.username ilike ${pattern})`}
      ${userId === undefined ? sql`` : sql`and x.accepted_by = ${userId}`}
      ${version === undefined ? sql`` : sql`and x.version = ${version}`}
      ${since === undefined ? sql`` : sql`and x.accepted_at >= ${since}::timestamptz`}`,
    order: [
      { value: sql`x.accepted_at`, type: 'timestamptz' },
      { value: sql`x.id`, type: 'uuid' },
    ],
  };
}

type Wanted = { id: string; filters: AcceptanceFilters; actor: Actor };

/** Keys alone are walked; what is shown beside them is read for these rows, in their order. */
async function readRows(reader: Reader, ids: readonly string[]): Promise<Row[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Row>`
    select x.id, x.version, x.sha256, ${personName('u')} as accepted_by, x.accepted_at, r.id as request_id,
      coalesce(p.name, ${assetName}, '') as target_name, ${personName('b')} as beneficiary
    from unnest(${[...ids]}::uuid[]) with ordinality as page (id, place)
      join agreement_acceptance x on x.id = page.id join access_request r on r.id = x.access_request_id
      join app_user u on u.global_user_id = x.accepted_by join app_user b on b.global_user_id = r.beneficiary
      left join data_product p on p.id = r.data_product_id
    order by page.place`.execute(reader);
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

type Paged = Wanted & { page: { offset: number; limit: number; sortOrder: 'asc' | 'desc' } };

/** Who accepted which version, page by page; the total counts what the caller may read and no more. */
export async function listAcceptances(deps: Pick<Deps, 'db' | 'landmarks'>, { page, ...wanted }: Paged) {
  await currentVersionOf(deps.db, wanted.id);
  const list = { ...matching(wanted), isDescending: page.sortOrder === 'desc' };
  const { total, keys } = await readPage(deps, list, page);
  const data = (await readRows(deps.db, keys.map(idOf))).map(present);
  return { data, meta: offsetMetaOf(page, total, data.length) };
}

const idOf = (key: readonly string[]): string => key.at(-1) ?? '';

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
export async function exportAcceptances(deps: Pick<Deps, 'db' | 'landmarks'>, wanted: Wanted): Promise<string> {
  await currentVersionOf(deps.db, wanted.id);
  const list = { ...matching(wanted), isDescending: true };
  const { keys } = await readPage(deps, list, { offset: 0, limit: largestExport });
  const rows = await readRows(deps.db, keys.map(idOf));
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
