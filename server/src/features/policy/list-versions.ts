import { offsetMetaOf } from '@stoa/contract/page';
import { dataBody, policyKind, policyState, subscriptionBody } from '@stoa/contract/policy';
import { type PolicyVersion, type PolicyVersionDetail, policyVersion } from '@stoa/contract/policy-resource';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { loadPlaces, type Place } from './policy-object.ts';
import { scopeOf } from './stored-policy.ts';

type VersionRow = {
  version: number;
  change: string;
  name: string;
  type: string;
  kind: string;
  scope: string;
  domain_id: string | null;
  data_source_id: number | null;
  state: string;
  body: unknown;
  created_by: string | null;
  created_by_name: string | null;
  created_at: Date;
};

const columns = sql`v.version, v.change, v.name, p.type, v.kind, v.scope, v.domain_id, v.data_source_id, v.state, v.body,
  v.created_by, u.name as created_by_name, v.created_at`;
const tables = sql`policy p join policy_version v on v.policy_id = p.id left join app_user u on u.global_user_id = v.created_by`;

const present = (row: VersionRow, place: Place | null): PolicyVersion => ({
  version: row.version,
  change: policyVersion.shape.change.parse(row.change),
  name: row.name,
  scope: scopeOf(row),
  ...(place?.name == null ? {} : { scopeName: place.name }),
  state: policyState.parse(row.state),
  kind: policyKind.parse(row.kind),
  createdBy: row.created_by === null ? null : { globalUserId: row.created_by, name: row.created_by_name ?? 'Unknown' },
  createdAt: row.created_at.toISOString(),
});

/** Versions are never taken away, so that their number is the number of the newest. */
export async function listVersions(reader: Reader, id: string, page: { offset: number; limit: number }) {
  const { rows: found } = await sql<{ version: number }>`
    select version from policy where id = ${id} and deleted_at is null`.execute(reader);
  if (!found[0]) throw notFound('policy');
  const { rows } = await sql<VersionRow>`select ${columns} from ${tables}
    where p.id = ${id} order by v.version desc offset ${page.offset} limit ${page.limit}`.execute(reader);
  const places = await loadPlaces(reader, rows.map(scopeOf), null);
  const data = rows.map((row, n) => present(row, places[n] ?? null));
  return { data, meta: offsetMetaOf(page, found[0].version, rows.length) };
}

/** One version with what it said. */
export async function findVersion(reader: Reader, id: string, version: number): Promise<PolicyVersionDetail> {
  const { rows } = await sql<VersionRow>`select ${columns} from ${tables}
    where p.id = ${id} and v.version = ${version} and p.deleted_at is null`.execute(reader);
  const row = rows[0];
  if (!row) throw notFound('version of the policy');
  const [place] = await loadPlaces(reader, [scopeOf(row)], null);
  const body = row.type === 'data' ? dataBody.parse(row.body) : subscriptionBody.parse(row.body);
  return { ...present(row, place ?? null), body };
}
