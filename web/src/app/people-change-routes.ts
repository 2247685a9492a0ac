import { lazyRouteComponent } from '@tanstack/react-router';
import { listPage } from './shell-route.tsx';

/** The list, and one of it by `row`. */
export const peopleChanges = listPage(
  '/admin/people-changes',
  lazyRouteComponent(() => import('../features/people-changes/PeopleChangesPage.tsx'), 'PeopleChangesPage'),
);
