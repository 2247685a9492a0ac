import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Db } from '../db/pool.ts';
import { createLog } from '../log.ts';
import { openKeyRing } from './key-ring.ts';
import { findRootKey } from './root-key.ts';
import type { Secrets } from './secrets.ts';

/** For whoever only reads: no key is made. Without a root key nothing opens, and who asks is told so. */
export async function readSecrets(db: Db, config: Config): Promise<Secrets> {
  const root = await findRootKey(config);
  if (root === undefined) {
    const refuse = () => {
      throw new Error('there is no secret key: set STOA_SECRET_KEY, or STOA_DATA_DIR to the folder with secret.key');
    };
    return { seal: refuse, open: refuse };
  }
  const { rows } = await sql<{
    id: string;
  }>`select value ->> 'id' as id from setting where name = 'installation'`.execute(db);
  return openKeyRing({ db, log: createLog('silent'), root, installationId: rows[0]?.id ?? '', isReadOnly: true });
}
