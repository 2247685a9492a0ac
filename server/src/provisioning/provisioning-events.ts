import type { ObjectProvisioningState } from '@stoa/contract/enums';
import { type RawBuilder, sql } from 'kysely';

/** The state of a request on one connection, as a run is about to record it. */
export type ToldState = {
  readonly requestId: string;
  readonly state: ObjectProvisioningState;
  readonly reason: string | null;
};

const told: readonly ObjectProvisioningState[] = ['ACTIVE', 'FAILED', 'REMOVED', 'REMOVE_FAILED'];

/**
 * Parts of the statement by which a run records itself: the events of the states that are other than those `recorded` before. They
 * are compared there, since a run about a few people reads nothing beforehand. Those before are read once, as one object by id: a
 * join with rows of JSON, of unknown number, would be planned for few, and thousands decided at once would never be recorded.
 */
export function provisioningEvents(
  connectionId: string,
  states: readonly ToldState[],
  recorded: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const rows = states.filter(({ state }) => told.includes(state));
  return sql`before as materialized (
      select coalesce(jsonb_object_agg(s.access_request_id, s.state), '{}') as states from ${recorded} s
      where s.connection_id = ${connectionId} and s.access_request_id = any(${rows.map((row) => row.requestId)}::text[])
    ), outbox as (
      insert into event (type, request_id, target_id, actor_id, actor_name, data)
      select case when r.data_product_id is null then 'marketplace.asset' else 'marketplace.data_product' end || '.access_requests.provisioning.updated',
        r.id, r.target_id, 'stoa', 'Stoa', json_build_object('requestType', r.type, 'status', r.status, 'provisioning', x.state, 'reason', x.reason,
          'connectionId', ${connectionId}::text)
      from before b cross join json_to_recordset(${JSON.stringify(rows)}::json) as x ("requestId" text, state text, reason text)
        cross join lateral (select * from access_request a where a.id = x."requestId" offset 0) r
      where exists (select from fence) and b.states ->> x."requestId" is distinct from x.state
        and (b.states ? x."requestId" or x.state in ('ACTIVE', 'FAILED'))
      returning sequence
    ), pending as (
      insert into event_pending (sequence) select sequence from outbox`;
}
