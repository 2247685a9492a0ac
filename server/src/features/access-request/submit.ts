import type { AnsweredForm } from '@stoa/contract/access-request';
import type { CheckedAnswers } from '@stoa/core/review/check-answers';
import { awaitsBeneficiary } from '@stoa/core/review/acceptance';
import { type Submitted, submitUnder } from '@stoa/core/review/submit';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newCuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { takeRate } from '../../http/rate-limit.ts';
import type { Call } from '../../http/route.ts';
import { enqueueMembership } from '../../provisioning/enqueue-keys.ts';
import type { ApplicationSwitches } from '../../settings-store.ts';
import { judgeColumns } from '../masking-exception/judge-columns.ts';
import { storeAcceptances } from '../data-use-agreement/store-acceptances.ts';
import { forgetDraft } from '../request-draft/drafts.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requestAudit } from './audit.ts';
import { requestEvent } from './request-event.ts';
import { refusalOf } from './refusal-of.ts';
import { closeReplaced } from './replace.ts';
import { keepRequestedAsset } from './keep-requested-asset.ts';
import { type LoadedRequest, loadRequests } from './load-requests.ts';
import {
  checkDraft,
  checkForm,
  type Draft,
  draftRequest,
  holdAgreementsOf,
  type RequestInput,
  routeDraft,
  type Routed,
} from './prepare-request.ts';

export type SubmittedRequest = { request: LoadedRequest; actor: LoadedPerson; switches: ApplicationSwitches };

/** Asks for access: everything the request will be judged by is pinned to it here. */
export const submitAccessRequest = (deps: Deps, input: RequestInput, call: Call): Promise<SubmittedRequest> =>
  transact(deps, (tx, after) => submitInTransaction({ deps, tx, after }, input, call));

type Running = { deps: Deps; tx: Tx; after: AfterCommit };

/** The same for operations that look at something else first. */
export async function submitInTransaction(
  { deps, tx, after }: Running,
  input: RequestInput,
  call: Call,
): Promise<SubmittedRequest> {
  const asked = await draftRequest(tx, input, 'hold');
  const allowed = checkDraft(asked);
  if (!allowed.ok) throw refusalOf(allowed);
  const columns = asked.type === 'MASKING_EXCEPTION' ? await judgeColumns(tx, asked) : [];
  const draft = await holdAgreementsOf(tx, { ...asked, columns });
  const checked = checkForm(draft);
  if (!checked.ok) throw refusalOf(checked);
  const routed = await routeDraft(tx, draft, checked);
  const outcome = submitUnder(routed.event, checked.duration, draft.now.getTime());
  const id = newCuid();
  if (draft.target.type === 'DATA_OBJECT') await keepRequestedAsset(tx, draft.target);
  if (draft.replaced !== undefined) {
    await closeReplaced(tx, draft.replaced.id, { replacedBy: id, actor: draft.actor, call });
    after.changed('access-request', draft.replaced.id);
  }
  await writeRequest(tx, { id, draft, checked, routed, outcome, extended: allowed.extends });
  await storeAcceptances(tx, {
    requestId: id,
    agreements: checked.agreements,
    by: draft.actor.globalUserId,
    at: draft.now,
  });
  await forgetDraft(tx, draft.actor.globalUserId, { targetId: draft.target.id, type: draft.type });
  const [request] = await loadRequests(tx, [id]);
  if (request === undefined) throw new Error('a request that was just written is not there');
  await writeAudit(tx, { request, draft, outcome, call, extended: allowed.extends });
  if (outcome.status === 'APPROVED') {
    const key = { targetId: draft.target.id, globalUserId: draft.beneficiary.globalUserId, type: draft.type };
    await enqueueMembership(tx, after, { ...key, cause: 'determination' });
    after.changed('membership', id);
  }
  after.changed('access-request', id);
  // Last, so that only requests that were made are counted; a refusal takes the count back with it.
  await takeRate(tx, `request:${draft.actor.globalUserId}`, {
    limit: deps.config.requestsPerHour,
    windowSeconds: 3600,
  });
  return { request, actor: draft.actor, switches: draft.switches };
}

type Written = {
  id: string;
  draft: Draft;
  checked: CheckedAnswers;
  routed: Routed;
  outcome: Submitted;
  extended: string | null;
};

