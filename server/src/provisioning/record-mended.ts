import { edgeOf, edgesOf } from '@stoa/core/provisioning/findings';
import { type RawBuilder, sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { Run } from './reconcile-connection.ts';
import { resolvedEntry } from './drift-entry.ts';
import type { DriftRow } from './record-drift.ts';

/**
 * Of the findings that the plan of a run puts right, those whose statement was run and read back, unless the platform's own answer says
 * otherwise. Each transaction of ours ends with a read-back: what is done was there then. Whether it still is, a member's proof says.
 * What was not done stays open, and the next look sees it again.
 */
export function mendedBy(
  { results, proofs, containerIds }: Pick<Run, 'results' | 'proofs' | 'containerIds'>,
  found: readonly DriftRow[],
): readonly DriftRow[] {
  if (found.length === 0) return found;
  const done = new Set(results.flatMap(({ status, statement }) => (status === 'done' ? edgesOf(statement.step) : [])));
  const refuted = new Set(
    proofs.flatMap((proof) =>
      proof.kind === 'member' && !proof.effective ? [`${proof.containerId}/${proof.principalId}`] : [],
    ),
  );
  return found.filter(
    ({ finding, privilege, detail }) =>
      done.has(edgeOf({ ...detail, privilege })) &&
      !(finding === 'missing' && refuted.has(`${containerIds.get(detail.container ?? '')}/${detail.principalId}`)),
  );
}

/** A part of the statement that records a run, behind its `fence`: findings that it has put right are closed. */
export const closesMended = ({ connectionId, mended }: Pick<Run, 'connectionId' | 'mended'>): RawBuilder<unknown> => {
  const names = mended.map(({ finding, object, principal, privilege }) => ({ finding, object, principal, privilege }));
  return sql`
    ), healed as (
      update drift_finding d set closed_at = now(), closed_how = 'healed'
      from json_to_recordset(${JSON.stringify(names)}::json) as h (finding text, object text, principal text, privilege text)
      where d.connection_id = ${connectionId} and d.closed_at is null and d.finding = h.finding and d.object = h.object
        and d.principal = h.principal and d.privilege = h.privilege and exists (select from fence)`;
};

/** The audit rows of the same statement that tell of them. */
export const mendedRows = ({ connectionId, connectionKey, mended }: Run): object[] =>
  mended.map((row) => {
    const { action, targetType, targets, payload } = resolvedEntry({ id: connectionId, name: connectionKey }, row);
    return {
      id: newUuid(),
      action,
      status: 'SUCCESS',
      target_type: targetType,
      targets,
      related: [],
      payload: { type: `${action}AuditPayload`, version: '1', ...payload },
    };
  });
