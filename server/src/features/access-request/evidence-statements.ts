import type { EvidenceStatement } from '@stoa/contract/evidence';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedRequest } from './load-requests.ts';

const mostStatements = 20;

const wasGiven: ReadonlySet<LoadedRequest['status']> = new Set(['APPROVED', 'EXPIRED', 'REVOKED']);

type Row = { at: Date; connection_key: string; statement: string; failure: { code?: string; message?: string } | null };

/**
 * The statements that ran for a request. A run is recorded in one statement, so what it ran has the instant at which it
 * recorded what became of the request: the index of the events' targets finds those instants. Members are added by their
 * requests, and ended by name; the rest is about the container, as when an asset is shared for the first time.
 */
export async function describeStatements(db: Reader, request: LoadedRequest): Promise<EvidenceStatement[]> {
  if (!wasGiven.has(request.status)) return [];
  const { rows } = await sql<Row>`
    with outcome as materialized (
      select e.event_timestamp as at, e.related_resources -> 0 ->> 'id' as connection_id,
        (select regexp_match(t ->> 'name', '^(.*): ([A-Z_]+)$') from jsonb_array_elements(e.targets) t where t ->> 'id' = ${request.id} limit 1) as told
      from audit_event e where e.targets @> ${JSON.stringify([{ id: request.id }])}::jsonb
        and e.action in ('ProvisioningVerified', 'ProvisioningFailed')
      order by e.sequence desc limit ${mostStatements}
    ), ran as (
      select s.sequence, s.event_timestamp as at, s.related_resources -> 0 ->> 'name' as connection_key,
        s.payload ->> 'statement' as statement, s.payload -> 'failure' as failure
      from outcome o join audit_event s on s.event_timestamp = o.at and s.action = 'ProvisioningStatementExecuted'
        and s.target_type = 'CONTAINER' and s.related_resources -> 0 ->> 'id' = o.connection_id
      where s.payload ->> 'result' <> 'skipped' and (
        s.related_resources @> ${JSON.stringify([{ id: request.id }])}::jsonb
        or s.related_resources @> ${JSON.stringify([{ id: request.target_id }])}::jsonb and (s.payload ->> 'step' <> 'end-members'
          or o.told[2] in ('REMOVED', 'REMOVE_FAILED') and strpos(replace(s.payload ->> 'statement', '""', '"'), '"' || o.told[1] || '"') > 0))
      order by s.sequence desc limit ${mostStatements})
    select at, connection_key, statement, failure from ran order by sequence`.execute(db);
  return rows.map(({ at, connection_key, statement, failure }) => ({
    at: at.toISOString(),
    connectionKey: connection_key,
    statement,
    failure: failure === null ? null : [failure.code, failure.message].filter(Boolean).join(': '),
  }));
}
