import * as contract from '@stoa/contract/asset';
import * as links from '@stoa/contract/asset-link';
import * as lists from '@stoa/contract/asset-list';
import { setAssetFutureObjects } from '@stoa/contract/future-objects';
import { newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Everything about assets: found, named, changed, inherited, linked, with names and texts that are hard to carry. */
export async function askAssets(world: PublishedWorld): Promise<void> {
  const { server, products, people } = world;
  const { ask } = world.held;
  const rows = await server.deps.db.selectFrom('data_object').select('id').orderBy('object_path').execute();
  const objects = rows.map((row) => row.id);
  // The first object is a root: what is set on it is inherited by all the others.
  await changeAssets(world, objects[0] ?? '');
  for (const id of [...objects, products.main, products.suspended, products.deleted, newUuid()])
    for (const operation of [
      contract.getAssetById,
      contract.getAssetRequestForms,
      contract.getAssetReviewFlows,
      links.getAssetRequestAccessLink,
      lists.searchAssetColumns,
      lists.getAssetUse,
    ])
      await ask(people.consumer, operation, { params: { id } });
  await findAssets(world);
}

async function changeAssets({ held: { ask }, people, products }: PublishedWorld, id: string): Promise<void> {
  const { governor, consumer, steward } = people;
  const stages = [{ any: [{ type: 'USER' as const, id: steward.globalUserId }] }];
  const flow = { rules: [], defaultEvent: { type: 'review' as const, params: { stages } } };
  const metadata = { subjectMatterExperts: [{ id: steward.globalUserId }], externalLink: 'https://catalog.example/ü' };
  const body = { type: 'DATA_OBJECT', metadata, dataAccessReviewFlow: flow } as const;
  for (const person of [consumer, governor]) {
    await ask(person, contract.updateAsset, { params: { id }, body });
    for (const setting of ['sync', 'native'] as const)
      await ask(person, setAssetFutureObjects, { params: { id }, body: { setting } });
    await ask(person, contract.patchAsset, { params: { id }, body: { ...body, maskingExceptionReviewFlow: flow } });
  }
  const product = { type: 'DATA_PRODUCT', description: 'By the road of assets.' } as const;
  await ask(governor, contract.patchAsset, { params: { id: products.main }, body: product });
  await ask(governor, contract.patchAsset, { params: { id }, body: product });
}

async function findAssets({ held: { ask }, people, registered }: PublishedWorld): Promise<void> {
  const { consumer, governor } = people;
  const path = registered.sources[0]?.path ?? [];
  const name = path.join('.');
  for (const query of [
    { fullyQualifiedName: name },
    { fullyQualifiedName: path.slice(1).join('.'), technology: 'PostgreSQL' },
    { fullyQualifiedName: 'area_1.table_1' },
    { fullyQualifiedName: 'nowhere.at.all', host: 'db.example.com', port: 5432, technology: 'Snowflake' },
    { fullyQualifiedName: 'größe."x y".z', assetType: 'view' },
    { fullyQualifiedName: '..' },
  ])
    await ask(consumer, contract.getAssetByMetadata, { query });
  for (const query of [
    {},
    { searchText: 'table', limit: 2 },
    { roots: true },
    { hasOverride: true },
    { offset: 10_000 },
  ])
    await ask(consumer, lists.searchAssets, { query });
  await ask(consumer, links.checkLinks, { query: { fqn: [name, 'größe."x', 'a'] } });
  for (const person of [consumer, governor])
    for (const format of ['csv', 'json'] as const) await ask(person, links.exportAssetLinks, { query: { format } });
}
