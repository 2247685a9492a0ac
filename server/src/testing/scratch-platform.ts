import type { CreateConnectionBody } from '@stoa/contract/connection';
import { ownerRole } from '@stoa/connectors/postgres/mask-names';
import { postgresConnector } from '@stoa/connectors/postgres/connector';
import pg from 'pg';
import type { Deps } from '../deps.ts';
import { namePrefix } from '../provisioning/platforms.ts';
import { ownPostgres } from '@stoa/connectors/testing/own-postgres';
import { connectionString, createDatabase, dropDatabase, uniqueName } from './postgres.ts';

export type TestPlatform = {
  database: string;
  account: string;
  /** Runs as the platform's administrator. */
  run(sql: string): Promise<pg.QueryResult>;
  /** The setup script, under a login of its own: roles are shared by all tests. */
  setUp(): Promise<void>;
  /** What registers it. */
  connection(connectionKey: string): CreateConnectionBody;
  drop(): Promise<void>;
};

/** A scratch database on the test server that plays a company's data platform. */
export async function createPlatform(deps: Deps, sql: string): Promise<TestPlatform> {
  const database = uniqueName('platform');
  const account = uniqueName('connector');
  const password = 'a "password" of \'its\' own';
  const { host, port } = ownPostgres();
  await createDatabase(database);
  const admin = new pg.Client(connectionString(database));
  admin.on('error', () => undefined);
  await admin.connect();
  await admin.query(sql);
  const config = { host, port, database, tls: 'disable' as const };
  return {
    database,
    account,
    run: (text) => admin.query(text),
    async setUp() {
      const { installationId } = deps;
      await admin.query(
        postgresConnector.setupScript({ config, installationId, namePrefix, username: account, password }),
      );
    },
    connection: (connectionKey) => ({
      connectionKey,
      technology: 'PostgreSQL',
      config,
      authType: 'password',
      credentials: { username: account, password },
    }),
    async drop() {
      await admin.end();
      await dropDatabase(database);
      const server = new pg.Client(connectionString('postgres'));
      await server.connect();
      // The next installation on this server would take the owner of masked views for another's.
      for (const role of [account, ownerRole({ namePrefix })])
        await server.query(`drop role if exists ${pg.escapeIdentifier(role)}`).catch(() => undefined);
      await server.end();
    },
  };
}
