import * as identifiers from '@stoa/contract/identifier';
import { offsetMetaOf } from '@stoa/contract/page';
import { nothing } from '@stoa/core/permissions/objects';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { readIdentifierSet, setIdentifierSet } from './identifier-set.ts';
import { listIdentifiers } from './list-identifiers.ts';
import { findIdentifier } from './load-identifiers.ts';
import { presentIdentifier } from './present-identifier.ts';
import { createIdentifier, deleteIdentifier, updateIdentifier } from './save-identifier.ts';
import { testIdentifier } from './test-identifier.ts';

export const identifierRoutes: readonly Route[] = [
  route(identifiers.listIdentifiers)(async ({ deps, actor, query }) => {
    requireMay(actor, 'identifier.read', nothing);
    const { data, total } = await listIdentifiers(deps, actor, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(identifiers.readIdentifier)(async ({ deps, actor, params }) => {
    requireMay(actor, 'identifier.read', nothing);
    const found = await findIdentifier(deps.db, params.id);
    if (found === undefined) throw notFound('identifier');
    return { status: 200, body: await presentIdentifier(deps.db, actor, found) };
  }),
  route(identifiers.createIdentifier)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'identifier.manage', nothing);
    const made = await createIdentifier(deps, { actor, body, call });
    return { status: 201, body: await presentIdentifier(deps.db, actor, made) };
  }),
  route(identifiers.updateIdentifier)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'identifier.manage', nothing);
    const made = await updateIdentifier(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await presentIdentifier(deps.db, actor, made) };
  }),
  route(identifiers.deleteIdentifier)(async ({ deps, actor, params, call }) => {
    requireMay(actor, 'identifier.manage', nothing);
    await deleteIdentifier(deps, { actor, id: params.id, call });
    return { status: 204 };
  }),
  route(identifiers.testIdentifier)(async ({ deps, actor, body }) => {
    requireMay(actor, 'identifier.read', nothing);
    return { status: 200, body: await testIdentifier(deps.db, body) };
  }),
  route(identifiers.getIdentifierSet)(async ({ deps, actor, params }) => {
    requireMay(actor, 'identifier.read', nothing);
    return { status: 200, body: await readIdentifierSet(deps.db, actor, params.id) };
  }),
  route(identifiers.setIdentifierSet)(async ({ deps, actor, params, body, call }) => {
    requireMay(actor, 'identifier.manage', nothing);
    await setIdentifierSet(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await readIdentifierSet(deps.db, actor, params.id) };
  }),
];
