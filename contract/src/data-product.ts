import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { accessStatus, sourceAccess, technology } from './enums.ts';
import { operation } from './operation.ts';
import { cursorMeta, cursorPage, cursorQuery, queryBoolean, queryList, sortOrder } from './page.ts';
import { abilities, personName, stamps, subjectMatterExpert } from './person.ts';
import { provisioningSummary } from './provisioning.ts';
import { targetFlow } from './review-flow.ts';
import {
  cuid,
  cuidOrUuid,
  description,
  instant,
  line,
  givenPublishedName,
  publishedName,
  searchText,
  sourceId,
  text,
  uuid,
} from './text.ts';

/** Ours: the caller's access in the words that cards and rows show (interface.md 2.5). */
export const accessState = z.enum(['HAVE', 'AUTO', 'ASK', 'PENDING', 'EXPIRED', 'BLOCKED']);
export type AccessState = z.infer<typeof accessState>;

export const productMetadata = z.object({ subjectMatterExpert });
export type ProductMetadata = z.infer<typeof productMetadata>;

export const productStats = z.object({
  dataSourceCount: z.int(),
  pendingRequestCount: z.int(),
  approvedRequestCount: z.int(),
  revokedRequestCount: z.int(),
  canceledRequestCount: z.int(),
  deniedRequestCount: z.int(),
  totalRequestCount: z.int(),
});
export type ProductStats = z.infer<typeof productStats>;

const ownReviewFlow = z.object({ own: targetFlow.nullable(), isActive: z.boolean() });

