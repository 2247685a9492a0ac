import { cutText } from '@stoa/contract/text';
import type { MaskResult, StepResult, TakeBackResult } from '@stoa/connectors/connector';
import { type AuditEntry, appendAudit, systemActor } from '../audit/append.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';

export type Place = { readonly id: string; readonly name: string };
export type Result = (StepResult | MaskResult | TakeBackResult) & { readonly milliseconds?: number };

/** As much of a statement's text as the audit keeps. */
export const keptText = (text: string): string => cutText(text, 20_000);

/** What a native statement was and what became of it, as the audit keeps it. A statement holds no secret: see `setSalt`. */
export const statementPayload = (result: Result) => ({
  statement: keptText(result.statement.sql),
  step: result.statement.step.kind,
  result: result.status,
  ...(result.milliseconds === undefined ? {} : { milliseconds: Math.round(result.milliseconds * 1000) / 1000 }),
  ...(result.status === 'failed'
    ? { failure: { class: result.failure.class, code: result.failure.code, message: result.failure.message } }
    : {}),
});

export const statementEntry = (connection: Place, payload: Record<string, unknown>, isDone: boolean): AuditEntry => ({
  action: 'ProvisioningStatementExecuted',
  actionStatus: isDone ? 'SUCCESS' : 'FAILURE',
  actor: systemActor,
  targetType: 'CONNECTION',
  targets: [connection],
  payload,
});

/** The secret of hashing masks was written to a platform; what it is stays out of the audit. */
export async function recordSalt(deps: Deps, connection: Place): Promise<void> {
  const payload = { statement: 'INSERT INTO stoa.salt (value) VALUES ([secret])', step: 'set-salt', result: 'done' };
  await transact(deps, (tx) => appendAudit(tx, statementEntry(connection, payload, true)));
}
