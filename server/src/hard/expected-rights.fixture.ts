import type { GlobalPermission } from '@stoa/contract/enums';
import type { OperationId } from '@stoa/contract/operations';
import { auditRights, sourceReports } from './expected-audit-rights.fixture.ts';
import { draftRights } from './expected-draft-rights.fixture.ts';
import { driftRights } from './expected-drift-rights.fixture.ts';
import { loginRights } from './expected-login-rights.fixture.ts';
import { peopleRights } from './expected-people-rights.fixture.ts';
import { providerRights } from './expected-provider-rights.fixture.ts';
import { slackRights } from './expected-slack-rights.fixture.ts';
import type { ActorKind } from './matrix-actors.fixture.ts';
import type { TargetKind } from './matrix-targets.fixture.ts';
import type { Variant } from './matrix-world.fixture.ts';

export type Cell = { kind: ActorKind; variant: Variant };
/** `open`: not 401, 403 or 404. State and body may still refuse it. */
export type Verdict = 'open' | 401 | 403 | 404;
type Rule = (cell: Cell) => Verdict;

const domainOf = ({ variant }: Cell): 'A' | 'B' => (variant === 'other domain' ? 'B' : 'A');
const isThere = ({ variant }: Cell): boolean => variant !== 'deleted' && variant !== 'random id';
const isManager = (cell: Cell): boolean =>
  cell.kind === (domainOf(cell) === 'A' ? 'manager of the domain' : 'manager of another domain');
const isSteward = (cell: Cell): boolean => cell.kind === 'steward of the request' && domainOf(cell) === 'A';
const isGovernor = (cell: Cell): boolean => cell.kind === 'GOVERNANCE';
const isParty = (cell: Cell): boolean =>
  cell.variant === 'own' ||
  (cell.variant !== 'other domain' && (cell.kind === 'requester' || cell.kind === 'beneficiary'));
const isBeneficiary = (cell: Cell): boolean =>
  cell.variant === 'own' || (cell.variant !== 'other domain' && cell.kind === 'beneficiary');

/** No login is asked for. */
const pub: Rule = () => 'open';
/** Neither a token nor a session of a person opens it. */
const never: Rule = () => 401;
const loggedIn =
  (rule: Rule): Rule =>
  (cell) =>
    cell.kind === 'nobody' || cell.kind === 'disabled' ? 401 : rule(cell);
/** Any login, on whatever is there. */
const any = loggedIn((cell) => (isThere(cell) ? 'open' : 404));
/** One's own; others' things are not there. */
const self = loggedIn((cell) => (cell.variant === 'own' ? 'open' : 404));
/** Holders of one of the global permissions; the refusal is the same whether the thing is there or not. */
const holding = (...permissions: GlobalPermission[]): Rule =>
  loggedIn((cell) => {
    if (!permissions.some((permission) => permission === cell.kind)) return 403;
    return isThere(cell) ? 'open' : 404;
  });
const app = holding('APPLICATION_ADMIN');
const gov = holding('GOVERNANCE');
const useradmin = holding('USER_ADMIN');
/** As user admin, though never on oneself. */
const useradminOfOthers = loggedIn((cell) =>
  cell.kind === 'USER_ADMIN' && cell.variant === 'own' ? 403 : useradmin(cell),
);

/** Never what is one's own: what a login was given, or what one has filed. */
const notOwn = (rule: Rule) => loggedIn((cell) => (rule(cell) === 'open' && cell.variant === 'own' ? 403 : rule(cell)));
const onlyOwn = (rule: Rule) => loggedIn((cell) => (cell.variant === 'same domain' ? 403 : rule(cell)));
/** Whoever follows drift. */
const ignoresDrift = notOwn(holding('GOVERNANCE', 'APPLICATION_ADMIN'));

const among = (...who: ((cell: Cell) => boolean)[]): Rule =>
  loggedIn((cell) => {
    if (!isThere(cell)) return 404;
    return who.some((is) => is(cell)) ? 'open' : 403;
  });
