import { lazyRouteComponent } from '@tanstack/react-router';
import { listPage } from './shell-route.tsx';

export const verifications = listPage(
  '/admin/verification',
  lazyRouteComponent(() => import('../features/verification/VerificationsPage.tsx'), 'VerificationsPage'),
);
export const verification = listPage(
  '/admin/verification/$id',
  lazyRouteComponent(() => import('../features/verification/VerificationPage.tsx'), 'VerificationPage'),
);
