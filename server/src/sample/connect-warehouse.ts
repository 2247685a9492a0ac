import { randomBytes } from 'node:crypto';
import { createConnection, readConnection, updateConnection } from '@stoa/contract/connection';
import { listDataObjects, updateDataObject } from '@stoa/contract/data-object';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import pg from 'pg';
import type { EmbeddedAddress } from '../db/embedded/address.ts';
import type { Deps } from '../deps.ts';
import { maskLayerScript } from '../provisioning/mask-layer-script.ts';
import { type SampleCallers, waitFor } from './sample-callers.ts';
import { createWarehouse } from './warehouse/create-warehouse.ts';

export const warehouseKey = 'warehouse';

export type SampleWarehouse = { database: string; account: string; scale: number };
/** As people see it. */
export const wholeWarehouse: SampleWarehouse = { database: warehouseKey, account: 'stoa_connector', scale: 1 };

/** Makes the warehouse and connects it. The account's password is known to the connection alone. */
export async function connectWarehouse(
  callers: SampleCallers,
  embedded: EmbeddedAddress,
  warehouse: SampleWarehouse,
): Promise<void> {
  if (await callers.find('appadmin', readConnection, { params: { connectionKey: warehouseKey } })) return;
  const credentials = { username: warehouse.account, password: randomBytes(24).toString('base64url') };
  await createWarehouse(embedded.url('postgres'), {
    connector: { user: credentials.username, password: credentials.password },
    database: warehouse.database,
    scale: warehouse.scale,
  });
  await callers.call('appadmin', createConnection, {
    body: {
      connectionKey: warehouseKey,
      technology: 'PostgreSQL',
      config: { host: embedded.host, port: embedded.port, database: warehouse.database, tls: 'disable' },
      authType: 'password',
      credentials,
    },
  });
}

/** Waits for the first crawl and registers everything it found. */
export async function enableObjects(callers: SampleCallers): Promise<void> {
  const crawl = await waitFor(180, async () => {
    const { crawl } = await callers.call('appadmin', readConnection, { params: { connectionKey: warehouseKey } });
    return crawl === undefined || crawl.status === 'RUNNING' ? undefined : crawl;
  });
  if (crawl?.status !== 'SUCCEEDED') throw new Error(`the crawl of the warehouse: ${crawl?.error ?? 'it still runs'}`);
  const { data: roots } = await callers.call('appadmin', listDataObjects, { query: { connectionKey: warehouseKey } });
  for (const root of roots.filter((one) => one.state !== 'enabled')) {
    const { taskId } = await callers.call('appadmin', updateDataObject, {
      params: { id: root.id },
      body: { state: 'enabled' },
    });
    const task = await waitFor(60, async () => {
      const now = await callers.call('appadmin', getTask, { params: { taskId } });
      return now.status === 'SUCCEEDED' || now.status === 'FAILED' ? now : undefined;
    });
    if (task?.status !== 'SUCCEEDED') throw new Error(`enabling ${root.name}: ${task?.error ?? 'it still runs'}`);
  }
}

/** Gives the warehouse what masks stand on, as its setup script would have; also one that was made before there were masks. */
export async function layMasks(
  deps: Deps,
  embedded: EmbeddedAddress,
  { database, account }: SampleWarehouse,
): Promise<void> {
  const client = new pg.Client(embedded.url(database));
  await client.connect();
  try {
    await client.query(maskLayerScript(deps, { account, database }));
  } finally {
    await client.end();
  }
}

/** Lets the connection's account read who reads what; the embedded server has loaded what counts it. */
export async function showActivity(embedded: EmbeddedAddress, { database, account }: SampleWarehouse): Promise<void> {
  const client = new pg.Client(embedded.url(database));
  await client.connect();
  try {
    await client.query(`CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public;
      GRANT pg_read_all_stats TO ${pg.escapeIdentifier(account)};
      GRANT USAGE ON SCHEMA public TO ${pg.escapeIdentifier(account)}`);
  } finally {
    await client.end();
  }
}

/** The embedded server may come up on another port than last time; the connection follows it. */
export async function followPort(deps: Deps, callers: SampleCallers, embedded: EmbeddedAddress): Promise<void> {
  const { rows } = await sql<{ isElsewhere: boolean }>`
    select (config->>'port')::int <> ${embedded.port} as "isElsewhere" from connection
    where connection_key = ${warehouseKey} and config->>'host' = ${embedded.host}`.execute(deps.db);
  if (rows[0]?.isElsewhere !== true) return;
  await callers.call('appadmin', updateConnection, {
    params: { connectionKey: warehouseKey },
    body: { config: { port: embedded.port } },
  });
}
