import { z } from 'zod';
import { technology } from './enums.ts';
import { operation } from './operation.ts';
import { queryInteger, queryList } from './page.ts';
import { connectionKeyPath, line, text, uuid } from './text.ts';

export const getAssetRequestAccessLink = operation({
  id: 'getAssetRequestAccessLink',
  method: 'GET',
  path: '/api/asset/{id}/request-access-link',
  summary: 'Where a request for the asset starts, to be put behind the address of this installation.',
  access: { action: 'asset.read' },
  params: z.object({ id: uuid }),
  responses: { 200: z.object({ pathAndQuery: z.string() }) },
});

/** What a link narrows a name by; the same members as of `byMetadata`. */
export const nameFilter = {
  assetType: line(64).optional(),
  host: line(255).optional(),
  port: queryInteger(1, 65_535).optional(),
  technology: line(64).optional(),
};

/** One name of a catalog and what it leads to. */
export const checkedName = z.object({
  fullyQualifiedName: z.string(),
  state: z.enum(['registered', 'ambiguous', 'unknown']),
  /** Why it can lead nowhere, where the name itself is at fault. */
  problem: z.string().optional(),
  /** The assets that it names: one when it is registered, several when it is ambiguous. */
  assets: z.array(
    z.object({
      id: uuid,
      connectionKey: connectionKeyPath,
      technology,
      objectPath: z.array(z.string()),
      legacyType: z.string(),
      missing: z.boolean(),
    }),
  ),
});
export type CheckedName = z.infer<typeof checkedName>;

export const checkLinks = operation({
  id: 'checkLinks',
  method: 'GET',
  path: '/api/link/check',
  summary: 'What the names of a catalog lead to, up to 100 at once.',
  access: { action: 'asset.read' },
  query: z.object({ fqn: queryList(text(2_000)).pipe(z.array(z.string()).min(1).max(100)), ...nameFilter }),
  responses: { 200: z.object({ data: z.array(checkedName) }) },
});

/** One object and its link, as the export writes it. */
export const exportedLink = z.object({
  connectionKey: z.string(),
  technology,
  host: z.string().nullable(),
  port: z.int().nullable(),
  fullyQualifiedName: z.string(),
  objectType: z.string(),
  requestUrl: z.string(),
});
export type ExportedLink = z.infer<typeof exportedLink>;

export const exportAssetLinks = operation({
  id: 'exportAssetLinks',
  method: 'GET',
  path: '/api/asset/link/export',
  summary: 'Request links of all objects, for a catalog: as CSV, or as a JSON list with `format=json`.',
  access: { action: 'data-object.read' },
  query: z.object({
    format: z.enum(['csv', 'json']).default('csv'),
    connectionKey: connectionKeyPath.optional(),
    /** Objects below this one, and itself. */
    parentId: uuid.optional(),
    type: queryList(text(64)).optional(),
  }),
  answerType: 'text/csv',
  responses: { 200: z.union([z.string(), z.array(exportedLink)]) },
});
