import * as contract from '@stoa/contract/data-use-agreement';
import { nothing } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadAgreementUse } from './agreement-use.ts';
import { createAgreement } from './create-agreement.ts';
import { deleteAgreement } from './delete-agreement.ts';
import { findAgreement, searchAgreements } from './find-agreements.ts';
import { exportAcceptances, listAcceptances } from './list-acceptances.ts';
import { currentVersionOf, findVersion, listVersions } from './list-versions.ts';
import { updateAgreement } from './update-agreement.ts';

const published: readonly Route[] = [
  route(contract.createDataUseAgreement)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showAgreement(deps, actor, await createAgreement(deps, { actor, body, call })),
  })),
  route(contract.searchDataUseAgreements)(async ({ deps, actor, query }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    return { status: 200, body: await searchAgreements(deps.db, actor, query) };
  }),
  route(contract.getDataUseAgreementById)(async ({ deps, actor, params }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    return { status: 200, body: await showAgreement(deps, actor, params.id) };
  }),
  route(contract.updateDataUseAgreement)(async ({ deps, actor, params, body, call }) => {
    await updateAgreement(deps, { actor, id: params.id, body, call });
    return { status: 201, body: await showAgreement(deps, actor, params.id) };
  }),
  route(contract.deleteDataUseAgreement)(async ({ deps, actor, params, call }) => {
    await deleteAgreement(deps, { actor, id: params.id, call });
    return { status: 204 };
  }),
  route(contract.getAssociatedRequestForms)(async ({ deps, actor, params }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    await currentVersionOf(deps.db, params.id);
    const { forms } = (await loadAgreementUse(deps.db, [params.id]))(params.id);
    return { status: 200, body: [...forms] };
  }),
];

/** Agreements, their versions, and who accepted them. */
export const dataUseAgreementRoutes: readonly Route[] = [
  ...published,
  route(contract.listAgreementVersions)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    return { status: 200, body: await listVersions(deps.db, params.id, query) };
  }),
  route(contract.getAgreementVersion)(async ({ deps, actor, params }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    return { status: 200, body: await findVersion(deps.db, params.id, params.version) };
  }),
  route(contract.listAgreementAcceptances)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    const { offset, limit, sortOrder, ...filters } = query;
    const page = { offset, limit, sortOrder };
    return { status: 200, body: await listAcceptances(deps, { id: params.id, filters, actor, page }) };
  }),
  route(contract.exportAgreementAcceptances)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'data-use-agreement.read', nothing);
    return {
      status: 200,
      body: await exportAcceptances(deps, { id: params.id, filters: query, actor }),
      headers: { 'content-disposition': 'attachment; filename="acceptances.csv"', 'cache-control': 'no-store' },
    };
  }),
];

async function showAgreement(deps: Deps, actor: LoadedPerson, id: string) {
  const agreement = await findAgreement(deps.db, actor, id);
  if (!agreement) throw notFound('data use agreement');
  return agreement;
}
