import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, uuid } from './text.ts';

export const futureObjectsSetting = z.enum(['native', 'sync']);
const futureMode = z.enum(['native', 'sync']);

/**
 * What holds for objects that are made below an asset later. `native`: readable at once. `sync`: readable once a crawl has
 * found them. `undecided` while nobody was given access.
 */
export const futureObjects = z
  .object({
    /** What governors ask for; `native` holds where nothing forbids it. */
    setting: futureObjectsSetting,
    mode: z.enum(['native', 'sync', 'undecided']),
    /** Why it is not `native`: a code such as `future.creating_role_out_of_reach`. */
    reason: z.string().optional(),
    schemas: z.array(
      z.object({
        objectPath: z.array(z.string()),
        mode: futureMode,
        reason: z.string().optional(),
        /** Who makes objects there, and what holds for what each of them makes. For those who may edit the asset. */
        creatingRoles: z.array(z.object({ name: z.string(), mode: futureMode })).optional(),
        /** What an administrator of the platform runs to make it `native`. For those who may edit the asset. */
        repair: z.string().optional(),
        /** When the platform's own answer was read. */
        verifiedAt: instant,
      }),
    ),
  })
  .meta({ id: 'FutureObjects' });
export type FutureObjects = z.infer<typeof futureObjects>;

export const setAssetFutureObjects = operation({
  id: 'setAssetFutureObjects',
  method: 'PUT',
  path: '/api/asset/{id}/future-objects',
  summary:
    'Whether objects that are made below an asset later are readable at once, where the platform can, or after a crawl.',
  access: { action: 'asset.edit' },
  params: z.object({ id: uuid }),
  body: z.object({ setting: futureObjectsSetting }),
  responses: { 200: futureObjects },
});
