import * as audit from '@stoa/contract/audit';
import * as chain from '@stoa/contract/audit-chain';
import type { PublishedWorld } from './published-world.fixture.ts';

/** The trail, its chain, and where checkpoints go, as the administrator and as somebody who may not. */
export async function askAudit({ held: { ask }, people }: PublishedWorld): Promise<void> {
  const { appadmin, auditor, consumer } = people;
  // Nothing listens there, and nobody may call it: the test says so, and what is stored is off.
  const bucket = { endpoint: 'https://127.0.0.1:9', region: 'eu-1', bucket: 'audit', prefix: '', accessKeyId: 'key' };
  const s3 = { body: { ...bucket, enabled: false, secretAccessKey: 'a canary of a secret' } };
  for (const person of [appadmin, auditor, consumer]) {
    await ask(person, audit.countAudit);
    await ask(person, audit.countAudit, { query: { action: 'AccessRequested' } });
    await ask(person, audit.exportAudit, { query: { action: 'AccessRequested' } });
    await ask(person, chain.getAuditChain);
    await ask(person, chain.startAuditVerification);
    await ask(person, chain.getAuditS3);
    await ask(person, chain.testAuditS3, s3);
    await ask(person, chain.updateAuditS3, s3);
    await ask(person, chain.getAuditS3);
    await ask(person, chain.testAuditFile);
    for (const enabled of [false, true]) await ask(person, chain.updateAuditFile, { body: { enabled } });
  }
}
