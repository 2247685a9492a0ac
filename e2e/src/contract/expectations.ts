import { createDataUseAgreement } from '@stoa/contract/data-use-agreement';
import { determineAccessRequest, getAccessRequestRecords } from '@stoa/contract/access-request';
import { requestAsset } from '@stoa/contract/asset';
import { createToken } from '@stoa/contract/auth';
import { createRequestForm } from '@stoa/contract/request-form';
import { standardRequestForm } from '@stoa/core/review/standard';
import { standardAnswers } from '@stoa/server/features/access-request/requests.fixture';
import type { TestPerson } from '@stoa/server/testing/people';
import type { ContractWorld } from './contract-world.ts';
import { messageExpectations } from './message-expectations.ts';

export type Asked = {
  readonly by: TestPerson;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
type Make = (world: ContractWorld) => Promise<Asked> | Asked;

/** What is to be seen of one published operation, beside what the document itself says. */
export type Expectation = {
  /** A call that succeeds; it may be made several times, each on an object of its own where it uses one up. */
  readonly happy: Make;
  /** Somebody without the right: 403 where they see the object, 404 where they do not. Absent: every login may. */
  readonly refused?: { readonly by: (world: ContractWorld) => TestPerson; readonly status: 403 | 404 };
  /** A rule that is broken or a state that is in the way. */
  readonly conflict?: { readonly status: 409 | 422; readonly make: Make };
  /** 404 for an id of nothing: absent where no object is named, or none is looked for. */
  readonly isNamed?: true;
  /** No call can succeed yet: the status it is refused with. */
  readonly onlyRefusal?: 422;
};

const consumer2 = (w: ContractWorld): TestPerson => w.people.consumer2;
const consumer = (w: ContractWorld): TestPerson => w.people.consumer;
const auditor = (w: ContractWorld): TestPerson => w.people.auditor;
const forbidden = (by: (w: ContractWorld) => TestPerson) => ({ by, status: 403 as const });
const hidden = (by: (w: ContractWorld) => TestPerson) => ({ by, status: 404 as const });
const main = (w: ContractWorld) => ({ id: w.products.main });

const sourceBody = (w: ContractWorld, sourceId = String(w.registered.sources[0]?.id ?? 0)) => ({
  dataSources: [{ sourceId }],
});
const flow = (w: ContractWorld) => ({
  rules: [],
  defaultEvent: {
    type: 'review' as const,
    params: { stages: [{ any: [{ type: 'USER' as const, id: w.people.steward.globalUserId }] }] },
  },
});
const question = {
  id: '0190a4f6-7b3c-7d41-9a2b-3c4d5e6f7a8b',
  type: 'SHORT_ANSWER' as const,
  label: 'What for?',
  required: true,
};
const formBody = (w: ContractWorld, name = w.name('Form')) => ({ name, fields: [question], policy: flow(w) });

const newForm = async (w: ContractWorld): Promise<{ id: string; name: string; version: string }> => {
  const { body } = await w.people.governor.call(createRequestForm, { body: formBody(w) });
  return body;
};
const newAgreement = async (w: ContractWorld): Promise<{ id: string; name: string }> => {
  const answer = await w.people.governor.call(createDataUseAgreement, {
    body: { name: w.name('Agreement'), body: 'Use it *well*.' },
  });
  return answer.body;
};
const approve = async (w: ContractWorld, requestId: string): Promise<void> => {
  const body = { status: 'APPROVED', reason: 'Needed.' } as const;
  const { status } = await w.people.governor.call(determineAccessRequest, { params: { id: requestId }, body });
  if (status !== 200) throw new Error(`the approval was answered ${status}`);
};
const assetRequest = (w: ContractWorld, who: TestPerson = w.people.consumer) => ({
  requestType: 'DATA_ACCESS' as const,
  user: who.globalUserId,
  form: standardAnswers,
});
/** Each time another of the people asks, and is revoked: nobody may ask twice for one asset. */
const approvedAsset = async (w: ContractWorld): Promise<{ id: string; requestId: string }> => {
  const id = w.assets.table;
  const asker = await w.server.person({ username: w.name('asker').replace(' ', '-') });
  const asked = await asker.call(requestAsset, { params: { id }, body: assetRequest(w, asker) });
  await approve(w, asked.body.id);
  return { id, requestId: asked.body.id };
};
const asksAsset: Make = async (w) => {
  const by = await w.server.person({ username: w.name('asker').replace(' ', '-') });
  return { by, params: { id: w.assets.table }, body: assetRequest(w, by) };
};

const products: Record<string, Expectation> = {
  searchDataProducts: { happy: (w) => ({ by: w.people.consumer }) },
  createDataProduct: {
    happy: (w) => ({
      by: w.people.manager,
      body: { name: w.name('Product'), metadata: null, domains: [w.registered.domainId], ...sourceBody(w) },
    }),
    refused: forbidden(consumer),
    conflict: {
      status: 409,
      make: (w) => ({
        by: w.people.manager,
        body: { name: 'Main product', metadata: null, domains: [w.registered.domainId], ...sourceBody(w) },
      }),
    },
  },
  getDataProductById: { happy: (w) => ({ by: w.people.consumer, params: main(w) }), isNamed: true },
  updateDataProduct: {
    happy: (w) => ({ by: w.people.manager, params: main(w), body: { description: 'Changed.' } }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: (w) => ({ by: w.people.manager, params: main(w), body: { name: 'Staged product' } }),
    },
    isNamed: true,
  },
  deleteDataProduct: {
    happy: async (w) => ({ by: w.people.manager, params: { id: await w.product() } }),
    refused: forbidden(consumer2),
    isNamed: true,
  },
  getDataProductByName: { happy: (w) => ({ by: w.people.consumer, params: { name: 'Main product' } }), isNamed: true },
  updateDataSources: {
    happy: async (w) => ({ by: w.people.manager, params: { id: await w.product() }, body: sourceBody(w) }),
    refused: forbidden(consumer2),
    conflict: {
      status: 422,
      make: (w) => ({ by: w.people.manager, params: main(w), body: sourceBody(w, '2147483646') }),
    },
    isNamed: true,
  },
  searchDataSources: { happy: (w) => ({ by: w.people.governor, params: main(w) }), isNamed: true },
  searchDataProductAccessRequests: { happy: (w) => ({ by: w.people.governor, params: main(w) }), isNamed: true },
  requestAccess: {
    happy: async (w) => ({
      by: w.people.consumer,
      params: { id: await w.product() },
      body: { user: w.people.consumer.globalUserId, form: standardAnswers },
    }),
    conflict: {
      status: 409,
      make: async (w) => ({
        by: w.people.consumer,
        params: { id: (await w.pending()).productId },
        body: { user: w.people.consumer.globalUserId, form: standardAnswers },
      }),
    },
    isNamed: true,
  },
  searchDataProductMembers: { happy: (w) => ({ by: w.people.governor, params: main(w) }), isNamed: true },
  requestMaskingException: {
    happy: (w) => ({
      by: w.people.consumer,
      params: main(w),
      body: {
        user: w.people.consumer.globalUserId,
        form: standardAnswers,
        columns: [{ columnName: 'label', sourceId: String(w.registered.sources[0]?.id ?? 0) }],
      },
    }),
    isNamed: true,
    onlyRefusal: 422,
  },
  revokeAccess: {
    happy: async (w) => {
      const { productId, requestId } = await w.pending();
      await approve(w, requestId);
      return { by: w.people.governor, params: { id: productId, requestId } };
    },
    refused: hidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => {
        const { productId, requestId } = await w.pending();
        return { by: w.people.governor, params: { id: productId, requestId } };
      },
    },
    isNamed: true,
  },
  getAllDataSources: { happy: (w) => ({ by: w.people.consumer, params: main(w) }), isNamed: true },
  recentDeterminations: {
    happy: (w) => ({ by: w.people.governor, params: main(w) }),
    refused: forbidden(consumer2),
    isNamed: true,
  },
  getRequestForms: { happy: (w) => ({ by: w.people.consumer, params: main(w) }), isNamed: true },
  searchDataProductColumns: { happy: (w) => ({ by: w.people.consumer, params: main(w) }), isNamed: true },
};

