import {
  determineAccessRequest,
  requestAccess,
  searchAccessRequests,
  searchDataProductAccessRequests,
  searchDataProductMembers,
} from '@stoa/contract/access-request';
import { getAssetByMetadata } from '@stoa/contract/asset';
import { searchAudit } from '@stoa/contract/audit';
import { listTokens } from '@stoa/contract/auth';
import {
  getDataProductById,
  getDataProductByName,
  searchDataProducts,
  searchDataSources,
  updateDataProduct,
} from '@stoa/contract/data-product';
import { listDataProductActivity } from '@stoa/contract/data-product-use';
import { listDataSources } from '@stoa/contract/data-source';
import { listMemberships } from '@stoa/contract/membership';
import { getAvailableDomains } from '@stoa/contract/metadata';
import { updateApplicationSettings } from '@stoa/contract/settings';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newCuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { addDataSources } from '../testing/data-sources.ts';
import { makeActors } from './matrix-actors.fixture.ts';
import { addDomain, addProduct, addRequest, addToken, makeWorld, type World } from './matrix-world.fixture.ts';
import { fingerprint, whatChanged } from './table-fingerprint.fixture.ts';

let server: TestServer;
let world: World;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000000' } });
  world = await makeWorld(server, await makeActors(server));
});
afterAll(() => server.stop());
afterEach(() => showProducts(true));

const showProducts = (shown: boolean) =>
  world.actors.APPLICATION_ADMIN.call(updateApplicationSettings, { body: { showDataProductsToConsumers: shown } });

