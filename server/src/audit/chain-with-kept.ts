import type { Reader } from '../db/pool.ts';
import type { AuditChain } from '../verify/stored-checks.ts';
import type { Kept } from './kept-checkpoints.ts';
import { verifyAuditChain } from './verify-chain.ts';

/** The audit chain recomputed, with what the file sink kept on this host; it was read before the transaction began. */
export async function verifyChainWithKept(
  db: Reader,
  { files, unread, publicKey, unreadKey, notes }: Kept,
): Promise<AuditChain> {
  const report = await verifyAuditChain(db, { outside: files, publicKey, unread: [...unread, ...unreadKey] });
  const left = report.findingCount - report.findings.length;
  return {
    findings: report.findings.map(({ seq, kind, detail }) => ({
      place: seq === null ? `audit chain, ${kind}` : `place ${seq} of the audit chain, ${kind}`,
      detail,
    })),
    unchecked: report.unchecked,
    notes: [
      `${report.events} of ${report.sealed} sealed events recomputed`,
      ...notes,
      ...(left > 0 ? [`${left} further findings in the audit chain`] : []),
    ],
  };
}
