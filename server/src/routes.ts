import { accessRequestRoutes } from './features/access-request/routes.ts';
import { assistRoutes } from './features/assist/routes.ts';
import { approvalRecordRoutes } from './features/approval-record/routes.ts';
import { accessRoutes } from './features/access/routes.ts';
import { authRoutes } from './features/auth/routes.ts';
import { connectionRoutes } from './features/connection/routes.ts';
import { dataObjectRoutes } from './features/data-object/routes.ts';
import { dataSourceRoutes } from './features/data-source/routes.ts';
import { firstStepRoutes } from './features/first-step/routes.ts';
import { identityProviderRoutes } from './features/identity-provider/routes.ts';
import { providerSignInRoutes } from './features/provider-sign-in/routes.ts';
import { identityRoutes } from './features/identity/routes.ts';
import { eventRoutes } from './features/event/routes.ts';
import { provisioningRoutes } from './features/provisioning/routes.ts';
import { dataKeyRoutes } from './features/data-key/routes.ts';
import { restoreRoutes } from './features/restore/routes.ts';
import { settingsRoutes } from './features/settings/routes.ts';
import { systemRoutes } from './features/system/routes.ts';
import { taskRoutes } from './features/task/routes.ts';
import { secondFactorRoutes } from './features/second-factor/routes.ts';
import { sessionRoutes } from './features/session/routes.ts';
import { scimRoutes } from './features/scim/routes.ts';
import { tokenRoutes } from './features/token/routes.ts';
import { attributeRoutes } from './features/attribute/routes.ts';
import { auditRoutes } from './features/audit/routes.ts';
import { domainRoutes } from './features/domain/routes.ts';
import { peopleChangeRoutes } from './features/people-change/routes.ts';
import { peopleImportRoutes } from './features/people-import/routes.ts';
import { policyRoutes } from './features/policy/routes.ts';
import { sourcePolicyRoutes } from './features/source-policy/routes.ts';
import { simulateRoutes } from './features/simulate/routes.ts';
import { groupRoutes } from './features/group/routes.ts';
import { notificationRoutes } from './features/notification/routes.ts';
import { metadataRoutes } from './features/metadata/routes.ts';
import { userRoutes } from './features/user/routes.ts';
import { dataProductRoutes } from './features/data-product/routes.ts';
import { reviewFlowRoutes } from './features/review-flow/routes.ts';
import { requestFormRoutes } from './features/request-form/routes.ts';
import { dataUseAgreementRoutes } from './features/data-use-agreement/routes.ts';
import { existingGrantRoutes } from './features/existing-grant/routes.ts';
import { productDraftRoutes } from './features/product-draft/routes.ts';
import { requestDraftRoutes } from './features/request-draft/routes.ts';
import { savedViewRoutes } from './features/saved-view/routes.ts';
import { assetRoutes } from './features/asset/routes.ts';
import { requestedAssetRoutes } from './features/requested-asset/routes.ts';
import { maskingExceptionRoutes } from './features/masking-exception/routes.ts';
import { membershipRoutes } from './features/membership/routes.ts';
import { queryActivityRoutes } from './features/query-activity/routes.ts';
import { reportRoutes } from './features/report/routes.ts';
import { identificationRoutes } from './features/identification/routes.ts';
import { verificationRoutes } from './features/verification/routes.ts';
import { identifierRoutes } from './features/identifier/routes.ts';
import { slackRoutes } from './features/slack/routes.ts';
import { webhookRoutes } from './features/webhook/routes.ts';
import { tagRoutes } from './features/tag/routes.ts';
import type { RawRoute, Route } from './http/route.ts';

/** Every operation that is served; what the contract lists beyond it answers 501. */
export const routes: readonly (Route | RawRoute)[] = [
  ...systemRoutes,
  ...authRoutes,
  ...sessionRoutes,
  ...secondFactorRoutes,
  ...identityProviderRoutes,
  ...providerSignInRoutes,
  ...scimRoutes,
  ...tokenRoutes,
  ...settingsRoutes,
  ...firstStepRoutes,
  ...dataKeyRoutes,
  ...restoreRoutes,
  ...eventRoutes,
  ...taskRoutes,
  ...connectionRoutes,
  ...existingGrantRoutes,
  ...dataObjectRoutes,
  ...dataSourceRoutes,
  ...identityRoutes,
  ...provisioningRoutes,
  ...accessRoutes,
  ...accessRequestRoutes,
  ...approvalRecordRoutes,
  ...assistRoutes,
  ...auditRoutes,
  ...domainRoutes,
  ...policyRoutes,
  ...sourcePolicyRoutes,
  ...simulateRoutes,
  ...groupRoutes,
  ...peopleChangeRoutes,
  ...peopleImportRoutes,
  ...attributeRoutes,
  ...metadataRoutes,
  ...notificationRoutes,
  ...userRoutes,
  ...dataProductRoutes,
  ...requestFormRoutes,
  ...reviewFlowRoutes,
  ...dataUseAgreementRoutes,
  ...requestDraftRoutes,
  ...savedViewRoutes,
  ...productDraftRoutes,
  ...assetRoutes,
  ...requestedAssetRoutes,
  ...maskingExceptionRoutes,
  ...membershipRoutes,
  ...reportRoutes,
  ...queryActivityRoutes,
  ...tagRoutes,
  ...webhookRoutes,
  ...identifierRoutes,
  ...identificationRoutes,
  ...verificationRoutes,
  ...slackRoutes,
];
