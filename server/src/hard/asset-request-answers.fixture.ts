import { determineAccessRequest, getAccessRequestById, getAccessRequestRecords } from '@stoa/contract/access-request';
import * as assets from '@stoa/contract/asset';
import { bindRequestedAsset, searchRequestedAssets } from '@stoa/contract/requested-asset';
import { newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Asks for what no crawl has found, by a name that nothing has, and has it bound. */
export async function askForUnregistered({ server, held: { ask }, people }: PublishedWorld): Promise<void> {
  const { consumer, governor } = people;
  for (const fullyQualifiedName of ['nowhere.at.all', 'größe."x y".z']) {
    const query = { fullyQualifiedName, technology: 'PostgreSQL', host: 'Nowhere.example', port: 5432 };
    const named = await ask(consumer, assets.getAssetByMetadata, { query });
    if (named.status !== 200 || named.body.type !== 'DATA_OBJECT') continue;
    const { objectPath, technology, host, port } = named.body.metadata;
    const asset = { type: 'DATA_OBJECT' as const, metadata: { objectPath, technology, host, port } };
    const params = { id: named.body.id };
    const body = {
      requestType: 'DATA_ACCESS' as const,
      user: consumer.globalUserId,
      form: standardAnswers,
      asset,
    };
    await ask(consumer, assets.previewAssetRequest, { params, body });
    const made = await ask(consumer, assets.requestAsset, { params, body });
    await ask(consumer, assets.requestAsset, { params, body });
    await ask(consumer, assets.getAssetByMetadata, { query });
    if (made.status !== 201) continue;
    const request = { params: { id: made.body.id } };
    for (const person of [consumer, governor]) await ask(person, getAccessRequestById, request);
    await ask(governor, determineAccessRequest, { ...request, body: { status: 'APPROVED', reason: 'It fits.' } });
    for (const person of [consumer, governor]) await ask(person, searchRequestedAssets, { query: {} });
    const [row] = await server.deps.db.selectFrom('data_object').select('id').orderBy('object_path').execute();
    for (const person of [consumer, governor, governor])
      await ask(person, bindRequestedAsset, { params, body: { assetId: row?.id ?? '' } });
    for (const state of ['bound', 'closed'] as const) await ask(governor, searchRequestedAssets, { query: { state } });
    await ask(governor, getAccessRequestById, request);
    await ask(consumer, assets.getAssetByMetadata, { query });
  }
}

/** Asks for assets of each level, decides, and takes back, by who may and who may not. */
export async function askForAssets({ server, held, people, products }: PublishedWorld): Promise<void> {
  const { ask } = held;
  const { consumer, consumer2, governor, steward } = people;
  const form = { user: consumer.globalUserId, form: standardAnswers };
  const rows = await server.deps.db.selectFrom('data_object').select('id').orderBy('object_path').execute();
  for (const id of [...rows.slice(0, 3).map((row) => row.id), products.deleted, newUuid()]) {
    const params = { id };
    const body = { requestType: 'DATA_ACCESS' as const, ...form };
    await ask(consumer, assets.previewAssetRequest, { params, body });
    const made = await ask(consumer, assets.requestAsset, { params, body });
    const columns = [{ columnName: 'label', sourceId: '1' }];
    await ask(consumer, assets.requestAsset, { params, body: { requestType: 'MASKING_EXCEPTION', ...form, columns } });
    for (const person of [consumer2, governor]) await ask(person, assets.getRecentAssetDeterminations, { params });
    if (made.status !== 201) continue;
    await ask(governor, getAccessRequestById, { params: { id: made.body.id } });
    await ask(governor, getAccessRequestRecords, { params: { id: made.body.id } });
    const revoked = { params: { id, requestId: made.body.id } };
    await ask(consumer, assets.revokeAssetRequest, revoked);
    const decision = { status: 'APPROVED' as const, reason: 'It fits.' };
    for (const person of [governor, steward])
      await ask(person, determineAccessRequest, { params: { id: made.body.id }, body: decision });
    await ask(governor, assets.getRecentAssetDeterminations, { params });
    for (const person of [consumer2, governor]) await ask(person, assets.revokeAssetRequest, revoked);
  }
}