/** G or M in the domain. */
const mgr = among(isGovernor, isManager);
/** Domains are seen by every login, so that a missing one is missing for everybody. */
const grants = among((cell) => cell.kind === 'USER_ADMIN');
/** G, M or steward in scope, on a target. */
const rev = among(isGovernor, isManager, isSteward);
/** To publish needs no product yet, only the domain. */
const publisher = loggedIn((cell) => (isGovernor(cell) || isManager(cell) ? 'open' : 403));

/** What stands in no domain may be made by a manager of any. */
const publisherSomewhere = loggedIn((cell) => (isGovernor(cell) || isPolicyManager(cell) ? 'open' : 403));

const isReader = (cell: Cell): boolean =>
  isParty(cell) || isSteward(cell) || isManager(cell) || isGovernor(cell) || cell.kind === 'AUDIT';
/** A request outlives its product: only an id of nothing is nothing. */
const ofRequest = (...who: ((cell: Cell) => boolean)[]): Rule =>
  loggedIn((cell) => {
    if (cell.variant === 'random id' || !isReader(cell)) return 404;
    return who.some((is) => is(cell)) ? 'open' : 403;
  });
const req = ofRequest(isReader);
const itsUsers = ofRequest(isParty);
const reassigners = ofRequest((cell) => isGovernor(cell) && !isParty(cell));
const revOfRequest = ofRequest(isGovernor, isManager, isSteward);
/** Who reviews it, and who looks at how it is reviewed. */
const inspectors = ofRequest(isGovernor, isManager, isSteward, (cell) => cell.kind === 'AUDIT');
const revokers = ofRequest(isBeneficiary, isGovernor, isManager, isSteward);
/** On an asset the managers of its domain read along, and only governors and stewards take away. */
const assetRevokers = ofRequest(isBeneficiary, isGovernor, isSteward);
const stw = ofRequest((cell) => isSteward(cell) && !isParty(cell));

const isPolicyManager = (cell: Cell): boolean =>
  cell.kind === 'manager of the domain' || cell.kind === 'manager of another domain';
/** Policies are read by those who write any, and by auditors. */
const readsPolicies = loggedIn((cell) => {
  if (!isGovernor(cell) && !isPolicyManager(cell) && cell.kind !== 'AUDIT') return 403;
  return isThere(cell) ? 'open' : 404;
});
const writesPolicies = loggedIn((cell) => {
  if (!isGovernor(cell) && !isPolicyManager(cell)) return 403;
  if (!isThere(cell)) return 404;
  return isGovernor(cell) || isManager(cell) ? 'open' : 403;
});

/** What policies say of a source is read by those who write or audit them there; nobody in this world owns any. */
const readsSourcePolicies = (cell: Cell): boolean => isGovernor(cell) || cell.kind === 'AUDIT' || isManager(cell);
const sourcePolicyReader = loggedIn((cell) => (isThere(cell) && readsSourcePolicies(cell) ? 'open' : 404));
/** The policy itself is not there in this world, which a governor alone gets to hear. */
const settler = loggedIn((cell) => {
  if (!isThere(cell) || !readsSourcePolicies(cell)) return 404;
  return isGovernor(cell) ? 404 : 403;
});
const certifier = loggedIn((cell) => (isThere(cell) && readsSourcePolicies(cell) ? 403 : 404));

/** Identifiers, and where they have been run, are read by those who look after data. */
const readsIdentification = (cell: Cell): boolean =>
  isGovernor(cell) || isPolicyManager(cell) || cell.kind === 'AUDIT' || cell.kind === 'APPLICATION_ADMIN';
const identificationReader = loggedIn((cell) => {
  if (!readsIdentification(cell)) return 403;
  return isThere(cell) ? 'open' : 404;
});
/** Runs in other domains are not there. */
const runReader = loggedIn((cell) => {
  if (!readsIdentification(cell)) return 403;
  const isInside = !isPolicyManager(cell) || isManager(cell);
  return isThere(cell) && isInside ? 'open' : 404;
});

