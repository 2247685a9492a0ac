import type { Evidence } from '@stoa/contract/evidence';
import { AssistBlock, type ReasonDraft } from './AssistBlock.tsx';
import { PrecedentBlock, StagesBlock, TimelineBlock } from './JudgementBlocks.tsx';
import { AgreementBlock, PeersBlock, RequesterBlock } from './PersonBlocks.tsx';
import styles from './review.module.css';
import { UseBlock } from './UseBlock.tsx';

/** The blocks below the first view: agreements, the people, precedent, peers, the other slots, the assist, and what has happened. */
export function MoreEvidence({ evidence, draft }: { evidence: Evidence; draft: ReasonDraft | undefined }) {
  return (
    <>
      <div className={styles.pair}>
        <AgreementBlock evidence={evidence} />
        <RequesterBlock evidence={evidence} />
      </div>
      {evidence.use !== null && <UseBlock use={evidence.use} />}
      <PrecedentBlock evidence={evidence} />
      <div className={styles.pair}>
        <PeersBlock evidence={evidence} />
        <StagesBlock evidence={evidence} />
      </div>
      <AssistBlock evidence={evidence} draft={draft} />
      <TimelineBlock evidence={evidence} />
    </>
  );
}
