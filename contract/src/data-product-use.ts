import { z } from 'zod';
import { productColumn } from './data-product.ts';
import { technology } from './enums.ts';
import { operation } from './operation.ts';
import {
  cursorPage,
  cursorQuery,
  offsetPage,
  offsetQuery,
  queryBoolean,
  queryIds,
  queryTexts,
  sortOrder,
} from './page.ts';
import { personName } from './person.ts';
import { instant, numericId, searchText, sourceId, uuid } from './text.ts';

/** People who would gain or lose, counted, with the first fifty by name. */
export const affectedPeople = z.object({
  count: z.int(),
  people: z.array(personName.extend({ reason: z.string() })),
});
export type AffectedPeople = z.infer<typeof affectedPeople>;

export const previewDataProductBody = z.object({
  /** The product to be changed; absent for one that is still to be made. */
  dataProductId: uuid.optional(),
  dataSources: z.array(z.object({ sourceId })).max(100_000).optional(),
  domains: z.array(uuid).max(50).optional(),
  suspended: z.boolean().optional(),
  /** Preview of deleting it. */
  deleted: z.boolean().optional(),
});
export type PreviewDataProductBody = z.infer<typeof previewDataProductBody>;

/** What publishing or changing a product would do; nothing is written. */
export const dataProductPreview = z
  .object({
    gains: affectedPeople,
    loses: affectedPeople,
    sources: z.array(
      z.object({
        dataSourceId: numericId,
        name: z.string(),
        change: z.enum(['added', 'removed', 'kept']),
        inDomain: z.boolean(),
        otherProducts: z.array(z.string()),
      }),
    ),
    connections: z.array(
      z.object({ connectionKey: z.string(), technology, objects: z.int(), statements: z.array(z.string()) }),
    ),
    pendingRequestsCanceled: z.int(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'DataProductPreview' });
export type DataProductPreview = z.infer<typeof dataProductPreview>;

/** How to read the product on each platform, as the caller. */
export const dataProductUse = z
  .object({
    connections: z.array(
      z.object({
        connectionKey: z.string(),
        technology,
        host: z.string(),
        port: z.int(),
        database: z.string(),
        tls: z.string(),
        /** The caller's name there, when it is known. */
        externalName: z.string().nullable(),
        /** A command for the platform's usual client. */
        command: z.string(),
        objects: z.array(z.object({ sourceId, objectPath: z.array(z.string()), sampleSql: z.string() })),
        /** What a guardrail keeps closed to the caller, whatever is approved. */
        closed: z.array(z.object({ sourceId, objectPath: z.array(z.string()), reason: z.string() })),
      }),
    ),
  })
  .meta({ id: 'DataProductUse' });
export type DataProductUse = z.infer<typeof dataProductUse>;

export const dataProductActivity = z.object({
  id: z.string(),
  at: instant,
  action: z.string(),
  actor: z.string(),
  text: z.string(),
  requestId: z.string().optional(),
});
export type DataProductActivity = z.infer<typeof dataProductActivity>;

const params = z.object({ id: uuid });

export const previewDataProduct = operation({
  id: 'previewDataProduct',
  method: 'POST',
  path: '/api/data-product/preview',
  summary: 'Who would gain or lose access by publishing or changing a product; writes nothing.',
  access: { action: 'data-product.create' },
  body: previewDataProductBody,
  responses: { 200: dataProductPreview },
});

export const getDataProductUse = operation({
  id: 'getDataProductUse',
  method: 'GET',
  path: '/api/data-product/{id}/use',
  summary: 'How to read the product on each platform.',
  access: { action: 'data-product.read' },
  params,
  responses: { 200: dataProductUse },
});

export const listDataProductActivity = operation({
  id: 'listDataProductActivity',
  method: 'GET',
  path: '/api/data-product/{id}/activity',
  summary: 'What happened to a product, newest first.',
  access: { action: 'data-product.read' },
  params,
  query: z.object(cursorQuery),
  responses: { 200: cursorPage(dataProductActivity) },
});

export const searchDataProductColumns = operation({
  id: 'searchDataProductColumns',
  method: 'GET',
  path: '/api/data-product/{id}/columns',
  summary: 'The columns of a product, with tags and masks.',
  access: { action: 'data-product.read' },
  published: 20,
  params,
  query: z.object({
    ...offsetQuery,
    sortOrder: sortOrder.default('asc'),
    dir: z.enum(['ASC', 'DESC']).default('ASC'),
    searchText: searchText.optional(),
    maskedOnly: queryBoolean.default(false),
    tagIds: queryTexts.default([]),
    dataSourceIds: queryIds.default([]),
  }),
  responses: { 200: offsetPage(productColumn) },
});