const readsPlatforms = holding('APPLICATION_ADMIN', 'GOVERNANCE', 'USER_ADMIN', 'AUDIT');
const readsObjects = holding('APPLICATION_ADMIN', 'GOVERNANCE', 'AUDIT');
const runsPlatforms = (cell: Cell): boolean => cell.kind === 'APPLICATION_ADMIN' || isGovernor(cell);
/** One's own work, and for those who run platforms everybody's. */
const watcher = loggedIn((cell) => (isThere(cell) && (cell.variant === 'own' || runsPlatforms(cell)) ? 'open' : 404));
/** `own`: in a product that everybody sees. The others are in a domain and in no product. */
const sourceReader = loggedIn((cell) => {
  if (!isThere(cell)) return 404;
  const isInside = runsPlatforms(cell) || cell.kind === 'AUDIT' || isManager(cell);
  return cell.variant === 'own' || isInside ? 'open' : 404;
});
/** Who answers for an object is seen by those who look after platforms or people, and by whoever sees its data source. */
const readsRoles = loggedIn((cell) => {
  const looksAfter = runsPlatforms(cell) || cell.kind === 'AUDIT' || cell.kind === 'USER_ADMIN' || isManager(cell);
  return isThere(cell) && looksAfter ? 'open' : 404;
});
/** The tags of a source are seen by whoever sees the source. */
const taggedSource = sourceReader;
/** Managers of products are none of tags: they are refused before anything is looked for. */
const tagger = gov;
/** `own`: about oneself. The others ask about somebody else. */
const explainer = loggedIn((cell) => {
  if (!isThere(cell)) return 404;
  const isReviewer = isGovernor(cell) || cell.kind === 'AUDIT' || isManager(cell) || isSteward(cell);
  return cell.variant === 'own' || isReviewer ? 'open' : 404;
});
/** `own`: about oneself. Others' are for those who review or manage something, wherever that is. */
const exceptionsReader = loggedIn((cell) => {
  if (!isThere(cell)) return 404;
  const isManagerOfAny = cell.kind === 'manager of the domain' || cell.kind === 'manager of another domain';
  const reviews = isGovernor(cell) || isManagerOfAny || cell.kind === 'steward of the request';
  return cell.variant === 'own' || reviews ? 'open' : 403;
});
const auditor = loggedIn((cell) => (cell.kind === 'AUDIT' ? 'open' : 403));
const isReportReader = (cell: Cell): boolean => isGovernor(cell) || cell.kind === 'AUDIT' || isPolicyManager(cell);
const reportReader = loggedIn((cell) => (isReportReader(cell) ? 'open' : 403));
/** Sources of other domains are not there for those who manage one. */
const reportReaderOfSource = loggedIn((cell) => {
  if (!isReportReader(cell)) return 403;
  const isInside = isGovernor(cell) || cell.kind === 'AUDIT' || isManager(cell);
  return isThere(cell) && isInside ? 'open' : 404;
});
/** Oneself, or anybody for those who read reports. */
const reportReaderOfPerson = loggedIn((cell) => {
  if (cell.variant === 'own') return 'open';
  if (!isReportReader(cell)) return 403;
  return isThere(cell) ? 'open' : 404;
});
/** Wrong credentials, told alike to everybody. */
const stranger: Rule = () => 401;
/** G, M or a steward named in the form, who may change a part of it. */
const frm = rev;
/** Versions outlive their form, for the requests that were made under them. */
const version = loggedIn((cell) => (cell.variant === 'random id' ? 404 : 'open'));

type Expected = { on: TargetKind; who: Rule };
const on = (kind: TargetKind, who: Rule): Expected => ({ on: kind, who });

/**
 * Who may call what, from product.md 5 and 14.2 and governance.md, operation by operation; nothing here asks `may`. An
 * operation that is not listed does not compile, and fails the test.
 */