const requests: Record<string, Expectation> = {
  searchAccessRequests: { happy: (w) => ({ by: w.people.governor }) },
  getApprovedMaskingExceptionColumns: {
    happy: (w) => ({ by: w.people.consumer, query: { userId: w.people.consumer.globalUserId } }),
    refused: forbidden(consumer2),
  },
  getAccessRequestById: {
    happy: (w) => ({ by: w.people.consumer, params: { id: w.requests.APPROVED } }),
    refused: hidden(consumer2),
    isNamed: true,
  },
  cancelAccessRequest: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: (await w.pending()).requestId } }),
    refused: hidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => {
        const { requestId } = await w.pending();
        await w.cancel(requestId);
        return { by: w.people.consumer, params: { id: requestId } };
      },
    },
    isNamed: true,
  },
  getAccessRequestRecords: {
    happy: (w) => ({ by: w.people.consumer, params: { id: w.requests.staged } }),
    refused: hidden(consumer2),
    isNamed: true,
  },
  getRiskAssessment: {
    happy: (w) => ({ by: w.people.governor, params: { id: w.requests.PENDING } }),
    refused: forbidden((w) => w.people.useradmin),
    isNamed: true,
  },
  searchAccessRequestMaskingExceptionColumns: {
    happy: (w) => ({ by: w.people.consumer, params: { id: w.requests.APPROVED } }),
    refused: hidden(consumer2),
    isNamed: true,
  },
  updateApprovalRecord: {
    happy: async (w) => {
      const { requestId } = await w.pending();
      const { body } = await w.people.governor.call(getAccessRequestRecords, { params: { id: requestId } });
      const id = body.approvalRecords[0]?.id ?? '';
      return { by: w.people.governor, params: { id }, body: { status: 'APPROVED', reason: 'Needed.' } };
    },
    refused: forbidden(auditor),
    conflict: {
      status: 422,
      make: async (w) =>
        ({ ...(await requests.updateApprovalRecord?.happy(w)), body: { status: 'APPROVED' } }) as Asked,
    },
    isNamed: true,
  },
};

