import { sql } from 'kysely';
import type { MaskStatement } from '@stoa/connectors/connector';
import type { Db } from '../db/pool.ts';
import { type HeldWork, mayRun } from './claim-work.ts';
import { intendingIf } from './statement-intent.ts';

type Held = Pick<HeldWork, 'connectionId' | 'replicaId' | 'runId' | 'fence' | 'keys' | 'lastKey' | 'holdsGrants'>;
type AboutToRun = { readonly people: readonly string[]; readonly statements: readonly MaskStatement[] };

/**
 * The lease is ours still, the connection may be written to, and nothing newer is known about these readers. Where that holds, the
 * statements are written down, as `holdsFence` does.
 */
export async function holdsReaderFence(db: Db, work: Held, { people, statements }: AboutToRun): Promise<boolean> {
  const asked = performance.now();
  // What is still added where grants wait already shortens an exemption, and a view is written only as tight as it stands.
  const isGiving = !work.holdsGrants && statements.some(({ step }) => mayGive(step));
  const holds = sql`exists (select from connection_lease l join connection c on c.id = l.connection_id
        where l.connection_id = ${work.connectionId} and l.holder = ${work.replicaId} and l.fence = ${work.fence}
          and l.renewed_at > now() - interval '15 seconds' and c.state in ('active', 'error', 'deleting') and ${mayRun(isGiving)})
      and not exists (select from provisioning_key k where k.connection_id = ${work.connectionId} and k.facet = 'reader'
        and k.global_user_id = any(${[...people]}::uuid[]) and k.id > ${work.lastKey})`;
  const { rows } = await intendingIf(holds, work, statements).execute(db);
  return rows[0]?.holds === true && performance.now() - asked < 5_000;
}

/** A view that is written or dropped may be one that showed less: a run that knows of the failed checks tells which. */
const mayGive = (step: MaskStatement['step']): boolean =>
  step.kind === 'write-view' ||
  step.kind === 'drop-view' ||
  (step.kind === 'add-entitlements' && step.rows.some(({ kind }) => kind === 'exempt'));
