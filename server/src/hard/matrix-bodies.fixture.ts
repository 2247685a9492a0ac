import type { OperationId } from '@stoa/contract/operations';
import { newCuid, newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import type { Target } from './matrix-targets.fixture.ts';
import { writtenProduct } from '../features/product-draft/written-product.fixture.ts';

type Sent = {
  body?: unknown;
  query?: Readonly<Record<string, string>>;
  /** Of the path, where it is not about a thing. */
  params?: Readonly<Record<string, string>>;
};

const config = { host: '127.0.0.1', port: 1, database: 'd', tls: 'disable' };
const connection = () => ({
  connectionKey: `k${newUuid().replaceAll('-', '')}`,
  technology: 'PostgreSQL',
  config,
  authType: 'password',
  credentials: { username: 'stoa', password: 'none' },
});
/** Looks like an address to call, and is refused when it comes to that. */
const refusedAddress = 'https://127.0.0.1/hook';
/** A port where nobody listens. */
const mailServer = {
  host: '127.0.0.1',
  port: 1,
  security: 'none',
  fromName: 'Stoa',
  fromAddress: 'stoa@example.com',
};
/** It is not enabled, so that nothing is sent there. */
const auditBucket = {
  endpoint: 'https://127.0.0.1',
  region: 'eu-central-1',
  bucket: 'audit',
  prefix: '',
  accessKeyId: 'matrix',
  secretAccessKey: 'matrix-secret',
  enabled: false,
};
const identityProvider = () => ({
  name: `Provider ${newUuid()}`,
  issuer: `https://provider.invalid/${newUuid()}`,
  clientId: 'matrix',
});
const publishing = (t: Target) => ({
  name: `Published ${newUuid()}`,
  metadata: null,
  domains: [t['domainId']],
  dataSources: [{ sourceId: t['sourceId'] }],
});
const question = () => ({ id: newUuid(), type: 'SHORT_ANSWER', label: 'Why?', required: true });
const everyone = (domainId: unknown) => ({
  type: 'subscription',
  kind: 'grant',
  name: `Policy ${newUuid()}`,
  scope: { kind: 'domain', domainId },
  level: 'anyone',
  circumstances: [{ type: 'all' }],
});
const determination = { status: 'APPROVED', reason: 'It fits.' };

/** What a call must carry to be judged by its rights and not by its form. `me` is the caller. */
export const sentWith: Readonly<Partial<Record<OperationId, (target: Target, me: string) => Sent>>> = {
  signIn: () => ({ body: { username: `nobody-${newUuid()}`, password: 'wrong' } }),
  setUp: () => ({ body: { username: 'first', name: 'First', email: 'first@example.com', password: 'long enough' } }),
  confirmLogin: () => ({ body: { password: 'wrong' } }),
  changePassword: () => ({ body: { currentPassword: 'wrong', newPassword: 'long enough for all' } }),
  activateSecondFactor: () => ({ body: { code: '000000' } }),
  removeSecondFactor: () => ({ body: { code: '000000' } }),
  createToken: () => ({ body: { description: 'matrix' } }),
  getWebhookSample: () => ({ query: { eventType: 'stoa.ping' } }),
  createWebhook: () => ({ body: { url: refusedAddress, eventTypes: ['stoa.ping'] } }),
  testWebhookConfig: () => ({ body: { url: refusedAddress } }),
  updateWebhook: () => ({ body: { description: 'Told of tests.' } }),
  createIdentityProvider: () => ({ body: { id: `p-${newUuid()}`, ...identityProvider() } }),
  updateIdentityProvider: () => ({ body: identityProvider() }),
  setScimAccess: () => ({ body: {} }),
  startProviderSignIn: () => ({ body: {}, params: { id: 'nowhere' } }),
  startProviderConfirmation: () => ({ body: {} }),
  completeProviderSignIn: () => ({ params: { id: 'nowhere' } }),
  receiveBackchannelLogout: () => ({ params: { id: 'nowhere' } }),
  linkSignIn: () => ({ body: { subject: newUuid() } }),
  setSlackApp: () => ({ body: { clientId: '1.2', clientSecret: 'matrix-secret', signingSecret: 'matrix-secret' } }),
  updateAuditS3: () => ({ body: auditBucket }),
  testAuditS3: () => ({ body: auditBucket }),
  updateAuditFile: () => ({ body: { enabled: true } }),
  updateApplicationSettings: () => ({ body: { fourEyes: true } }),
  updateUserPreferences: () => ({ body: { preferences: [] } }),
  updateUserProviderConfigs: () => ({ body: { configs: [] } }),
  setInboxMessageReadStatus: () => ({ body: { read: true } }),
  batchUpdateInboxMessage: (t) => ({ body: [{ id: t['id'], read: true }] }),
  readWholeInbox: () => ({ body: { until: '2026-01-01T00:00:00Z' } }),
  updateNotificationHours: () => ({ body: { timeZone: null, quietHours: null } }),
  updateTenantProviderConfigs: () => ({ body: { configs: [] } }),
  updateEmailConfiguration: () => ({ body: mailServer }),
  testEmailConfiguration: () => ({ body: mailServer }),
  updateTeamsConfiguration: () => ({ body: { url: 'https://192.0.2.1/workflow' } }),
  testTeamsConfiguration: () => ({ body: { url: 'https://127.0.0.1/workflow' } }),
  createConnectionScript: () => ({ body: { technology: 'PostgreSQL', config } }),
  preflightConnection: () => ({ body: connection() }),
  createConnection: () => ({ body: connection() }),
  updateConnection: () => ({ body: { syncIntervalHours: 12 } }),
  ignoreDrift: () => ({ body: { reason: 'It may stay.' } }),
  previewTakeBack: () => ({ body: { mode: 'adopt' } }),
  fileTakeBack: () => ({ body: { mode: 'adopt', planHash: 'hash', reason: 'Earlier grants.' } }),
  confirmTakeBack: () => ({ body: { planHash: 'another' } }),
  declinePeopleChange: () => ({ body: { reason: 'Not now.' } }),
  declineTakeBack: () => ({ body: { reason: 'Not now.' } }),
  setIdentity: () => ({ body: { externalName: null } }),
  verifyIdentities: () => ({ body: {} }),
  updateDataObject: () => ({ body: { newChildState: 'inherit' } }),
  switchSourcePolicy: () => ({ body: { off: true, reason: 'Settled.' }, params: { policyId: newUuid() } }),
  selectSourcePolicy: () => ({ body: { selected: true }, params: { policyId: newUuid() } }),
  certifySourcePolicy: () => ({ body: { version: 1 }, params: { policyId: newUuid() } }),
  setDataObjectRoles: () => ({ body: { roles: [] } }),
  createDomain: () => ({ body: { name: `Domain ${newUuid()}`, description: '' } }),
  updateDomain: () => ({ body: { description: 'changed' } }),
  previewDomain: () => ({ body: { tagId: 1 } }),
  setDomainDataSources: () => ({ body: { dataSourceIds: [] } }),
  setDomainPermissions: () => ({ body: { permissions: [] } }),
  createTag: () => ({ body: { name: `Tag ${newUuid()}` } }),
  updateTag: () => ({ body: { description: 'changed' } }),
  listTagApplications: (t) => ({ query: { dataSourceId: t['id'] ?? '' } }),
  changeTags: (t) => ({ body: { add: [Number(t['tagId'])], targets: { dataSourceIds: [Number(t['id'])] } } }),
  createUser: () => ({ body: { username: `u-${newUuid()}`, name: 'One more', email: `${newUuid()}@example.com` } }),
  updateUser: () => ({ body: { name: 'Another name' } }),
  createPolicy: (t) => ({
    body: { policy: everyone(t['domainId']), policyKey: `k-${newUuid()}` },
  }),
  updatePolicy: (t) => ({ body: { policy: everyone(t['domainId']), version: 1 } }),
  simulate: (t) => ({ body: { changes: [{ change: 'policy', policy: everyone(t['domainId']) }] } }),
  exportSimulation: (t) => ({ body: { changes: [{ change: 'policy', policy: everyone(t['domainId']) }] } }),
  setPolicyState: () => ({ body: { state: 'active', version: 1 } }),
  createIdentifier: () => ({
    body: { name: `Identifier ${newUuid()}`, criteriaType: 'regex', pattern: 'a', tags: ['A'] },
  }),
  updateIdentifier: () => ({ body: { description: 'changed' } }),
  testIdentifier: () => ({ body: { criteriaType: 'regex', pattern: 'a', samples: ['a'] } }),
  setIdentifierSet: () => ({ body: { entries: [] } }),
  startIdentification: (t) => ({ body: { domainId: t['id'] } }),
  decideIdentificationProposals: () => ({
    body: { decision: 'keep', proposals: [{ dataSourceId: 1, columnName: 'c', tagId: 1 }] },
  }),
  createGroup: () => ({ body: { name: `Group ${newUuid()}` } }),
  updateGroup: () => ({ body: { email: null } }),
  setGroupMembers: () => ({ body: { globalUserIds: [] } }),
  importPeople: () => ({ params: { kind: 'groups' }, body: { csv: `name\nGroup ${newUuid()}` } }),
  createDataProduct: (t) => ({ body: publishing(t) }),
  previewDataProduct: (t) => ({ body: { domains: [t['domainId']], dataSources: [{ sourceId: t['sourceId'] }] } }),
  updateDataProduct: () => ({ body: { description: 'changed' } }),
  updateDataSources: () => ({ body: { dataSources: [{ sourceId: '1' }] } }),
  createDataUseAgreement: () => ({ body: { name: `Agreement ${newUuid()}`, body: 'The text.' } }),
  updateDataUseAgreement: () => ({ body: { body: 'Another text.' } }),
  requestAccess: (_t, me) => ({ body: { user: me, form: standardAnswers } }),
  previewAccessRequest: (_t, me) => ({ body: { user: me, form: standardAnswers } }),
  requestAsset: (_t, me) => ({ body: { requestType: 'DATA_ACCESS', user: me, form: standardAnswers } }),
  previewAssetRequest: (_t, me) => ({ body: { requestType: 'DATA_ACCESS', user: me, form: standardAnswers } }),
  requestMaskingException: (_t, me) => ({ body: { user: me, columns: [{ columnName: 'c', sourceId: '1' }] } }),
  acceptAgreements: () => ({ body: { agreements: [] } }),
  extendAccessRequest: () => ({ body: {} }),
  snoozeAccessRequest: () => ({ body: { until: new Date(Date.now() + 3_600_000).toISOString() } }),
  saveRequestDraft: () => ({ body: { form: standardAnswers } }),
  listSavedViews: () => ({ query: { list: 'reviews' } }),
  saveView: () => ({ body: { list: 'reviews', name: 'Mine', search: '' } }),
  saveProductDraft: () => ({ body: writtenProduct() }),
  determineAccessRequest: () => ({ body: determination }),
  determineAccessRequests: () => ({ body: { ...determination, accessRequests: [{ id: newCuid() }] } }),
  rerouteAccessRequest: () => ({
    body: { stages: [{ any: [{ type: 'PERMISSION', permission: 'AUDIT' }] }], reason: 'Away.' },
  }),
  simulateReviewFlow: (t) => ({ body: { target: { type: 'DATA_PRODUCT', id: t['id'] } } }),
  updateApprovalRecord: () => ({ body: determination }),
  listRiskAssessments: () => ({ query: { id: newCuid() } }),
  getApprovedMaskingExceptionColumns: (t) => ({ query: { userId: t['globalUserId'] ?? '' } }),
  previewMaskingExceptionColumns: (t) => ({
    body: { requesteeGlobalUserId: t['globalUserId'], columns: [{ sourceId: '1', name: 'c' }] },
  }),
  explainAccess: (t) => ({ query: { user: t['user'] ?? '', sourceId: t['sourceId'] ?? '' } }),
  reportWhoHasAccess: (t) => ({ query: { sourceId: t['id'] ?? '' } }),
  reportClearColumns: (t) => ({ query: { sourceId: t['id'] ?? '' } }),
  exportReport: () => ({ params: { report: 'drift' } }),
  reportWhatHas: (t) => ({ query: { user: t['globalUserId'] ?? '' } }),
  setAssetFutureObjects: () => ({ body: { setting: 'sync' } }),
  updateAsset: () => ({ body: { type: 'DATA_OBJECT', metadata: {} } }),
  patchAsset: () => ({ body: { type: 'DATA_OBJECT' } }),
  bindRequestedAsset: (t) => ({ body: { assetId: t['assetId'] } }),
  checkLinks: () => ({ query: { fqn: 'warehouse.s.published' } }),
  createRequestForm: () => ({
    body: { name: `Form ${newUuid()}`, fields: [], policy: { rules: [], defaultEvent: { type: 'dataProductPolicy' } } },
  }),
  updateRequestForm: () => ({ body: { fields: [question()] } }),
  previewRequestForm: (t) => ({ body: { id: t['id'], fields: [question()] } }),
  getAssetByMetadata: () => ({ query: { fullyQualifiedName: 'db.example.com.warehouse.s.published' } }),
};
