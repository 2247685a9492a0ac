import type { AgreementVersion } from '@stoa/contract/data-use-agreement';
import { offsetMetaOf } from '@stoa/contract/page';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';

type VersionRow = Omit<AgreementVersion, 'createdBy' | 'createdAt'> & {
  created_by: string;
  created_by_name: string;
  created_at: Date;
};

const versionColumns = sql<VersionRow>`v.version, v.name, v.sha256, v.created_by, u.name as created_by_name, v.created_at`;
const versionTables = sql`data_use_agreement a join data_use_agreement_version v on v.data_use_agreement_id = a.id
  join app_user u on u.global_user_id = v.created_by`;

const present = ({ created_by, created_by_name, created_at, ...row }: VersionRow): AgreementVersion => ({
  ...row,
  createdBy: { globalUserId: created_by, name: created_by_name },
  createdAt: created_at.toISOString(),
});

/** Versions are never taken away, so that their number is the number of the newest. */
export async function listVersions(reader: Reader, id: string, page: { offset: number; limit: number }) {
  const total = await currentVersionOf(reader, id);
  const { rows } = await sql<VersionRow>`select ${versionColumns} from ${versionTables}
    where a.id = ${id} order by v.version desc offset ${page.offset} limit ${page.limit}`.execute(reader);
  return { data: rows.map(present), meta: offsetMetaOf(page, total, rows.length) };
}

/** The text of one version. */
export async function findVersion(reader: Reader, id: string, version: number) {
  const { rows } = await sql<VersionRow & { body: string }>`select ${versionColumns}, v.body from ${versionTables}
    where a.id = ${id} and v.version = ${version} and a.deleted_at is null`.execute(reader);
  const row = rows[0];
  if (!row) throw notFound('version of the agreement');
  const { body, ...rest } = row;
  return { ...present(rest), body };
}

/** The number of the newest version; 404 for an agreement that is not there. */
export async function currentVersionOf(reader: Reader, id: string): Promise<number> {
  const { rows } = await sql<{ current_version: number }>`
    select current_version from data_use_agreement where id = ${id} and deleted_at is null`.execute(reader);
  if (!rows[0]) throw notFound('data use agreement');
  return rows[0].current_version;
}
