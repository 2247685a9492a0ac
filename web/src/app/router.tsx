import { getCurrentUser } from '@stoa/contract/auth';
import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queryOf } from '../lib/api.ts';
import { isPageLeft } from '../lib/person-of-page.ts';
import { SkeletonPage } from '../ui/Skeletons.tsx';
import { assetTabs } from './asset-tabs.ts';
import { audit, auditChain } from './audit-routes.ts';
import { BrokenScreen } from './BrokenScreen.tsx';
import { myAccess, myAccount, myNotifications, myTokens } from './own-routes.ts';
import { NotFoundScreen } from './refusal-screens.tsx';
import { listSearch, parseSearch, returnSearch, stringifySearch, tabSearch } from './search-params.ts';
import { peopleChanges } from './people-change-routes.ts';
import { productTabs } from './product-tabs.ts';
import { listPage, root, shell } from './shell-route.tsx';
import { firstSteps, keys, restores, signInSettings, slackSettings } from './settings-routes.ts';
import { slugOfName } from './slug-of-name.ts';
import { verification, verifications } from './verification-routes.ts';

export const peopleTabs = ['users', 'groups', 'attributes'] as const;
export type PeopleTab = (typeof peopleTabs)[number];

/** Of a server that cannot say so, nobody is; nor is who has to set up a second factor first. */
const isSignedIn = (client: QueryClient): Promise<boolean> =>
  client.fetchQuery({ ...queryOf(getCurrentUser, {}), staleTime: 0 }).then(
    (user) => user.secondFactor !== 'needed',
    () => false,
  );

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: returnSearch,
  beforeLoad: async ({ context, search }) => {
    if (search.again !== true && search.failure === undefined && !isPageLeft() && (await isSignedIn(context.client)))
      throw redirect({ href: search.returnTo ?? '/', replace: true });
  },
  component: lazyRouteComponent(() => import('../features/auth/SignInPage.tsx'), 'SignInPage'),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../features/auth/WelcomePage.tsx'), 'WelcomePage'),
});

const confirmLogin = createRoute({
  getParentRoute: () => root,
  path: '/confirm-login',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../features/auth/ConfirmLoginPage.tsx'), 'ConfirmLoginPage'),
});

const home = listPage(
  '/',
  lazyRouteComponent(() => import('../features/data-products/MarketplacePage.tsx'), 'MarketplacePage'),
);
const search = listPage(
  '/search',
  lazyRouteComponent(() => import('../features/data-products/SearchPage.tsx'), 'SearchPage'),
);
const product = createRoute({
  getParentRoute: () => shell,
  path: '/products/$slug',
  validateSearch: tabSearch(productTabs),
  component: lazyRouteComponent(() => import('../features/data-products/ProductPage.tsx'), 'ProductPage'),
});
const productRequest = listPage(
  '/products/$slug/request',
  lazyRouteComponent(() => import('../features/access-requests/RequestAccessPage.tsx'), 'RequestAccessPage'),
);
const requestLink = listPage(
  '/request',
  lazyRouteComponent(() => import('../features/assets/RequestLinkPage.tsx'), 'RequestLinkPage'),
);

const assets = listPage(
  '/assets',
  lazyRouteComponent(() => import('../features/assets/AssetsPage.tsx'), 'AssetsPage'),
);
const asset = createRoute({
  getParentRoute: () => shell,
  path: '/assets/$id',
  validateSearch: tabSearch(assetTabs),
  component: lazyRouteComponent(() => import('../features/assets/AssetPage.tsx'), 'AssetPage'),
});

const assetRequest = listPage(
  '/assets/$id/request',
  lazyRouteComponent(() => import('../features/assets/AssetRequestPage.tsx'), 'AssetRequestPage'),
);

