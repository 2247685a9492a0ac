import { listDomains } from '@stoa/contract/domain';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('a call that the database gives up on is told to come again, and works once it can', async () => {
  const governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  const other = new pg.Client(server.databaseUrl);
  await other.connect();
  await other.query('begin; lock table domain in access exclusive mode');
  const late = await governor.call(listDomains);
  await other.end();
  expect(late.status).toBe(503);
  expect(late.body).toMatchObject({ code: 'server.timeout', status: 503 });
  expect(late.headers.get('content-type')).toContain('application/problem+json');
  expect(late.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await governor.call(listDomains)).status).toBe(200);
});