describe('what somebody else has', () => {
  it('changes no list and no count of a stranger', async () => {
    const plain = world.actors['plain login'];
    const { stranger } = world;
    const elsewhere = await addDomain(world);
    const productId = await addProduct(world, { domain: 'B' });
    const params = { id: productId };
    await sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
      values (${elsewhere}, 'Audit Activity', 'user', ${plain.globalUserId})`.execute(server.deps.db);
    await showProducts(false);
    const look = async () => ({
      requests: await plain.call(searchAccessRequests, { query: { includeTemporary: true } }),
      asSteward: await plain.call(searchAccessRequests, { query: { role: ['steward', 'manager'] } }),
      ofStranger: await plain.call(searchAccessRequests, { query: { userIds: [stranger.globalUserId] } }),
      memberships: await plain.call(listMemberships),
      membershipsOfStranger: await plain.call(listMemberships, { query: { user: stranger.globalUserId } }),
      tokens: await plain.call(listTokens),
      sources: await plain.call(listDataSources),
      domains: await plain.call(getAvailableDomains),
      products: await plain.call(searchDataProducts, { query: { facets: true } }),
      search: await plain.call(searchDataProducts, { query: { q: 'Product', facets: true } }),
      requestsOfProduct: await plain.call(searchDataProductAccessRequests, { params }),
      audit: await plain.call(searchAudit),
    });
    const bodies = (answers: Awaited<ReturnType<typeof look>>) =>
      Object.entries(answers).map(([name, { status, body }]) => ({ name, status, body: status === 200 ? body : null }));
    const before = bodies(await look());

    await addRequest(world, { domain: 'B', status: 'PENDING' });
    await addRequest(world, { domain: 'A', status: 'APPROVED' });
    await stranger.call(requestAccess, { params, body: { user: stranger.globalUserId, form: standardAnswers } });
    await addToken(world, stranger);
    await addDataSources(server.deps.db, { connectionKey: 'unseen', schema: 'x', tables: ['secret'] });
    await addProduct(world, { domain: 'A' });

    expect(bodies(await look())).toEqual(before);
  });

  it('is not shown with a member: neither answers nor reasons', async () => {
    const { requester, beneficiary, 'steward of the request': steward, 'plain login': plain } = world.actors;
    const id = await addProduct(world, { domain: 'A' });
    const made = await requester.call(requestAccess, {
      params: { id },
      body: { user: beneficiary.globalUserId, form: standardAnswers },
    });
    const decided = await steward.call(determineAccessRequest, {
      params: { id: made.body.id },
      body: { status: 'APPROVED', reason: 'A note among stewards.' },
    });
    expect(decided.status).toBe(200);
    const secret = JSON.stringify(standardAnswers.answers[0]?.value);
    for (const operation of [searchDataProductMembers, searchDataProductAccessRequests]) {
      const seen = JSON.stringify((await plain.call(operation, { params: { id } })).body);
      expect(seen).not.toContain(secret);
      expect(seen).not.toContain('A note among stewards.');
    }
    const activity = await plain.call(listDataProductActivity, { params: { id } });
    expect(JSON.stringify(activity.body)).not.toContain('A note among stewards.');
    expect(JSON.stringify((await steward.call(searchDataProductMembers, { params: { id } })).body)).toContain(secret);
  });
});

describe('a hidden product', () => {
  it('is not there for strangers, by no road, and is there for those who deal with it', async () => {
    const id = await addProduct(world, { domain: 'A' });
    await showProducts(false);
    const { 'plain login': plain, 'steward of the request': steward, 'manager of the domain': manager } = world.actors;
    const { 'manager of another domain': otherManager, GOVERNANCE: governor, AUDIT: auditor } = world.actors;
    for (const person of [plain, otherManager]) {
      expect((await person.call(getDataProductById, { params: { id } })).status).toBe(404);
      expect((await person.call(getDataProductById, { params: { id: `p-${id}` } })).status).toBe(404);
      expect((await person.call(getDataProductByName, { params: { name: `Product ${id}` } })).status).toBe(404);
      expect((await person.call(searchDataSources, { params: { id } })).status).toBe(404);
      expect((await person.call(searchDataProductMembers, { params: { id } })).status).toBe(404);
      const body = { user: person.globalUserId, form: standardAnswers };
      expect((await person.call(requestAccess, { params: { id }, body })).status).toBe(404);
      expect((await person.send('GET', `/api/asset/${id}`)).status).toBe(404);
    }
    for (const person of [steward, manager, governor, auditor])
      expect((await person.call(getDataProductById, { params: { id } })).status).toBe(200);
  });
});

describe('members that only the server sets', () => {
  it('are dropped from a request for access', async () => {
    const { requester, 'plain login': plain } = world.actors;
    const id = await addProduct(world, { domain: 'B' });
    const made = await requester.send('POST', `/api/data-product/${id}/request`, {
      user: requester.globalUserId,
      form: { ...standardAnswers, formVersion: undefined },
      id: newCuid(),
      status: 'APPROVED',
      expiration: '2199-01-01T00:00:00Z',
      requestingUser: plain.globalUserId,
      createdBy: plain.globalUserId,
      decided_at: '2020-01-01T00:00:00Z',
      tenantId: '1',
    });
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'PENDING', requestingUser: { globalUserId: requester.globalUserId } },
    });
    expect(made.body).not.toHaveProperty('expiration');
  });

  it('of a product are refused to a steward by name', async () => {
    const id = await addProduct(world, { domain: 'A' });
    const steward = world.actors['steward of the request'];
    const answer = await steward.call(updateDataProduct, {
      params: { id },
      body: { description: 'mine to write', suspended: true },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'data_product.field_forbidden' } });
    const read = await steward.call(getDataProductById, { params: { id } });
    expect(read.body).toMatchObject({ suspended: false });
    expect(read.body.description ?? null).toBe(null);
  });
});

describe('a link to an asset', () => {
  const names = [
    'a.b.c',
    'db.example.com.warehouse.s.ina',
    'ina',
    '"; drop table x',
    '.'.repeat(50),
    'a'.repeat(1_900),
  ];
  const details = [{}, { host: '169.254.169.254' }, { technology: 'Snowflake' }, { assetType: 'table', port: 1 }];
  it('changes nothing, and answers for the unknown as for what nobody may know', async () => {
    const plain = world.actors['plain login'];
    const before = await fingerprint(server.deps.db);
    for (const fullyQualifiedName of names)
      for (const more of details) {
        const { status } = await plain.call(getAssetByMetadata, { query: { fullyQualifiedName, ...more } });
        expect([200, 400, 409]).toContain(status);
      }
    expect(whatChanged(before, await fingerprint(server.deps.db))).toEqual([]);
  });
});
