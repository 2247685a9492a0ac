import { createDomain, listDomains } from '@stoa/contract/domain';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { startLine } from '../testing/line.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { waitFor } from '../testing/register-platform.ts';

let server: TestServer;
let governor: TestPerson;
let admin: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  admin = new pg.Client(server.databaseUrl);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});

it('a change that finds no space in the database is refused as that, and goes through once there is space', async () => {
  await admin.query(`
    create function no_space() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
    create trigger no_space before insert on domain for each row execute function no_space()`);
  const refused = await governor.call(createDomain, { body: { name: 'Without space' } });
  expect(refused.body).toMatchObject({ code: 'server.storage_full', status: 507 });
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await governor.call(listDomains)).status).toBe(200);
  await admin.query('drop function no_space cascade');
  expect((await governor.call(createDomain, { body: { name: 'Without space' } })).status).toBe(201);
});

it('a change during which the session with the database breaks is told to come again', async () => {
  const direct = new URL(server.databaseUrl);
  const line = await startLine({ host: direct.hostname, port: Number(direct.port) });
  const over = new URL(direct);
  over.port = String(line.port);
  const replica = await startTestServer({ databaseUrl: over.toString() });
  const { call } = callerOf(replica.url, governor.token);
  const holder = new pg.Client(server.databaseUrl);
  await holder.connect();
  try {
    await holder.query('begin; lock table domain in access exclusive mode');
    const changing = call(createDomain, { body: { name: 'Broken off' } });
    await waitFor('the change to wait for the lock', async () => {
      const { rows } = await admin.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    line.be('refuse');
    const broken = await changing;
    expect(broken.body).toMatchObject({ code: 'server.busy', status: 503 });
    expect(broken.headers.get('retry-after')).toMatch(/^\d+$/);
  } finally {
    await holder.end();
    line.be('through');
    await waitFor('the database to be back', async () => (await call(listDomains)).status === 200);
    await replica.stop();
    await line.close();
  }
}, 180_000);
