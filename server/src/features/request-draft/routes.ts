import { deleteRequestDraft, readRequestDraft, saveRequestDraft } from '@stoa/contract/request-draft';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { forgetDraft, readDraft, saveDraft } from './drafts.ts';

/**
 * What somebody is still writing. It is theirs alone, and whether the target exists or may be seen is not looked at: an
 * answer about that would tell more than the draft.
 */
export const requestDraftRoutes: readonly Route[] = [
  route(readRequestDraft)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'account.self', nothing);
    const stored = await readDraft(deps.db, actor.globalUserId, { ...params, ...query });
    return { status: 200, body: { draft: stored?.draft ?? null, savedAt: stored?.savedAt.toISOString() ?? null } };
  }),
  route(saveRequestDraft)(async ({ deps, actor, params, query, body }) => {
    requireMay(actor, 'account.self', nothing);
    const savedAt = await saveDraft(deps.db, actor.globalUserId, { ...params, ...query, draft: body });
    return { status: 200, body: { savedAt: savedAt.toISOString() } };
  }),
  route(deleteRequestDraft)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'account.self', nothing);
    if (!(await forgetDraft(deps.db, actor.globalUserId, { ...params, ...query }))) throw notFound('draft');
    return { status: 204 };
  }),
];
