import { lazyRouteComponent } from '@tanstack/react-router';
import { listPage } from './shell-route.tsx';

export const audit = listPage(
  '/audit',
  lazyRouteComponent(() => import('../features/audit/AuditPage.tsx'), 'AuditPage'),
);
export const auditChain = listPage(
  '/audit/chain',
  lazyRouteComponent(() => import('../features/audit/AuditChainPage.tsx'), 'AuditChainPage'),
);
