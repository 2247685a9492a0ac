import * as contract from '@stoa/contract/request-form';
import { type Actor, nothing } from '@stoa/core/permissions/objects';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { compareVersions } from './compare-versions.ts';
import { createRequestForm } from './create-form.ts';
import { deleteRequestForm } from './delete-form.ts';
import { findAssets, findDataProducts } from './list-uses.ts';
import { listVersions } from './list-versions.ts';
import { loadFormVersion } from './load-forms.ts';
import { presentPlain } from './present-form.ts';
import { previewRequestForm } from './preview-form.ts';
import { findForm, searchForms } from './search-forms.ts';
import { updateRequestForm } from './update-form.ts';

export const requestFormRoutes: readonly Route[] = [
  route(contract.searchRequestForms)(async ({ deps, actor, query }) => {
    requireMay(actor, 'request-form.read', nothing);
    return { status: 200, body: await searchForms(deps, actor, query) };
  }),
  route(contract.getRequestFormById)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await requireForm(deps.db, actor, params.id.toLowerCase()),
  })),
  route(contract.createRequestForm)(async ({ deps, actor, body, call }) => {
    const id = await createRequestForm(deps, { actor, call }, body);
    return { status: 201, body: await requireForm(deps.db, actor, id) };
  }),
  route(contract.updateRequestForm)(async ({ deps, actor, params, body, call }) => {
    const id = params.id.toLowerCase();
    await updateRequestForm(deps, { actor, call }, { id, body });
    return { status: 201, body: await requireForm(deps.db, actor, id) };
  }),
  route(contract.deleteRequestFormById)(async ({ deps, actor, params, call }) => {
    await deleteRequestForm(deps, { actor, call }, params.id.toLowerCase());
    return { status: 204 };
  }),
  route(contract.getRequestFormByVersion)(async ({ deps, actor, params }) => {
    requireMay(actor, 'request-form.read', nothing);
    const form = await loadFormVersion(deps.db, params.version);
    if (!form) throw notFound('version of a request form');
    return { status: 200, body: presentPlain(form) };
  }),
  route(contract.getFormDataProducts)(async ({ deps, actor, params }) => {
    const { id } = await requireForm(deps.db, actor, params.id.toLowerCase());
    return { status: 200, body: await findDataProducts(deps.db, actor, id) };
  }),
  route(contract.getFormAssets)(async ({ deps, actor, params }) => {
    const { id } = await requireForm(deps.db, actor, params.id.toLowerCase());
    return { status: 200, body: await findAssets(deps.db, id) };
  }),
  route(contract.listRequestFormVersions)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'request-form.read', nothing);
    return { status: 200, body: await listVersions(deps.db, params.id.toLowerCase(), query) };
  }),
  route(contract.compareRequestFormVersions)(async ({ deps, actor, params, query }) => {
    const { id } = await requireForm(deps.db, actor, params.id.toLowerCase());
    const versions = query.from === undefined ? params : { ...params, from: query.from };
    return { status: 200, body: await compareVersions(deps.db, id, versions) };
  }),
  route(contract.previewRequestForm)(async ({ deps, actor, body }) => ({
    status: 200,
    body: await previewRequestForm(deps.db, actor, body),
  })),
];

async function requireForm(reader: Reader, actor: Actor, id: string): Promise<contract.RequestForm> {
  requireMay(actor, 'request-form.read', nothing);
  const form = await findForm(reader, actor, id);
  if (!form) throw notFound('request form');
  return form;
}
