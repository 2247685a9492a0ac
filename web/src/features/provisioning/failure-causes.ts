import type { AuditEvent } from '@stoa/contract/audit';
import { statementOf } from '../audit/audit-view.ts';

export type FailureCause = { readonly cause: string; readonly count: number; readonly lastAt: string };

/** Failed statements gathered by what the platform answered, the most frequent first. */
export function causesOf(events: readonly AuditEvent[]): readonly FailureCause[] {
  const causes = new Map<string, FailureCause>();
  for (const event of events) {
    const cause = statementOf(event)?.failure;
    if (cause === undefined || event.actionStatus !== 'FAILURE') continue;
    const before = causes.get(cause);
    const isLater = before === undefined || event.eventTimestamp > before.lastAt;
    causes.set(cause, {
      cause,
      count: (before?.count ?? 0) + 1,
      lastAt: isLater ? event.eventTimestamp : before.lastAt,
    });
  }
  return [...causes.values()].sort((a, b) => b.count - a.count || b.lastAt.localeCompare(a.lastAt));
}
