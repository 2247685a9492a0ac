import type { AccessRequest } from '@stoa/contract/access-request';
import type { Abilities, Person } from '@stoa/contract/person';
import type { RequestStatus, Technology } from '@stoa/contract/enums';
import { type Ability, abilitiesOnAccessRequest } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import type { ReviewerSource } from '@stoa/core/review/flow';
import { sourceKey } from '@stoa/core/review/slot-key';
import { grantedPeriod } from '@stoa/core/review/request-status';
import type { ApplicationSwitches } from '../../settings-store.ts';
import type { LoadedRecord, LoadedRequest, Party } from './load-requests.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';
import { withNames } from '../review-flow/reviewer-names.ts';
import { toRequestObject } from './request-object.ts';

export type Viewer = { actor: Actor; switches: ApplicationSwitches };

export const presentParty = (party: Party): Person => ({
  id: party.id,
  iamId: party.iamId,
  globalUserId: party.globalUserId,
  username: party.username,
  name: party.name,
  email: party.email,
});

export const toInstant = (millis: number): string => new Date(millis).toISOString();

export const presentAbilities = (held: Readonly<Record<string, Ability>>): Abilities =>
  Object.fromEntries(Object.entries(held).map(([name, { allowed, reason }]) => [name, { allowed, reason }]));

/** A request as the wire shows it, with what the caller may do with it. */
export function presentRequest(request: LoadedRequest, { actor, switches }: Viewer): AccessRequest {
  const reason = decisionReason(request);
  const { metadata } = request;
  return {
    id: request.id,
    requestingUser: presentParty(request.requesting_user),
    user: presentParty(request.beneficiary),
    formVersion: request.form_version,
    form: request.form,
    type: request.type,
    metadata,
    status: request.status,
    ...(request.expiration === null ? {} : { expiration: request.expiration.toISOString() }),
    createdAt: request.created_at.toISOString(),
    updatedAt: request.updated_at.toISOString(),
    ...presentTarget(request),
    ...(request.provisioning === null ? {} : { provisioning: request.provisioning }),
    ...(request.decided_at === null ? {} : { decidedAt: request.decided_at.toISOString() }),
    ...(reason === null ? {} : { decisionReason: reason }),
    progress: progressOf(request.records),
    requestedDuration: request.requested_duration,
    ...(wasApproved.has(request.status) ? { grantedDuration: grantedDuration(request) } : {}),
    ...(request.status === 'PENDING' ? { changedSince: changedSince(request) } : {}),
    newerFormExists: request.current_form !== null && request.current_form.version !== request.form_version,
    awaitsAcceptance: request.awaits_acceptance,
    abilities: presentAbilities(abilitiesOnAccessRequest(actor, toRequestObject(request, switches))),
  };
}

const wasApproved: ReadonlySet<RequestStatus> = new Set(['APPROVED', 'EXPIRED', 'REVOKED']);

const grantedDuration = ({ event, records, requested_duration: requested, decided_at, created_at }: LoadedRequest) =>
  grantedPeriod({ event, records, requested, approvedAt: (decided_at ?? created_at).getTime() });

const isNewerForm = ({ current_form: form, form_version: version }: LoadedRequest): boolean =>
  form !== null && form.version !== version;

/** Whom a source names, whatever they are called: another name is no other flow. */
const keyAlone = (source: ReviewerSource): ReviewerSource => ({ type: 'USER', id: sourceKey(source) });

/** What has a newer version than the one that a pending request keeps. */
function changedSince(request: LoadedRequest): NonNullable<AccessRequest['changedSince']> {
  const read = (flow: LoadedRequest['target_flow']) =>
    flow === null ? '' : JSON.stringify(withNames(readStoredFlow(flow, 'target'), keyAlone));
  return [
    ...(isNewerForm(request) ? (['form'] as const) : []),
    ...(read(request.target_flow) === read(request.pinned_target_flow) ? [] : (['flow'] as const)),
  ];
}

function presentTarget(request: LoadedRequest): Pick<AccessRequest, 'dataProduct' | 'asset'> {
  if (request.asset === null)
    return {
      dataProduct: {
        id: request.target_id,
        name: request.target_name,
        description: request.target_description,
        ...(request.slug === null ? {} : { slug: request.slug }),
      },
    };
  const { objectPath, technology, host, port, objectType, dataSourceId, description, registered } = request.asset;
  return {
    asset: {
      id: request.target_id,
      type: 'DATA_OBJECT',
      name: request.target_name,
      metadata: {
        objectPath,
        // It is that of a connection, or of a request for an unregistered asset; the contract has parsed both.
        ...(technology === null ? {} : { technology: technology as Technology }),
        ...(host === null ? {} : { host }),
        ...(port === null ? {} : { port }),
        ...(objectType === null ? {} : { legacyType: objectType }),
        ...(dataSourceId === null ? {} : { dataSourceId }),
        ...(description === null ? {} : { description }),
      },
      registered,
    },
  };
}

/** Why it ended as it did; null while it is open. */
export function decisionReason(request: LoadedRequest): string | null {
  const { event, records, status } = request;
  const comment = event.type === 'review' ? null : (event.params.comment ?? null);
  switch (status) {
    case 'PENDING':
      return null;
    case 'DENIED':
      return records.find((r) => r.status === 'DENIED')?.reason ?? comment;
    case 'APPROVED':
    case 'EXPIRED':
      return latest(records.filter((r) => r.status === 'APPROVED'))?.reason ?? comment;
    case 'CANCELED':
    case 'REVOKED':
      return request.end_reason;
  }
}

const latest = (records: readonly LoadedRecord[]): LoadedRecord | undefined =>
  records.toSorted((a, b) => b.updatedAt - a.updatedAt)[0];

export type StageView = { number: number; recordIds: string[]; satisfied: boolean };

/** Stages in order; canceled records of a denied request leave their stage unsatisfied. */
export function stagesOf(records: readonly LoadedRecord[]): StageView[] {
  const numbers = [...new Set(records.map((r) => r.stage))];
  return numbers.map((stage) => {
    const own = records.filter((r) => r.stage === stage);
    return {
      number: stage + 1,
      recordIds: own.map((r) => r.id),
      satisfied: own.every((r) => r.status === 'APPROVED'),
    };
  });
}

function progressOf(records: readonly LoadedRecord[]): { satisfied: number; total: number } {
  const stages = stagesOf(records);
  return { satisfied: stages.filter((s) => s.satisfied).length, total: stages.length };
}
