import { edgeOf, edgesOf } from '@stoa/core/provisioning/findings';
import { sql } from 'kysely';
import { appendAudit } from '../audit/append.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { type Held, lockFence } from './claim-work.ts';
import type { Run } from './reconcile-connection.ts';
import { type DriftRow, resolvedEntry } from './record-drift.ts';

/**
 * Closes the findings that a run has put right: those whose statement was run and read back, unless the platform's own answer says
 * otherwise. What was not done stays open, and the next look sees it again.
 */
export async function recordMended(
  deps: Deps,
  held: Held,
  { run, found }: { run: Run; found: readonly DriftRow[] },
): Promise<void> {
  const isMended = mendedBy(run);
  const mended = found.filter(isMended);
  if (mended.length === 0) return;
  await transact(deps, async (tx, after) => {
    if (!(await lockFence(tx, held))) return;
    const { rows } = await sql<Pick<DriftRow, 'finding' | 'object' | 'principal' | 'privilege'>>`
      update drift_finding d set closed_at = now(), closed_how = 'healed'
      from json_to_recordset(${JSON.stringify(mended)}::json) as f (finding text, object text, principal text, privilege text)
      where d.connection_id = ${run.connectionId} and d.closed_at is null and f.finding = d.finding and f.object = d.object
        and f.principal = d.principal and f.privilege = d.privilege
      returning d.finding, d.object, d.principal, d.privilege`.execute(tx);
    if (rows.length === 0) return;
    after.changed('drift', run.connectionId);
    const connection = { id: run.connectionId, name: run.connectionKey };
    await appendAudit(
      tx,
      rows.map((row) => resolvedEntry(connection, row)),
    );
  });
}

/** Each transaction of ours ends with a read-back: what is done was there then. Whether it still is, a member's proof says. */
function mendedBy({ results, proofs, containerIds }: Run): (row: DriftRow) => boolean {
  const done = new Set(results.flatMap(({ status, statement }) => (status === 'done' ? edgesOf(statement.step) : [])));
  const refuted = new Set(
    proofs.flatMap((proof) =>
      proof.kind === 'member' && !proof.effective ? [`${proof.containerId}/${proof.principalId}`] : [],
    ),
  );
  return ({ finding, privilege, detail }) =>
    done.has(edgeOf({ ...detail, privilege })) &&
    !(finding === 'missing' && refuted.has(`${containerIds.get(detail.container ?? '')}/${detail.principalId}`));
}