async function writeRequest(tx: Tx, { id, draft, checked, routed, outcome, extended }: Written): Promise<void> {
  const { actor, beneficiary, target, now } = draft;
  const decidedAt = outcome.status === 'PENDING' ? null : now;
  const { formFlow, targetFlow } = target.form.flows;
  const awaits = awaitsBeneficiary({ agreements: checked.agreements, requestingUser: actor, beneficiary });
  const ids = outcome.records.map(() => newCuid());
  const records = outcome.records.map((record, position) => ({
    id: ids[position],
    stage: record.stage,
    position,
    approvers: record.approvers,
    prerequisites: record.prerequisites.map((index) => ids[index]),
    status: record.status,
  }));
  await sql`
    with made as (
      insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, asset_id, request_form_id,
        form_version, form, flow, event, metadata, requested_duration, expiration, decided_at, awaits_acceptance, created_at, updated_at)
      values (${id}, ${draft.type}, ${outcome.status}, ${actor.globalUserId}, ${beneficiary.globalUserId},
        ${target.type === 'DATA_PRODUCT' ? target.id : null}, ${target.type === 'DATA_OBJECT' ? target.id : null},
        ${target.form.formId}, ${target.form.version}, ${JSON.stringify(answeredForm(draft, checked))}::jsonb,
        ${JSON.stringify({ form: formFlow, target: targetFlow })}::jsonb, ${JSON.stringify(routed.event)}::jsonb,
        ${JSON.stringify(goesOnFrom(draft, extended))}::jsonb,
        ${checked.duration === null ? null : JSON.stringify(checked.duration)}::jsonb,
        ${outcome.expiration === null ? null : new Date(outcome.expiration)}::timestamptz, ${decidedAt}::timestamptz, ${awaits}, ${now}, ${now})
      returning id, target_id, type, request_form_id, created_at
    ), determined as (
      insert into determination (id, access_request_id, target_id, type, request_form_id, status, reason, record_ids, is_final, created_at)
      select ${newCuid()}, id, target_id, type, request_form_id, ${outcome.status}, ${outcome.reason}, '{}', true, created_at from made where ${outcome.status !== 'PENDING'}
    )
    insert into approval_record (id, access_request_id, stage, position, approvers, prerequisites, status, created_at, updated_at)
    select g.id, made.id, g.stage, g.position, g.approvers, g.prerequisites, g.status, made.created_at, made.created_at
    from made, jsonb_to_recordset(${JSON.stringify(records)}::jsonb)
      as g(id text, stage int, position int, approvers jsonb, prerequisites text[], status text)`.execute(tx);
}

/** Access that it prolongs, or that had ended before; the request whose place it takes; of a masking exception, its columns. */
function goesOnFrom({ asked, replaced, columns }: Draft, extended: string | null): Record<string, unknown> {
  const renewed = asked?.kind === 'renew' ? asked.id : replaced?.metadata['renews'];
  return {
    ...(columns.length === 0 ? {} : { columns }),
    ...(extended === null ? {} : { extends: extended }),
    ...(renewed === undefined ? {} : { renews: renewed }),
    ...(replaced === undefined ? {} : { replaces: replaced.id }),
  };
}

const answeredForm = ({ actor, target, now }: Draft, { answers, agreements }: CheckedAnswers) =>
  ({
    formVersion: target.form.version,
    answers,
    agreements: agreements.map(({ id, version, sha256 }) => ({
      id,
      version,
      sha256,
      acceptedBy: actor.globalUserId,
      acceptedAt: now.toISOString(),
    })),
  }) satisfies Record<keyof AnsweredForm, unknown>;

type Audited = { request: LoadedRequest; draft: Draft; outcome: Submitted; call: Call; extended: string | null };

async function writeAudit(tx: Tx, { request, draft, outcome, call, extended }: Audited): Promise<void> {
  const { status, expiration } = outcome;
  const end = expiration === null ? null : new Date(expiration).toISOString();
  const payload = {
    status,
    ...goesOnFrom(draft, extended),
    onBehalf: draft.actor.globalUserId !== draft.beneficiary.globalUserId,
    agreements: request.form.agreements.map(({ id, version, sha256 }) => ({ id, version, sha256 })),
  };
  const created = {
    status,
    expiration: end,
    onBehalf: payload.onBehalf,
    isRegistered: draft.target.type === 'DATA_PRODUCT' || draft.target.unregistered === null,
  };
  const entries = [
    requestAudit(request, {
      action: 'AccessRequested',
      actor: userActor(draft.actor),
      call,
      payload,
      emits: [requestEvent(request, 'created', created)],
    }),
  ];
  if (status !== 'PENDING')
    entries.push(
      requestAudit(request, {
        action: 'ApprovalRecordDecided',
        actor: systemActor,
        call,
        payload: { status, automatic: true, reason: outcome.reason, expiration: end },
        emits: [
          requestEvent(request, 'consumer.updated', {
            status,
            expiration: end,
            reason: outcome.reason,
            automatic: true,
          }),
        ],
      }),
    );
  if (status === 'APPROVED')
    entries.push(
      requestAudit(request, { action: 'SubscriptionGranted', actor: systemActor, call, payload: { expiration: end } }),
    );
  await appendAudit(tx, entries);
}
