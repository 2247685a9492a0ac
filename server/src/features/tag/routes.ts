import * as metadata from '@stoa/contract/metadata';
import { offsetMetaOf } from '@stoa/contract/page';
import * as tags from '@stoa/contract/tag';
import type { Tag, TagDetail } from '@stoa/contract/tag';
import { abilitiesOnTag } from '@stoa/core/permissions/abilities';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { applyTags } from './apply-tags.ts';
import { createTag, updateTag } from './create-tag.ts';
import { deleteTag } from './delete-tag.ts';
import { listApplications } from './list-applications.ts';
import { findTag, findTags } from './queries.ts';
import { findAllTags, searchAppliedTags } from './search-tags.ts';

export const tagRoutes: readonly Route[] = [
  route(metadata.getImmutaTags)(async ({ deps, actor, query }) => {
    requireMay(actor, 'tag.read', nothing);
    return { status: 200, body: await findAllTags(deps.db, actor, query) };
  }),
  route(metadata.searchAppliedTags)(async ({ deps, actor, body }) => {
    requireMay(actor, 'tag.read', nothing);
    return { status: 200, body: await searchAppliedTags(deps.db, actor, body) };
  }),
  route(tags.createTag)(async ({ deps, actor, body, call }) => ({
    status: 201,
    body: await showTag(deps, actor, await createTag(deps, { actor, body, call })),
  })),
  route(tags.listTags)(async ({ deps, actor, query }) => {
    requireMay(actor, 'tag.read', nothing);
    const { tags: found, total } = await findTags(deps, query, query);
    const data = found.map((one) => withAbilities(actor, one));
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(tags.readTag)(async ({ deps, actor, params }) => ({
    status: 200,
    body: await showTag(deps, actor, params.id),
  })),
  route(tags.updateTag)(async ({ deps, actor, params, body, call }) => {
    await updateTag(deps, { actor, id: params.id, body, call });
    return { status: 200, body: await showTag(deps, actor, params.id) };
  }),
  route(tags.deleteTag)(async ({ deps, actor, params, query, call }) => {
    await deleteTag(deps, { actor, id: params.id, confirmCount: query.confirmCount, call });
    return { status: 204 };
  }),
  route(tags.listTagApplications)(async ({ deps, actor, query }) => {
    requireMay(actor, 'tag.read', nothing);
    const { showDataProductsToConsumers } = await readSwitches(deps.db);
    const viewer = { actor, areProductsShown: showDataProductsToConsumers };
    const { data, total } = await listApplications(deps.db, viewer, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(tags.changeTags)(async ({ deps, actor, query, body, call }) => ({
    status: 200,
    body: await applyTags(deps, { actor, body, dryRun: query.dryRun === true, call }),
  })),
];

const withAbilities = <T extends Tag>(actor: LoadedPerson, one: T): T => ({
  ...one,
  abilities: abilitiesOnTag(actor, { isOurs: one.source === 'system' }),
});

async function showTag(deps: Deps, actor: LoadedPerson, id: number): Promise<TagDetail> {
  requireMay(actor, 'tag.read', nothing);
  const detail = await findTag(deps.db, id);
  if (!detail) throw notFound('tag');
  const { policies, ...uses } = detail.uses;
  const maySeePolicies = policies !== undefined && may(actor, 'policy.read', nothing).allowed;
  return withAbilities(actor, { ...detail, uses: maySeePolicies ? { ...uses, policies } : uses });
}
