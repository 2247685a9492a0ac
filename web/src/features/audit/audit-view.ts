import type { AuditEvent } from '@stoa/contract/audit';
import { membersOf } from '../../lib/members.ts';

export type NativeStatement = { readonly sql: string; readonly failure?: string };

/** The native statement that an event carries, and what the platform answered when it refused. */
export function statementOf(event: AuditEvent): NativeStatement | undefined {
  const { statement, failure } = event.auditPayload;
  if (typeof statement !== 'string') return undefined;
  if (failure === undefined) return { sql: statement };
  const { code, message } = membersOf(failure);
  const words = [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ');
  return { sql: statement, failure: words };
}

/** What else the payload says, without what is shown on its own. */
export function restOfPayload(event: AuditEvent): Readonly<Record<string, unknown>> {
  const { type: _type, version: _version, statement: _statement, failure: _failure, ...rest } = event.auditPayload;
  return rest;
}

export const periods = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const;
export type Period = keyof typeof periods;
const isPeriod = (value: string): value is Period => Object.hasOwn(periods, value);

/**
 * The beginning of a period that the address names, or the instant that stands there. Rounded to the minute: the same
 * address asks the same question for as long as it is looked at.
 */
export function fromOf(value: string | undefined, now: number): string | undefined {
  if (value === undefined) return undefined;
  if (!isPeriod(value)) return Number.isNaN(Date.parse(value)) ? undefined : new Date(value).toISOString();
  const minute = 60_000;
  return new Date(Math.floor((now - periods[value]) / minute) * minute).toISOString();
}

/** `ApprovalRecordDecided` -> `Approval record decided`. */
export function actionWords(action: string): string {
  const words = action.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a person decided, where the event is a decision. */
export function decisionOf({ action, auditPayload }: AuditEvent): 'APPROVED' | 'DENIED' | undefined {
  const status = action === 'ApprovalRecordDecided' ? auditPayload['status'] : undefined;
  return status === 'APPROVED' || status === 'DENIED' ? status : undefined;
}
