import type { AuditChain } from '@stoa/contract/audit-chain';
import { sql } from 'kysely';
import { presentSink, readSinks } from '../../audit/audit-sinks.ts';
import { readUnsealed } from '../../audit/sealer-watch.ts';
import { statedPublicKeys } from '../../audit/signing-key.ts';
import { lastCheckpoint } from '../../audit/stored-checkpoints.ts';
import type { Deps } from '../../deps.ts';
import { lastVerification, newestVerification } from './verify-audit.ts';

/** As many of the waiting as are counted. */
const mostCounted = 100_000;

/** How far the trail is sealed, signed and exported. */
export async function readChain({ db, config, installationId }: Deps): Promise<AuditChain> {
  // Before the end of the chain is read, else it may seem to be further than that.
  const checkpoint = await lastCheckpoint(db, installationId);
  const { rows } = await sql<{ sealed: number; waiting: number }>`
    select coalesce((select max(seq) from audit_seal), 0) as sealed, (select count(*)::int from (select from audit_event
      where sequence > (select seen_sequence from audit_sealer) order by sequence limit ${mostCounted}) e) as waiting`.execute(
    db,
  );
  const unsealed = await readUnsealed(db);
  const { running, failed } = await newestVerification(db);
  const publicKey = await statedPublicKeys(db);
  return {
    sealed: rows[0]?.sealed ?? 0,
    waiting: rows[0]?.waiting ?? 0,
    waitingSince: unsealed.since?.toISOString() ?? null,
    checkpoint:
      checkpoint === undefined
        ? null
        : { number: checkpoint.number, seq: checkpoint.seq, time: checkpoint.time, keyId: checkpoint.keyId },
    publicKey: publicKey === '' ? null : publicKey,
    sinks: (await readSinks(db)).map((sink) => presentSink(sink, config)),
    lastVerification: await lastVerification(db),
    runningTaskId: running,
    failedTaskId: failed,
  };
}
