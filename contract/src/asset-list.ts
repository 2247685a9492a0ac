import { z } from 'zod';
import { objectAsset } from './asset.ts';
import { dataProductUse } from './data-product-use.ts';
import { dataSourceColumn } from './data-source.ts';
import { operation } from './operation.ts';
import { offsetMeta, offsetPage, offsetQuery, queryBoolean, queryInteger, queryList } from './page.ts';
import { connectionKeyPath, searchText, text, uuid } from './text.ts';

/** Which of the caller's ways into an asset a list is narrowed to. */
export const assetAccess = z.enum(['HAVE', 'PENDING']);

export const searchAssets = operation({
  id: 'searchAssets',
  method: 'GET',
  path: '/api/asset',
  summary: 'Assets in the order of their paths. `searchText` finds words by their beginnings anywhere in a path.',
  access: { action: 'asset.read' },
  query: z.object({
    ...offsetQuery,
    limit: queryInteger(1, 200).default(20),
    searchText: searchText.default(''),
    connectionKey: connectionKeyPath.optional(),
    type: queryList(text(64)).optional(),
    /** The children of this object, or with `below` everything under it. */
    parentId: uuid.optional(),
    below: queryBoolean.default(false),
    /** The roots of the trees alone. */
    roots: queryBoolean.default(false),
    /** A form or a flow is set on the asset itself. */
    hasOverride: queryBoolean.optional(),
    access: queryList(assetAccess).optional(),
  }),
  responses: {
    200: z.object({
      data: z.array(objectAsset),
      /** Counting ends at 10,000. */
      meta: offsetMeta.extend({ isCapped: z.boolean() }),
    }),
  },
});

/** A column of a leaf as the last crawl saw it. */
export const assetColumn = dataSourceColumn.omit({ tags: true });
export type AssetColumn = z.infer<typeof assetColumn>;

export const searchAssetColumns = operation({
  id: 'searchAssetColumns',
  method: 'GET',
  path: '/api/asset/{id}/columns',
  summary: 'The columns of a table or view.',
  access: { action: 'asset.read' },
  params: z.object({ id: uuid }),
  query: z.object({
    ...offsetQuery,
    limit: queryInteger(1, 500).default(10),
    searchText: searchText.default(''),
    maskedOnly: queryBoolean.default(false),
  }),
  responses: { 200: offsetPage(assetColumn) },
});

export const getAssetUse = operation({
  id: 'getAssetUse',
  method: 'GET',
  path: '/api/asset/{id}/use',
  summary: 'How to read the asset on its platform.',
  access: { action: 'asset.read' },
  params: z.object({ id: uuid }),
  responses: { 200: dataProductUse },
});
