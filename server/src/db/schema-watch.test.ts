import { getLiveness, getReadiness } from '@stoa/contract/system';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeContainer } from '../features/access-request/requests.fixture.ts';
import { reconcileConnection } from '../provisioning/reconcile-connection.ts';
import { enqueueSweeps } from '../provisioning/sweep.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { sendHeartbeat } from '../work/replicas.ts';
import { newUuid } from './new-id.ts';

let server: TestServer;
let owner: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  owner = new pg.Client(server.databaseUrl);
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await server?.stop();
});

test('a process under which a newer version migrated the database is not ready, says why, and holds no connection any more', async () => {
  const { deps } = server;
  const connectionId = await makeContainer(server, newUuid());
  const holders = async () => (await sql`select from connection_lease`.execute(deps.db)).rows.length;
  expect((await server.nobody.call(getReadiness)).status).toBe(200);

  await owner.query(`insert into stoa_migration (name, digest) values ('9999_of_later.sql', 'x')`);
  await sendHeartbeat(deps);
  expect(deps.schema.newer).toBe('9999_of_later.sql');
  await sql`delete from connection_lease`.execute(deps.db);
  expect(await reconcileConnection(deps, connectionId)).toBe('not-ours');
  await enqueueSweeps(deps);
  expect(await holders()).toBe(0);
  const refused = await server.nobody.call(getReadiness);
  expect(refused).toMatchObject({
    status: 503,
    body: { error: { schema: { status: 'down', message: expect.stringContaining('9999_of_later.sql') } } },
  });
  expect((await server.nobody.call(getLiveness)).status).toBe(200);

  await owner.query(`delete from stoa_migration where name = '9999_of_later.sql'`);
  expect((await server.nobody.call(getReadiness)).status).toBe(200);
  await reconcileConnection(deps, connectionId);
  expect(await holders()).toBe(1);
});