/** A published, named set of data sources, as the caller sees it. */
export const dataProduct = z
  .object({
    id: cuidOrUuid,
    name: publishedName,
    description: z.string().nullable().optional(),
    /** Ids of domains. */
    domains: z.array(z.string()).min(1),
    suspended: z.boolean(),
    createdBy: uuid,
    ...stamps,
    status: accessStatus.optional(),
    expiration: instant.nullable().optional(),
    requestId: cuid.optional(),
    stats: productStats.optional(),
    /** Technologies of its sources. */
    sourceTypes: z.array(z.string()).optional(),
    metadata: productMetadata.nullable(),
    dataAccessPolicy: targetFlow.optional(),
    maskingExceptionPolicy: targetFlow.optional(),
    // Everything below is ours.
    slug: z.string().optional(),
    accessState: accessState.optional(),
    /** The sentence that goes with `accessState`'s facts: the guardrail, the missing approvals. */
    accessReason: z.string().optional(),
    provisioning: provisioningSummary.optional(),
    owners: z.array(personName).optional(),
    domainNames: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
    sourceCount: z.int().optional(),
    technologies: z.array(technology).optional(),
    memberCount: z.int().optional(),
    medianDecisionHours: z.number().nullable().optional(),
    /** Why it was found: the field that matched, and its text. */
    matches: z
      .array(z.object({ field: z.enum(['name', 'description', 'column', 'source']), text: z.string() }))
      .optional(),
    dataAccessRequestFormId: uuid.optional(),
    maskingExceptionRequestFormId: uuid.optional(),
    /**
     * Who reviews, per request type: the flow that the product itself names, null when it names none, and whether it is
     * asked. It is not while the form decides by a flow of its own: then it is kept and inactive.
     */
    reviewFlows: z.object({ DATA_ACCESS: ownReviewFlow, MASKING_EXCEPTION: ownReviewFlow }).optional(),
    /** Sources that have left the product's domains. */
    sourcesOutOfDomain: z.int().optional(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'DataProduct' });
export type DataProduct = z.infer<typeof dataProduct>;

export const facetValue = z.object({ value: z.string(), label: z.string(), count: z.int() });
export type FacetValue = z.infer<typeof facetValue>;
export const productFacets = z.object({
  domain: z.array(facetValue),
  technology: z.array(facetValue),
  state: z.array(facetValue),
});
export type ProductFacets = z.infer<typeof productFacets>;

export const dataProductPage = z.object({
  data: z.array(dataProduct),
  meta: cursorMeta.extend({ totalCount: z.int().optional() }),
  /** Ours: how many products each filter would leave. */
  facets: productFacets.optional(),
  /** Ours: the same of tags of sources, of what stands above these and of columns; a tag counts what carries one below it. */
  tagFacet: z.array(facetValue).optional(),
});
export type DataProductPage = z.infer<typeof dataProductPage>;

const sourceRefs = z.array(z.object({ sourceId })).max(100_000);
const sme = z.object({
  subjectMatterExpert: z.object({ id: uuid, username: line(255).optional(), name: line(255).optional() }),
});

const editable = {
  name: givenPublishedName,
  description: description.nullable().optional(),
  metadata: sme.nullable(),
  domains: z.array(uuid).min(1).max(50),
  id: uuid.optional(),
  dataAccessPolicy: targetFlow.optional(),
  maskingExceptionPolicy: targetFlow.optional(),
  requestFormId: cuidOrUuid.optional(),
  dataAccessRequestFormId: cuidOrUuid.optional(),
  maskingExceptionRequestFormId: cuidOrUuid.optional(),
  dataAccessReviewFlow: targetFlow.optional(),
  maskingExceptionReviewFlow: targetFlow.optional(),
};

export const createDataProductBody = z.object({ ...editable, dataSources: sourceRefs });
export type CreateDataProductBody = z.infer<typeof createDataProductBody>;

export const updateDataProductBody = z
  .object({
    ...editable,
    suspended: z.boolean(),
    owners: z.array(uuid).min(1).max(100),
    /** Ours: replaces the set of sources in the same transaction, so that an edit holds whole or not at all. */
    dataSources: sourceRefs,
  })
  .partial();
export type UpdateDataProductBody = z.infer<typeof updateDataProductBody>;

export const updateDataSourcesBody = z.object({ dataSources: sourceRefs });
export type UpdateDataSourcesBody = z.infer<typeof updateDataSourcesBody>;

/** A source of a product with the caller's (or the named person's) access to it. */
export const productSource = z
  .object({
    id: cuid,
    name: z.string(),
    type: z.string(),
    sourceId,
    hostname: z.string().nullable().optional(),
    database: z.string().nullable().optional(),
    schema: z.string().nullable().optional(),
    table: z.string().nullable().optional(),
    prefix: z.string().nullable().optional(),
    status: sourceAccess,
    /** Ours: the guardrail or fact behind the status. */
    reason: z.string().optional(),
    comment: z.string().nullable().optional(),
    columnCount: z.int().optional(),
    connectionKey: z.string().optional(),
    objectPath: z.array(z.string()).optional(),
    outOfDomain: z.boolean().optional(),
    missingSince: instant.nullable().optional(),
    lastVerifiedAt: instant.optional(),
  })
  .meta({ id: 'ProductSource' });
export type ProductSource = z.infer<typeof productSource>;

const params = z.object({ id: uuid });

export const searchDataProducts = operation({
  id: 'searchDataProducts',
  method: 'GET',
  path: '/api/data-product',
  summary:
    'Data products that the caller may see, with their own access; `q` searches names, descriptions and columns.',
  access: { action: 'data-product.read' },
  published: 4,
  query: z.object({
    ...cursorQuery,
    sortOrder: sortOrder.default('asc'),
    sortBy: z.enum(['name', 'relevance', 'createdAt', 'updatedAt', 'members']).optional(),
    nameFilter: searchText.optional(),
    statusFilter: queryList(accessStatus).optional(),
    roleFilter: queryList(z.enum(['manager', 'member', 'noRole', 'steward'])).optional(),
    expiration: queryBoolean.optional(),
    q: searchText.optional(),
    domainId: queryList(uuid).optional(),
    technology: queryList(technology).optional(),
    state: queryList(accessState).optional(),
    /** Paths of tags: of products with a source, or a column, that carries one of them or one below it. */
    tag: queryList(text(255)).optional(),
    facets: queryBoolean.optional(),
    /** Counted apart: it looks at every source of what was found. */
    tagFacet: queryBoolean.optional(),
  }),
  responses: { 200: dataProductPage },
});

/** A list makes all or none, and is answered with a list. */
export const createDataProduct = operation({
  id: 'createDataProduct',
  method: 'POST',
  path: '/api/data-product',
  summary: 'Publishes a data product; a list publishes all of them or none.',
  access: { action: 'data-product.create' },
  losing: 'many',
  published: 5,
  query: z.object(lossQuery),
  body: z.union([createDataProductBody, z.array(createDataProductBody).min(1).max(100)]),
  responses: { 201: z.union([dataProduct, z.array(dataProduct)]) },
});

export const getDataProductById = operation({
  id: 'getDataProductById',
  method: 'GET',
  path: '/api/data-product/{id}',
  summary: 'A data product by its id or its slug.',
  access: { action: 'data-product.read' },
  published: 6,
  params: z.object({ id: line(300) }),
  responses: { 200: dataProduct },
  unedited: [
    'status',
    'requestId',
    'expiration',
    'accessState',
    'accessReason',
    'provisioning',
    'stats',
    'memberCount',
    'medianDecisionHours',
    'sourcesOutOfDomain',
    'matches',
    'abilities',
  ],
});

export const updateDataProduct = operation({
  id: 'updateDataProduct',
  method: 'PUT',
  path: '/api/data-product/{id}',
  summary: 'Changes a data product; absent members stay.',
  access: { action: 'data-product.alter' },
  losing: 'many',
  published: 7,
  params,
  query: z.object(lossQuery),
  body: updateDataProductBody,
  responses: { 200: dataProduct },
});

export const deleteDataProduct = operation({
  id: 'deleteDataProduct',
  method: 'DELETE',
  path: '/api/data-product/{id}',
  summary: 'Deletes a data product; its members lose what they had by it.',
  access: { action: 'data-product.manage' },
  losing: 'many',
  published: 8,
  params,
  query: z.object(lossQuery),
  responses: { 200: null },
});

export const getDataProductByName = operation({
  id: 'getDataProductByName',
  method: 'GET',
  path: '/api/data-product/{name}/byName',
  summary: 'A data product by its name, or by a name it once had.',
  access: { action: 'data-product.read' },
  published: 9,
  params: z.object({ name: line(255) }),
  responses: { 200: dataProduct },
});

export const updateDataSources = operation({
  id: 'updateDataSources',
  method: 'PUT',
  path: '/api/data-product/{id}/datasources',
  summary: 'Replaces the set of data sources of a product.',
  access: { action: 'data-product.manage' },
  losing: 'many',
  published: 10,
  params,
  query: z.object(lossQuery),
  body: updateDataSourcesBody,
  responses: { 200: dataProduct },
  partOf: '/api/data-product/{id}',
});

export const searchDataSources = operation({
  id: 'searchDataSources',
  method: 'GET',
  path: '/api/data-product/{id}/datasources',
  summary: 'The data sources of a product, each with the access of the caller or of `user`.',
  access: { action: 'data-product.read' },
  published: 11,
  params,
  query: z.object({ ...cursorQuery, user: uuid.optional(), nameFilter: searchText.default('') }),
  responses: { 200: cursorPage(productSource) },
});

export const getAllDataSources = operation({
  id: 'getAllDataSources',
  method: 'GET',
  path: '/api/data-product/{id}/datasources/all',
  summary: 'The ids of all data sources of a product.',
  access: { action: 'data-product.read' },
  published: 17,
  params,
  responses: { 200: z.object({ dataSources: z.array(z.object({ sourceId })) }) },
});

/** The mask that wins on a column. `maskingType` is what is in force: where the type could not bear the chosen one, `null`. */
export const columnMask = z
  .object({
    maskingType: z.string(),
    chosen: z.string(),
    degradedWhy: z.string().nullable(),
    policyId: uuid,
    policyKey: z.string(),
    policyName: z.string(),
    matchedTag: z.string().nullable(),
    /** Only rows in which a predicate holds are masked. */
    isCell: z.boolean(),
    /** An approved masking exception shows it in clear. */
    isLiftable: z.boolean(),
  })
  .meta({ id: 'ColumnMask' });
export type ColumnMask = z.infer<typeof columnMask>;

const maskingInfo = z.object({
  maskingType: z.string(),
  matchingTag: z.string().nullable().optional(),
  matchingRegex: z.string().nullable().optional(),
});

/** A column of a product, with the mask that stands on it. */
export const productColumn = z
  .object({
    name: z.string(),
    sourceId,
    sourceName: z.string(),
    tags: z.array(z.string()),
    type: z.string().optional(),
    globalPolicyInfo: maskingInfo.nullable().optional(),
    localPolicyInfo: z.object({ maskingType: z.string() }).nullable().optional(),
    /** Ours: which policy masks it, and how; null where everybody sees it in clear. */
    mask: columnMask.nullable().optional(),
    /** Ours. */
    comment: z.string().nullable().optional(),
  })
  .meta({ id: 'ProductColumn' });
export type ProductColumn = z.infer<typeof productColumn>;
