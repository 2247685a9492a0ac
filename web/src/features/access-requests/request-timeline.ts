import type { AccessRequest } from '@stoa/contract/access-request';
import type { ApprovalRecord } from '@stoa/contract/approval-record';
import type { ProvisioningStatus } from '@stoa/contract/provisioning';
import { membersOf } from '../../lib/members.ts';

export type RequestEvent =
  | { readonly kind: 'asked'; readonly at: string; readonly who: string }
  | { readonly kind: 'approved' | 'denied'; readonly at: string; readonly who: string; readonly reason: string }
  | { readonly kind: 'canceled' | 'revoked' | 'expired'; readonly at: string; readonly reason: string }
  | { readonly kind: 'found'; readonly at: string; readonly who: string }
  | { readonly kind: 'columnEnded'; readonly at: string; readonly column: string; readonly why: string }
  | { readonly kind: 'reminded'; readonly at: string; readonly who: string; readonly count: number }
  | { readonly kind: 'active'; readonly at: string };

function decisionsOf(records: readonly ApprovalRecord[]): RequestEvent[] {
  return records.flatMap((record): RequestEvent[] => {
    if (record.actionBy === undefined || (record.status !== 'APPROVED' && record.status !== 'DENIED')) return [];
    const kind = record.status === 'APPROVED' ? 'approved' : 'denied';
    return [{ kind, at: record.updatedAt, who: record.actionBy.name, reason: record.reason ?? '' }];
  });
}

function endOf(request: AccessRequest): RequestEvent[] {
  const reason = request.decisionReason ?? '';
  if (request.status === 'CANCELED') return [{ kind: 'canceled', at: request.updatedAt, reason }];
  if (request.status === 'REVOKED') return [{ kind: 'revoked', at: request.updatedAt, reason }];
  if (request.status === 'EXPIRED') {
    return [{ kind: 'expired', at: request.expiration ?? request.updatedAt, reason: '' }];
  }
  return [];
}

/** Since when a request has the status that it has. */
export function statusSince(request: AccessRequest): string {
  if (request.status === 'PENDING') return request.createdAt;
  const [end] = endOf(request);
  return end?.at ?? request.decidedAt ?? request.updatedAt;
}

/** Asked for before a crawl had found it, and found since; by which name it was asked for. */
function foundOf({ metadata }: AccessRequest): RequestEvent[] {
  const { at, path } = membersOf(membersOf(metadata)['foundAs']);
  return typeof at === 'string' && typeof path === 'string' ? [{ kind: 'found', at, who: path }] : [];
}

/** Columns that are not what was approved any more, so that the exception ended for them. */
function endedOf({ metadata }: AccessRequest): RequestEvent[] {
  const ended: unknown = membersOf(metadata)['endedColumns'];
  return (Array.isArray(ended) ? ended : []).flatMap((one: unknown): RequestEvent[] => {
    const { at, column, why } = membersOf(one);
    return typeof at === 'string' && typeof column === 'string' && typeof why === 'string'
      ? [{ kind: 'columnEnded', at, column, why }]
      : [];
  });
}

/** What happened to a request, in its order, from what its readers may see. */
export function requestEvents(
  request: AccessRequest,
  records: readonly ApprovalRecord[],
  provisioning: ProvisioningStatus | undefined,
): RequestEvent[] {
  const events: RequestEvent[] = [
    { kind: 'asked', at: request.createdAt, who: request.requestingUser.name },
    ...foundOf(request),
    ...endedOf(request),
    ...decisionsOf(records),
    ...(request.reminders ?? []).map(({ at, by, told }) => ({
      kind: 'reminded' as const,
      at,
      who: by.name,
      count: told,
    })),
    ...(provisioning?.activeAt === undefined ? [] : [{ kind: 'active' as const, at: provisioning.activeAt }]),
    ...endOf(request),
  ];
  return events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
