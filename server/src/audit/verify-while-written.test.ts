import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { parseEgressAllow } from '../egress/egress-rules.ts';
import { createLog } from '../log.ts';
import { type ChainWorld, openChainWorld } from '../testing/audit-chain.ts';
import { verifyChainWithKept } from './chain-with-kept.ts';
import { CheckpointExport } from './export-checkpoints.ts';
import { readKept } from './kept-checkpoints.ts';
import { verifyAuditChain } from './verify-chain.ts';

let world: ChainWorld;
let dataDir: string;
let exporting: CheckpointExport;
beforeAll(async () => {
  // Every event has a checkpoint of its own.
  world = await openChainWorld(1);
  dataDir = await mkdtemp(join(tmpdir(), 'stoa-verify-'));
  const config = { dataDir, egress: parseEgressAllow('', { loopbackForConnections: false }) };
  exporting = new CheckpointExport({ ...world.deps, config, replicaId: newUuid(), log: createLog('silent') });
  await writeSealExport();
});
afterAll(async () => {
  await world.stop();
  await rm(dataDir, { recursive: true });
});

async function writeSealExport(): Promise<void> {
  await world.write(3);
  await world.seal();
  await exporting.turn();
}

/** After each query of whoever uses the database with it, others have written, sealed, signed and exported. */
const othersGoOn: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => {
    await writeSealExport();
    return result;
  },
};

test('what is written, sealed and signed between two steps of a verification is no finding', async () => {
  const { files, publicKey } = await readKept({ dataDir });
  const report = await verifyAuditChain(world.db.withPlugin(othersGoOn), { outside: files, publicKey });
  expect(report).toMatchObject({ outcome: 'intact', findings: [] });
  expect((await verifyAuditChain(world.db)).sealed).toBeGreaterThan(report.sealed + 5);
});

test('nor is what was exported after the moment that `stoa verify` looks at', async () => {
  const kept = await readKept({ dataDir });
  const chain = await world.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (tx) => {
      await sql`select from audit_seal limit 1`.execute(tx);
      await writeSealExport();
      return verifyChainWithKept(tx, kept);
    });
  expect(chain).toMatchObject({ findings: [], unchecked: [] });
});
