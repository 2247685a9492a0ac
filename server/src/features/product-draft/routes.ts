import {
  deleteProductDraft,
  listProductDrafts,
  readProductDraft,
  saveProductDraft,
} from '@stoa/contract/product-draft';
import { nothing } from '@stoa/core/permissions/objects';
import { transact } from '../../db/transact.ts';
import { entityTag } from '../../http/precondition.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { requireProduct } from '../data-product/product-of-call.ts';
import { forgetDraft, listDrafts, readDraft, saveDraft } from './drafts.ts';

/**
 * What somebody is still writing of data products. It is theirs alone, also once they may publish nowhere any more: then
 * they read it and throw it away, and save nothing.
 */
export const productDraftRoutes: readonly Route[] = [
  route(listProductDrafts)(async ({ deps, actor, query }) => {
    requireMay(actor, 'account.self', nothing);
    return { status: 200, body: { data: await listDrafts(deps.db, actor.globalUserId, query.q) } };
  }),
  route(readProductDraft)(async ({ deps, actor, params }) => {
    requireMay(actor, 'account.self', nothing);
    return { status: 200, body: await readDraft(deps.db, { owner: actor.globalUserId, id: params.id }) };
  }),
  route(saveProductDraft)(async ({ deps, actor, params, body }) => {
    const of = { owner: actor.globalUserId, id: params.id };
    if (body.begun === undefined) requireMay(actor, 'data-product.create', nothing);
    // Owners and stewards change products without the right to publish any.
    else await requireProduct(deps.db, params.id, { actor, action: 'data-product.alter' });
    const stored = await transact(deps, async (tx) => {
      await saveDraft(tx, of, body);
      return readDraft(tx, of);
    });
    // As a read of it would be tagged: whoever writes on names it in `If-Match` without reading it again.
    return {
      status: 200,
      body: stored,
      headers: { etag: entityTag(readProductDraft, stored, JSON.stringify(stored)) },
    };
  }),
  route(deleteProductDraft)(async ({ deps, actor, params }) => {
    requireMay(actor, 'account.self', nothing);
    if (!(await transact(deps, (tx) => forgetDraft(tx, { owner: actor.globalUserId, id: params.id }))))
      throw notFound('draft');
    return { status: 204 };
  }),
];
