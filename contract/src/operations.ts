import {
  cancelAccessRequest,
  extendAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  getApprovedMaskingExceptionColumns,
  getRecentDeterminations,
  previewAccessRequest,
  requestAccess,
  requestMaskingException,
  rerouteAccessRequest,
  revokeAccess,
  searchAccessRequests,
  searchDataProductAccessRequests,
  searchDataProductMembers,
} from './access-request.ts';
import { explainAccess } from './access.ts';
import { acceptAgreements, listRequestAgreements } from './agreement-acceptance.ts';
import { updateApprovalRecord } from './approval-record.ts';
import {
  getAssetById,
  getAssetByMetadata,
  getAssetRequestForms,
  getAssetReviewFlows,
  getDataProductRequestForms,
  getRecentAssetDeterminations,
  patchAsset,
  previewAssetRequest,
  requestAsset,
  revokeAssetRequest,
  updateAsset,
} from './asset.ts';
import { checkLinks, exportAssetLinks, getAssetRequestAccessLink } from './asset-link.ts';
import { getAssetUse, searchAssetColumns, searchAssets } from './asset-list.ts';
import {
  getRiskAssessment,
  listAssistRates,
  listRiskAssessments,
  searchAccessRequestMaskingExceptionColumns,
} from './assist.ts';
import { auditChainOperations } from './audit-chain.ts';
import { countAudit, exportAudit, searchAudit } from './audit.ts';
import {
  createToken,
  deleteToken,
  getCurrentUser,
  getSetup,
  getToken,
  listTokens,
  setUp,
  signIn,
  signOut,
} from './auth.ts';
import { determinationOperations } from './bulk-determination.ts';
import {
  createConnection,
  createConnectionScript,
  deleteConnection,
  listConnections,
  preflightConnection,
  readConnection,
  recheckConnection,
  syncConnection,
  updateConnection,
} from './connection.ts';
import { listDataObjects, readDataObject, updateDataObject } from './data-object.ts';
import {
  getDataProductUse,
  listDataProductActivity,
  previewDataProduct,
  searchDataProductColumns,
} from './data-product-use.ts';
import {
  createDataProduct,
  deleteDataProduct,
  getAllDataSources,
  getDataProductById,
  getDataProductByName,
  searchDataProducts,
  searchDataSources,
  updateDataProduct,
  updateDataSources,
} from './data-product.ts';
import { listDataSources, readDataSource } from './data-source.ts';
import {
  createDataUseAgreement,
  deleteDataUseAgreement,
  exportAgreementAcceptances,
  getAgreementVersion,
  getAssociatedRequestForms,
  getDataUseAgreementById,
  listAgreementAcceptances,
  listAgreementVersions,
  searchDataUseAgreements,
  updateDataUseAgreement,
} from './data-use-agreement.ts';
import {
  createDomain,
  deleteDomain,
  listDomains,
  previewDomain,
  readDomain,
  setDomainDataSources,
  setDomainPermissions,
  updateDomain,
} from './domain.ts';
import { streamEvents } from './event.ts';
import { driftOperations } from './existing-grant.ts';
import { setAssetFutureObjects } from './future-objects.ts';
import { getAccessRequestEvidence } from './evidence.ts';
import { listReviewFlows } from './flow-in-force.ts';
import { simulateReviewFlow } from './flow-simulation.ts';
import { createGroup, deleteGroup, listGroups, readGroup, setGroupMembers, updateGroup } from './group.ts';
import { explainPermissions } from './effective-permission.ts';
import { identificationOperations } from './identification.ts';
import { verificationOperations } from './verification.ts';
import { identifierOperations } from './identifier.ts';
import { listIdentities, setIdentity, verifyIdentities } from './identity.ts';
import { previewMaskingExceptionColumns } from './masking-exception-column.ts';
import { reconcileOperations } from './reconcile-plan.ts';
import { bindRequestedAsset, searchRequestedAssets } from './requested-asset.ts';
import { listMemberships } from './membership.ts';
import { peopleOperations } from './people-operations.ts';
import { getSourceActivity } from './query-activity.ts';
import { reportOperations } from './report.ts';
import { remindReviewers } from './reviewer-reminder.ts';
import {
  getAvailableDomains,
  getDomain,
  getDomainDataSources,
  getImmutaAttributes,
  getImmutaGroups,
  getImmutaTags,
  getImmutaUsers,
  searchAppliedTags,
} from './metadata.ts';
import {
  batchUpdateInboxMessage,
  getInboxMessage,
  getInboxMessages,
  getUserPreferences,
  setInboxMessageReadStatus,
  updateUserPreferences,
  updateUserProviderConfigs,
} from './notification.ts';
import { getAccessRequestPlan } from './plan.ts';
import { provisioningOperations } from './proof-history.ts';
import {
  createPolicy,
  deletePolicy,
  listPolicyVersions,
  readPolicy,
  readPolicyVersion,
  searchPolicies,
  setPolicyState,
  updatePolicy,
} from './policy-resource.ts';
import {
  compareRequestFormVersions,
  createRequestForm,
  deleteRequestFormById,
  getFormAssets,
  getFormDataProducts,
  getRequestFormById,
  getRequestFormByVersion,
  listRequestFormVersions,
  previewRequestForm,
  searchRequestForms,
  updateRequestForm,
} from './request-form.ts';
import { getApplicationSettings, getFrontendSettings, updateApplicationSettings } from './settings.ts';
import { productDraftOperations } from './product-draft.ts';
import { requestDraftOperations } from './request-draft.ts';
import { savedViewOperations } from './saved-view.ts';
import { exportSimulation, simulate } from './simulation.ts';
import { listDataKeys, rotateDataKeys } from './data-key.ts';
import { listRestoreFindings } from './restore.ts';
import { slackOperations } from './slack.ts';
import {
  apiDescriptionOperations,
  getHealth,
  getLiveness,
  getMetrics,
  getReadiness,
  getWebhookEvents,
  getWebhookEventSchema,
  reportPolicyViolation,
} from './system.ts';
import { changeTags, createTag, deleteTag, listTagApplications, listTags, readTag, updateTag } from './tag.ts';
import { getTask } from './task.ts';
import { createUser, listUsers, readUser, updateUser } from './user.ts';
import { webhookOperations } from './webhook.ts';
import type { Operation } from './operation.ts';
import { notificationOperations } from './notification-operations.ts';
import { ownerOperations } from './owner-operations.ts';
import { loginOperations } from './login-operations.ts';

