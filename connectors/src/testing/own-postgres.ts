import { inject } from 'vitest';
import type { TestServer } from './postgres-world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: readonly OwnServer[];
  }
}
/** `socketFolder`: where it also listens, for sessions of which a test has many. */
type OwnServer = TestServer & { readonly socketFolder: string };

/** The PostgreSQL of the process that runs this test file: roles belong to a whole server, and would meet on a shared one. */
export function ownPostgres(): OwnServer {
  const server = inject('postgres')[Number(process.env['VITEST_POOL_ID']) - 1];
  if (server === undefined) throw new Error(`no PostgreSQL was started for worker ${process.env['VITEST_POOL_ID']}`);
  return server;
}
