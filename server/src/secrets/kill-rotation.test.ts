import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rotateDataKeys } from '@stoa/contract/data-key';
import { getTask } from '@stoa/contract/task';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { newSigningKey, sealSigningKey } from '../features/webhook/signing-key.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { buildWithFailPoints, type FailingServer, failingServer } from '../testing/failing-server.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';
import { createDatabase, dropDatabase } from '../testing/postgres.ts';
import { until } from '../testing/until.ts';

/** More than a rotation moves at once. */
const many = 520;
const secrets = new Map<string, string>();
let dataDir: string;
let databaseUrl: string;
let failing: FailingServer;
let superuser: pg.Client;
let admin: TestPerson;

const healthy = (): Promise<TestServer> => startTestServer({ databaseUrl, dataDir });

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'stoa-kill-'));
  databaseUrl = await createDatabase();
  failing = failingServer({ databaseUrl, dataDir });
  const [server] = await Promise.all([healthy(), buildWithFailPoints()]);
  admin = await server.person({ username: 'keeper', permissions: ['APPLICATION_ADMIN'] });
  const rows = Array.from({ length: many }, () => {
    const [id, key] = [newUuid(), newSigningKey()];
    secrets.set(id, key.reveal());
    return { id, secret: sealSigningKey(server.deps.secrets, id, key) };
  });
  superuser = new pg.Client(databaseUrl);
  await superuser.connect();
  await superuser.query(
    `insert into webhook (id, url, event_types, secret) select id, 'https://127.0.0.1/hook', '{stoa.ping}', secret
      from json_to_recordset($1) as x (id uuid, secret text)`,
    [JSON.stringify(rows)],
  );
  await server.stop();
}, 240_000);
afterAll(async () => {
  await superuser?.end();
  if (databaseUrl) await dropDatabase(databaseUrl);
  rmSync(dataDir, { recursive: true, force: true });
});

/** How many secrets each key seals, the fewest first. */
async function shares(): Promise<{ key: string; n: number }[]> {
  const { rows } = await superuser.query<{ key: string; n: number }>(
    `select split_part(secret, '.', 2) as key, count(*)::int as n from webhook group by 1 order by 2`,
  );
  return rows;
}

async function expectAllOpen({ deps }: TestServer): Promise<void> {
  const { rows } = await superuser.query<{ id: string; secret: string }>('select id, secret from webhook');
  const opened = rows.map(({ id, secret }) => {
    const place = { table: 'webhook', rowId: id, column: 'secret' } as const;
    return [id, deps.secrets.open(place, secret).reveal()] as const;
  });
  expect(new Map(opened)).toEqual(secrets);
}

it.each([
  ['rotation.activated', [many]],
  ['rotation.stored', [many - 500, 500]],
] as const)(
  'killed at %s, every secret opens at the next start, which carries the rotation on',
  async (point, halfway) => {
    const [former] = await shares();
    const dying = await failing.start({ FAILPOINT: `${point}:kill` });
    const { taskId } = (await callerOf(dying.url, admin.token).call(rotateDataKeys)).body;
    expect(await dying.ended).toBe('SIGKILL');
    expect((await shares()).map((one) => one.n)).toEqual(halfway);
    // As if it had been silent for a minute: what it held is free.
    await superuser.query(`update replica set heartbeat_at = now() - interval '1 minute';
      update graphile_worker._private_jobs set locked_at = now() - interval '1 minute' where locked_at is not null;
      update graphile_worker._private_job_queues set locked_at = now() - interval '1 minute' where locked_at is not null`);
    const server = await healthy();
    try {
      await expectAllOpen(server);
      await until(async () => {
        const { body } = await callerOf(server.url, admin.token).call(getTask, { params: { taskId } });
        return body.status === 'SUCCEEDED' ? true : undefined;
      }, 40);
      await expectAllOpen(server);
      const now = await shares();
      expect(now).toMatchObject([{ n: many }]);
      expect(now[0]?.key).not.toBe(former?.key);
      const { rows } = await superuser.query('select state from data_key where id = $1', [former?.key]);
      expect(rows).toEqual([{ state: 'retired' }]);
    } finally {
      await server.stop();
    }
  },
);
