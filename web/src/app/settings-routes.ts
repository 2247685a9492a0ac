import { lazyRouteComponent } from '@tanstack/react-router';
import { listPage } from './shell-route.tsx';

export const slackSettings = listPage(
  '/admin/settings/slack',
  lazyRouteComponent(() => import('../features/slack/SlackPage.tsx'), 'SlackPage'),
);
export const signInSettings = listPage(
  '/admin/settings/sso',
  lazyRouteComponent(() => import('../features/sso/SsoPage.tsx'), 'SsoPage'),
);
export const firstSteps = listPage(
  '/admin/first-steps',
  lazyRouteComponent(() => import('../features/first-steps/FirstStepsPage.tsx'), 'FirstStepsPage'),
);
export const keys = listPage(
  '/admin/settings/keys',
  lazyRouteComponent(() => import('../features/keys/KeysPage.tsx'), 'KeysPage'),
);
export const restores = listPage(
  '/admin/settings/restores',
  lazyRouteComponent(() => import('../features/restores/RestoresPage.tsx'), 'RestoresPage'),
);
