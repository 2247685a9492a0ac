import { acceptance } from './en/acceptance.ts';
import { account } from './en/account.ts';
import { activity } from './en/activity.ts';
import { agreements } from './en/agreements.ts';
import { asking } from './en/asking.ts';
import { assist } from './en/assist.ts';
import { assetFuture } from './en/asset-future.ts';
import { assetPeople } from './en/asset-people.ts';
import { assetSettings } from './en/asset-settings.ts';
import { assets } from './en/assets.ts';
import { audit } from './en/audit.ts';
import { auditChain } from './en/audit-chain.ts';
import { auditCharts } from './en/audit-charts.ts';
import { auditWords } from './en/audit-words.ts';
import { auditSeals } from './en/audit-seals.ts';
import { auditEvent } from './en/audit-event.ts';
import { auditFilters } from './en/audit-filters.ts';
import { bell } from './en/bell.ts';
import { byProvider } from './en/by-provider.ts';
import { connections } from './en/connections.ts';
import { deliveries } from './en/deliveries.ts';
import { domains } from './en/domains.ts';
import { drift } from './en/drift.ts';
import { explain } from './en/explain.ts';
import { findings } from './en/findings.ts';
import { firstSteps } from './en/first-steps.ts';
import { flows } from './en/flows.ts';
import { forms } from './en/forms.ts';
import { freshLogin } from './en/fresh-login.ts';
import { identification } from './en/identification.ts';
import { verification } from './en/verification.ts';
import { inbox } from './en/inbox.ts';
import { dryRun } from './en/dry-run.ts';
import { jobs } from './en/jobs.ts';
import { linkTarget } from './en/link-target.ts';
import { later } from './en/later.ts';
import { leaving } from './en/leaving.ts';
import { leftOut } from './en/left-out.ts';
import { links } from './en/links.ts';
import { manage } from './en/manage.ts';
import { marketplace } from './en/marketplace.ts';
import { may } from './en/may.ts';
import { objectDetail } from './en/object-detail.ts';
import { objectPanel } from './en/object-panel.ts';
import { objects } from './en/objects.ts';
import { owners } from './en/owners.ts';
import { people } from './en/people.ts';
import { holding } from './en/holding.ts';
import { logins } from './en/logins.ts';
import { identities } from './en/identities.ts';
import { peopleChanges } from './en/people-changes.ts';
import { peopleImport } from './en/import-texts.ts';
import { person } from './en/person.ts';
import { policies } from './en/policies.ts';
import { preview } from './en/preview.ts';
import { productDrafts } from './en/product-drafts.ts';
import { products } from './en/products.ts';
import { proofs } from './en/proofs.ts';
import { ran } from './en/ran.ts';
import { reasons } from './en/reasons.ts';
import { reports } from './en/reports.ts';
import { requestedAssets } from './en/requested-assets.ts';
import { requests } from './en/requests.ts';
import { reviewEffect } from './en/review-effect.ts';
import { reviews } from './en/reviews.ts';
import { identityDialog } from './en/identity-dialog.ts';
import { memberSettings } from './en/member-settings.ts';
import { sessionSettings } from './en/session-settings.ts';
import { secondFactor } from './en/second-factor.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
import { takeBack } from './en/take-back.ts';
import { keys } from './en/keys.ts';
import { restores } from './en/restores.ts';
import { slack } from './en/slack.ts';
import { signInLinks } from './en/sign-in-links.ts';
import { scim } from './en/scim.ts';
import { sso } from './en/sso.ts';
import { tags } from './en/tags.ts';
import { tasks } from './en/tasks.ts';
import { tokens } from './en/tokens.ts';
import { ui } from './en/ui.ts';
import { attributeChanges } from './en/attribute-changes.ts';
import { bulkChoice } from './en/bulk-choice.ts';
import { bulkDecision } from './en/bulk-decision.ts';
import { savedViews } from './en/saved-views.ts';
import { snooze } from './en/snooze.ts';
import { requestColumns } from './en/request-columns.ts';
import { changing } from './en/changing.ts';
import { waiting } from './en/waiting.ts';
import { leftColumns } from './en/left-columns.ts';
import { webhooks } from './en/webhooks.ts';

/** The one catalogue of the web app. Each feature keeps its texts in a file of its own; keys never collide. */
export const en = {
  ...ui,
  ...shell,
  ...signIn,
  ...freshLogin,
  ...tokens,
  ...account,
  ...marketplace,
  ...products,
  ...requests,
  ...asking,
  ...reviews,
  ...bulkChoice,
  ...bulkDecision,
  ...savedViews,
  ...snooze,
  ...assist,
  ...connections,
  ...objects,
  ...objectPanel,
  ...objectDetail,
  ...owners,
  ...domains,
  ...policies,
  ...preview,
  ...identification,
  ...verification,
  ...people,
  ...person,
  ...peopleImport,
  ...holding,
  ...identities,
  ...may,
  ...audit,
  ...auditChain,
  ...auditCharts,
  ...auditWords,
  ...auditSeals,
  ...auditEvent,
  ...auditFilters,
  ...identityDialog,
  ...memberSettings,
  ...sessionSettings,
  ...secondFactor,
  ...settings,
  ...slack,
  ...signInLinks,
  ...scim,
  ...sso,
  ...byProvider,
  ...keys,
  ...restores,
  ...webhooks,
  ...dryRun,
  ...takeBack,
  ...peopleChanges,
  ...jobs,
  ...manage,
  ...productDrafts,
  ...tasks,
  ...firstSteps,
  ...flows,
  ...activity,
  ...agreements,
  ...forms,
  ...acceptance,
  ...assets,
  ...assetFuture,
  ...assetPeople,
  ...assetSettings,
  ...later,
  ...logins,
  ...leaving,
  ...leftOut,
  ...links,
  ...linkTarget,
  ...requestedAssets,
  ...tags,
  ...proofs,
  ...ran,
  ...reasons,
  ...leftColumns,
  ...requestColumns,
  ...changing,
  ...waiting,
  ...attributeChanges,
  ...reports,
  ...findings,
  ...drift,
  ...explain,
  ...reviewEffect,
  ...inbox,
  ...bell,
  ...deliveries,
} as const;
