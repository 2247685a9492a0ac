import { getAccessRequestById, searchAccessRequests } from '@stoa/contract/access-request';
import {
  getAssetById,
  getRecentAssetDeterminations,
  previewAssetRequest,
  requestAsset,
  revokeAssetRequest,
} from '@stoa/contract/asset';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { decide, makeForm, makeProduct, reviewBy, standardAnswers, user } from './requests.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let other: TestPerson;
let governor: TestPerson;
let steward: TestPerson;
/** A schema with two tables, in the tree as a crawl would have left it. */
const ids = { schema: newUuid(), orders: '', lines: '' };

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000' } });
  consumer = await server.person({ username: 'consumer' });
  other = await server.person({ username: 'other' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  const { db } = server.deps;
  const made = await addDataSources(db, { connectionKey: 'shop', schema: 'sales', tables: ['lines', 'orders'] });
  await sql`insert into data_object (id, connection_id, object_path, name, object_type)
    values (${ids.schema}, ${made.connectionId}, '{db.example.com,warehouse,sales}', 'sales', 'schema')`.execute(db);
  await sql`update data_object set parent_id = ${ids.schema} where id <> ${ids.schema}`.execute(db);
  const { rows } = await sql<{
    id: string;
  }>`select id from data_object where parent_id is not null order by name`.execute(db);
  [ids.lines = '', ids.orders = ''] = rows.map((row) => row.id);
});
afterAll(() => server.stop());

const ask = (who: TestPerson, id: string, forWhom: TestPerson = who) =>
  who.call(requestAsset, {
    params: { id },
    body: { requestType: 'DATA_ACCESS', user: forWhom.globalUserId, form: standardAnswers },
  });
const forget = () => sql`delete from access_request`.execute(server.deps.db);

