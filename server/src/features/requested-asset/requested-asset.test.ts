import { cancelAccessRequest, getAccessRequestById, searchAccessRequests } from '@stoa/contract/access-request';
import { getAssetByMetadata, type ObjectAsset, previewAssetRequest, requestAsset } from '@stoa/contract/asset';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { bindRequestedAsset, searchRequestedAssets } from '@stoa/contract/requested-asset';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { decide, reviewBy, standardAnswers, user } from '../access-request/requests.fixture.ts';
import { addAssetTree, type AssetTree } from '../asset/asset-tree.fixture.ts';
import { bindFound } from './bind-found.ts';

let server: TestServer;
let consumer: TestPerson;
let other: TestPerson;
let governor: TestPerson;
let steward: TestPerson;
let tree: AssetTree;

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000' } });
  consumer = await server.person({ username: 'consumer' });
  other = await server.person({ username: 'other' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  tree = await addAssetTree(server.deps.db);
});
afterAll(() => server.stop());
afterEach(async () => {
  const { db } = server.deps;
  await sql`delete from access_request`.execute(db);
  await sql`delete from requested_asset`.execute(db);
  await sql`delete from asset`.execute(db);
  await sql`delete from data_object where name like 'found%'`.execute(db);
});

const name = 'warehouse.claims.found_later';

async function named(fullyQualifiedName = name, technology?: string): Promise<ObjectAsset> {
  const { body } = await consumer.call(getAssetByMetadata, { query: { fullyQualifiedName, technology } });
  if (body.type !== 'DATA_OBJECT') throw new Error(`${fullyQualifiedName} is a product`);
  return body;
}

const bodyFor = (who: TestPerson, { metadata }: ObjectAsset) => ({
  requestType: 'DATA_ACCESS' as const,
  user: who.globalUserId,
  form: standardAnswers,
  asset: { type: 'DATA_OBJECT' as const, metadata: { ...metadata, subjectMatterExperts: undefined } },
});
const ask = (who: TestPerson, asset: ObjectAsset, forWhom = who) =>
  who.call(requestAsset, { params: { id: asset.id }, body: bodyFor(forWhom, asset) });

/** The table appears on the platform, and a crawl comes by. */
async function findTable(table = 'found_later', schema = tree.schema): Promise<string> {
  const id = newUuid();
  await sql`insert into data_object (id, connection_id, parent_id, object_path, name, object_type, effective_state)
    select ${id}, connection_id, id, object_path || ${table}::text, ${table}, 'table', 'enabled' from data_object where id = ${schema}`.execute(
    server.deps.db,
  );
  return id;
}
const crawl = (connectionId = tree.connectionId) =>
  transact(server.deps, (tx, after) => bindFound(tx, after, connectionId));
const read = async (who: TestPerson, id: string) => (await who.call(getAccessRequestById, { params: { id } })).body;
const listed = async (state?: 'waiting' | 'closed' | 'bound') =>
  (await governor.call(searchRequestedAssets, { query: { state } })).body.data;

