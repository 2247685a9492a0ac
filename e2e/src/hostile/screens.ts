import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Round, Stored } from './store.ts';

const app = join(import.meta.dirname, '../../../web/src/app');

/** The path of every route of the web app, as its sources declare them. */
export function findRoutes(): string[] {
  const sources = readdirSync(app)
    .filter((file) => /(router|-routes)\.tsx?$/.test(file))
    .map((file) => readFileSync(join(app, file), 'utf8'));
  const routes = sources.flatMap((source) =>
    [...source.matchAll(/(?:path: |listPage\(\s*)['`]([^'`]+)['`]/g)].map(([, path = '']) => path),
  );
  const declared = sources.flatMap((source) => [...source.matchAll(/(?:createRoute|listPage)\(/g)]);
  if (routes.length !== declared.length)
    throw new Error(`${declared.length} routes are declared, and ${routes.length} paths were found`);
  return routes;
}

type Who = 'admin' | 'asker' | 'reviewer' | 'nobody';
type Screen = {
  readonly route: string;
  readonly who: readonly Who[];
  /** Of the whole installation. */
  readonly all?: (stored: Stored) => readonly string[];
  /** Of one round. */
  readonly each?: (round: Round) => readonly string[];
};

const at = (route: string, ...who: Who[]): Screen => ({ route, who, all: () => [route] });
const forEach = (route: string, each: (round: Round) => readonly string[], ...who: Who[]): Screen => ({
  route,
  who,
  each,
});
const ids = (path: string, of: (round: Round) => readonly (string | number)[]) => (round: Round) =>
  of(round).map((id) => `${path}/${id}`);

/** Who opens what. */
export const screens: readonly Screen[] = [
  at('/login', 'nobody'),
  at('/confirm-login', 'asker'),
  at('/welcome', 'nobody'),
  at('/', 'admin', 'asker'),
  { route: '/search', who: ['admin', 'asker'], all: () => ['/search?q=hx', '/search?search=hx&searchText=hx'] },
  forEach('/products/$slug', ({ product }) => [`/products/${product.slug}`], 'admin', 'asker'),
  forEach('/products/$slug/request', ({ product }) => [`/products/${product.slug}/request`], 'admin'),
  forEach('/request', ({ unknown }) => [unknown], 'admin', 'asker'),
  at('/assets', 'admin', 'asker'),
  forEach(
    '/assets/$id',
    ids('/assets', ({ assets }) => assets.map(({ id }) => id)),
    'admin',
    'asker',
  ),
  forEach('/assets/$id/request', ({ assets }) => assets.map(({ id }) => `/assets/${id}/request`), 'admin'),
  at('/requests', 'asker', 'admin'),
  forEach(
    '/requests/$id',
    ids('/requests', ({ requestIds }) => requestIds),
    'admin',
  ),
  forEach('/requests/$id/print', ({ requestIds }) => requestIds.map((id) => `/requests/${id}/print`), 'admin'),
  at('/me/access', 'asker', 'admin'),
  at('/me/account', 'asker'),
  at('/me/tokens', 'admin'),
  at('/inbox', 'asker', 'reviewer', 'admin'),
  at('/me/notifications', 'asker'),
  at('/reviews', 'reviewer', 'admin'),
  at('/reviews/assist', 'reviewer', 'admin'),
  forEach(
    '/reviews/$requestId',
    ids('/reviews', ({ requestIds }) => requestIds),
    'reviewer',
  ),
  at('/manage/products', 'admin'),
  {
    route: '/manage/products/$id',
    who: ['admin'],
    all: () => ['/manage/products/new'],
    each: ids('/manage/products', ({ product }) => [product.id]),
  },
  at('/manage/agreements', 'admin'),
  forEach(
    '/manage/agreements/$id',
    ids('/manage/agreements', ({ form }) => [form.agreementId]),
    'admin',
  ),
  at('/manage/flows', 'admin'),
  forEach(
    '/manage/flows/$owner/$id',
    ({ product, form, assets }) => [
      `/manage/flows/product/${product.id}`,
      `/manage/flows/form/${form.id}`,
      `/manage/flows/asset/${assets[0]?.id ?? ''}`,
    ],
    'admin',
  ),
  at('/manage/forms', 'admin'),
  forEach(
    '/manage/forms/$id',
    ids('/manage/forms', ({ form }) => [form.id]),
    'admin',
  ),
  at('/govern/domains', 'admin'),
  {
    route: '/govern/domains/$id',
    who: ['admin'],
    all: ({ registered }) => [`/govern/domains/${registered.domainId}`],
    each: ids('/govern/domains', ({ domainId }) => [domainId]),
  },
  at('/govern/identification', 'admin'),
  {
    route: '/govern/identification/$id',
    who: ['admin'],
    all: ({ identificationId }) => [`/govern/identification/${identificationId}`],
  },
  forEach(
    '/govern/identifiers/$id',
    ids('/govern/identifiers', ({ words }) => [words.identifierId]),
    'admin',
  ),
  at('/govern/policies', 'admin'),
  {
    route: '/govern/policies/$id',
    who: ['admin'],
    all: () => ['/govern/policies/new?type=subscription', '/govern/policies/new?type=data'],
    each: ids('/govern/policies', ({ policyIds }) => policyIds),
  },
  at('/govern/data-sources', 'admin'),
  at('/govern/tags', 'admin'),
  forEach(
    '/govern/tags/$id',
    ids('/govern/tags', ({ words }) => [words.tag.id]),
    'admin',
  ),
  at('/admin/people', 'admin'),
  at('/admin/import', 'admin'),
  at('/admin/people-changes', 'admin'),
  forEach(
    '/admin/people/$id',
    ids('/admin/people', ({ asker, reviewer }) => [asker.globalUserId, reviewer.globalUserId]),
    'admin',
  ),
  forEach(
    '/admin/groups/$id',
    ids('/admin/groups', ({ words }) => [words.group.id]),
    'admin',
  ),
  at('/admin/connections', 'admin'),
  at('/admin/first-steps', 'admin'),
  at('/admin/connections/new', 'admin'),
  {
    route: '/admin/connections/$key',
    who: ['admin'],
    all: () => ['/admin/connections/warehouse', '/admin/connections/warehouse?tab=drift&view=grants'],
  },
  at('/admin/objects', 'admin'),
  at('/admin/request-links', 'admin'),
  at('/admin/requested-assets', 'admin'),
  at('/admin/jobs', 'admin'),
  at('/admin/settings', 'admin'),
  at('/admin/settings/slack', 'admin'),
  {
    route: '/admin/settings/sso',
    who: ['admin'],
    all: () => ['/admin/settings/sso', '/admin/settings/sso?provider=works'],
  },
  at('/admin/settings/keys', 'admin'),
  at('/admin/settings/restores', 'admin'),
  at('/admin/messages', 'admin'),
  at('/admin/webhooks', 'admin'),
  forEach(
    '/admin/webhooks/$id',
    ids('/admin/webhooks', ({ words }) => [words.webhookId]),
    'admin',
  ),
  at('/admin/verification', 'admin'),
  {
    route: '/admin/verification/$id',
    who: ['admin'],
    all: ({ verificationId }) => [`/admin/verification/${verificationId}`],
  },
  at('/reports', 'admin'),
  at('/audit', 'admin'),
  at('/audit/chain', 'admin'),
];

const leads = 'it shows nothing itself and leads to a screen that is opened';
/** Routes that nobody opens, each with its reason. */
export const routesLeftOut: Readonly<Record<string, string>> = {
  '${prefix}/data-product/$id/request-access': leads,
  '${prefix}/data-product/$id/details': leads,
  '${prefix}/data-product/by-name/$name/request-access': leads,
  '/marketplace/request': leads,
  '/marketplace': leads,
  $: 'any other address: its page shows no text that is stored',
  '/__ui': 'the catalogue of components stands in no build that people run',
};
