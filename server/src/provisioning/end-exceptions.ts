import { sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import type { AfterCommit } from '../db/transact.ts';
import { requestAudit } from '../features/access-request/audit.ts';
import { columnsEndedEvent, requestEvent } from '../features/access-request/request-event.ts';
import { revokeApproved } from '../features/access-request/close-requests.ts';
import { loadRequests } from '../features/access-request/load-requests.ts';

const nothingLeft = 'None of its columns is masked as it was when this was approved.';

type Ended = { request_id: string; column: string; why: string; rest: number };

/**
 * Ends approved exceptions for columns that are not what was approved any more: without a mask, of another family of type, or gone.
 * A request whose last column ends is revoked; where others are left, its holder is told of those that ended. Called once the masks of a connection are recorded, among them
 * those of views that may not be loosened yet: their exceptions hold on until the views do; a source that is switched off is
 * not judged, and keeps its exceptions.
 */
export async function endExceptions(tx: Tx, after: AfterCommit, connectionId: string): Promise<void> {
  const { rows } = await sql<Ended>`
    with lost as (
      select x.access_request_id, x.data_source_id, x.column_name,
        case when c.data_source_id is null then 'column.gone' when c.type_family <> x.family then 'column.type_changed'
          when m.policy_id is null then 'column.unmasked' end as why
      from data_source s join exception_column x on x.data_source_id = s.id and x.ended_at is null
        join access_request r on r.id = x.access_request_id and r.status = 'APPROVED'
        left join data_source_column c on c.data_source_id = s.id and c.name = x.column_name
        left join column_mask m on m.data_source_id = s.id and m.ordinal = c.ordinal
      where s.connection_id = ${connectionId} and s.enabled
    ), ended as (
      update exception_column x set ended_at = now(), ended_why = l.why from lost l
      where l.why is not null and (x.access_request_id, x.data_source_id, x.column_name) = (l.access_request_id, l.data_source_id, l.column_name)
      returning x.*
    )
    select e.access_request_id as request_id, array_to_string(o.object_path || e.column_name, '.') as column,
      e.ended_why as why, (select count(*) from exception_column k where k.access_request_id = e.access_request_id and k.ended_at is null
        and (k.data_source_id, k.column_name) not in (select d.data_source_id, d.column_name from ended d where d.access_request_id = k.access_request_id))::int as rest
    from ended e join data_source s on s.id = e.data_source_id join data_object o on o.id = s.data_object_id
    order by e.access_request_id, e.column_name`.execute(tx);
  if (rows.length === 0) return;
  const over = [...new Set(rows.filter((row) => row.rest === 0).map((row) => row.request_id))];
  await revokeApproved(tx, over, { endedBy: null, reason: nothingLeft });
  const ids = [...new Set(rows.map((row) => row.request_id))];
  const requests = await loadRequests(tx, ids);
  await appendAudit(
    tx,
    requests.map((request) => {
      const columns = rows.filter((row) => row.request_id === request.id).map(({ column, why }) => ({ column, why }));
      const isOver = over.includes(request.id);
      return requestAudit(request, {
        action: 'MaskingExceptionRevoked',
        actor: systemActor,
        payload: { columns, isOver },
        emits: [
          isOver
            ? requestEvent(request, 'revoked', { status: request.status, reason: nothingLeft })
            : columnsEndedEvent(request, columns),
        ],
      });
    }),
  );
  await sql`
    insert into provisioning_key (connection_id, global_user_id, cause, facet)
    select distinct ${connectionId}::uuid, r.beneficiary, 'policy', 'reader' from access_request r where r.id = any(${ids}::text[])`.execute(
    tx,
  );
  after.reconcile(connectionId);
  for (const id of ids) after.changed('access-request', id);
}
