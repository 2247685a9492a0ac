import { createDataProduct } from '@stoa/contract/data-product';
import { listMemberships } from '@stoa/contract/membership';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { type Catalogue, seedCatalogue } from '../data-product/seed-catalogue.fixture.ts';
import { standardFormVersion } from '../request-form/ensure-standard-form.ts';

let server: TestServer;
let catalogue: Catalogue;
let governor: TestPerson;
let consumer: TestPerson;
const requests: Record<string, string> = {};

async function give(name: string, status: string, expiration: string | null = null): Promise<void> {
  const body = {
    name,
    metadata: null,
    domains: [catalogue.claims],
    dataSources: [{ sourceId: String(catalogue.sources.policies) }],
  };
  const made = await governor.call(createDataProduct, { body });
  const productId = Array.isArray(made.body) ? '' : String(made.body.id);
  const id = (requests[name] = newCuid());
  await server.deps.db
    .insertInto('access_request')
    .values({
      id,
      type: 'DATA_ACCESS',
      status,
      requesting_user: consumer.globalUserId,
      beneficiary: consumer.globalUserId,
      data_product_id: productId,
      form_version: standardFormVersion,
      form: JSON.stringify({ formVersion: standardFormVersion, answers: [], agreements: [] }),
      flow: '{}',
      event: JSON.stringify({ type: 'approve', params: { comment: 'by rule' } }),
      decided_at: status === 'PENDING' ? null : new Date(),
      expiration,
    })
    .execute();
}

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'con' });
  catalogue = await seedCatalogue(server.deps.db);
  await give('Bees', 'PENDING');
  await give('Ants', 'APPROVED');
  await give('Cats', 'APPROVED', '2020-01-01T00:00:00Z');
  await sql`insert into membership_status (access_request_id, connection_id, target_id, global_user_id, state, verified_at, active_at)
    select id, ${catalogue.connectionId}, target_id, beneficiary, 'ACTIVE', now(), now() from access_request where id = ${requests['Ants']}`.execute(
    server.deps.db,
  );
  await sql`insert into container_object (connection_id, target_id, data_source_id, state, verified_at)
    select ${catalogue.connectionId}, target_id, ${catalogue.sources.policies}, 'ACTIVE', now() from access_request where id = ${requests['Ants']}`.execute(
    server.deps.db,
  );
});
afterAll(() => server.stop());

test('a person sees what they have, wait for and had, with proof where there is one', async () => {
  expect((await server.nobody.call(listMemberships)).status).toBe(401);
  const { body } = await consumer.call(listMemberships);
  expect(body.meta.totalCount).toBe(3);
  expect(body.data).toMatchObject([
    {
      target: { name: 'Ants', type: 'DATA_PRODUCT', slug: 'ants' },
      status: 'APPROVED',
      validTo: null,
      reason: 'by rule',
      provisioning: { state: 'ACTIVE' },
      sources: [{ name: 'claims.policies', state: 'ACTIVE', lastVerifiedAt: expect.any(String) }],
      abilities: { revoke: { allowed: true } },
    },
    {
      target: { name: 'Bees' },
      status: 'PENDING',
      validFrom: null,
      provisioning: { state: 'NONE' },
      sources: [{ state: 'NONE' }],
    },
    { target: { name: 'Cats' }, status: 'EXPIRED', validTo: '2020-01-01T00:00:00.000Z' },
  ]);
});

test('states and text narrow the list', async () => {
  const names = async (query: { state?: 'active' | 'pending' | 'ended'; searchText?: string }) =>
    (await consumer.call(listMemberships, { query })).body.data.map((membership) => membership.target.name);
  expect(await names({ state: 'active' })).toEqual(['Ants']);
  expect(await names({ state: 'pending' })).toEqual(['Bees']);
  expect(await names({ state: 'ended' })).toEqual(['Cats']);
  expect(await names({ searchText: 'an' })).toEqual(['Ants']);
  expect(await names({ searchText: '%' })).toEqual([]);
});

test('the memberships of others are shown as far as their requests may be read', async () => {
  const query = { user: consumer.globalUserId };
  expect((await governor.call(listMemberships, { query })).body.data).toHaveLength(3);
  const nosy = await server.person({ username: 'nosy' });
  expect((await nosy.call(listMemberships, { query })).body).toMatchObject({ data: [], meta: { totalCount: 0 } });
});