export const expectedRights: Readonly<Record<OperationId, Expected>> = {
  'liveness[0]': on('none', pub),
  'liveness[1]': on('none', pub),
  readiness: on('none', pub),
  getMetrics: on('none', pub),
  getOpenApiDocument: on('none', pub),
  getOpenApiYaml: on('none', pub),
  getApiDocs: on('none', pub),
  getWebhookEvents: on('none', pub),
  getWebhookEventSchema: on('none', pub),
  signIn: on('none', stranger),
  ...loginRights({ on, any, self, useradmin, useradminOfOthers }),
  ...providerRights({ on, app, pub, never, any, useradminOfOthers }),
  getSetup: on('none', pub),
  setUp: on('none', pub),
  getFrontendSettings: on('none', pub),
  getApplicationSettings: on('none', any),
  updateApplicationSettings: on('none', app),
  createConnectionScript: on('none', app),
  preflightConnection: on('none', app),
  createConnection: on('none', app),
  listConnections: on('none', readsPlatforms),
  readConnection: on('connection', readsPlatforms),
  updateConnection: on('connection', app),
  deleteConnection: on('connection', app),
  recheckConnection: on('connection', app),
  syncConnection: on('connection', app),
  reconcileConnection: on('connection', app),
  previewReconcile: on('connection', app),
  ...peopleRights({ on, useradmin, useradminOfOthers, decides: notOwn(useradmin), withdraws: onlyOwn(useradmin) }),
  ...driftRights({ on, readsPlatforms, ignoresDrift, gov, confirmsTakeBack: notOwn(gov) }),
  listIdentities: on('connection', useradmin),
  setIdentity: on('identity', useradminOfOthers),
  verifyIdentities: on('connection', useradmin),
  getTask: on('task', watcher),
  listDataObjects: on('none', readsObjects),
  readDataObject: on('object', readsObjects),
  updateDataObject: on('object', app),
  syncDataObject: on('object', app),
  releaseDataObject: on('object', holding('APPLICATION_ADMIN', 'GOVERNANCE')),
  listDataObjectRoles: on('object', readsRoles),
  setDataObjectRoles: on('object', holding('APPLICATION_ADMIN', 'GOVERNANCE')),
  listDataSources: on('none', any),
  readDataSource: on('source', sourceReader),
  createDomain: on('none', gov),
  listDomains: on('none', any),
  readDomain: on('domain', any),
  updateDomain: on('domain', gov),
  previewDomain: on('none', gov),
  deleteDomain: on('emptyDomain', gov),
  setDomainDataSources: on('emptyDomain', gov),
  setDomainPermissions: on('emptyDomain', grants),
  listSourcePolicies: on('source', sourcePolicyReader),
  switchSourcePolicy: on('source', settler),
  selectSourcePolicy: on('source', settler),
  certifySourcePolicy: on('source', certifier),
  listCertifications: on('none', any),
  listPolicySources: on('policy', readsPolicies),
  searchPolicies: on('none', readsPolicies),
  createPolicy: on('publishing', publisher),
  readPolicy: on('policy', readsPolicies),
  updatePolicy: on('policy', writesPolicies),
  setPolicyState: on('policy', writesPolicies),
  deletePolicy: on('policy', writesPolicies),
  listPolicyVersions: on('policy', readsPolicies),
  readPolicyVersion: on('policy', readsPolicies),
  simulate: on('publishing', publisher),
  exportSimulation: on('publishing', publisher),
  getAvailableDomains: on('none', any),
  getDomainDataSources: on('domain', mgr),
  getDomain: on('domain', any),
  getImmutaUsers: on('none', any),
  getImmutaGroups: on('none', any),
  getImmutaAttributes: on('none', any),
  getImmutaTags: on('none', any),
  searchAppliedTags: on('none', any),
  createTag: on('none', gov),
  listTags: on('none', any),
  readTag: on('tag', any),
  updateTag: on('tag', gov),
  deleteTag: on('tag', gov),
  listTagApplications: on('source', taggedSource),
  changeTags: on('tagged', tagger),
  createRequestForm: on('none', publisherSomewhere),
  searchRequestForms: on('none', any),
  getRequestFormById: on('form', any),
  deleteRequestFormById: on('form', mgr),
  updateRequestForm: on('form', frm),
  getRequestFormByVersion: on('form', version),
  getDataProducts: on('form', any),
  getAssets: on('form', any),
  listRequestFormVersions: on('form', any),
  compareRequestFormVersions: on('form', any),
  previewRequestForm: on('form', frm),
  createDataUseAgreement: on('none', publisherSomewhere),
  searchDataUseAgreements: on('none', any),
  deleteDataUseAgreement: on('agreement', mgr),
  updateDataUseAgreement: on('agreement', rev),
  getDataUseAgreementById: on('agreement', any),
  getAssociatedRequestForms: on('agreement', any),
  listAgreementVersions: on('agreement', any),
  getAgreementVersion: on('agreement', any),
  listAgreementAcceptances: on('agreement', any),
  exportAgreementAcceptances: on('agreement', any),
  searchDataProducts: on('none', any),
  createDataProduct: on('publishing', publisher),
  getDataProductById: on('product', any),
  updateDataProduct: on('product', rev),
  deleteDataProduct: on('product', mgr),
  getDataProductByName: on('product', any),
  updateDataSources: on('product', mgr),
  searchDataSources: on('product', any),
  getAllDataSources: on('product', any),
  previewDataProduct: on('publishing', publisher),
  getDataProductUse: on('product', any),
  listDataProductActivity: on('product', any),
  searchDataProductColumns: on('product', any),
  searchDataProductAccessRequests: on('product', any),
  requestAccess: on('product', any),
  previewAccessRequest: on('product', any),
  searchDataProductMembers: on('product', any),
  requestMaskingException: on('product', any),
  revokeAccess: on('approvedOfProduct', revokers),
  recentDeterminations: on('product', rev),
  searchAccessRequests: on('none', any),
  getApprovedMaskingExceptionColumns: on('user', exceptionsReader),
  getAccessRequestById: on('pending', req),
  cancelAccessRequest: on('pending', itsUsers),
  listRequestAgreements: on('pending', req),
  acceptAgreements: on('pending', ofRequest(isBeneficiary)),
  extendAccessRequest: on('approved', itsUsers),
  ...draftRights({ on, any, self, publisherSomewhere }),
  listSavedViews: on('none', any),
  saveView: on('none', any),
  deleteSavedView: on('savedView', self),
  getAccessRequestRecords: on('pending', req),
  determineAccessRequest: on('pending', stw),
  determineAccessRequests: on('none', any),
  rerouteAccessRequest: on('pending', reassigners),
  remindReviewers: on('pending', itsUsers),
  snoozeAccessRequest: on('pending', inspectors),
  wakeAccessRequest: on('pending', inspectors),
  simulateReviewFlow: on('product', mgr),
  listReviewFlows: on('none', publisherSomewhere),
  updateApprovalRecord: on('record', stw),
  getRiskAssessment: on('pending', revOfRequest),
  listRiskAssessments: on('none', any),
  listAssistRates: on('none', any),
  previewMaskingExceptionColumns: on('user', any),
  searchAccessRequestMaskingExceptionColumns: on('pending', req),
  getAccessRequestPlan: on('pending', inspectors),
  getAccessRequestEvidence: on('pending', inspectors),
  getAccessRequestProvisioning: on('approved', req),
  retryAccessRequestProvisioning: on('approved', revOfRequest),
  explainAccess: on('explained', explainer),
  listMemberships: on('none', any),
  getRequestForms: on('product', any),
  getAssetByMetadata: on('none', any),
  getAssetById: on('asset', any),
  updateAsset: on('asset', gov),
  patchAsset: on('asset', gov),
  getAssetRequestForms: on('asset', any),
  getAssetReviewFlows: on('asset', any),
  requestAsset: on('asset', any),
  previewAssetRequest: on('asset', any),
  revokeAssetRequest: on('approvedOfAsset', assetRevokers),
  RecentAssetDeterminations: on('asset', mgr),
  setAssetFutureObjects: on('asset', gov),
  searchAssets: on('none', any),
  getAssetUse: on('asset', any),
  searchRequestedAssets: on('none', gov),
  bindRequestedAsset: on('requestedAsset', gov),
  searchAssetColumns: on('asset', any),
  getAssetRequestAccessLink: on('asset', any),
  checkLinks: on('none', any),
  exportAssetLinks: on('none', readsObjects),
  ...auditRights({ on, app, auditor, inspectors, reportReader, verifies: holding('AUDIT', 'APPLICATION_ADMIN') }),
  startVerification: on('none', app),
  listVerifications: on('none', holding('APPLICATION_ADMIN', 'AUDIT')),
  readVerification: on('verification', holding('APPLICATION_ADMIN', 'AUDIT')),
  listVerificationFindings: on('verification', holding('APPLICATION_ADMIN', 'AUDIT')),
  listIdentifiers: on('none', identificationReader),
  readIdentifier: on('identifier', identificationReader),
  createIdentifier: on('none', gov),
  updateIdentifier: on('identifier', gov),
  deleteIdentifier: on('identifier', gov),
  testIdentifier: on('none', identificationReader),
  getIdentifierSet: on('domain', identificationReader),
  setIdentifierSet: on('emptyDomain', gov),
  startIdentification: on('emptyDomain', gov),
  listIdentificationRuns: on('none', identificationReader),
  readIdentificationRun: on('run', runReader),
  cancelIdentification: on('run', gov),
  listIdentificationRunSources: on('run', runReader),
  listIdentificationResults: on('none', identificationReader),
  listIdentificationProposals: on('none', identificationReader),
  decideIdentificationProposals: on('none', gov),
  ...sourceReports(on('source', reportReaderOfSource)),
  reportWhatHas: on('user', reportReaderOfPerson),
  streamEvents: on('none', any),
  getUserPreferences: on('none', any),
  updateUserPreferences: on('none', any),
  updateUserProviderConfigs: on('none', any),
  getInboxMessages: on('none', any),
  getInboxMessage: on('message', self),
  setInboxMessageReadStatus: on('message', self),
  batchUpdateInboxMessage: on('message', self),
  getInboxSummary: on('none', any),
  readWholeInbox: on('none', any),
  getNotificationHours: on('none', any),
  updateNotificationHours: on('none', any),
  getTenantProviderConfigs: on('none', app),
  updateTenantProviderConfigs: on('none', app),
  getEmailConfiguration: on('none', app),
  updateEmailConfiguration: on('none', app),
  deleteEmailConfiguration: on('none', app),
  testEmailConfiguration: on('none', app),
  getTeamsConfiguration: on('none', app),
  updateTeamsConfiguration: on('none', app),
  deleteTeamsConfiguration: on('none', app),
  testTeamsConfiguration: on('none', app),
  listMessageDeliveries: on('none', app),
  resendMessageDelivery: on('delivery', app),
  getWebhooks: on('none', app),
  createWebhook: on('none', app),
  getWebhook: on('webhook', app),
  updateWebhook: on('webhook', app),
  deleteWebhook: on('webhook', app),
  getWebhookHistory: on('webhook', app),
  getWebhookSample: on('none', app),
  testWebhook: on('webhook', app),
  testWebhookConfig: on('none', app),
  resetWebhookKey: on('webhook', app),
  listWebhookDeliveries: on('webhook', app),
  readWebhookDelivery: on('webhookDelivery', app),
  replayWebhookDelivery: on('webhookDelivery', app),
  replayWebhookDeliveries: on('webhook', app),
  ...slackRights({ on, app, pub }),
  listDataKeys: on('none', app),
  rotateDataKeys: on('none', app),
  listRestoreFindings: on('none', app),
  reportPolicyViolation: on('none', pub),
};
