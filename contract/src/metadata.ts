import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryIds, queryInteger, queryList } from './page.ts';
import { person } from './person.ts';
import { cuidOrUuid, instant, line, numericId, searchText, text, uuid } from './text.ts';

/** A domain as the published API shows one. */
export const metadataDomain = z.object({ id: z.string(), name: z.string(), description: z.string() });
export type MetadataDomain = z.infer<typeof metadataDomain>;

/** A data source of a domain, to be picked for a product. */
export const metadataDataSource = z.object({
  dataSourceId: z.int(),
  name: z.string(),
  platform: z.string(),
  createdAt: instant,
  prefix: z.string().nullable().optional(),
  hostname: z.string().nullable().optional(),
  database: z.string().nullable().optional(),
  schema: z.string().nullable().optional(),
  table: z.string().nullable().optional(),
  /** Ours. */
  comment: z.string().nullable().optional(),
  /** Ours. */
  columnCount: z.int().optional(),
});
export type MetadataDataSource = z.infer<typeof metadataDataSource>;

export const metadataGroup = z.object({
  id: z.int(),
  iamId: z.string().nullable(),
  name: z.string(),
  email: z.email().nullable(),
});
export type MetadataGroup = z.infer<typeof metadataGroup>;

export const metadataTag = z.object({
  addedBy: z.int().optional(),
  color: z.string().optional(),
  context: z.string().optional(),
  createdAt: z.string().optional(),
  createdBy: z.int().optional(),
  dataProductName: z.string().optional(),
  deleted: z.boolean().optional(),
  description: z.string().optional(),
  displayName: z.string().optional(),
  hasLeafNodes: z.boolean().optional(),
  id: z.int().optional(),
  name: z.string(),
  protected: z.boolean().optional(),
  source: z.string().optional(),
  systemCreated: z.boolean().optional(),
  updatedAt: z.string().optional(),
});
export type MetadataTag = z.infer<typeof metadataTag>;

const tagModel = z.enum(['datasource', 'column']);
export const appliedTagSearchBody = z.object({
  dataProductId: cuidOrUuid.optional(),
  dataObjectId: uuid.optional(),
  dataSourceIds: z.array(numericId).max(1_000).optional(),
  searchText: searchText.optional(),
  fuzzySearch: z.boolean().optional(),
  modelType: z.union([tagModel, z.array(tagModel).min(1)]).default(['datasource', 'column']),
  excludedHierarchies: z.array(line(1_000)).max(100).optional(),
  offset: z.int().min(0).max(10_000_000).default(0),
  limit: z.int().min(1).max(500).default(10),
});
export type AppliedTagSearchBody = z.infer<typeof appliedTagSearchBody>;

export const appliedTag = z.object({
  tagId: z.int(),
  name: z.string(),
  displayName: z.string().nullable(),
  color: z.string().nullable(),
  source: z.string(),
  description: z.string().nullable(),
  protected: z.boolean(),
  deleted: z.boolean(),
  systemCreated: z.boolean(),
  createdBy: z.int().nullable(),
  createdAt: instant.optional(),
  updatedAt: instant.optional(),
});
export type AppliedTag = z.infer<typeof appliedTag>;

export const getAvailableDomains = operation({
  id: 'getAvailableDomains',
  method: 'GET',
  path: '/api/metadata/domain',
  summary: 'The domains in which the caller may publish.',
  access: { action: 'domain.read' },
  published: 28,
  responses: { 200: z.object({ domains: z.array(metadataDomain) }) },
});

export const getDomainDataSources = operation({
  id: 'getDomainDataSources',
  method: 'GET',
  path: '/api/metadata/domain/{id}/datasources',
  summary: 'The data sources of a domain, for those who may publish in it.',
  access: { action: 'data-product.create' },
  published: 29,
  params: z.object({ id: uuid }),
  query: z.object({ ...offsetQuery, searchText: searchText.optional(), dataSourceIds: queryIds.optional() }),
  responses: { 200: offsetPage(metadataDataSource) },
});

export const getDomain = operation({
  id: 'getDomain',
  method: 'GET',
  path: '/api/metadata/domain/{id}',
  summary: 'Name and description of a domain.',
  access: { action: 'domain.read' },
  published: 30,
  params: z.object({ id: uuid }),
  responses: { 200: metadataDomain },
});

const lookupLimit = queryInteger(1, 1_000).default(100);

export const getImmutaUsers = operation({
  id: 'getImmutaUsers',
  method: 'GET',
  path: '/api/metadata/users',
  summary: 'People whose name, username or e-mail holds `filter`.',
  access: { action: 'directory.read' },
  published: 31,
  query: z.object({ limit: lookupLimit, filter: searchText.optional(), globalUserId: queryList(uuid).optional() }),
  responses: { 200: z.object({ users: z.array(person) }) },
});

export const getImmutaGroups = operation({
  id: 'getImmutaGroups',
  method: 'GET',
  path: '/api/metadata/groups',
  summary: 'Groups whose name holds `filter`.',
  access: { action: 'directory.read' },
  published: 32,
  query: z.object({ limit: lookupLimit, filter: searchText.optional() }),
  responses: { 200: z.object({ groups: z.array(metadataGroup) }) },
});

export const getImmutaAttributes = operation({
  id: 'getImmutaAttributes',
  method: 'GET',
  path: '/api/metadata/attributes',
  summary: 'Attributes and values that exist.',
  access: { action: 'directory.read' },
  published: 33,
  query: z.object({ search: searchText.optional(), type: text(255, 0).optional() }),
  responses: { 200: z.object({ attributes: z.array(z.object({ type: z.string(), value: z.string() })) }) },
});

export const getImmutaTags = operation({
  id: 'getImmutaTags',
  method: 'GET',
  path: '/api/metadata/tags',
  summary: 'Tags whose name holds `searchText`.',
  access: { action: 'tag.read' },
  published: 34,
  query: z.object({
    searchText: searchText.optional(),
    fuzzySearch: queryBoolean.optional(),
    limit: queryInteger(1, 200).default(100),
  }),
  responses: { 200: z.array(metadataTag) },
});

export const searchAppliedTags = operation({
  id: 'searchAppliedTags',
  method: 'POST',
  path: '/api/metadata/tags/applied/search',
  summary: 'Tags applied to a product, an object or data sources, and to their columns.',
  access: { action: 'tag.read' },
  published: 35,
  body: appliedTagSearchBody,
  responses: { 200: z.object({ data: z.array(appliedTag), total: z.int() }) },
});
