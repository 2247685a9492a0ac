import { determineAccessRequest, getAccessRequestById, getAccessRequestRecords } from '@stoa/contract/access-request';
import * as assets from '@stoa/contract/asset';
import { newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

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
