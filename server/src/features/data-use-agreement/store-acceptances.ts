import type { Agreement } from '@stoa/core/review/form';
import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';

type Acceptances = { requestId: string; agreements: readonly Agreement[]; by: string; at: Date };

/** That one person accepted these versions for a request. Rows are only ever added. */
export async function storeAcceptances(tx: Tx, { requestId, agreements, by, at }: Acceptances): Promise<void> {
  if (agreements.length === 0) return;
  await sql`insert into agreement_acceptance (id, access_request_id, data_use_agreement_id, version, sha256, accepted_by, accepted_at)
    select x.id, ${requestId}, x.agreement, x.version, x.sha256, ${by}::uuid, ${at}::timestamptz
    from unnest(${agreements.map(() => newUuid())}::uuid[], ${agreements.map((a) => a.id)}::uuid[],
      ${agreements.map((a) => a.version)}::int[], ${agreements.map((a) => a.sha256)}::text[]) as x (id, agreement, version, sha256)`.execute(
    tx,
  );
}
