import { z } from 'zod';
import { formInput, requestedColumns } from './access-request.ts';
import { requestType } from './enums.ts';
import { operation } from './operation.ts';
import { instant, uuid } from './text.ts';

/** How long a draft is kept after it was last saved. */
export const draftDays = 30;

/** A request as far as it is written. Nothing in it is judged before it is sent. */
export const requestDraft = z
  .object({
    /** For whom. */
    user: uuid.optional(),
    form: formInput,
    columns: requestedColumns.optional(),
  })
  .meta({ id: 'RequestDraft' });
export type RequestDraft = z.infer<typeof requestDraft>;

/** One draft per person, target and type. */
const params = z.object({ targetId: uuid });
const query = z.object({ type: requestType.default('DATA_ACCESS') });

export const readRequestDraft = operation({
  id: 'readRequestDraft',
  method: 'GET',
  path: '/api/request-draft/{targetId}',
  summary: "The caller's unsent request for a product or an asset; null when there is none.",
  access: { action: 'account.self' },
  params,
  query,
  responses: { 200: z.object({ draft: requestDraft.nullable(), savedAt: instant.nullable() }) },
});

export const saveRequestDraft = operation({
  id: 'saveRequestDraft',
  method: 'PUT',
  path: '/api/request-draft/{targetId}',
  summary: 'Keeps an unsent request for 30 days. Nobody else can read it.',
  access: { action: 'account.self' },
  params,
  query,
  body: requestDraft,
  responses: { 200: z.object({ savedAt: instant }) },
});

export const deleteRequestDraft = operation({
  id: 'deleteRequestDraft',
  method: 'DELETE',
  path: '/api/request-draft/{targetId}',
  summary: 'Throws an unsent request away.',
  access: { action: 'account.self' },
  params,
  query,
  responses: { 204: null },
});

/** What is written of requests and not sent yet: each person's own. */
export const requestDraftOperations = { readRequestDraft, saveRequestDraft, deleteRequestDraft } as const;
