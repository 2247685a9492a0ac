import { getAssetByMetadata, patchAsset, requestAsset, revokeAssetRequest, updateAsset } from '@stoa/contract/asset';
import { listDataObjects } from '@stoa/contract/data-object';
import type { TestPerson } from '@stoa/server/testing/people';
import { hostileFlow } from './hostile-flow.ts';
import type { Form } from './store-products.ts';
import { answersTo, decide } from './store-requests.ts';
import type { Words } from './store-words.ts';
import type { Writer } from './writer.ts';

type Given = { admin: TestPerson; reviewer: TestPerson; words: Words };
export type Asset = { readonly id: string; readonly requestId: string };

/** What governors say of each object of the tree; the first table is asked for. */
export async function storeAssets(writer: Writer, given: Given & { form: Form; asker: TestPerson }): Promise<Asset[]> {
  const { admin, asker } = given;
  const assets: Asset[] = [];
  for (const id of await idsOfTables(admin)) {
    const said = () => ({
      metadata: { description: writer.text(9_000, 40) },
      dataAccessRequestFormId: given.form.id,
      dataAccessReviewFlow: hostileFlow(writer, given),
      maskingExceptionReviewFlow: hostileFlow(writer, given),
    });
    await writer.write(admin, updateAsset, { params: { id }, body: { type: 'DATA_OBJECT', ...said() } });
    await writer.write(admin, patchAsset, { params: { id }, body: { type: 'DATA_OBJECT', ...said() } });
    const body = { requestType: 'DATA_ACCESS' as const, user: asker.globalUserId, form: answersTo(writer, given.form) };
    const asked = await writer.write(asker, requestAsset, { params: { id }, body });
    assets.push({ id, requestId: asked.id });
  }
  await revokeLast(writer, given, assets.at(-1));
  return assets;
}

/** Approved, and taken away again. */
async function revokeLast(writer: Writer, { reviewer }: Given, asset: Asset | undefined): Promise<void> {
  if (asset === undefined) throw new Error('the warehouse has no table');
  await decide(writer, { reviewer }, { id: asset.requestId, status: 'APPROVED' });
  await writer.write(reviewer, revokeAssetRequest, {
    params: { id: asset.id, requestId: asset.requestId },
    query: { reason: writer.text(2_000, 6) },
  });
}

/** Tables and what is above them, found from the root down. */
async function idsOfTables(admin: TestPerson): Promise<string[]> {
  const tables: string[] = [];
  const look = async (parentId?: string): Promise<void> => {
    const query = { connectionKey: 'warehouse', limit: 100, ...(parentId === undefined ? {} : { parentId }) };
    for (const one of (await admin.call(listDataObjects, { query })).body.data) {
      if (one.objectType === 'table' && tables.length < 2) tables.push(one.id);
      else if (tables.length < 2) await look(one.id);
    }
  };
  await look();
  return tables;
}

/** An object that no crawl has found, under a hostile name; answers the address of its link. */
export async function askForUnknown(writer: Writer, given: Given & { asker: TestPerson }): Promise<string> {
  const who = given.asker;
  const query = {
    fullyQualifiedName: `lake.raw."${writer.line(200).replaceAll('"', '""')}"`,
    technology: 'PostgreSQL',
    host: writer.line(200),
    assetType: writer.line(64),
  };
  const found = await who.call(getAssetByMetadata, { query });
  if (found.status !== 200 || found.body.type !== 'DATA_OBJECT')
    throw new Error(`the name answered ${found.status}: ${JSON.stringify(found.body)}`);
  const { objectPath, technology, host, port, legacyType } = found.body.metadata;
  const fieldId = found.body.requestForms?.[0]?.fields[0]?.id ?? '';
  const metadata = { objectPath, technology, host, port, legacyType, description: writer.text(8_000, 20) };
  await writer.write(who, requestAsset, {
    params: { id: found.body.id },
    body: {
      requestType: 'DATA_ACCESS',
      user: who.globalUserId,
      form: { answers: [{ fieldId, value: writer.text(8_000, 20) }] },
      asset: {
        type: 'DATA_OBJECT',
        metadata,
        dataAccessReviewFlow: hostileFlow(writer, given),
        maskingExceptionReviewFlow: hostileFlow(writer, given),
      },
    },
  });
  return `/request?${new URLSearchParams(query).toString()}`;
}
