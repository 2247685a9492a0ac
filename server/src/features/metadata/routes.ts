import * as metadata from '@stoa/contract/metadata';
import { offsetMetaOf } from '@stoa/contract/page';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import {
  findAttributes,
  findDomainNamed,
  findGroupsNamed,
  findPeople,
  findDomainsNamed,
  findSourcesOfDomain,
} from './queries.ts';

/** What pickers of the published API ask for. */
export const metadataRoutes: readonly Route[] = [
  route(metadata.getAvailableDomains)(async ({ deps, actor }) => {
    requireMay(actor, 'domain.read', nothing);
    const isPublishable = (domain: metadata.MetadataDomain) =>
      may(actor, 'data-product.create', { kind: 'publishing', domains: [domain] }).allowed;
    return { status: 200, body: { domains: (await findDomainsNamed(deps.db)).filter(isPublishable) } };
  }),
  route(metadata.getDomainDataSources)(async ({ deps, actor, params, query }) => {
    const domain = await findDomainNamed(deps.db, params.id);
    if (!domain) throw notFound('domain');
    requireMay(actor, 'data-product.create', { kind: 'publishing', domains: [domain] });
    const { sources, total } = await findSourcesOfDomain(deps, { ...query, domainId: domain.id });
    return { status: 200, body: { data: sources, meta: offsetMetaOf(query, total, sources.length) } };
  }),
  route(metadata.getDomain)(async ({ deps, actor, params }) => {
    const domain = await findDomainNamed(deps.db, params.id);
    if (!domain) throw notFound('domain');
    requireMay(actor, 'domain.read', { kind: 'domain', ...domain });
    return { status: 200, body: domain };
  }),
  route(metadata.getImmutaUsers)(async ({ deps, actor, query }) => {
    requireMay(actor, 'directory.read', nothing);
    return { status: 200, body: { users: await findPeople(deps.db, query) } };
  }),
  route(metadata.getImmutaGroups)(async ({ deps, actor, query }) => {
    requireMay(actor, 'directory.read', nothing);
    return { status: 200, body: { groups: await findGroupsNamed(deps.db, query) } };
  }),
  route(metadata.getImmutaAttributes)(async ({ deps, actor, query }) => {
    requireMay(actor, 'directory.read', nothing);
    return { status: 200, body: { attributes: await findAttributes(deps.db, query) } };
  }),
];
