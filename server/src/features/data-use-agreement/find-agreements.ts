import type { DataUseAgreement, searchDataUseAgreements } from '@stoa/contract/data-use-agreement';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { foldName } from '@stoa/core/folded-name';
import { abilitiesOnAgreement } from '@stoa/core/permissions/abilities';
import type { Actor, AgreementObject } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { type AgreementUse, loadAgreementUse } from './agreement-use.ts';

export type AgreementRow = {
  id: string;
  name: string;
  body: string;
  version: number;
  sha256: string;
  created_by: string;
  created_by_name: string;
  updated_by: string;
  updated_by_name: string;
  created_at: Date;
  updated_at: Date;
};

/** Current versions as rows; `where` and what follows it speak of `a`. */
const agreementsWhere = (rest: RawBuilder<unknown>): RawBuilder<AgreementRow> => sql<AgreementRow>`
  select a.id, v.name, v.body, v.version, v.sha256, a.created_by, c.name as created_by_name,
    a.updated_by, u.name as updated_by_name, a.created_at, a.updated_at
  from data_use_agreement a
    join data_use_agreement_version v on v.data_use_agreement_id = a.id and v.version = a.current_version
    join app_user c on c.global_user_id = a.created_by join app_user u on u.global_user_id = a.updated_by
  where a.deleted_at is null ${rest}`;

export const toAgreementObject = (
  name: string,
  { domains, usedByAsset, reviewers }: AgreementUse,
): AgreementObject => ({
  kind: 'data-use-agreement',
  name,
  isStandard: false,
  domains,
  usedByAsset,
  reviewers,
});

const present = (actor: Actor, row: AgreementRow, use: AgreementUse): DataUseAgreement => ({
  id: row.id,
  name: row.name,
  body: row.body,
  version: row.version,
  sha256: row.sha256,
  createdBy: { globalUserId: row.created_by, name: row.created_by_name },
  updatedBy: { globalUserId: row.updated_by, name: row.updated_by_name },
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  usedByForms: use.forms.length,
  abilities: presentAbilities(abilitiesOnAgreement(actor, toAgreementObject(row.name, use), use.forms.length)),
});

const orders = { name: sql`a.name_key`, createdAt: sql`a.created_at`, updatedAt: sql`a.updated_at` };

/** The agreements that exist, in a stable order. */
export async function searchAgreements(reader: Reader, actor: Actor, query: QueryOf<typeof searchDataUseAgreements>) {
  const wanted = foldName(query.nameFilter);
  const filter =
    query.exactMatch && wanted !== '' ? sql`a.name_key = ${wanted}` : sql`a.name_key like ${likePattern(wanted)}`;
  const direction = query.sortOrder === 'asc' ? sql`asc` : sql`desc`;
  const { rows } = await agreementsWhere(sql`and ${filter}
    order by ${orders[query.sortBy]} ${direction}, a.id ${direction} offset ${query.offset} limit ${query.limit}`).execute(
    reader,
  );
  const { rows: counted } = await sql<{ total: number }>`
    select count(*) as total from data_use_agreement a where a.deleted_at is null and ${filter}`.execute(reader);
  const useOf = await loadAgreementUse(
    reader,
    rows.map((row) => row.id),
  );
  const data = rows.map((row) => present(actor, row, useOf(row.id)));
  return { data, meta: offsetMetaOf(query, counted[0]?.total ?? 0, rows.length) };
}

/** One agreement as the caller sees it; undefined when it does not exist. */
export async function findAgreement(reader: Reader, actor: Actor, id: string): Promise<DataUseAgreement | undefined> {
  const { rows } = await agreementsWhere(sql`and a.id = ${id}`).execute(reader);
  return rows[0] && present(actor, rows[0], (await loadAgreementUse(reader, [id]))(id));
}
