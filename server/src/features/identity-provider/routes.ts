import * as provider from '@stoa/contract/identity-provider';
import { type Route, route } from '../../http/route.ts';
import { createProvider, deleteProvider, updateProvider } from './change-providers.ts';
import { listProviders, readEvents, readProvider } from './read-providers.ts';
import { testProvider } from './test-provider.ts';

/** Who else may say who somebody is. */
export const identityProviderRoutes: readonly Route[] = [
  route(provider.listIdentityProviders)(async ({ deps, actor }) => ({
    status: 200,
    body: { data: await listProviders(deps, actor) },
  })),
  route(provider.createIdentityProvider)(async ({ deps, actor, body, call }) => {
    await createProvider(deps, body, { actor, call });
    return { status: 201, body: await readProvider(deps, actor, body.id) };
  }),
  route(provider.readIdentityProvider)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await readProvider(deps, actor, params.id),
  })),
  route(provider.updateIdentityProvider)(async ({ deps, actor, params, body, call }) => {
    await updateProvider(deps, { id: params.id, body }, { actor, call });
    return { status: 200, body: await readProvider(deps, actor, params.id) };
  }),
  route(provider.deleteIdentityProvider)(async ({ deps, actor, params, call }) => {
    await deleteProvider(deps, params.id, { actor, call });
    return { status: 204 };
  }),
  route(provider.testIdentityProvider)(async ({ deps, actor, params, call }) => ({
    status: 200,
    body: await testProvider(deps, params.id, { actor, call }),
  })),
  route(provider.listIdentityProviderEvents)(async ({ deps, actor, params }) => ({
    status: 200,
    body: { data: await readEvents(deps, actor, params.id) },
  })),
];
