import { stage, type Stage } from '@stoa/contract/review-flow';
import type { RerouteAccessRequestBody } from '@stoa/contract/access-request';
import { sourcesOfStage } from '@stoa/core/review/flow';
import { reroute, type Rerouted } from '@stoa/core/review/reroute';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newCuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { Refusal } from '../../http/refusal.ts';
import { findCandidates } from '../approval-record/find-candidates.ts';
import { loadReviewerNames, unknownReviewers, withNames } from '../review-flow/reviewer-names.ts';
import { loadPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { reroutedEvent } from './request-event.ts';
import type { DeterminedRequest } from './determine.ts';
import { type LoadedRequest, loadRequests } from './load-requests.ts';
import { loadRequestFor } from './load-viewer.ts';
import { toReviewedRequest, toReviewRecord } from './request-object.ts';
import { refusalOf } from './refusal-of.ts';

export type RerouteCall = { requestId: string; actorId: string; body: RerouteAccessRequestBody; call: Call };

/** Gives a pending request to other reviewers. It decides nothing; approvals of sources that are kept count on. */
export async function rerouteAccessRequest(
  deps: Deps,
  { requestId, actorId, body, call }: RerouteCall,
): Promise<DeterminedRequest> {
  return transact(deps, async (tx, after) => {
    await sql`select from access_request where id = ${requestId} for no key update`.execute(tx);
    const actor = await loadPerson(tx, actorId);
    if (actor === undefined) throw notFound('account');
    const { request, switches } = await loadRequestFor(tx, requestId, { actor, action: 'access-request.reroute' });
    const domainIds = request.domains.map((d) => d.id);
    const stages = await requireStages(tx, request, body.stages);
    const { people } = await findCandidates(tx, stages.flatMap(sourcesOfStage), domainIds);
    const outcome = reroute({
      actor,
      request: toReviewedRequest(request),
      records: request.records.map(toReviewRecord),
      stages,
      people,
      settings: switches,
    });
    if (!outcome.ok) throw refusalOf(outcome);
    await writeRoute(tx, request, { outcome, actorId, reason: body.reason.trim() });
    const [routed] = await loadRequests(tx, [requestId]);
    if (routed === undefined) throw new Error('a request that was just re-routed is not there');
    await appendAudit(
      tx,
      requestAudit(routed, {
        action: 'AccessRequestRerouted',
        actor: userActor(actor),
        call,
        payload: {
          reason: body.reason.trim(),
          stages,
          canceledIds: outcome.canceled,
          keptIds: outcome.slots.flatMap((slot) => slot.keeps ?? []),
          recordIds: routed.records.map((record) => record.id),
        },
        emits: [reroutedEvent(routed, body.reason.trim())],
      }),
    );
    after.changed('access-request', requestId);
    return { request: routed, actor, switches };
  });
}

/** The stages under the names of those in them; whom the request names already may stay, though they are gone. */
async function requireStages(tx: Tx, { records }: LoadedRequest, stages: Stage[]): Promise<Stage[]> {
  const flowOf = (of: Stage[]) => ({ rules: [], defaultEvent: { type: 'review' as const, params: { stages: of } } });
  const names = await loadReviewerNames(tx, stages);
  const unknown = unknownReviewers(flowOf(stages), names, flowOf(records.map(({ approvers }) => ({ any: approvers }))));
  if (unknown.length > 0)
    throw new Refusal('review_flow.reviewer_unknown', {
      errors: unknown.map(({ path, message }) => ({ path: path.replace('defaultEvent.params.', ''), message })),
    });
  return stage.array().parse(withNames(stages, names));
}

type Writing = { outcome: Rerouted; actorId: string | null; reason: string };

/** Puts the new route in the place of the old. The caller holds the request. */
export async function writeRoute(tx: Tx, request: LoadedRequest, { outcome, actorId, reason }: Writing): Promise<void> {
  const ids = outcome.slots.map((slot) => slot.keeps ?? newCuid());
  const slots = outcome.slots.map((slot, position) => ({
    id: ids[position],
    stage: slot.stage,
    position,
    approvers: slot.approvers,
    prerequisites: slot.prerequisites.map((place) => ids[place]),
    status: slot.status,
    routed_by: slot.routedBy?.globalUserId ?? null,
    is_kept: slot.keeps !== null,
  }));
  // Everything leaves its place first, so that what is kept never meets another record in its new one.
  await sql`
    with re_routed as (
      insert into reroute (id, access_request_id, action_by, reason, event_before, canceled_ids, created_at)
      values (${newCuid()}, ${request.id}, ${actorId}, ${reason}, ${JSON.stringify(request.event)}::jsonb,
        ${[...outcome.canceled]}::text[], ${request.now})
    ), pinned as (
      update access_request set event = ${JSON.stringify(outcome.event)}::jsonb, updated_at = ${request.now} where id = ${request.id}
    )
    update approval_record set left_behind_at = ${request.now},
      status = case when status in ('PENDING', 'BLOCKED') then 'CANCELED' else status end,
      updated_at = case when status in ('PENDING', 'BLOCKED') then ${request.now}::timestamptz else updated_at end
    where access_request_id = ${request.id} and left_behind_at is null`.execute(tx);
  await sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(slots)}::jsonb) as g(id text, stage int, position int, approvers jsonb,
        prerequisites text[], status text, routed_by uuid, is_kept boolean)
    ), kept as (
      update approval_record a set left_behind_at = null, stage = g.stage, position = g.position, approvers = g.approvers,
        prerequisites = g.prerequisites
      from given g where a.id = g.id and g.is_kept
    )
    insert into approval_record (id, access_request_id, stage, position, approvers, prerequisites, status, routed_by, created_at, updated_at)
    select g.id, ${request.id}, g.stage, g.position, g.approvers, g.prerequisites, g.status, g.routed_by, ${request.now}, ${request.now}
    from given g where not g.is_kept`.execute(tx);
}
