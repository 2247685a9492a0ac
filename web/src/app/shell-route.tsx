import { getCurrentUser } from '@stoa/contract/auth';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  type lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiProblem } from '../lib/api-problem.ts';
import { queryOf } from '../lib/api.ts';
import { freshLogin } from '../lib/fresh-login.ts';
import { leavePage, personOfPage } from '../lib/person-of-page.ts';
import { NotFoundScreen } from './refusal-screens.tsx';
import { listSearch } from './search-params.ts';
import { Shell } from './Shell.tsx';

/** What every route hangs on. */
export const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundScreen,
});

/** `needed`: they are, and have to set up a second factor before anything else. */
const isSignedIn = async (client: QueryClient): Promise<boolean | 'needed'> => {
  try {
    const user = await client.fetchQuery({ ...queryOf(getCurrentUser, {}), staleTime: 60_000 });
    return user.secondFactor === 'needed' ? user.secondFactor : true;
  } catch (cause) {
    if (cause instanceof ApiProblem && cause.status === 401) return false;
    throw cause;
  }
};

/** Everything inside asks for a session; a link that was followed signed out leads back after signing in. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location, preload }) => {
    const isIn = await isSignedIn(context.client);
    if (isIn === true) return;
    // Where the pointer only rests on a link nobody has left yet, nor has to sign in.
    if (!preload && !isIn) {
      if (personOfPage() !== undefined && (await freshLogin('ended')) && (await isSignedIn(context.client))) return;
      leavePage();
    }
    throw redirect({ to: '/login', search: location.href === '/' ? {} : { returnTo: location.href } });
  },
});

/** A page in the frame, whose filters and place in a list stand in its address. */
export const listPage = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => shell, path, validateSearch: listSearch, component });
