import type { ProofFile } from '@stoa/contract/proof-history';
import { sql } from 'kysely';
import { statedPublicKeys } from '../../audit/signing-key.ts';
import { firstCheckpointOver } from '../../audit/stored-checkpoints.ts';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { mostStatementsInFile, readStatements } from '../access-request/evidence-statements.ts';
import { loadLeftBehind } from '../access-request/left-behind.ts';
import type { LoadedRequest } from '../access-request/load-requests.ts';
import { toInstant } from '../access-request/present-request.ts';
import { toPersonName } from '../access-request/read-request.ts';
import { eventsAboutRequest, readProofHistory } from './proof-history.ts';

const mostEvents = 1_000;

/** All that proves a request: what was decided, what ran, what the platforms answered, and where the audit keeps each of it. */
export async function readProofFile(
  { db, installationId }: Pick<Deps, 'db' | 'installationId'>,
  request: LoadedRequest,
): Promise<ProofFile> {
  const history = await readProofHistory(db, request.id);
  const ran = await readStatements(db, request, mostStatementsInFile + 1);
  const statements = ran.slice(-mostStatementsInFile);
  const named = [
    ...statements.map(({ eventId }) => eventId),
    ...history.proofs.flatMap(({ firstEventId, lastEventId }) => [firstEventId, lastEventId]),
  ];
  const { events, isCut } = await readEvents(db, request.id, named);
  const last = Math.max(0, ...events.map(({ seal }) => seal?.seq ?? 0));
  const checkpoint =
    last === 0 ? undefined : await firstCheckpointOver(db, { installation: installationId, seq: last });
  return {
    format: 'stoa-proof',
    version: 1,
    installation: installationId,
    madeAt: request.now.toISOString(),
    request: presentProven(request),
    decisions: await describeDecisions(db, request),
    statements,
    proofs: history.proofs,
    auditEvents: events,
    checkpoint: checkpoint ?? null,
    publicKey: (await statedPublicKeys(db)) || null,
    leftOut: { proofs: history.isCut, statements: ran.length > mostStatementsInFile, auditEvents: isCut },
  };
}

const presentProven = (request: LoadedRequest): ProofFile['request'] => ({
  id: request.id,
  type: request.type,
  status: request.status,
  target: {
    id: request.target_id,
    type: request.data_product_id === null ? 'DATA_OBJECT' : 'DATA_PRODUCT',
    name: request.target_name,
  },
  requester: toPersonName(request.requesting_user),
  beneficiary: toPersonName(request.beneficiary),
  createdAt: request.created_at.toISOString(),
  decidedAt: request.decided_at?.toISOString() ?? null,
  expiration: request.expiration?.toISOString() ?? null,
  endedAt: request.ended_at?.toISOString() ?? null,
  endReason: request.end_reason,
});

/** Also those that a re-route left behind: they were made, although they have no say any more. */
async function describeDecisions(db: Reader, request: LoadedRequest): Promise<ProofFile['decisions']> {
  const { event } = request;
  const byRule: ProofFile['decisions'] =
    event.type === 'review'
      ? []
      : [
          {
            recordId: null,
            status: event.type === 'approve' ? 'APPROVED' : 'DENIED',
            by: null,
            at: request.created_at.toISOString(),
            reason: event.params.comment ?? null,
            duration: null,
          },
        ];
  const records = [...(await loadLeftBehind(db, request.id)), ...request.records];
  const byPeople = records.flatMap((record): ProofFile['decisions'] =>
    record.status !== 'APPROVED' && record.status !== 'DENIED'
      ? []
      : [
          {
            recordId: record.id,
            status: record.status,
            by: record.actionBy === null ? null : toPersonName(record.actionBy),
            at: toInstant(record.updatedAt),
            reason: record.reason,
            duration:
              record.duration === null || record.durationUnit === null
                ? null
                : { amount: record.duration, unit: record.durationUnit },
          },
        ],
  );
  return [...byRule, ...byPeople].toSorted((a, b) => a.at.localeCompare(b.at));
}

type Event = ProofFile['auditEvents'][number];

/** The events that the file names, and the last ones about the request, with their places in the chain. */
async function readEvents(
  db: Reader,
  requestId: string,
  named: readonly (string | null)[],
): Promise<{ events: Event[]; isCut: boolean }> {
  const { rows } = await sql<Omit<Event, 'at'> & { at: Date; place: number | null }>`
    with own as materialized (
      select id, row_number() over (order by sequence desc)::int as place from ${eventsAboutRequest(requestId)} e
      order by sequence desc limit ${mostEvents + 1}
    ), wanted as (
      select id, place from own
      union all select id, null from unnest(${named.filter((id) => id !== null)}::uuid[]) named (id)
    )
    select e.id, e.sequence, e.action, e.action_status as "actionStatus", e.event_timestamp as at, wanted.place,
      case when s.seq is not null then json_build_object('seq', s.seq, 'digest', encode(s.event_digest, 'hex'),
        'previousHash', encode(s.prev_hash, 'hex'), 'hash', encode(s.hash, 'hex')) end as seal
    from (select id, min(place) as place from wanted group by id) wanted
      join audit_event e on e.id = wanted.id left join audit_seal s on s.event_id = e.id
    order by e.sequence`.execute(db);
  const kept = rows.filter(({ place }) => place === null || place <= mostEvents);
  return {
    events: kept.map(({ place: _, at, ...event }) => ({ ...event, at: at.toISOString() })),
    isCut: kept.length < rows.length,
  };
}
