import { getCurrentUser, signIn } from '@stoa/contract/auth';
import { listUsers, updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownPostgres } from '@stoa/connectors/testing/own-postgres';
import { connectionString, dropDatabase, uniqueName } from '../testing/postgres.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { buildApp } from '../http/app.ts';
import { routes } from '../routes.ts';
import { sampleAccounts } from './accounts.ts';
import { loadSample } from './load-sample.ts';

let server: TestServer;
const said: string[] = [];
const database = uniqueName('warehouse');
const account = uniqueName('connector');

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.stop();
  await dropDatabase(database);
  const admin = new pg.Client(connectionString('postgres'));
  await admin.connect();
  const { rows } = await admin.query<{ name: string }>(
    `select r.rolname as name from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member where m.rolname = $1 and r.rolname !~ '^pg_'`,
    [account],
  );
  for (const { name } of [...rows, { name: account }])
    await admin.query(`drop role if exists ${pg.escapeIdentifier(name)}`);
  await admin.end();
});

async function load(): Promise<boolean> {
  const { host, port, user, password } = ownPostgres();
  const app = await buildApp(server.deps, routes);
  return loadSample({
    deps: server.deps,
    app,
    embedded: { host, port, superuser: { user, password }, url: (name) => connectionString(name) },
    say: (line) => said.push(line),
    warehouse: { database, account, scale: 0.02 },
  });
}

async function summary(): Promise<unknown> {
  const { rows } = await sql`
    select (select json_object_agg(status, n) from (select status, count(*) as n from access_request group by 1) r) as requests,
      (select count(*) from app_user) as people, (select count(*) from user_group) as groups,
      (select count(*) from domain where exists (select from domain_data_source where domain_id = id)) as domains,
      (select count(*) from data_product where deleted_at is null) as products, (select count(*) from connection) as connections,
      (select count(*) from determination) as determinations,
      (select json_object_agg(state, n) from (select state, count(*) as n from membership_status group by 1) m) as access,
      (select count(*) from personal_access_token where revoked_at is null) as tokens`.execute(server.deps.db);
  return rows[0];
}

const whole = {
  requests: { APPROVED: 3, CANCELED: 1, DENIED: 1, EXPIRED: 1, PENDING: 3, REVOKED: 1 },
  people: 8,
  groups: 4,
  domains: 3,
  products: 3,
  connections: 1,
  determinations: 7,
  access: { ACTIVE: 3, REMOVED: 2 },
  tokens: 0,
};

test('a new installation gets people, data and requests, with grants that are real', { timeout: 300_000 }, async () => {
  expect({ isThere: await load(), said }).toMatchObject({ isThere: true });
  expect(await summary()).toEqual(whole);
  for (const body of sampleAccounts.slice(0, 2)) expect((await server.nobody.call(signIn, { body })).status).toBe(204);
  const { rows } = await sql<{ actions: string[] }>`
    select array_agg(distinct action) as actions from audit_event`.execute(server.deps.db);
  expect(rows[0]?.actions).toEqual(
    expect.arrayContaining(['AccessExpired', 'AccessRequested', 'ProvisioningVerified', 'UserCreated']),
  );
});

test('a load that goes on from any stage doubles nothing', { timeout: 300_000 }, async () => {
  for (const stage of ['started', 'people', 'warehouse', 'objects', 'domains', 'products', 'done']) {
    await sql`update setting set value = ${JSON.stringify({ stage })}::jsonb where name = 'sample'`.execute(
      server.deps.db,
    );
    expect({ stage, isThere: await load(), said: said.at(-1) }).toMatchObject({ stage, isThere: true });
    expect(await summary()).toEqual(whole);
  }
});

test('both stewards can decide what waits, and nobody decides for themself', async () => {
  const { rows } = await sql<{ id: string; beneficiary: string; product: string }>`
    select r.id, u.username as beneficiary, p.name as product from access_request r
    join app_user u on u.global_user_id = r.beneficiary join data_product p on p.id = r.data_product_id
    where r.status = 'PENDING' order by r.created_at`.execute(server.deps.db);
  expect(rows.map(({ beneficiary, product }) => `${beneficiary}: ${product}`)).toEqual([
    'consumer2: Customer 360',
    'consumer: Finance ledger',
    'steward: Finance ledger',
  ]);
  const able = async (username: string) => {
    const signedIn = await server.nobody.call(signIn, { body: { username, password: 'stoa-sample' } });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await server.nobody.call(getCurrentUser, { headers: { cookie } })).status).toBe(200);
    const answers = await Promise.all(
      rows.map((row) => server.nobody.send('GET', `/api/access-request/${row.id}`, undefined, { cookie })),
    );
    return answers.map((answer) => JSON.stringify(answer.body).includes('"determine":{"allowed":true'));
  };
  expect(await able('steward')).toEqual([true, true, false]);
  expect(await able('steward2')).toEqual([true, true, true]);
});

test('a disabled account loses its native access, and has it again once it is enabled', async () => {
  const signedIn = await server.nobody.call(signIn, { body: { username: 'useradmin', password: 'stoa-sample' } });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, origin: server.url, 'sec-fetch-site': 'same-origin' };
  const found = await server.nobody.call(listUsers, { query: { searchText: 'consumer2' }, headers });
  const globalUserId = found.body.data[0]?.globalUserId ?? '';
  const member = async () => {
    const admin = new pg.Client(connectionString(database));
    await admin.connect();
    const { rows } = await admin.query<{ held: boolean }>(
      `select has_table_privilege('consumer2', 'finance.invoices', 'select') as held`,
    );
    await admin.end();
    return rows[0]?.held;
  };
  expect(await member()).toBe(true);
  for (const status of ['disabled', 'active'] as const) {
    await server.nobody.call(updateUser, { params: { globalUserId }, body: { status }, headers });
    await expect.poll(member, { timeout: 15_000 }).toBe(status === 'active');
  }
});

test('an installation that somebody has set up gets no sample', async () => {
  const other = await startTestServer();
  try {
    await other.person({ username: 'first' });
    const app = await buildApp(other.deps, routes);
    const { host, port, user, password } = ownPostgres();
    const embedded = { host, port, superuser: { user, password }, url: (name: string) => connectionString(name) };
    expect(await loadSample({ deps: other.deps, app, embedded, say: () => {} })).toBe(false);
  } finally {
    await other.stop();
  }
});
