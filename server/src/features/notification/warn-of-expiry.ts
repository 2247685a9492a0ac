import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requestAudit } from '../access-request/audit.ts';
import { loadRequests } from '../access-request/load-requests.ts';
import { requestEvent } from '../access-request/request-event.ts';

const batch = 500;

/**
 * Announces ends of access, seven days and one day before, by the database's clock: each once, and late rather than never. What
 * was given for a shorter time than that is not announced, nor what goes on by another approval. Who was away for the first
 * announcement hears the second alone: it is the true one.
 */
export async function warnOfExpiry(deps: Deps, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true) {
    const warned = await transact(deps, (tx) => warnBatch(tx));
    if (warned < batch) return;
  }
}

async function warnBatch(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: string; days: number }>`
    with due as (
      select r.id, r.expiration from access_request r
      where r.status = 'APPROVED' and r.expiration > now() and r.expiration <= now() + interval '7 days'
        and exists (select from (values (1), (7)) w (days) where ${isDue})
      order by r.expiration limit ${batch} for no key update skip locked
    )
    insert into expiry_warning (request_id, days)
    select distinct on (r.id) r.id, w.days from access_request r join due d on d.id = r.id cross join (values (1), (7)) w (days)
    where ${isDue} order by r.id, w.days
    on conflict do nothing
    returning request_id as id, days`.execute(tx);
  const daysOf = new Map(rows.map(({ id, days }) => [id, days]));
  const requests = await loadRequests(tx, [...daysOf.keys()]);
  await appendAudit(
    tx,
    requests.map((request) => {
      const told = { days: daysOf.get(request.id), expiration: request.expiration?.toISOString() ?? null };
      return requestAudit(request, {
        action: 'AccessExpiring',
        actor: systemActor,
        payload: told,
        emits: [requestEvent(request, 'expiring', { status: request.status, ...told })],
      });
    }),
  );
  return rows.length;
}

const isDue = sql`r.expiration <= now() + make_interval(days => w.days)
  and r.decided_at <= r.expiration - make_interval(days => w.days)
  and not exists (select from expiry_warning x where x.request_id = r.id and x.days <= w.days)
  and not exists (select from access_request o where o.beneficiary = r.beneficiary and o.target_id = r.target_id and o.type = r.type
    and o.type = 'DATA_ACCESS' and o.status = 'APPROVED' and o.id <> r.id and (o.expiration is null or o.expiration > r.expiration))`;
