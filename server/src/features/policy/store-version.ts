import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';

/** Keeps the policy as it stands now as a version of its own. */
export async function keepVersion(
  tx: Tx,
  { id, change, by }: { id: string; change: 'created' | 'edited' | 'state'; by: string },
): Promise<void> {
  await sql`insert into policy_version (policy_id, version, change, name, kind, scope, domain_id, data_source_id, state, body, created_by)
    select id, version, ${change}, name, kind, scope, domain_id, data_source_id, state, body, ${by}::uuid from policy where id = ${id}`.execute(
    tx,
  );
}
