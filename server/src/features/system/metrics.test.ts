import { cancelAccessRequest } from '@stoa/contract/access-request';
import { readConnection } from '@stoa/contract/connection';
import { getMetrics } from '@stoa/contract/system';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { claimWork } from '../../provisioning/claim-work.ts';
import { recordDown, recordUp } from '../../provisioning/record-reach.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { askedId, makeContainer, makeProduct } from '../access-request/requests.fixture.ts';

let server: TestServer;
let admin: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'admin', permissions: ['APPLICATION_ADMIN', 'GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(() => server.stop());

/** The lines of one metric, as Prometheus reads them. */
const read = async (name: string): Promise<string[]> => {
  const { body } = await server.nobody.call(getMetrics);
  return String(body)
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
};
const numberOf = (line: string | undefined): number => Number(line?.split(' ').at(-1));

test('what stands on the platforms, what failed there and what waits is counted when somebody asks', async () => {
  const { db } = server.deps;
  const product = await makeProduct(server, admin);
  const requestId = await askedId(consumer, product);
  const connectionId = await makeContainer(server, product.id);
  const key = connectionId.replaceAll('-', '');
  const other = await makeContainer(server, newUuid());
  for (const [on, state] of [
    [connectionId, 'ACTIVE'],
    [other, 'REMOVE_FAILED'],
  ])
    await sql`insert into membership_status (access_request_id, connection_id, target_id, global_user_id, state)
      values (${requestId}, ${on}, ${product.id}, ${consumer.globalUserId}, ${state})`.execute(db);
  await sql`update access_request set updated_at = now() - interval '90 seconds' where id = ${requestId}`.execute(db);
  await sql`update connection set down_since = now() - interval '70 seconds' where id = ${connectionId}`.execute(db);
  for (const [object, by] of [
    ['minded', null],
    ['ignored', admin.globalUserId],
  ])
    await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, ignored_at, ignored_by, ignored_reason)
      values (${newUuid()}, ${connectionId}, 'bypass', ${object}, 'p', 'SELECT', case when ${by}::uuid is null then null else now() end, ${by}::uuid,
        case when ${by}::uuid is null then null else 'Known.' end)`.execute(db);

  expect(await read('stoa_grants_active')).toEqual(['stoa_grants_active{technology="PostgreSQL"} 1']);
  expect(await read('stoa_memberships_failed')).toContain(
    `stoa_memberships_failed{connection="${other.replaceAll('-', '')}",state="REMOVE_FAILED"} 1`,
  );
  expect(await read('stoa_drift_objects')).toEqual([`stoa_drift_objects{connection="${key}",finding="bypass"} 1`]);
  expect(await read('stoa_foreign_grants')).toEqual([`stoa_foreign_grants{connection="${key}"} 2`]);
  const down = (await read('stoa_connection_down_seconds')).find((line) => line.includes(key));
  expect(numberOf(down)).toBeGreaterThanOrEqual(70);
  const removing = await read('stoa_removing_oldest_seconds');
  expect(numberOf(removing.find((line) => line.includes(other.replaceAll('-', ''))))).toBeGreaterThanOrEqual(90);
  expect(numberOf(removing.find((line) => line.includes(key)))).toBe(0);
  expect(await read('stoa_webhook_deliveries_dead')).toEqual(['stoa_webhook_deliveries_dead 0']);
  expect((await read('stoa_queue_depth')).length).toBeGreaterThan(0);
});

test('what becomes of requests is counted once it is told', async () => {
  const count = async (status: string) =>
    numberOf(
      (await read('stoa_requests_total')).find((line) => line.includes(`type="data_product",status="${status}"`)),
    );
  const before = (await count('canceled')) || 0;
  const id = await askedId(consumer, await makeProduct(server, admin));
  await consumer.call(cancelAccessRequest, { params: { id } });
  expect(await until(async () => ((await count('canceled')) > before ? count('canceled') : undefined))).toBe(
    before + 1,
  );
  expect(await count('created')).toBeGreaterThan(0);
});

test('a platform that goes down is an error in the log, once, and one that is back a line; its connection says since when', async () => {
  const error = vi.fn();
  const info = vi.fn();
  const deps = { ...server.deps, log: { ...server.deps.log, error, info } as unknown as TestServer['deps']['log'] };
  const connectionId = await makeContainer(server, newUuid());
  const connectionKey = connectionId.replaceAll('-', '');
  const work = await claimWork(deps.db, connectionId, deps.replicaId);
  if (work === undefined) expect.fail('the connection is held by another');
  const failure: Parameters<typeof recordDown>[1]['failure'] = {
    class: 'retry',
    code: 'ECONNREFUSED',
    message: 'connect ECONNREFUSED',
    remedy: '',
    outcomeUnknown: false,
  };
  for (const _ of [1, 2]) await recordDown(deps, { connectionId, fence: work.fence, failure, taskIds: [] });
  expect(error).toHaveBeenCalledOnce();
  expect(error.mock.calls[0]?.[0]).toMatchObject({ connection: connectionKey, code: 'ECONNREFUSED' });
  const shown = async () => (await admin.call(readConnection, { params: { connectionKey } })).body.reconcile;
  expect((await shown()).downSince).toEqual(expect.any(String));
  for (const _ of [1, 2]) await recordUp(deps, connectionId);
  expect(info).toHaveBeenCalledOnce();
  expect(info.mock.calls[0]?.[0]).toMatchObject({ connection: connectionKey });
  expect((await shown()).downSince).toBeUndefined();
});