const assets: Record<string, Expectation> = {
  getAssetByMetadata: {
    happy: (w) => ({ by: w.people.consumer, query: { fullyQualifiedName: w.assets.path.join('.') } }),
  },
  getAssetById: { happy: (w) => ({ by: w.people.consumer, params: { id: w.assets.table } }), isNamed: true },
  updateAsset: {
    happy: (w) => ({
      by: w.people.governor,
      params: { id: w.assets.table },
      body: { type: 'DATA_OBJECT', metadata: { description: 'A table.' } },
    }),
    refused: forbidden(consumer2),
    conflict: {
      status: 422,
      make: (w) => ({
        by: w.people.governor,
        params: { id: w.assets.table },
        body: { type: 'DATA_OBJECT', metadata: {}, dataAccessRequestFormId: '0190a4f6-7b3c-7d41-9a2b-3c4d5e6f7aff' },
      }),
    },
    isNamed: true,
  },
  patchAsset: {
    happy: (w) => ({
      by: w.people.governor,
      params: { id: w.assets.schema },
      body: { type: 'DATA_OBJECT', dataAccessReviewFlow: null },
    }),
    refused: forbidden(consumer2),
    conflict: {
      status: 422,
      make: (w) => ({
        by: w.people.governor,
        params: { id: w.assets.table },
        body: { type: 'DATA_OBJECT', dataAccessRequestFormId: '0190a4f6-7b3c-7d41-9a2b-3c4d5e6f7aff' },
      }),
    },
    isNamed: true,
  },
  getAssetRequestForms: { happy: (w) => ({ by: w.people.consumer, params: { id: w.assets.table } }), isNamed: true },
  getAssetReviewFlows: { happy: (w) => ({ by: w.people.consumer, params: { id: w.assets.table } }), isNamed: true },
  requestAsset: {
    happy: asksAsset,
    conflict: {
      status: 409,
      make: async (w) => {
        const asked = await asksAsset(w);
        await asked.by.send('POST', `/api/asset/${w.assets.table}/request`, asked.body);
        return asked;
      },
    },
    isNamed: true,
  },
  revokeAssetRequest: {
    happy: async (w) => ({ by: w.people.governor, params: await approvedAsset(w) }),
    refused: hidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => {
        const params = await approvedAsset(w);
        const path = `/api/asset/${params.id}/request/${params.requestId}`;
        await w.people.governor.send('DELETE', path);
        return { by: w.people.governor, params };
      },
    },
    isNamed: true,
  },
  RecentAssetDeterminations: {
    happy: (w) => ({ by: w.people.governor, params: { id: w.assets.table } }),
    refused: forbidden(consumer2),
    isNamed: true,
  },
};

