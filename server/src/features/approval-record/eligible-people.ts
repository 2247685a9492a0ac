import { criteriaMet } from '@stoa/core/review/eligible';
import { isReviewable } from '@stoa/core/review/open-slots';
import type { Reader } from '../../db/pool.ts';
import type { ApplicationSwitches } from '../../settings-store.ts';
import type { LoadedRequest } from '../access-request/load-requests.ts';
import { toReviewedRequest } from '../access-request/request-object.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { findCandidates } from './find-candidates.ts';

export type Staffing = {
  /** By record, those who could decide it now. */
  eligible: ReadonlyMap<string, LoadedPerson[]>;
  /** False when some open slot has nobody left to decide it. */
  reviewable: boolean;
};

/** Who could fill the open slots of a request; everything is judged as of now, except what was pinned. */
export async function findEligible(
  db: Reader,
  request: LoadedRequest,
  switches: ApplicationSwitches,
): Promise<Staffing> {
  const open = request.records.filter((r) => r.status === 'PENDING' || r.status === 'BLOCKED');
  if (request.status !== 'PENDING' || open.length === 0) return { eligible: new Map(), reviewable: true };
  const { people } = await findCandidates(
    db,
    open.flatMap((r) => r.approvers),
    request.domains.map((d) => d.id),
  );
  const reviewed = toReviewedRequest(request);
  const eligible = new Map(
    open.map(({ id, approvers, routedBy }) => [
      id,
      people.filter((p) => criteriaMet(p, reviewed, { approvers, routedBy, settings: switches }).length > 0),
    ]),
  );
  return {
    eligible,
    reviewable: isReviewable({ request: reviewed, records: request.records, people, settings: switches }),
  };
}
