import type { ObjectProvisioningState } from '@stoa/contract/enums';
import type { ProofHistory } from '@stoa/contract/proof-history';
import { type Answer, proofSpans, type RecordedAnswer } from '@stoa/core/provisioning/proof-spans';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** So many events about a request are looked through; of what came before them the first is told alone. */
export const mostProofEvents = 2_000;

/** Events with the request among their targets. The offset keeps the planner from walking the whole audit for the last of them. */
export const eventsAboutRequest = (requestId: string): RawBuilder<unknown> =>
  sql`(select * from audit_event about where about.targets @> ${JSON.stringify([{ id: requestId }])}::jsonb offset 0)`;

type Row = {
  id: string;
  at: Date;
  connection_id: string;
  connection_key: string;
  /** `login: STATE` */
  told: string | null;
  reason: string | null;
  probe: string | null;
};

/**
 * What the platforms answered about a request, taken from the audit, which tells every answer that was another than before; the last
 * look of a sweep, which changed nothing, is what the status of the request keeps.
 */
export async function readProofHistory(
  db: Reader,
  requestId: string,
  most: number = mostProofEvents,
): Promise<ProofHistory> {
  const newest = await readAnswers(db, requestId, { order: sql`desc`, limit: most + 1 });
  const seen = await readLastSeen(db, requestId);
  if (newest.length <= most) return { proofs: proofSpans(newest.toReversed(), seen), isCut: false };
  const first = await readAnswers(db, requestId, { order: sql`asc`, limit: 1 });
  const recent = newest.slice(0, most).toReversed();
  return { proofs: [...proofSpans(recent, seen), ...proofSpans(first, [])], isCut: true };
}

const readAnswers = (
  db: Reader,
  requestId: string,
  { order, limit }: { order: RawBuilder<unknown>; limit: number },
): Promise<RecordedAnswer[]> =>
  answersOf(db, requestId, {
    order,
    events: sql`(select * from ${eventsAboutRequest(requestId)} e
      where action in ('ProvisioningVerified', 'ProvisioningFailed', 'ProvisioningHeldBack', 'MaskingExceptionGranted', 'MaskingExceptionRevoked')
        -- The end of an exception by a person is no answer of a platform.
        and related_resources -> 0 ->> 'type' = 'CONNECTION'
      order by sequence ${order} limit ${limit})`,
  });

/** What these audit events say that a platform answered about the request. */
export const readAnswersById = (db: Reader, requestId: string, ids: readonly string[]): Promise<RecordedAnswer[]> =>
  answersOf(db, requestId, {
    order: sql`asc`,
    events: sql`(select * from audit_event where id = any(${[...ids]}::uuid[]))`,
  });

async function answersOf(
  db: Reader,
  requestId: string,
  { order, events }: Record<'order' | 'events', RawBuilder<unknown>>,
): Promise<RecordedAnswer[]> {
  const named = sql`jsonb_build_object('id', ${requestId}::text)`;
  const { rows } = await sql<Row>`
    select id, event_timestamp as at, related_resources -> 0 ->> 'id' as connection_id, related_resources -> 0 ->> 'name' as connection_key,
      jsonb_path_query_first(targets, '$[*] ? (@.id == $id)', ${named}) ->> 'name' as told,
      coalesce(own.state, payload) ->> 'reason' as reason, coalesce(own.state, payload) ->> 'probe' as probe
    from ${events} e
      cross join lateral (select jsonb_path_query_first(payload -> 'states', '$[*] ? (@.requestId == $id)', ${named}) as state) own
    order by sequence ${order}`.execute(db);
  return rows.flatMap((row) => {
    const [, login, state] = /^(.*): ([A-Z_]+)$/s.exec(row.told ?? '') ?? [];
    if (login === undefined || state === undefined) return [];
    return [
      {
        eventId: row.id,
        connectionId: row.connection_id,
        connectionKey: row.connection_key,
        at: row.at.toISOString(),
        principal: login === 'nobody' ? null : login,
        // Nothing but a state of this kind is ever written there.
        result: state as ObjectProvisioningState,
        reason: row.reason,
        probe: row.probe,
      },
    ];
  });
}

/** The last proof on each platform. */
async function readLastSeen(db: Reader, requestId: string): Promise<Answer[]> {
  const { rows } = await sql<Omit<Answer, 'at'> & { at: Date }>`
    select c.id as "connectionId", c.connection_key as "connectionKey", s.principal, s.state as result, s.reason, s.probe, s.verified_at as at
    from (
      select connection_id, principal, state, reason, probe, verified_at from membership_status where access_request_id = ${requestId}
      union all
      select connection_id, principal, state, reason, proof -> 'columns' -> 0 ->> 'probe', verified_at from exemption_status
        where access_request_id = ${requestId}) s
      join connection c on c.id = s.connection_id
    where s.verified_at is not null and s.state in ('ACTIVE', 'REMOVED')
    order by c.connection_key`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
