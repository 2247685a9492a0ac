import type { RequestStatus, RequestType } from '@stoa/contract/enums';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { assetName, type LoadedRecord, recordJson } from '../access-request/load-requests.ts';

type Person = { globalUserId: string; name: string };
/** What a message tells of a request. */
export type Subject = {
  id: string;
  type: RequestType;
  status: RequestStatus;
  expiration: Date | null;
  requestingUser: Person;
  user: Person;
  targetId: string;
  targetName: string;
  /** Null for a data product. */
  assetType: string | null;
  isAsset: boolean;
  columns: { sourceId?: string; columnName: string }[] | null;
  answers: unknown[] | null;
  records: LoadedRecord[];
};

const person = (alias: string) =>
  sql`json_build_object('globalUserId', ${sql.ref(`${alias}.global_user_id`)}, 'name', ${sql.ref(`${alias}.name`)})`;

/** Reads the requests of some events, by their ids. */
export async function loadSubjects(reader: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, Subject>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Subject>`
    select r.id, r.type, r.status, r.expiration, ${person('q')} as "requestingUser", ${person('b')} as "user",
      r.target_id as "targetId", coalesce(p.name, ${assetName}, '') as "targetName", r.asset_id is not null as "isAsset",
      (select coalesce(o.object_type, t.object_type) from requested_asset t left join data_object o on o.id = t.id
        where t.id = r.asset_id) as "assetType",
      r.metadata -> 'columns' as columns, r.form -> 'answers' as answers,
      (select coalesce(json_agg(${recordJson} order by a.stage, a.position), '[]') from approval_record a
        where a.access_request_id = r.id and a.left_behind_at is null) as records
    from access_request r join app_user q on q.global_user_id = r.requesting_user join app_user b on b.global_user_id = r.beneficiary
      left join data_product p on p.id = r.data_product_id
    where r.id = any(${[...ids]}::text[])`.execute(reader);
  return new Map(rows.map((row) => [row.id, row]));
}