describe('an asset that no crawl has found', () => {
  it('can be asked for by its name, by the default form, and governors see it', async () => {
    const asset = await named();
    expect(asset).toMatchObject({
      registered: false,
      status: 'NONE',
      requestForms: [{ name: 'Standard Request Form', requestType: 'DATA_ACCESS' }],
    });
    const preview = await consumer.call(previewAssetRequest, {
      params: { id: asset.id },
      body: bodyFor(consumer, asset),
    });
    expect(preview.body).toMatchObject({
      outcome: 'review',
      stages: [{ slots: [{ people: [{ username: 'governor' }] }] }],
    });
    const made = await ask(consumer, asset);
    expect(made).toMatchObject({
      status: 201,
      body: {
        status: 'PENDING',
        asset: { id: asset.id, registered: false, metadata: { objectPath: name.split('.') } },
      },
    });
    expect(await ask(consumer, asset)).toMatchObject({ status: 409, body: { code: 'access_request.duplicate' } });
    expect((await ask(other, asset)).status).toBe(201);
    expect(await named()).toMatchObject({ registered: false, status: 'PENDING', requestId: made.body.id });
    expect(await listed()).toMatchObject([
      { id: asset.id, objectPath: name.split('.'), pendingCount: 2, matches: [], boundTo: null, boundAt: null },
    ]);
    const waiting = await governor.call(searchAccessRequests, { query: { reviewStatus: ['awaitingReviewFromYou'] } });
    expect(waiting.body.data).toHaveLength(2);
  });

  it('is never approved before it is registered; it may be denied or withdrawn', async () => {
    const asset = await named();
    const { id } = (await ask(consumer, asset)).body;
    expect((await read(governor, id)).abilities).toMatchObject({
      determine: { allowed: true },
      approve: { allowed: false },
    });
    expect(await decide(governor, id, 'APPROVED')).toMatchObject({
      status: 409,
      body: { code: 'asset.not_registered' },
    });
    const evidence = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(evidence).toMatchObject({ status: 200, body: { sources: [] } });
    expect((await decide(governor, id, 'DENIED')).body).toMatchObject({ status: 'DENIED' });
    expect(await listed()).toEqual([]);
    expect(await listed('closed')).toMatchObject([{ id: asset.id, requestCount: 1, pendingCount: 0 }]);
    const second = await ask(consumer, asset);
    expect((await consumer.call(cancelAccessRequest, { params: { id: second.body.id } })).status).toBe(204);
  });

  it('at once by several people is kept once', async () => {
    const asset = await named();
    const answers = await Promise.all([consumer, other, steward, governor].map((who) => ask(who, asset)));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201, 201]);
    expect(await listed()).toMatchObject([{ pendingCount: 4 }]);
  });

  it('is refused with metadata that its id was not made of', async () => {
    const asset = await named();
    const lies = [
      { metadata: { ...asset.metadata, objectPath: ['warehouse', 'claims', 'another'] } },
      { metadata: { ...asset.metadata, port: 1 } },
      { metadata: { objectPath: [] } },
    ];
    for (const lie of lies)
      expect(await ask(consumer, { ...asset, ...lie })).toMatchObject({
        status: 422,
        body: { code: 'asset.metadata_mismatch' },
      });
    const silent = { requestType: 'DATA_ACCESS' as const, user: consumer.globalUserId, form: standardAnswers };
    expect((await consumer.call(requestAsset, { params: { id: asset.id }, body: silent })).status).toBe(404);
    expect((await server.nobody.call(requestAsset, { params: { id: asset.id }, body: silent })).status).toBe(401);
  });
});

