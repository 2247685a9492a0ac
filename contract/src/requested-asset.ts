import { z } from 'zod';
import { requestStatus, technology } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { personName } from './person.ts';
import { connectionKeyPath, cuid, instant, searchText, uuid } from './text.ts';

const foundObject = z.object({
  id: uuid,
  connectionKey: connectionKeyPath,
  objectPath: z.array(z.string()),
  legacyType: z.string(),
});

/** An object that people asked for before any crawl had found it. */
export const requestedAsset = z
  .object({
    id: uuid,
    objectPath: z.array(z.string()),
    technology: technology.optional(),
    host: z.string().optional(),
    port: z.int().optional(),
    legacyType: z.string().optional(),
    requestedAt: instant,
    requestCount: z.int(),
    pendingCount: z.int(),
    /** The newest five. */
    requests: z.array(z.object({ id: cuid, status: requestStatus, user: personName, createdAt: instant })),
    /** Objects that bear its name now. One is bound by the next crawl; of several a governor picks. */
    matches: z.array(foundObject),
    /** What it turned out to be; null while it is not registered. */
    boundTo: foundObject.nullable(),
    boundAt: instant.nullable(),
  })
  .meta({ id: 'RequestedAsset' });
export type RequestedAsset = z.infer<typeof requestedAsset>;

export const searchRequestedAssets = operation({
  id: 'searchRequestedAssets',
  method: 'GET',
  path: '/api/requested-asset',
  summary: 'Assets that people asked for before a crawl had found them, the newest first.',
  access: { action: 'asset.edit' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.default(''),
    /** `waiting`: not registered, with a pending request. `closed`: not registered, all decided. `bound`: found since. */
    state: z.enum(['waiting', 'closed', 'bound']).default('waiting'),
  }),
  responses: { 200: offsetPage(requestedAsset) },
});

export const bindRequestedAsset = operation({
  id: 'bindRequestedAsset',
  method: 'POST',
  path: '/api/requested-asset/{id}/bind',
  summary: 'Says which registered asset is meant: the requests go on there, and the link leads to it.',
  access: { action: 'asset.edit' },
  params: z.object({ id: uuid }),
  body: z.object({ assetId: uuid }),
  responses: { 200: requestedAsset },
});
