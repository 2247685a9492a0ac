import * as contract from '@stoa/contract/request-form';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { findForm, searchForms } from './search-forms.ts';

export const requestFormRoutes: readonly Route[] = [
  route(contract.searchRequestForms)(async ({ deps, actor, query }) => {
    requireMay(actor, 'request-form.read', nothing);
    return { status: 200, body: await searchForms(deps, actor, query) };
  }),
  route(contract.getRequestFormById)(async ({ deps, actor, params }) => {
    requireMay(actor, 'request-form.read', nothing);
    const form = await findForm(deps.db, actor, params.id);
    if (!form) throw notFound('request form');
    return { status: 200, body: form };
  }),
];
