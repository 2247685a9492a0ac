import type { AnswerOf, QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import type { RequestedAsset, searchRequestedAssets as operation } from '@stoa/contract/requested-asset';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { matchesOf } from './find-matches.ts';

type Query = QueryOf<typeof operation>;
type Row = Omit<
  RequestedAsset,
  'technology' | 'host' | 'port' | 'legacyType' | 'requestedAt' | 'boundAt' | 'requests'
> & {
  technology: RequestedAsset['technology'] | null;
  host: string | null;
  port: number | null;
  legacyType: string | null;
  requestedAt: Date;
  boundAt: Date | null;
  requests: RequestedAsset['requests'];
};

const isPending = sql<boolean>`exists (select from access_request r where r.asset_id = t.id and r.status = 'PENDING')`;
const states: Readonly<Record<Query['state'], RawBuilder<boolean>>> = {
  waiting: sql`t.registered_at is null and ${isPending}`,
  closed: sql`t.registered_at is null and not ${isPending}`,
  bound: sql`t.bound_to is not null`,
};

/** A page of what was asked for before it was known, the newest first. */
export async function searchRequested(reader: Reader, query: Query): Promise<AnswerOf<typeof operation>> {
  const pattern = likePattern(query.searchText.trim());
  const where = sql`${states[query.state]} and array_to_string(t.object_path, '.') ilike ${pattern}`;
  const { rows: counted } = await sql<{ total: number }>`
    select count(*)::int as total from requested_asset t where ${where}`.execute(reader);
  const page = sql`where ${where} order by t.requested_at desc, t.id offset ${query.offset} limit ${query.limit}`;
  const data = await readRows(reader, page);
  return { data, meta: offsetMetaOf(query, counted[0]?.total ?? 0, data.length) };
}

export async function readRequestedAsset(reader: Reader, id: string): Promise<RequestedAsset> {
  const [row] = await readRows(reader, sql`where t.id = ${id}`);
  if (row === undefined) throw notFound('requested asset');
  return row;
}

const objectJson = (alias: string): RawBuilder<unknown> =>
  sql`json_build_object('id', ${sql.ref(`${alias}.id`)}, 'connectionKey', ${sql.ref(`${alias}.connection_key`)},
    'objectPath', ${sql.ref(`${alias}.object_path`)}, 'legacyType', ${sql.ref(`${alias}.object_type`)})`;

/** Requests move when an asset is bound: those of a bound one are found at the object, by the name they were made under. */
const requestsOf = sql`(select r.* from access_request r
  where r.asset_id = t.id or (r.asset_id = t.bound_to and r.metadata -> 'foundAs' ->> 'requestedAssetId' = t.id::text))`;

async function readRows(reader: Reader, rest: RawBuilder<unknown>): Promise<RequestedAsset[]> {
  const { rows } = await sql<Row>`
    select t.id, t.object_path as "objectPath", t.technology, t.host, t.port, t.object_type as "legacyType",
      t.requested_at as "requestedAt", t.registered_at as "boundAt",
      (select count(*)::int from ${requestsOf} r) as "requestCount",
      (select count(*)::int from ${requestsOf} r where r.status = 'PENDING') as "pendingCount",
      (select coalesce(json_agg(json_build_object('id', n.id, 'status', n.status,
          'createdAt', to_char(n.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'user', json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name)) order by n.created_at desc), '[]')
        from (select * from ${requestsOf} r order by r.created_at desc limit 5) n join app_user u on u.global_user_id = n.beneficiary) as requests,
      (select coalesce(json_agg(${objectJson('m')} order by m.connection_key, m.id), '[]')
        from (select * from ${matchesOf} m where t.registered_at is null limit 20) m) as matches,
      (select ${objectJson('b')} from (select o.id, c.connection_key, o.object_path, o.object_type
        from data_object o join connection c on c.id = o.connection_id where o.id = t.bound_to) b) as "boundTo"
    from requested_asset t ${rest}`.execute(reader);
  return rows.map(present);
}

const present = ({ technology, host, port, legacyType, requestedAt, boundAt, ...row }: Row): RequestedAsset => ({
  ...row,
  ...(technology == null ? {} : { technology }),
  ...(host === null ? {} : { host }),
  ...(port === null ? {} : { port }),
  ...(legacyType === null ? {} : { legacyType }),
  requestedAt: requestedAt.toISOString(),
  boundAt: boundAt?.toISOString() ?? null,
});
