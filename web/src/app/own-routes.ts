import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { accessTabs } from './access-tabs.ts';
import { tabSearch } from './search-params.ts';
import { shell } from './shell-route.tsx';

export const myAccess = createRoute({
  getParentRoute: () => shell,
  path: '/me/access',
  validateSearch: tabSearch(accessTabs),
  component: lazyRouteComponent(() => import('../features/access-requests/MyAccessPage.tsx'), 'MyAccessPage'),
});
export const myTokens = createRoute({
  getParentRoute: () => shell,
  path: '/me/tokens',
  component: lazyRouteComponent(() => import('../features/tokens/TokensPage.tsx'), 'TokensPage'),
});
export const myAccount = createRoute({
  getParentRoute: () => shell,
  path: '/me/account',
  component: lazyRouteComponent(() => import('../features/account/AccountPage.tsx'), 'AccountPage'),
});
export const myNotifications = createRoute({
  getParentRoute: () => shell,
  path: '/me/notifications',
  component: lazyRouteComponent(() => import('../features/inbox/PreferencesPage.tsx'), 'PreferencesPage'),
});
