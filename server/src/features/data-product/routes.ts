import * as access from '@stoa/contract/access-request';
import { getDataProductRequestForms } from '@stoa/contract/asset';
import * as contract from '@stoa/contract/data-product';
import * as use from '@stoa/contract/data-product-use';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { presentTargetForm } from '../request-form/present-form.ts';
import { createDataProducts } from './create-products.ts';
import { deleteDataProduct } from './delete-product.ts';
import { describeUse } from './describe-use.ts';
import { listActivity } from './list-activity.ts';
import { listColumns } from './list-columns.ts';
import { listMembers } from './list-members.ts';
import { listSourceIds, listSources } from './list-sources.ts';
import { findProductId, findProductIdByName } from './load-products.ts';
import { presentProduct, presentProducts } from './present-products.ts';
import { previewDataProduct } from './preview-product.ts';
import { requireProduct } from './product-of-call.ts';
import { replaceDataSources } from './replace-sources.ts';
import { searchProducts } from './search-products.ts';
import { updateDataProduct } from './update-product.ts';

const read = 'data-product.read';

export const dataProductRoutes: readonly Route[] = [
  route(contract.searchDataProducts)(async ({ deps, actor, query }) => {
    requireMay(actor, read, nothing);
    return { status: 200, body: await searchProducts(deps.db, actor, query) };
  }),
  route(contract.createDataProduct)(async ({ deps, actor, body, call }) => {
    const ids = await createDataProducts(deps, { actor, call }, Array.isArray(body) ? body : [body]);
    const products = await presentProducts(deps.db, actor, ids);
    const [first] = products;
    if (!first) throw new Error('a data product went as soon as it was made');
    return { status: 201, body: Array.isArray(body) ? products : first };
  }),
  route(contract.getDataProductById)(async ({ deps, actor, params }) => {
    const product = await requireProduct(deps.db, await findProductId(deps.db, params.id), { actor, action: read });
    return { status: 200, body: await presentProduct(deps.db, actor, product.row.id, product) };
  }),
  route(contract.getDataProductByName)(async ({ deps, actor, params }) => {
    const product = await requireProduct(deps.db, await findProductIdByName(deps.db, params.name), {
      actor,
      action: read,
    });
    return { status: 200, body: await presentProduct(deps.db, actor, product.row.id, product) };
  }),
  route(contract.updateDataProduct)(async ({ deps, actor, params, body, call }) => {
    const id = params.id.toLowerCase();
    await updateDataProduct(deps, { actor, call }, { id, body });
    return { status: 200, body: await presentProduct(deps.db, actor, id) };
  }),
  route(contract.deleteDataProduct)(async ({ deps, actor, params, call }) => {
    await deleteDataProduct(deps, { actor, call }, params.id.toLowerCase());
    return { status: 200 };
  }),
  route(contract.updateDataSources)(async ({ deps, actor, params, body, call }) => {
    const id = params.id.toLowerCase();
    await replaceDataSources(deps, { actor, call }, { id, dataSources: body.dataSources });
    return { status: 200, body: await presentProduct(deps.db, actor, id) };
  }),
  route(contract.searchDataSources)(async ({ deps, actor, params, query }) => {
    const product = await requireProduct(deps.db, params.id, { actor, action: read });
    return { status: 200, body: await listSources(deps.db, actor, { product, query }) };
  }),
  route(contract.getAllDataSources)(async ({ deps, actor, params }) => {
    const { row } = await requireProduct(deps.db, params.id, { actor, action: read });
    return { status: 200, body: { dataSources: await listSourceIds(deps.db, row.id) } };
  }),
  route(access.searchDataProductMembers)(async ({ deps, actor, params, query }) => {
    const { row } = await requireProduct(deps.db, params.id, { actor, action: 'data-product.members' });
    return { status: 200, body: await listMembers(deps, actor, { productId: row.id, query }) };
  }),
  route(getDataProductRequestForms)(async ({ deps, actor, params }) => {
    const { forms } = await requireProduct(deps.db, params.id, { actor, action: read });
    return {
      status: 200,
      body: [
        presentTargetForm(forms.DATA_ACCESS, 'DATA_ACCESS'),
        presentTargetForm(forms.MASKING_EXCEPTION, 'MASKING_EXCEPTION'),
      ],
    };
  }),
  route(use.previewDataProduct)(async ({ deps, actor, body, call }) => ({
    status: 200,
    body: await previewDataProduct(deps, { actor, call }, body),
  })),
  route(use.getDataProductUse)(async ({ deps, actor, params }) => {
    const { row } = await requireProduct(deps.db, params.id, { actor, action: read });
    return { status: 200, body: await describeUse(deps.db, { type: 'DATA_PRODUCT', id: row.id }, actor.globalUserId) };
  }),
  route(use.listDataProductActivity)(async ({ deps, actor, params, query }) => {
    const product = await requireProduct(deps.db, params.id, { actor, action: read });
    return { status: 200, body: await listActivity(deps.db, actor, { product, query }) };
  }),
  route(use.searchDataProductColumns)(async ({ deps, actor, params, query }) => {
    const { row } = await requireProduct(deps.db, params.id, { actor, action: read });
    return { status: 200, body: await listColumns(deps, row.id, query) };
  }),
];
