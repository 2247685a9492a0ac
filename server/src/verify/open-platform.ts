import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { sql } from 'kysely';
import pg from 'pg';
import type { Config } from '../config.ts';
import type { Reader } from '../db/pool.ts';
import { checkEgress } from '../egress/egress-rules.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { ConnectionFact } from './facts.ts';
import type { Catalog } from './platform.ts';
import { readPostgresCatalog } from './postgres-catalog.ts';

export type PlatformAsk = {
  readonly db: Reader;
  readonly config: Pick<Config, 'egress'>;
  readonly secrets: Secrets;
  readonly installationId: string;
};

type Row = { config: Place; secret: string };
type Place = { host: string; port?: number; database: string; tls?: string; ca?: string };
type Credentials = { username: string; password: string };

/** Reads the catalog of a platform through the account of the connection. Throws what the platform says. */
export async function readCatalog(ask: PlatformAsk, connection: ConnectionFact): Promise<Catalog> {
  const { rows } = await sql<Row>`select config, secret from connection where id = ${connection.id}`.execute(ask.db);
  const row = rows[0];
  if (row === undefined) throw new Error('the connection is gone');
  const sealed = { table: 'connection', rowId: connection.id, column: 'secret' } as const;
  // Written by our own operations from what they parsed.
  const credentials = ask.secrets.open(sealed, row.secret).revealJson() as Credentials;
  const { host, port = 5432, database } = row.config;
  const client = new pg.Client({
    host: await checkEgress(ask.config.egress, { purpose: 'connection', host, port }),
    port,
    database,
    user: credentials.username,
    password: credentials.password,
    ssl: tlsOf(row.config),
    connectionTimeoutMillis: 10_000,
    statement_timeout: 120_000,
    query_timeout: 130_000,
    application_name: 'stoa verify',
    options: '-c search_path=pg_catalog,pg_temp -c default_transaction_read_only=on',
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await readPostgresCatalog(client, { installationId: ask.installationId, connectionId: connection.id });
  } finally {
    await client.end();
  }
}

function tlsOf({ host, tls, ca }: Place): pg.ClientConfig['ssl'] {
  if (tls === 'disable') return false;
  const name = isIP(host) === 0 ? { servername: host } : {};
  if (tls === 'require') return { ...name, rejectUnauthorized: false };
  return {
    ...name,
    ...(ca === undefined || ca.trim() === '' ? {} : { ca }),
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
}