const formsAndAgreements: Record<string, Expectation> = {
  createDataUseAgreement: {
    happy: (w) => ({ by: w.people.governor, body: { name: w.name('Agreement'), body: 'Text.' } }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => ({ by: w.people.governor, body: { name: (await newAgreement(w)).name, body: 'Text.' } }),
    },
  },
  searchDataUseAgreements: { happy: (w) => ({ by: w.people.consumer }) },
  deleteDataUseAgreement: {
    happy: async (w) => ({ by: w.people.governor, params: { id: (await newAgreement(w)).id } }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => {
        const { id } = await newAgreement(w);
        await w.people.governor.call(createRequestForm, { body: { ...formBody(w), dataUseAgreementIds: [id] } });
        return { by: w.people.governor, params: { id } };
      },
    },
    isNamed: true,
  },
  updateDataUseAgreement: {
    happy: async (w) => ({ by: w.people.governor, params: { id: (await newAgreement(w)).id }, body: { body: 'New.' } }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => {
        const params = { id: (await newAgreement(w)).id };
        return { by: w.people.governor, params, body: { name: (await newAgreement(w)).name } };
      },
    },
    isNamed: true,
  },
  getDataUseAgreementById: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: (await newAgreement(w)).id } }),
    isNamed: true,
  },
  getAssociatedRequestForms: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: (await newAgreement(w)).id } }),
    isNamed: true,
  },
  createRequestForm: {
    happy: (w) => ({ by: w.people.governor, body: formBody(w) }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => ({ by: w.people.governor, body: formBody(w, (await newForm(w)).name) }),
    },
  },
  searchRequestForms: { happy: (w) => ({ by: w.people.consumer }) },
  getRequestFormById: {
    happy: (w) => ({ by: w.people.consumer, params: { id: standardRequestForm.id } }),
    isNamed: true,
  },
  deleteRequestFormById: {
    happy: async (w) => ({ by: w.people.governor, params: { id: (await newForm(w)).id } }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: async (w) => {
        const { id } = await newForm(w);
        await w.product({ dataAccessRequestFormId: id });
        return { by: w.people.governor, params: { id } };
      },
    },
    isNamed: true,
  },
  updateRequestForm: {
    happy: async (w) => ({
      by: w.people.governor,
      params: { id: (await newForm(w)).id },
      body: { fields: [question] },
    }),
    refused: forbidden(consumer2),
    conflict: {
      status: 409,
      make: (w) => ({ by: w.people.governor, params: { id: standardRequestForm.id }, body: { fields: [question] } }),
    },
    isNamed: true,
  },
  getRequestFormByVersion: {
    happy: async (w) => ({ by: w.people.consumer, params: { version: (await newForm(w)).version } }),
    isNamed: true,
  },
  getDataProducts: {
    happy: async (w) => ({ by: w.people.governor, params: { id: (await newForm(w)).id } }),
    isNamed: true,
  },
  getAssets: { happy: async (w) => ({ by: w.people.governor, params: { id: (await newForm(w)).id } }), isNamed: true },
};

const newToken = async (w: ContractWorld): Promise<string> => {
  const { body } = await w.people.consumer.call(createToken, { body: { description: 'One more' } });
  return body.tokenId;
};

const peopleAndTheRest: Record<string, Expectation> = {
  'liveness[0]': { happy: (w) => ({ by: w.people.consumer }) },
  'liveness[1]': { happy: (w) => ({ by: w.people.consumer }) },
  readiness: { happy: (w) => ({ by: w.people.consumer }) },
  getFrontendSettings: { happy: (w) => ({ by: w.people.consumer }) },
  getAvailableDomains: { happy: (w) => ({ by: w.people.manager }) },
  getDomainDataSources: {
    happy: (w) => ({ by: w.people.manager, params: { id: w.registered.domainId } }),
    refused: forbidden(consumer2),
    isNamed: true,
  },
  getDomain: { happy: (w) => ({ by: w.people.consumer, params: { id: w.registered.domainId } }), isNamed: true },
  getImmutaUsers: { happy: (w) => ({ by: w.people.consumer }) },
  getImmutaGroups: { happy: (w) => ({ by: w.people.consumer }) },
  getImmutaAttributes: { happy: (w) => ({ by: w.people.consumer }) },
  getImmutaTags: { happy: (w) => ({ by: w.people.consumer }) },
  searchAppliedTags: { happy: (w) => ({ by: w.people.consumer, body: { dataProductId: w.products.main } }) },
  user: { happy: (w) => ({ by: w.people.consumer }) },
  getToken: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: await newToken(w) } }),
    refused: hidden(consumer2),
    isNamed: true,
  },
  deleteToken: {
    happy: async (w) => ({ by: w.people.consumer, params: { id: await newToken(w) } }),
    refused: hidden(consumer2),
    isNamed: true,
  },
  listTokens: { happy: (w) => ({ by: w.people.consumer }) },
  createToken: { happy: (w) => ({ by: w.people.consumer, body: { description: 'For a program' } }) },
};

/** By operation id. */
export const expectations: Readonly<Record<string, Expectation>> = {
  ...products,
  ...requests,
  ...assets,
  ...formsAndAgreements,
  ...peopleAndTheRest,
  ...messageExpectations,
};
