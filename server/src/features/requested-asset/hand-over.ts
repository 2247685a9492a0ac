import { sourcesOfStage, type Stage } from '@stoa/core/review/flow';
import { reroute } from '@stoa/core/review/reroute';
import { routeRequest } from '@stoa/core/review/resolve-flow';
import { slotKey } from '@stoa/core/review/slot-key';
import { appendAudit } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { readSwitches } from '../../settings-store.ts';
import { requestAudit } from '../access-request/audit.ts';
import { reroutedEvent } from '../access-request/request-event.ts';
import { readFlowFacts } from '../access-request/flow-facts.ts';
import { type LoadedRequest, loadRequests } from '../access-request/load-requests.ts';
import { toReviewedRequest, toReviewRecord } from '../access-request/request-object.ts';
import { writeRoute } from '../access-request/reroute.ts';
import { findCandidates } from '../approval-record/find-candidates.ts';
import { resolveAssetForms } from '../request-form/resolve-form-version.ts';
import { loadPeople } from '../user/load-people.ts';
import type { Binding } from './bind-requested.ts';

const reason = 'The asset was found; these are its reviewers.';

/**
 * Gives a request that was made before its asset was known to the reviewers of the asset. Where the flow in force names
 * nobody, would decide by a rule, or names the same, it stays with those who were asked: nothing is decided by being found.
 */
export async function handOver(
  tx: Tx,
  after: AfterCommit,
  { requestId, objectId, actor, call }: Binding & { requestId: string },
): Promise<void> {
  const [request] = await loadRequests(tx, [requestId]);
  if (request === undefined) throw new Error('a request that was just moved is not there');
  const stages = await stagesInForce(tx, request, objectId);
  if (stages === undefined || isSameRoute(request, stages)) return;
  const { people } = await findCandidates(tx, stages.flatMap(sourcesOfStage), domainIdsOf(request));
  const outcome = reroute({
    actor: null,
    request: toReviewedRequest(request),
    records: request.records.map(toReviewRecord),
    stages,
    people,
    settings: await readSwitches(tx),
  });
  if (!outcome.ok) return;
  await writeRoute(tx, request, { outcome, actorId: null, reason });
  await appendAudit(
    tx,
    requestAudit(request, {
      action: 'AccessRequestRerouted',
      actor,
      call,
      payload: { reason, stages, canceledIds: outcome.canceled },
      emits: [reroutedEvent(request, reason)],
    }),
  );
  after.changed('approval-record', requestId);
}

const domainIdsOf = (request: LoadedRequest): string[] => request.domains.map((domain) => domain.id);

async function stagesInForce(tx: Tx, request: LoadedRequest, objectId: string) {
  const form = (await resolveAssetForms(tx, [objectId])).get(objectId)?.[request.type];
  const people = await loadPeople(tx, [request.requesting_user.globalUserId, request.beneficiary.globalUserId]);
  const actor = people.get(request.requesting_user.globalUserId);
  const beneficiary = people.get(request.beneficiary.globalUserId);
  if (form === undefined || actor === undefined || beneficiary === undefined) return undefined;
  const facts = await readFlowFacts(tx, {
    type: request.type,
    actor,
    beneficiary,
    target: { type: 'DATA_OBJECT', id: objectId, domainIds: domainIdsOf(request) },
    form,
    // They answer the questions of another form.
    answers: [],
    columns: [],
    now: request.now,
  });
  const { event } = routeRequest(form.flows, facts);
  return event.type === 'review' ? event.params.stages : undefined;
}

function isSameRoute({ records }: LoadedRequest, stages: readonly Stage[]): boolean {
  const wanted = stages.flatMap((stage, at) =>
    ('all' in stage ? stage.all.map((source) => [source]) : [stage.any]).map((slot) => `${at}/${slotKey(slot)}`),
  );
  const present = records.map((record) => `${record.stage}/${slotKey(record.approvers)}`);
  return wanted.length === present.length && wanted.every((slot) => present.includes(slot));
}
