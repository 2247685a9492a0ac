import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeConformance } from '../conformance.ts';
import { findInstalledPostgres, startInstalledPostgres } from '../testing/installed-cluster.ts';
import { ownPostgres } from '../testing/own-postgres.ts';
import { makePostgresWorld } from '../testing/postgres-world.ts';
import type { TestServer } from '../testing/postgres-world.ts';
import { describeActivity } from './conformance-activity.ts';
import { describeExistingGrants } from './conformance-existing-grants.ts';
import { describeFutureObjects } from './conformance-future.ts';
import { describeLog } from './conformance-log.ts';
import { describeLimits } from './conformance-limits.ts';
import { describeMasks } from './conformance-masks.ts';
import { describePostgres } from './conformance-postgres.ts';
import { describeRemoval } from './conformance-removal.ts';
import { describeRoles } from './conformance-roles.ts';
import { describeTakeBack } from './conformance-take-back.ts';

describeConformance('PostgreSQL 18', () => makePostgresWorld(ownPostgres(), '18'));
describePostgres('PostgreSQL 18 in particular', ownPostgres);
describeRemoval('PostgreSQL 18 when Stoa goes', () => makePostgresWorld(ownPostgres(), '18'));
describeRoles('PostgreSQL 18 with roles that somebody changes', () => makePostgresWorld(ownPostgres(), '18'));
describeTakeBack('PostgreSQL 18 with what others gave', () => makePostgresWorld(ownPostgres(), '18'));
describeExistingGrants('PostgreSQL 18 with grants from before', () =>
  makePostgresWorld(ownPostgres(), '18', { grantAuthority: 'owner-member' }),
);
describeLimits('PostgreSQL 18 with as many roles as it has room for', () => makePostgresWorld(ownPostgres(), '18'));
describeFutureObjects('PostgreSQL 18 with an account that may act for owners', () =>
  makePostgresWorld(ownPostgres(), '18', { grantAuthority: 'owner-member' }),
);
describeMasks('PostgreSQL 18 with masks', () => makePostgresWorld(ownPostgres(), '18'));
describeMasks('PostgreSQL 18 with masks that keep indexes', () =>
  makePostgresWorld(ownPostgres(), '18', { maskedLookup: 'union' }),
);
describeActivity('PostgreSQL 18 with its counters of statements', () => makePostgresWorld(ownPostgres(), '18'));

const installed = findInstalledPostgres();
for (const one of installed) {
  describe(`PostgreSQL ${one.version}`, () => {
    let running: Awaited<ReturnType<typeof startInstalledPostgres>> | undefined;
    const server = (): TestServer => {
      if (running === undefined) throw new Error(`PostgreSQL ${one.version} is not running`);
      return running.server;
    };
    beforeAll(async () => {
      running = await startInstalledPostgres(one, [
        'shared_preload_libraries=pg_stat_statements',
        'logging_collector=on',
        'log_destination=jsonlog',
      ]);
    });
    afterAll(() => running?.stop());
    const roles = Number(one.version) < 16 ? 'with roles made beforehand' : 'with roles of its own';
    describeConformance(roles, () => makePostgresWorld(server(), one.version));
    describePostgres('in particular', server);
    describeRemoval('when Stoa goes', () => makePostgresWorld(server(), one.version));
    describeRoles('with roles that somebody changes', () => makePostgresWorld(server(), one.version));
    describeTakeBack('with what others gave', () => makePostgresWorld(server(), one.version));
    describeExistingGrants('with grants from before', () =>
      makePostgresWorld(server(), one.version, { grantAuthority: 'owner-member' }),
    );
    describeLimits('with as many roles as it has room for', () => makePostgresWorld(server(), one.version));
    describeMasks('with masks', () => makePostgresWorld(server(), one.version));
    describeLog('with its log', () => makePostgresWorld(server(), one.version));
    describeActivity('with its counters of statements', () => makePostgresWorld(server(), one.version));
    describeFutureObjects('with an account that may act for owners', () =>
      makePostgresWorld(server(), '15', { grantAuthority: 'owner-member' }),
    );
  });
}
if (!installed.some((one) => one.version === '15')) {
  it.skip('PostgreSQL 15 is left out: /usr/lib/postgresql/15 is not installed', () => undefined);
}
