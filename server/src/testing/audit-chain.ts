import { sql } from 'kysely';
import { join } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { applicationRole, type Db, openDatabase, openPool } from '../db/pool.ts';
import { sealEvents } from '../audit/seal-events.ts';
import { createLog } from '../log.ts';
import { openKeyRing } from '../secrets/key-ring.ts';
import { toRootKey } from '../secrets/root-key.ts';
import { installationId } from '../settings-store.ts';
import { createDatabase, dropDatabase } from './postgres.ts';

export type ChainWorld = {
  /** As the application. */
  db: Db;
  /** As somebody who may do everything in the database. One connection. */
  superuser: Db;
  deps: Parameters<typeof sealEvents>[0];
  write(count: number): Promise<void>;
  seal(): Promise<void>;
  stop(): Promise<void>;
};

/** A database with an audit trail and no server: nothing seals but the test. */
export async function openChainWorld(perCheckpoint = 100): Promise<ChainWorld> {
  process.env['STOA_ALLOW_UNSAFE_DATABASE'] = 'on';
  const url = await createDatabase();
  await migrate(url, join(import.meta.dirname, '../../migrations'));
  const log = createLog('silent');
  const db = openDatabase(openPool({ url, max: 4, log, role: applicationRole }));
  const superuser = openDatabase(openPool({ url, max: 1, log }));
  const owner = { root: toRootKey(Buffer.alloc(32, 5), 'test'), installationId: await installationId(db) };
  const deps = { db, secrets: await openKeyRing({ db, log, ...owner }), installationId: owner.installationId };
  return {
    db,
    superuser,
    deps,
    write: async (count) => {
      await sql`insert into audit_event (id, action, actor, actor_id, target_type, targets, payload, domain_ids, request_id)
        select gen_random_uuid(), (array['AccessRequested', 'ApprovalRecordDecided', 'DomainUpdated'])[1 + n % 3],
          '{"type":"USER_ACTOR","id":"u","name":"Ünal \\"U\\" Öz"}', 'u', 'DOMAIN', jsonb_build_array(jsonb_build_object('id', n, 'name', 'Domain ' || n)),
          jsonb_build_object('type', 'x', 'version', '1', 'n', n * 1.50, 'text', E'a\\nb'), array[gen_random_uuid()], 'r' || n
        from generate_series(1, ${count}) n`.execute(db);
    },
    seal: async () => {
      while ((await sealEvents(deps, { batch: 500, perCheckpoint })).isMore);
    },
    stop: async () => {
      await db.destroy();
      await superuser.destroy();
      await dropDatabase(url);
    },
  };
}