describe('asking for an asset', () => {
  it('pins the form in force on it, asks governors where nobody else is named, and happens once', async () => {
    const answer = await ask(consumer, ids.orders);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        status: 'PENDING',
        asset: {
          id: ids.orders,
          type: 'DATA_OBJECT',
          name: 'orders',
          registered: true,
          metadata: { technology: 'PostgreSQL', host: 'db.example.com', legacyType: 'table' },
        },
        abilities: { determine: { allowed: false }, cancel: { allowed: true } },
      },
    });
    expect(await ask(consumer, ids.orders)).toMatchObject({
      status: 409,
      body: { code: 'access_request.duplicate', requestId: answer.body.id },
    });
    const seen = await governor.call(getAccessRequestById, { params: { id: answer.body.id } });
    expect(seen.body).toMatchObject({ abilities: { determine: { allowed: true }, approve: { allowed: true } } });
    expect((await other.call(getAccessRequestById, { params: { id: answer.body.id } })).status).toBe(404);
    expect((await server.nobody.call(requestAsset, { params: { id: ids.orders } })).status).toBe(401);
    expect((await ask(consumer, newUuid())).status).toBe(404);
    await forget();
  });

  it('is done again with other answers in the place of a pending request', async () => {
    const old = (await ask(consumer, ids.orders)).body.id;
    const body = { requestType: 'DATA_ACCESS' as const, user: consumer.globalUserId, form: standardAnswers };
    const again = (id: string) => ({ params: { id }, body: { ...body, replaces: old } });
    expect((await consumer.call(previewAssetRequest, again(ids.orders))).body.refusal).toBeUndefined();
    expect((await consumer.call(requestAsset, again(ids.lines))).body).toMatchObject({
      code: 'access_request.not_replaceable',
    });
    const made = await consumer.call(requestAsset, again(ids.orders));
    expect(made).toMatchObject({ status: 201, body: { asset: { id: ids.orders }, metadata: { replaces: old } } });
    expect((await consumer.call(getAccessRequestById, { params: { id: old } })).body.status).toBe('CANCELED');
    await forget();
  });

  it('at once makes one request', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(consumer, ids.schema)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
    await forget();
  });

  it('goes to the stewards that the asset or one above it names, and they may revoke', async () => {
    const flow = reviewBy({ any: [user(steward)] });
    await sql`insert into asset (data_object_id, data_access_review_flow) values (${ids.schema}, ${JSON.stringify(flow)}::jsonb)`.execute(
      server.deps.db,
    );
    const preview = await consumer.call(previewAssetRequest, {
      params: { id: ids.orders },
      body: { requestType: 'DATA_ACCESS', user: consumer.globalUserId, form: standardAnswers },
    });
    expect(preview.body).toMatchObject({
      outcome: 'review',
      stages: [{ slots: [{ people: [{ username: 'steward' }] }] }],
    });
    const { id } = (await ask(consumer, ids.orders)).body;
    expect((await decide(governor, id, 'APPROVED')).status).toBe(403);
    const listed = await steward.call(searchAccessRequests, { query: { reviewStatus: ['awaitingReviewFromYou'] } });
    expect(listed.body.data.map((request) => request.id)).toEqual([id]);
    expect(await decide(steward, id, 'APPROVED')).toMatchObject({ status: 200, body: { status: 'APPROVED' } });
    const recent = (who: TestPerson) => who.call(getRecentAssetDeterminations, { params: { id: ids.orders } });
    expect((await recent(steward)).body.determinations).toMatchObject([{ status: 'APPROVED', requestId: id }]);
    expect((await recent(other)).status).toBe(403);
    expect((await consumer.call(getAssetById, { params: { id: ids.orders } })).body).toMatchObject({
      status: 'APPROVED',
    });
    const revoke = (who: TestPerson, assetId = ids.orders) =>
      who.call(revokeAssetRequest, { params: { id: assetId, requestId: id } });
    expect((await revoke(other)).status).toBe(404);
    expect((await revoke(steward, ids.lines)).status).toBe(404);
    expect((await revoke(steward)).status).toBe(204);
    expect((await revoke(steward)).status).toBe(409);
    await sql`delete from asset`.execute(server.deps.db);
    // The flow in force names them no more, and still they were asked: they go on reading it.
    expect((await steward.call(getAccessRequestById, { params: { id } })).status).toBe(200);
    await forget();
  });

  it('of a steward who is named afterwards is seen by them, though the record is not theirs', async () => {
    const { id } = (await ask(consumer, ids.orders)).body;
    expect((await steward.call(getAccessRequestById, { params: { id } })).status).toBe(404);
    const formId = await makeForm(server, reviewBy({ any: [user(steward)] }));
    await sql`insert into asset (data_object_id, data_access_form_id) values (${ids.schema}, ${formId})`.execute(
      server.deps.db,
    );
    expect((await steward.call(getAccessRequestById, { params: { id } })).body).toMatchObject({
      newerFormExists: true,
    });
    const listed = await steward.call(searchAccessRequests, {});
    expect(listed.body.data.map((request) => request.id)).toEqual([id]);
    expect((await decide(steward, id, 'APPROVED')).status).toBe(403);
    await sql`delete from asset`.execute(server.deps.db);
    await forget();
  });

  it('shows the steward every source below it, and what the person reads already', async () => {
    const held = (await ask(consumer, ids.lines)).body.id;
    await decide(governor, held, 'APPROVED');
    // What it gave itself is not what was there before.
    const own = await governor.call(getAccessRequestEvidence, { params: { id: held } });
    expect(own.body.sources).toMatchObject([{ name: 'lines', effect: 'GAINS_ACCESS' }]);
    const { id } = (await ask(consumer, ids.schema)).body;
    const { body } = await governor.call(getAccessRequestEvidence, { params: { id } });
    expect(body.sources).toMatchObject([
      { name: 'lines', effect: 'HAS_ACCESS', cause: 'asset db.example.com.warehouse.sales.lines' },
      { name: 'orders', effect: 'GAINS_ACCESS' },
    ]);
    await forget();
  });

  it('is found by its path, kind and id', async () => {
    const { id } = (await ask(consumer, ids.schema)).body;
    const found = async (query: object) =>
      (await consumer.call(searchAccessRequests, { query })).body.data.map((request) => request.id);
    for (const query of [
      { searchText: 'warehouse.sal' },
      { assetId: ids.schema },
      { assetType: ['DATA_OBJECT'] },
      { targetType: ['schema'] },
      { sortBy: 'dataProduct' },
    ])
      expect(await found(query)).toEqual([id]);
    for (const query of [{ assetId: ids.orders }, { targetType: ['table'] }, { dataProductId: ids.schema }])
      expect(await found(query)).toEqual([]);
    await forget();
  });

  it('reaches a data product under the paths of assets too', async () => {
    const product = await makeProduct(server, governor);
    const answer = await ask(consumer, product.id);
    expect(answer).toMatchObject({ status: 201, body: { dataProduct: { id: product.id } } });
    await forget();
  });

  it('in clear is refused while nothing is masked', async () => {
    const { db } = server.deps;
    const { rows } = await sql<{ id: number }>`select id from data_source where data_object_id = ${ids.orders}`.execute(
      db,
    );
    const sourceId = String(rows[0]?.id);
    await sql`insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable)
      values (${Number(sourceId)}, 1, 'email', 'text', 'text', true)`.execute(db);
    const asked = (id: string, columnName: string) => {
      const columns = [{ columnName, sourceId }];
      const body = { requestType: 'MASKING_EXCEPTION' as const, user: consumer.globalUserId, columns };
      return consumer.call(requestAsset, { params: { id }, body });
    };
    for (const id of [ids.orders, ids.schema])
      expect(await asked(id, 'email')).toMatchObject({ status: 422, body: { code: 'masking_exception.no_mask' } });
    for (const [id, name] of [
      [ids.lines, 'email'],
      [ids.orders, 'nothing'],
    ] as const)
      expect(await asked(id, name)).toMatchObject({ status: 422, body: { code: 'masking_exception.column_unknown' } });
    expect((await asked(newUuid(), 'email')).status).toBe(404);
  });
});
