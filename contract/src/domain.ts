import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { domainPermission } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { abilities } from './person.ts';
import { description, instant, line, name, numericId, searchText, uuid } from './text.ts';

/** One right in a domain. `principalId` is a `globalUserId`, or a group's number as text. */
export const domainPermissionGrant = z.object({
  permission: domainPermission,
  principalType: z.enum(['user', 'group']),
  principalId: z.union([line(64), numericId.transform(String).pipe(z.string())]),
});
export type DomainPermissionGrant = z.infer<typeof domainPermissionGrant>;

export const domain = z.object({
  id: uuid,
  name: z.string(),
  description: z.string(),
  /** `dynamic`: it holds what carries `tag` or a tag below it. */
  mode: z.enum(['manual', 'dynamic']),
  /** Its name is null once what it stands for is gone. */
  tag: z.object({ id: z.int(), name: z.string().nullable() }).nullable(),
  dataSourceCount: z.int(),
  dataProductCount: z.int(),
  createdAt: instant,
  updatedAt: instant,
  abilities: abilities.optional(),
});
export type Domain = z.infer<typeof domain>;

export const domainDetail = domain
  .extend({
    permissions: z.array(
      z.object({
        permission: domainPermission,
        principalType: z.enum(['user', 'group']),
        principalId: z.string(),
        principalName: z.string().optional(),
      }),
    ),
    dataSourceIds: z.array(z.int()),
  })
  .meta({ id: 'DomainDetail' });
export type DomainDetail = z.infer<typeof domainDetail>;

export const createDomainBody = z.object({
  name,
  description: description.default(''),
  /** Makes it a dynamic domain. */
  tagId: numericId.nullable().default(null),
});
export type CreateDomainBody = z.infer<typeof createDomainBody>;
export const updateDomainBody = z.object({
  name: name.optional(),
  description: description.optional(),
  /** Makes it dynamic; null makes it manual, with what it holds then. */
  tagId: numericId.nullable().optional(),
});
export type UpdateDomainBody = z.infer<typeof updateDomainBody>;
export const setDomainDataSourcesBody = z.object({ dataSourceIds: z.array(numericId).max(100_000) });
export type SetDomainDataSourcesBody = z.infer<typeof setDomainDataSourcesBody>;
export const setDomainPermissionsBody = z.object({ permissions: z.array(domainPermissionGrant).max(5_000) });
export type SetDomainPermissionsBody = z.infer<typeof setDomainPermissionsBody>;

export const previewDomainBody = z.object({
  /** Of a domain that exists. */
  id: uuid.optional(),
  tagId: numericId,
});
export type PreviewDomainBody = z.infer<typeof previewDomainBody>;

const movedSources = z.object({
  count: z.int(),
  /** The first fifty, by name. */
  dataSources: z.array(z.object({ id: z.int(), name: z.string(), connectionKey: z.string() })),
});
/** What a domain would hold if its tag were this one. */
export const domainPreview = z
  .object({
    joining: movedSources,
    leaving: movedSources,
    staying: z.int(),
    /** Products of the domain with a data source that leaves: it is out of domain in them, and nobody new gets it. */
    products: z.array(z.object({ id: uuid, name: z.string(), leaving: z.int() })),
  })
  .meta({ id: 'DomainPreview' });
export type DomainPreview = z.infer<typeof domainPreview>;

const params = z.object({ id: uuid });

export const createDomain = operation({
  id: 'createDomain',
  method: 'POST',
  path: '/api/domain',
  summary: 'Makes a domain.',
  access: { action: 'domain.manage' },
  losing: 'many',
  query: z.object(lossQuery),
  body: createDomainBody,
  responses: { 201: domainDetail },
});

export const listDomains = operation({
  id: 'listDomains',
  method: 'GET',
  path: '/api/domain',
  summary: 'The domains.',
  access: { action: 'domain.read' },
  query: z.object({ ...offsetQuery, searchText: searchText.optional() }),
  responses: { 200: offsetPage(domain) },
});

export const readDomain = operation({
  id: 'readDomain',
  method: 'GET',
  path: '/api/domain/{id}',
  summary: 'A domain with its data sources and its permissions.',
  access: { action: 'domain.read' },
  params,
  responses: { 200: domainDetail },
  unedited: ['dataSourceCount', 'dataProductCount', 'abilities'],
});

export const updateDomain = operation({
  id: 'updateDomain',
  method: 'PATCH',
  path: '/api/domain/{id}',
  summary: 'Renames or describes a domain.',
  access: { action: 'domain.manage' },
  losing: 'many',
  params,
  query: z.object(lossQuery),
  body: updateDomainBody,
  responses: { 200: domainDetail },
});

export const previewDomain = operation({
  id: 'previewDomain',
  method: 'POST',
  path: '/api/domain/preview',
  summary: 'Which data sources would join and leave a domain by a tag. Writes nothing.',
  access: { action: 'domain.manage' },
  body: previewDomainBody,
  responses: { 200: domainPreview },
});

export const deleteDomain = operation({
  id: 'deleteDomain',
  method: 'DELETE',
  path: '/api/domain/{id}',
  summary: 'Deletes a domain; refused while products exist in it.',
  access: { action: 'domain.manage' },
  losing: 'many',
  params,
  query: z.object(lossQuery),
  responses: { 204: null },
});

export const setDomainDataSources = operation({
  id: 'setDomainDataSources',
  method: 'PUT',
  path: '/api/domain/{id}/data-sources',
  summary: 'Replaces the data sources of a domain.',
  access: { action: 'domain.manage' },
  losing: 'many',
  params,
  query: z.object(lossQuery),
  body: setDomainDataSourcesBody,
  responses: { 200: domainDetail },
  partOf: '/api/domain/{id}',
});

export const setDomainPermissions = operation({
  id: 'setDomainPermissions',
  method: 'PUT',
  path: '/api/domain/{id}/permissions',
  summary: 'Replaces who may do what in a domain.',
  access: { action: 'domain.grant' },
  freshLogin: true,
  params,
  body: setDomainPermissionsBody,
  responses: { 200: domainDetail },
  partOf: '/api/domain/{id}',
});