/** The published links of catalogs and bookmarks, and the same under /marketplace: each leads to the page of ours. */
const linkPrefixes = ['', '/marketplace'] as const;
const publishedLinks = linkPrefixes.flatMap((prefix) => [
  createRoute({
    getParentRoute: () => shell,
    path: `${prefix}/data-product/$id/request-access`,
    validateSearch: listSearch,
    beforeLoad: ({ params, search }) => {
      throw redirect({ to: '/products/$slug/request', params: { slug: params.id }, search, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => shell,
    path: `${prefix}/data-product/$id/details`,
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/products/$slug', params: { slug: params.id }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => shell,
    path: `${prefix}/data-product/by-name/$name/request-access`,
    validateSearch: listSearch,
    beforeLoad: async ({ context, params, search }) => {
      const slug = await slugOfName(context.client, params.name);
      throw redirect({ to: '/products/$slug/request', params: { slug }, search, replace: true });
    },
  }),
]);
const marketplaceRequest = createRoute({
  getParentRoute: () => shell,
  path: '/marketplace/request',
  validateSearch: listSearch,
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/request', search, replace: true });
  },
});
const marketplaceHome = createRoute({
  getParentRoute: () => shell,
  path: '/marketplace',
  beforeLoad: () => {
    throw redirect({ to: '/', replace: true });
  },
});
const requests = listPage(
  '/requests',
  lazyRouteComponent(() => import('../features/access-requests/MyRequestsPage.tsx'), 'MyRequestsPage'),
);
const request = createRoute({
  getParentRoute: () => shell,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('../features/access-requests/RequestPage.tsx'), 'RequestPage'),
});
const printSheet = createRoute({
  getParentRoute: () => shell,
  path: '/requests/$id/print',
  component: lazyRouteComponent(() => import('../features/access-requests/PrintSheetPage.tsx'), 'PrintSheetPage'),
});
const inbox = listPage(
  '/inbox',
  lazyRouteComponent(() => import('../features/inbox/InboxPage.tsx'), 'InboxPage'),
);
const reviews = listPage(
  '/reviews',
  lazyRouteComponent(() => import('../features/access-requests/ReviewQueuePage.tsx'), 'ReviewQueuePage'),
);
const assistRates = listPage(
  '/reviews/assist',
  lazyRouteComponent(() => import('../features/access-requests/AssistRatesPage.tsx'), 'AssistRatesPage'),
);
const review = listPage(
  '/reviews/$requestId',
  lazyRouteComponent(() => import('../features/access-requests/ReviewPage.tsx'), 'ReviewPage'),
);
const manageProducts = listPage(
  '/manage/products',
  lazyRouteComponent(() => import('../features/data-products/ManageProductsPage.tsx'), 'ManageProductsPage'),
);
const manageProduct = listPage(
  '/manage/products/$id',
  lazyRouteComponent(() => import('../features/data-products/ManageProductPage.tsx'), 'ManageProductPage'),
);
const agreements = listPage(
  '/manage/agreements',
  lazyRouteComponent(() => import('../features/agreements/AgreementsPage.tsx'), 'AgreementsPage'),
);
const agreement = listPage(
  '/manage/agreements/$id',
  lazyRouteComponent(() => import('../features/agreements/AgreementPage.tsx'), 'AgreementPage'),
);
const flows = listPage(
  '/manage/flows',
  lazyRouteComponent(() => import('../features/review-flows/FlowsPage.tsx'), 'FlowsPage'),
);
const flow = listPage(
  '/manage/flows/$owner/$id',
  lazyRouteComponent(() => import('../features/review-flows/FlowPage.tsx'), 'FlowPage'),
);
const requestForms = listPage(
  '/manage/forms',
  lazyRouteComponent(() => import('../features/request-forms/RequestFormsPage.tsx'), 'RequestFormsPage'),
);
const requestForm = listPage(
  '/manage/forms/$id',
  lazyRouteComponent(() => import('../features/request-forms/RequestFormPage.tsx'), 'RequestFormPage'),
);
const domains = listPage(
  '/govern/domains',
  lazyRouteComponent(() => import('../features/domains/DomainsPage.tsx'), 'DomainsPage'),
);
const domain = listPage(
  '/govern/domains/$id',
  lazyRouteComponent(() => import('../features/domains/DomainPage.tsx'), 'DomainPage'),
);
const identification = listPage(
  '/govern/identification',
  lazyRouteComponent(() => import('../features/identification/IdentificationPage.tsx'), 'IdentificationPage'),
);
const identificationRun = listPage(
  '/govern/identification/$id',
  lazyRouteComponent(() => import('../features/identification/RunPage.tsx'), 'RunPage'),
);
const identifier = listPage(
  '/govern/identifiers/$id',
  lazyRouteComponent(() => import('../features/identification/IdentifierPage.tsx'), 'IdentifierPage'),
);
const policies = listPage(
  '/govern/policies',
  lazyRouteComponent(() => import('../features/policies/PoliciesPage.tsx'), 'PoliciesPage'),
);
const policy = listPage(
  '/govern/policies/$id',
  lazyRouteComponent(() => import('../features/policies/PolicyPage.tsx'), 'PolicyPage'),
);
const dataSources = listPage(
  '/govern/data-sources',
  lazyRouteComponent(() => import('../features/data-sources/DataSourcesPage.tsx'), 'DataSourcesPage'),
);
const tags = listPage(
  '/govern/tags',
  lazyRouteComponent(() => import('../features/tags/TagsPage.tsx'), 'TagsPage'),
);
const tag = listPage(
  '/govern/tags/$id',
  lazyRouteComponent(() => import('../features/tags/TagPage.tsx'), 'TagPage'),
);
const people = createRoute({
  getParentRoute: () => shell,
  path: '/admin/people',
  validateSearch: tabSearch(peopleTabs),
  component: lazyRouteComponent(() => import('../features/users/PeoplePage.tsx'), 'PeoplePage'),
});
const peopleImport = listPage(
  '/admin/import',
  lazyRouteComponent(() => import('../features/people-import/ImportPage.tsx'), 'ImportPage'),
);
const person = createRoute({
  getParentRoute: () => shell,
  path: '/admin/people/$id',
  component: lazyRouteComponent(() => import('../features/users/PersonPage.tsx'), 'PersonPage'),
});
const group = createRoute({
  getParentRoute: () => shell,
  path: '/admin/groups/$id',
  component: lazyRouteComponent(() => import('../features/users/GroupPage.tsx'), 'GroupPage'),
});
const connections = listPage(
  '/admin/connections',
  lazyRouteComponent(() => import('../features/connections/ConnectionsPage.tsx'), 'ConnectionsPage'),
);
const newConnection = listPage(
  '/admin/connections/new',
  lazyRouteComponent(() => import('../features/connections/NewConnectionPage.tsx'), 'NewConnectionPage'),
);
const connection = listPage(
  '/admin/connections/$key',
  lazyRouteComponent(() => import('../features/connections/ConnectionPage.tsx'), 'ConnectionPage'),
);
const objects = listPage(
  '/admin/objects',
  lazyRouteComponent(() => import('../features/data-objects/ObjectsPage.tsx'), 'ObjectsPage'),
);
const requestLinks = listPage(
  '/admin/request-links',
  lazyRouteComponent(() => import('../features/assets/RequestLinksPage.tsx'), 'RequestLinksPage'),
);
const requestedAssets = listPage(
  '/admin/requested-assets',
  lazyRouteComponent(() => import('../features/requested-assets/RequestedAssetsPage.tsx'), 'RequestedAssetsPage'),
);
const jobs = listPage(
  '/admin/jobs',
  lazyRouteComponent(() => import('../features/provisioning/ProvisioningPage.tsx'), 'ProvisioningPage'),
);
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/admin/settings',
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage.tsx'), 'SettingsPage'),
});
const messages = listPage(
  '/admin/messages',
  lazyRouteComponent(() => import('../features/messages/MessagesPage.tsx'), 'MessagesPage'),
);
const webhooks = listPage(
  '/admin/webhooks',
  lazyRouteComponent(() => import('../features/webhooks/WebhooksPage.tsx'), 'WebhooksPage'),
);
const webhook = listPage(
  '/admin/webhooks/$id',
  lazyRouteComponent(() => import('../features/webhooks/WebhookPage.tsx'), 'WebhookPage'),
);
const reports = listPage(
  '/reports',
  lazyRouteComponent(() => import('../features/reports/ReportsPage.tsx'), 'ReportsPage'),
);
/** Any other address, with the navigation beside the news. */
const elsewhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFoundScreen });

