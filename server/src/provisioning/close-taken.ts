import { sql } from 'kysely';
import { appendAudit } from '../audit/append.ts';
import type { Tx } from '../db/pool.ts';
import { type FindingName, resolvedEntry } from './drift-entry.ts';
import type { Place } from './statement-audit.ts';

/** A finding as a grant names it. */
export type TakenFinding = { readonly objectId: string; readonly granteeId: string; readonly words: string };
type Closing = { readonly place: Place; readonly takeBackId: string; readonly taken: readonly TakenFinding[] };

/** Closes findings of which nothing was left when the platform was read back, and tells by which plan. */
export async function closeTaken(tx: Tx, { place, takeBackId, taken }: Closing): Promise<void> {
  if (taken.length === 0) return;
  const { rows } = await sql<FindingName>`
    update drift_finding d set closed_at = now(), closed_how = 'taken_back', take_back_id = ${takeBackId}
    where d.connection_id = ${place.id} and d.finding = 'bypass' and d.closed_at is null
      and exists (select from json_to_recordset(${JSON.stringify(taken)}::json) as x ("objectId" text, "granteeId" text, words text)
        where x."objectId" = d.detail ->> 'objectId' and x."granteeId" = d.detail ->> 'principalId' and x.words = d.privilege)
    returning d.finding, d.object, d.principal, d.privilege`.execute(tx);
  if (rows.length > 0)
    await appendAudit(
      tx,
      rows.map((row) => {
        const entry = resolvedEntry(place, row);
        return { ...entry, payload: { ...entry.payload, takeBackId } };
      }),
    );
}

/** Of findings that a look found gone: those that an administrator was asked to take back, by the plan that asked. */
export const claimTaken = (tx: Tx, connectionId: string, findingIds: readonly string[]): Promise<unknown> =>
  sql`with told as (
      select distinct on (d.id) d.id, s.take_back_id from drift_finding d
        join take_back t on t.connection_id = d.connection_id and t.state in ('RUNNING', 'DONE')
        join take_back_statement s on s.take_back_id = t.id and s.state = 'PLANNED' and s.runs = 'administrator'
          and s.object_id = d.detail ->> 'objectId' and s.grantee_id = d.detail ->> 'principalId' and s.grant_group -> 'findings' ? d.privilege
      where d.connection_id = ${connectionId} and d.finding = 'bypass' and d.id = any(${[...findingIds]}::uuid[])
      order by d.id, t.decided_at desc
    ), closed as (
      update drift_finding d set closed_how = 'taken_back', take_back_id = told.take_back_id from told where d.id = told.id
      returning d.detail ->> 'objectId' as object_id, d.detail ->> 'principalId' as grantee_id, d.privilege, d.take_back_id
    )
    update take_back_statement s set state = 'GONE' from closed c
    where s.take_back_id = c.take_back_id and s.object_id = c.object_id and s.grantee_id = c.grantee_id
      and s.grant_group -> 'findings' ? c.privilege and s.state = 'PLANNED'`.execute(tx);
