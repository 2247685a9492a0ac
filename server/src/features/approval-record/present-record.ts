import type { ApprovalRecord } from '@stoa/contract/approval-record';
import type { Reviewer } from '@stoa/contract/review-flow';
import type { PersonName } from '@stoa/contract/person';
import { abilitiesOnAccessRequest } from '@stoa/core/permissions/abilities';
import type { ReviewerSource } from '@stoa/core/review/flow';
import type { LoadedRecord, LoadedRequest } from '../access-request/load-requests.ts';
import { presentAbilities, presentParty, toInstant, type Viewer } from '../access-request/present-request.ts';
import { toRequestObject } from '../access-request/request-object.ts';

export const presentSource = (source: ReviewerSource): Reviewer => {
  switch (source.type) {
    case 'USER': {
      const { displayName, ...rest } = source;
      return displayName === undefined ? rest : { ...rest, displayName };
    }
    case 'GROUP': {
      const { id, iamId, ...rest } = source;
      return { ...rest, ...(id === undefined ? {} : { id }), ...(iamId === undefined ? {} : { iamId }) };
    }
    case 'DOMAIN PERMISSION': {
      const { domainId, ...rest } = source;
      return domainId === undefined ? rest : { ...rest, domainId };
    }
    case 'PERMISSION':
    case 'ATTRIBUTE':
    case 'CATALOG PERMISSION':
      return source;
  }
};

type Shown = { request: LoadedRequest; viewer: Viewer; eligible?: readonly PersonName[] };

/** A slot as the wire shows it; its abilities are those of a request that had this slot alone. */
export function presentRecord(record: LoadedRecord, { request, viewer, eligible }: Shown): ApprovalRecord {
  const object = toRequestObject(request, viewer.switches);
  const { determine, approve } = abilitiesOnAccessRequest(viewer.actor, { ...object, records: [record] });
  return {
    id: record.id,
    dataAccessRequestId: request.id,
    approvers: record.approvers.map(presentSource),
    prerequisites: record.prerequisites,
    ...(record.actionBy === null ? {} : { actionBy: presentParty(record.actionBy) }),
    status: record.status,
    ...(record.reason === null ? {} : { reason: record.reason }),
    createdAt: toInstant(record.createdAt),
    updatedAt: toInstant(record.updatedAt),
    approverCriteriaMet: record.criteriaMet === null ? null : record.criteriaMet.map(presentSource),
    duration: record.duration,
    durationUnit: record.durationUnit,
    stage: record.stage + 1,
    ...(eligible === undefined ? {} : { eligible: eligible.slice(0, 20) }),
    abilities: presentAbilities({ determine, approve }),
  };
}
