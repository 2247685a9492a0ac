import * as metadata from '@stoa/contract/metadata';
import { nothing } from '@stoa/core/permissions/objects';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { findTags, searchAppliedTags } from './search-tags.ts';

export const tagRoutes: readonly Route[] = [
  route(metadata.getImmutaTags)(async ({ deps, actor, query }) => {
    requireMay(actor, 'tag.read', nothing);
    return { status: 200, body: await findTags(deps.db, actor, query) };
  }),
  route(metadata.searchAppliedTags)(async ({ deps, actor, body }) => {
    requireMay(actor, 'tag.read', nothing);
    return { status: 200, body: await searchAppliedTags(deps.db, actor, body) };
  }),
];
