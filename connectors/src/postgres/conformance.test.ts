import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { describeConformance } from '../conformance.ts';
import { hasDebianPostgres, startDebianPostgres } from '../testing/debian-cluster.ts';
import { makePostgresWorld } from '../testing/postgres-world.ts';
import type { TestServer } from '../testing/postgres-world.ts';
import { describePostgres } from './conformance-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { host: string; port: number; user: string; password: string };
  }
}

const embedded = (): TestServer => inject('postgres');

describeConformance('PostgreSQL 18', () => makePostgresWorld(embedded(), '18'));
describePostgres('PostgreSQL 18 in particular', embedded);

if (hasDebianPostgres) {
  describe('PostgreSQL 15', () => {
    let running: Awaited<ReturnType<typeof startDebianPostgres>> | undefined;
    const server = (): TestServer => {
      if (running === undefined) throw new Error('PostgreSQL 15 is not running');
      return running.server;
    };
    beforeAll(async () => {
      running = await startDebianPostgres();
    });
    afterAll(() => running?.stop());
    describeConformance('with roles made beforehand', () => makePostgresWorld(server(), '15'));
    describePostgres('in particular', server);
  });
} else {
  it.skip('PostgreSQL 15 is left out: /usr/lib/postgresql/15 is not installed', () => undefined);
}
