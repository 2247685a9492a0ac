import type { EvidenceStatement } from '@stoa/contract/evidence';
import type { ProofStatement } from '@stoa/contract/proof-history';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedRequest } from './load-requests.ts';

/** As many as the evidence shows, and as a file of proofs holds. */
const mostShown = 20;
export const mostStatementsInFile = 500;

const wasGiven: ReadonlySet<LoadedRequest['status']> = new Set(['APPROVED', 'EXPIRED', 'REVOKED']);

type Row = {
  id: string;
  at: Date;
  connection_key: string;
  statement: string;
  failure: { code?: string; message?: string } | null;
};

/** The last statements that ran for a request, as its evidence shows them. */
export async function describeStatements(db: Reader, request: LoadedRequest): Promise<EvidenceStatement[]> {
  const ran = await readStatements(db, request, mostShown);
  return ran.map(({ eventId: _, ...statement }) => statement);
}

/**
 * The last statements that ran for a request, the oldest first. A run is recorded in one statement, so what it ran has the instant at
 * which it recorded what became of the request: the index of the events' targets finds those instants. Members are added by their
 * requests, and ended by name; the rest is about the container, as when an asset is shared for the first time. Of an exception they
 * are those that name it as their cause.
 */
export async function readStatements(db: Reader, request: LoadedRequest, most: number): Promise<ProofStatement[]> {
  if (!wasGiven.has(request.status)) return [];
  const { rows } = await sql<Row>`
    with outcome as materialized (
      select e.event_timestamp as at, e.related_resources -> 0 ->> 'id' as connection_id,
        (select regexp_match(t ->> 'name', '^(.*): ([A-Z_]+)$') from jsonb_array_elements(e.targets) t where t ->> 'id' = ${request.id} limit 1) as told
      from audit_event e where e.targets @> ${JSON.stringify([{ id: request.id }])}::jsonb
        and e.action in ('ProvisioningVerified', 'ProvisioningFailed', 'MaskingExceptionGranted', 'MaskingExceptionRevoked')
      order by e.sequence desc limit ${most}
    ), ran as (
      select s.id, s.sequence, s.event_timestamp as at, case s.target_type when 'CONTAINER' then s.related_resources -> 0 else s.targets -> 0 end ->> 'name' as connection_key,
        s.payload ->> 'statement' as statement, s.payload -> 'failure' as failure
      from outcome o join audit_event s on s.event_timestamp = o.at and s.action = 'ProvisioningStatementExecuted'
        and (s.target_type = 'CONTAINER' and s.related_resources -> 0 ->> 'id' = o.connection_id
          or s.payload ->> 'step' like '%-entitlements' and s.targets -> 0 ->> 'id' = o.connection_id)
      where s.payload ->> 'result' <> 'skipped' and (
        s.related_resources @> ${JSON.stringify([{ id: request.id }])}::jsonb
        or s.target_type = 'CONTAINER' and s.related_resources @> ${JSON.stringify([{ id: request.target_id }])}::jsonb and (s.payload ->> 'step' <> 'end-members'
          or o.told[2] in ('REMOVED', 'REMOVE_FAILED') and strpos(replace(s.payload ->> 'statement', '""', '"'), '"' || o.told[1] || '"') > 0))
      order by s.sequence desc limit ${most})
    select id, at, connection_key, statement, failure from ran order by sequence`.execute(db);
  return rows.map(({ id, at, connection_key, statement, failure }) => ({
    at: at.toISOString(),
    connectionKey: connection_key,
    statement,
    failure: failure === null ? null : [failure.code, failure.message].filter(Boolean).join(': '),
    eventId: id,
  }));
}
