import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, line, name, uuid } from './text.ts';

/** The lists of which views can be saved. */
export const savedViewList = z.enum(['reviews', 'audit']).meta({ id: 'SavedViewList' });
export type SavedViewList = z.infer<typeof savedViewList>;

/** So many of one list for one person. */
export const savedViewsAtMost = 50;

/** A list as somebody wants to see it again, under a name of their own. */
export const savedView = z
  .object({
    id: uuid,
    list: savedViewList,
    name: z.string(),
    /** Filters and order, as they stand in the address of the list after its question mark. Nothing in it is judged. */
    search: z.string(),
    savedAt: instant,
  })
  .meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof savedView>;

export const listSavedViews = operation({
  id: 'listSavedViews',
  method: 'GET',
  path: '/api/saved-view',
  summary: "The caller's saved views of a list, by name; fifty at most.",
  access: { action: 'account.self' },
  query: z.object({ list: savedViewList }),
  responses: { 200: z.object({ data: z.array(savedView) }) },
});

export const saveView = operation({
  id: 'saveView',
  method: 'PUT',
  path: '/api/saved-view',
  summary: 'Saves a view of a list under a name. One that has the name already, in whatever case, is replaced.',
  access: { action: 'account.self' },
  body: z.object({ list: savedViewList, name: name.max(80), search: line(2_000, 0) }),
  responses: { 200: savedView },
});

export const deleteSavedView = operation({
  id: 'deleteSavedView',
  method: 'DELETE',
  path: '/api/saved-view/{id}',
  summary: 'Forgets a saved view.',
  access: { action: 'account.self' },
  params: z.object({ id: uuid }),
  responses: { 204: null },
});

export const savedViewOperations = { listSavedViews, saveView, deleteSavedView };