/** The catalogue of components: `import.meta.env.DEV` is a constant, so a production build holds no trace of it. */
const catalogue = createRoute({
  getParentRoute: () => root,
  path: '/__ui',
  component: import.meta.env.DEV
    ? lazyRouteComponent(() => import('./catalogue/CataloguePage.tsx'), 'CataloguePage')
    : NotFoundScreen,
});

const tree = root.addChildren([
  login,
  welcome,
  confirmLogin,
  catalogue,
  shell.addChildren([
    home,
    search,
    product,
    productRequest,
    requestLink,
    assets,
    asset,
    assetRequest,
    marketplaceRequest,
    marketplaceHome,
    ...publishedLinks,
    requests,
    request,
    printSheet,
    myAccess,
    myTokens,
    myAccount,
    inbox,
    myNotifications,
    reviews,
    assistRates,
    review,
    manageProducts,
    manageProduct,
    agreements,
    agreement,
    flows,
    flow,
    requestForms,
    requestForm,
    domains,
    domain,
    identification,
    identificationRun,
    verifications,
    verification,
    identifier,
    policies,
    policy,
    dataSources,
    tags,
    tag,
    people,
    peopleImport,
    peopleChanges,
    person,
    group,
    connections,
    newConnection,
    connection,
    objects,
    requestLinks,
    requestedAssets,
    jobs,
    settings,
    firstSteps,
    slackSettings,
    signInSettings,
    keys,
    restores,
    messages,
    webhooks,
    webhook,
    reports,
    audit,
    auditChain,
    elsewhere,
  ]),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: SkeletonPage,
    defaultPendingMs: 150,
    defaultErrorComponent: BrokenScreen,
    defaultNotFoundComponent: NotFoundScreen,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
