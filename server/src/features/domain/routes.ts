import * as domain from '@stoa/contract/domain';
import type { Domain, DomainDetail } from '@stoa/contract/domain';
import { offsetMetaOf } from '@stoa/contract/page';
import { abilitiesOnDomain } from '@stoa/core/permissions/abilities';
import { nothing } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { createDomain } from './create-domain.ts';
import { deleteDomain } from './delete-domain.ts';
import { previewDomain } from './preview-domain.ts';
import { findDomain, findDomains } from './queries.ts';
import { setDomainDataSources } from './set-data-sources.ts';
import { setDomainPermissions } from './set-permissions.ts';
import { updateDomain } from './update-domain.ts';

export const domainRoutes: readonly Route[] = [
  route(domain.createDomain)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showDomain(deps, actor, await createDomain(deps, { actor, body, call })),
  })),
  route(domain.listDomains)(async ({ deps, actor, query }) => {
    requireMay(actor, 'domain.read', nothing);
    const { domains, total } = await findDomains(deps, query.searchText, query);
    const data = domains.map((one) => withAbilities(actor, one));
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(domain.readDomain)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await showDomain(deps, actor, params.id),
  })),
  route(domain.updateDomain)(async ({ deps, actor, params, body, call }) => {
    await updateDomain(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showDomain(deps, actor, params.id) };
  }),
  route(domain.deleteDomain)(async ({ deps, actor, params, call }) => {
    await deleteDomain(deps, { actor, id: params.id, call });
    return { status: 204 };
  }),
  route(domain.previewDomain)(async ({ deps, actor, body }) => ({
    status: 200,
    body: await previewDomain(deps, { actor, body }),
  })),
  route(domain.setDomainDataSources)(async ({ deps, actor, params, body, call }) => {
    await setDomainDataSources(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showDomain(deps, actor, params.id) };
  }),
  route(domain.setDomainPermissions)(async ({ deps, actor, params, body, call }) => {
    await setDomainPermissions(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showDomain(deps, actor, params.id) };
  }),
];

const withAbilities = <D extends Domain>(actor: LoadedPerson, one: D): D => ({
  ...one,
  abilities: abilitiesOnDomain(actor, { kind: 'domain', id: one.id, name: one.name }),
});

async function showDomain(deps: Deps, actor: LoadedPerson, id: string): Promise<DomainDetail> {
  const detail = await findDomain(deps.db, id);
  if (!detail) throw notFound('domain');
  requireMay(actor, 'domain.read', { kind: 'domain', id, name: detail.name });
  return withAbilities(actor, detail);
}
