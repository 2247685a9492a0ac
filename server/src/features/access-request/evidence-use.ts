import type { EvidenceUse } from '@stoa/contract/evidence';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';
import { countedSince } from '../report/use-in-sql.ts';
import type { LoadedRequest } from './load-requests.ts';

/** How far back a renewal looks. */
const spanDays = 90;

type Row = {
  sources: number;
  counted: number;
  used: number;
  calls: string;
  last_at: Date | null;
  since: Date | null;
};

/** How the beneficiary used what is asked for, where they have had it before; null for a first request. */
export async function describeUse(db: Reader, request: LoadedRequest): Promise<EvidenceUse | null> {
  if (request.target_id === null || request.type !== 'DATA_ACCESS') return null;
  const { rows } = await sql<Row>`
    select count(*)::int as sources, count(${countedSince})::int as counted, count(used.last_at)::int as used,
      coalesce(sum(used.calls), 0) as calls, max(used.last_at) as last_at, max(${countedSince}) as since
    from (${sourcesOf(request.target_id)}) given join data_source s on s.id = given.id
      left join activity_reading reading on reading.connection_id = s.connection_id
      left join platform_identity i on i.connection_id = s.connection_id and i.global_user_id = ${request.beneficiary.globalUserId}
      left join lateral (
        select sum(q.calls + q.maybe_calls) as calls, max(q.last_at) as last_at from query_activity q
        where q.data_object_id = s.data_object_id and q.principal_id = i.platform_principal_id
          and q.day > now() - make_interval(days => ${spanDays})) used on true
    where exists (select from access_request had where had.beneficiary = ${request.beneficiary.globalUserId} and had.target_id = ${request.target_id}
      and had.type = 'DATA_ACCESS' and had.id <> ${request.id} and had.decided_at is not null
      and exists (select from approval_record a where a.access_request_id = had.id and a.status = 'APPROVED'))`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined || row.sources === 0) return null;
  return {
    days: spanDays,
    sources: row.sources,
    countedSources: row.counted,
    usedSources: row.used,
    calls: Number(row.calls),
    lastAt: row.last_at?.toISOString() ?? null,
    countedSince: row.since?.toISOString() ?? null,
  };
}