/** Every operation of the HTTP API by its id: what server, web and OpenAPI are made from. */
export const operationById = {
  'liveness[0]': getHealth,
  'liveness[1]': getLiveness,
  readiness: getReadiness,
  getMetrics,
  ...apiDescriptionOperations,
  reportPolicyViolation,
  getWebhookEvents,
  getWebhookEventSchema,
  signIn,
  signOut,
  ...loginOperations,
  getSetup,
  setUp,
  user: getCurrentUser,
  getToken,
  deleteToken,
  listTokens,
  createToken,
  getFrontendSettings,
  getApplicationSettings,
  updateApplicationSettings,
  createConnectionScript,
  preflightConnection,
  createConnection,
  listConnections,
  readConnection,
  updateConnection,
  deleteConnection,
  recheckConnection,
  syncConnection,
  ...reconcileOperations,
  ...driftOperations,
  listIdentities,
  setIdentity,
  verifyIdentities,
  getTask,
  listDataObjects,
  readDataObject,
  updateDataObject,
  ...ownerOperations,
  ...notificationOperations,
  listDataSources,
  readDataSource,
  createDomain,
  listDomains,
  previewDomain,
  readDomain,
  updateDomain,
  deleteDomain,
  setDomainDataSources,
  setDomainPermissions,
  searchPolicies,
  createPolicy,
  readPolicy,
  updatePolicy,
  setPolicyState,
  deletePolicy,
  listPolicyVersions,
  readPolicyVersion,
  simulate,
  exportSimulation,
  createUser,
  listUsers,
  readUser,
  updateUser,
  createGroup,
  listGroups,
  readGroup,
  updateGroup,
  deleteGroup,
  setGroupMembers,
  ...peopleOperations,
  getAvailableDomains,
  getDomainDataSources,
  getDomain,
  getImmutaUsers,
  getImmutaGroups,
  getImmutaAttributes,
  getImmutaTags,
  searchAppliedTags,
  createTag,
  listTags,
  readTag,
  updateTag,
  deleteTag,
  listTagApplications,
  changeTags,
  createRequestForm,
  searchRequestForms,
  getRequestFormById,
  deleteRequestFormById,
  updateRequestForm,
  getRequestFormByVersion,
  getDataProducts: getFormDataProducts,
  getAssets: getFormAssets,
  listRequestFormVersions,
  compareRequestFormVersions,
  previewRequestForm,
  createDataUseAgreement,
  searchDataUseAgreements,
  deleteDataUseAgreement,
  updateDataUseAgreement,
  getDataUseAgreementById,
  getAssociatedRequestForms,
  listAgreementVersions,
  getAgreementVersion,
  listAgreementAcceptances,
  exportAgreementAcceptances,
  searchDataProducts,
  createDataProduct,
  getDataProductById,
  updateDataProduct,
  deleteDataProduct,
  getDataProductByName,
  updateDataSources,
  searchDataSources,
  getAllDataSources,
  previewDataProduct,
  getDataProductUse,
  listDataProductActivity,
  searchDataProductColumns,
  searchDataProductAccessRequests,
  requestAccess,
  previewAccessRequest,
  searchDataProductMembers,
  requestMaskingException,
  revokeAccess,
  recentDeterminations: getRecentDeterminations,
  searchAccessRequests,
  getApprovedMaskingExceptionColumns,
  getAccessRequestById,
  cancelAccessRequest,
  listRequestAgreements,
  acceptAgreements,
  extendAccessRequest,
  ...requestDraftOperations,
  ...productDraftOperations,
  ...savedViewOperations,
  getAccessRequestRecords,
  ...determinationOperations,
  rerouteAccessRequest,
  remindReviewers,
  simulateReviewFlow,
  listReviewFlows,
  updateApprovalRecord,
  getRiskAssessment,
  listRiskAssessments,
  listAssistRates,
  searchAccessRequestMaskingExceptionColumns,
  previewMaskingExceptionColumns,
  getAccessRequestPlan,
  getAccessRequestEvidence,
  ...provisioningOperations,
  explainAccess,
  listMemberships,
  ...reportOperations,
  getSourceActivity,
  getRequestForms: getDataProductRequestForms,
  getAssetByMetadata,
  getAssetById,
  updateAsset,
  patchAsset,
  getAssetRequestForms,
  getAssetReviewFlows,
  requestAsset,
  previewAssetRequest,
  revokeAssetRequest,
  RecentAssetDeterminations: getRecentAssetDeterminations,
  setAssetFutureObjects,
  searchAssets,
  searchAssetColumns,
  getAssetUse,
  searchRequestedAssets,
  bindRequestedAsset,
  getAssetRequestAccessLink,
  checkLinks,
  exportAssetLinks,
  explainPermissions,
  ...identifierOperations,
  ...identificationOperations,
  ...verificationOperations,
  searchAudit,
  countAudit,
  exportAudit,
  ...auditChainOperations,
  streamEvents,
  getUserPreferences,
  updateUserPreferences,
  updateUserProviderConfigs,
  getInboxMessages,
  getInboxMessage,
  setInboxMessageReadStatus,
  batchUpdateInboxMessage,
  ...webhookOperations,
  ...slackOperations,
  listDataKeys,
  rotateDataKeys,
  listRestoreFindings,
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operationById;

/** The same as a list, in the order of the document. */
export const operations: readonly Operation[] = Object.values(operationById);
