import type { Evidence } from '@stoa/contract/evidence';
import { shortest } from '@stoa/core/duration/duration';
import { abilitiesOnAccessRequest } from '@stoa/core/permissions/abilities';
import { determine } from '@stoa/core/review/determine';
import { durationOf } from '@stoa/core/review/request-status';
import type { Staffing } from '../approval-record/eligible-people.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import type { ReadRequest } from './load-viewer.ts';
import { stagesOf } from './present-request.ts';
import { toPersonName } from './read-request.ts';
import { toReviewedRequest, toReviewRecord } from './request-object.ts';

/** Whether the caller could decide now, who else could, and what one approval by the caller would come to. */
export function describeDecision(actor: LoadedPerson, read: ReadRequest, staffing: Staffing): Evidence['decision'] {
  const { request, object, switches } = read;
  const ability = abilitiesOnAccessRequest(actor, object).determine;
  const approved = request.records.filter((r) => r.status === 'APPROVED');
  const least = shortest(request.now.getTime(), approved.map(durationOf));
  const tried = determine({
    actor,
    request: toReviewedRequest(request),
    records: request.records.map(toReviewRecord),
    recordId: null,
    decision: { status: 'APPROVED', reason: 'Asked what it would come to.' },
    settings: switches,
    now: request.now.getTime(),
  });
  const open = request.records.filter((r) => r.status === 'PENDING');
  const people = new Map(
    open.flatMap(({ id }) => (staffing.eligible.get(id) ?? []).map((p) => [p.globalUserId, toPersonName(p)])),
  );
  return {
    allowed: ability.allowed,
    ...(ability.allowed ? {} : { reason: ability.reason }),
    eligible: [...people.values()].slice(0, 20),
    requestedDuration: request.requested_duration,
    final: tried.ok && tried.requestStatus === 'APPROVED',
    shortestSoFar: least === null ? null : { duration: least.amount, durationUnit: least.unit },
  };
}

/** Stages in order, with how many of their sources have to agree. */
export function describeStages({ request }: ReadRequest): Evidence['stages'] {
  const { event } = request;
  const modes = event.type === 'review' ? event.params.stages : [];
  return stagesOf(request.records).map((stage) => {
    const definition = modes[stage.number - 1];
    return { ...stage, mode: definition !== undefined && 'all' in definition ? 'all' : 'any' };
  });
}
