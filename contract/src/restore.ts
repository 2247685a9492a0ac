import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { instant, searchText } from './text.ts';

export const restoreFindingKind = z.enum(['beyond', 'missing', 'unseen']);

/** How a platform differed from a backup when that was brought back. */
export const restoreFinding = z.object({
  id: z.string(),
  restoredAt: instant,
  backupTakenAt: instant,
  connectionKey: z.string(),
  /** `beyond`: the platform had it, the backup not; `missing`: the other way round; `unseen`: it could not be asked. */
  kind: restoreFindingKind,
  container: z.string(),
  /** The product or asset, where the backup knows it. */
  subject: z.string(),
  principal: z.string(),
  object: z.string(),
  detail: z.string(),
});
export type RestoreFinding = z.infer<typeof restoreFinding>;

export const listRestoreFindings = operation({
  id: 'listRestoreFindings',
  method: 'GET',
  path: '/api/restore/finding',
  summary: 'What platforms had beyond the backups that were brought back, and what they lacked.',
  access: { action: 'key.manage' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    kind: queryList(restoreFindingKind).optional(),
  }),
  responses: { 200: offsetPage(restoreFinding) },
});