describe('when it is found', () => {
  it('its requests go on at the object, and can be approved', async () => {
    const asset = await named();
    const { id } = (await ask(consumer, asset)).body;
    const objectId = await findTable();
    expect(await ask(other, asset)).toMatchObject({
      status: 409,
      body: { code: 'asset.registered', assetId: objectId },
    });
    await crawl();
    await crawl();
    expect(await read(consumer, id)).toMatchObject({ status: 'PENDING', asset: { id: objectId, registered: true } });
    expect(await named()).toMatchObject({ id: objectId, registered: true, requestId: id });
    expect(await listed()).toEqual([]);
    expect(await listed('bound')).toMatchObject([
      { id: asset.id, requestCount: 1, boundTo: { id: objectId, connectionKey: 'warehouse' } },
    ]);
    const { body } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(body.timeline).toContainEqual(
      expect.objectContaining({ kind: 'found', text: `Asked for as ${name}; found on its platform as ${name}.` }),
    );
    expect((await decide(governor, id, 'APPROVED')).body).toMatchObject({ status: 'APPROVED' });
    const { rows } = await sql<{ actor: { type: string } }>`
      select actor from audit_event where action = 'RequestedAssetBound' and targets @> ${JSON.stringify([{ id: objectId }])}::jsonb`.execute(
      server.deps.db,
    );
    expect(rows).toMatchObject([{ actor: { type: 'SYSTEM_ACTOR' } }]);
  });

  it('they go to the reviewers of the asset, who then decide alone', async () => {
    const { id } = (await ask(consumer, await named())).body;
    const flow = reviewBy({ any: [user(steward)] });
    await sql`insert into asset (data_object_id, data_access_review_flow) values (${tree.schema}, ${JSON.stringify(flow)}::jsonb)`.execute(
      server.deps.db,
    );
    await findTable();
    await crawl();
    const waiting = await steward.call(searchAccessRequests, { query: { reviewStatus: ['awaitingReviewFromYou'] } });
    expect(waiting.body.data.map((request) => request.id)).toEqual([id]);
    expect((await decide(governor, id, 'APPROVED')).status).toBe(403);
    expect((await decide(steward, id, 'APPROVED')).body).toMatchObject({ status: 'APPROVED' });
  });

  it('they stay with governors where the flow of the asset would decide by itself, or names nobody who can', async () => {
    const { id } = (await ask(consumer, await named())).body;
    const flow = reviewBy({ any: [user(consumer)] });
    await sql`insert into asset (data_object_id, data_access_review_flow) values (${tree.schema}, ${JSON.stringify(flow)}::jsonb)`.execute(
      server.deps.db,
    );
    await findTable();
    await crawl();
    expect(await read(governor, id)).toMatchObject({ status: 'PENDING', abilities: { determine: { allowed: true } } });
  });

  it('under two names, the same person waits once', async () => {
    const first = (await ask(consumer, await named())).body.id;
    const second = (await ask(consumer, await named(name, 'PostgreSQL'))).body.id;
    expect(second).not.toBe(first);
    await findTable();
    await crawl();
    const states = [await read(consumer, first), await read(consumer, second)].map((request) => request.status);
    expect(states.toSorted()).toEqual(['CANCELED', 'PENDING']);
  });

  it('in two places, a governor says which one is meant', async () => {
    const asset = await named();
    const { id } = (await ask(consumer, asset)).body;
    const second = await addAssetTree(server.deps.db, `copy-${newUuid()}`, 'copy.example');
    const objects = [await findTable(), await findTable('found_later', second.schema)];
    await crawl();
    await crawl(second.connectionId);
    const [row] = await listed();
    expect(row?.matches.map((one) => one.id).toSorted()).toEqual(objects.toSorted());
    const bind = (who: TestPerson, assetId = objects[1] ?? '') =>
      who.call(bindRequestedAsset, { params: { id: asset.id }, body: { assetId } });
    expect((await server.nobody.call(bindRequestedAsset, { params: { id: asset.id } })).status).toBe(401);
    expect((await bind(steward)).status).toBe(403);
    expect((await steward.call(searchRequestedAssets, {})).status).toBe(403);
    expect((await bind(governor, newUuid())).status).toBe(404);
    const answers = await Promise.all([bind(governor), bind(governor, objects[0])]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
    expect(await bind(governor)).toMatchObject({ status: 409, body: { code: 'requested_asset.bound' } });
    const known = await governor.call(bindRequestedAsset, {
      params: { id: objects[0] ?? '' },
      body: { assetId: objects[1] ?? '' },
    });
    expect(known.status).toBe(404);
    const bound = answers.find((answer) => answer.status === 200)?.body.boundTo?.id;
    expect(await read(consumer, id)).toMatchObject({ asset: { id: bound, registered: true } });
    await sql`delete from access_request`.execute(server.deps.db);
    await sql`delete from requested_asset`.execute(server.deps.db);
    await sql`delete from connection where id = ${second.connectionId}`.execute(server.deps.db);
  });

  it('under another name than the catalog says, a governor binds it, and the link leads there', async () => {
    const asset = await named('warehouse.claims.mistyped');
    const { id } = (await ask(consumer, asset)).body;
    await crawl();
    expect(await listed()).toMatchObject([{ id: asset.id, matches: [] }]);
    const bound = await governor.call(bindRequestedAsset, {
      params: { id: asset.id },
      body: { assetId: tree.policies },
    });
    expect(bound).toMatchObject({ status: 200, body: { boundTo: { id: tree.policies } } });
    expect(await named('warehouse.claims.mistyped')).toMatchObject({ id: tree.policies, registered: true });
    expect(await read(consumer, id)).toMatchObject({ asset: { id: tree.policies } });
    expect((await decide(governor, id, 'APPROVED')).status).toBe(200);
  });
});
