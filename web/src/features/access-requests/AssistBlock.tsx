import type { Evidence } from '@stoa/contract/evidence';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type Computed, isComputed, Suggestion } from './AssistLine.tsx';
import styles from './assist.module.css';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import { ConflictMark, RiskMark } from './RiskMark.tsx';
import { SignalList } from './SentenceBlock.tsx';

/** The reader's own reason, and the way to add to it; absent where there is nothing to decide. */
export type ReasonDraft = { readonly text: string; readonly add: (reason: string) => void };
type Draft = ReasonDraft | undefined;

function UseReason({ reason, draft }: { reason: string; draft: ReasonDraft }) {
  const t = useText();
  return (
    <span className={styles.use}>
      {draft.text.includes(reason) ? (
        <span className="small text-2">{t('reviews.assist.inReason')}</span>
      ) : (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('reviews.assist.use')}
          fullLabel={t('reviews.assist.useThis', { reason })}
          onClick={() => draft.add(reason)}
        />
      )}
    </span>
  );
}

type ReasonsProps = { reasons: readonly string[]; kind: 'approval' | 'denial'; draft: Draft };

/** Reasons that people gave in alike cases; a click takes one along, and nothing else does. */
function Reasons({ reasons, kind, draft }: ReasonsProps) {
  const t = useText();
  if (reasons.length === 0) return null;
  return (
    <div>
      <h3 className="group-label">{t(kind === 'approval' ? 'reviews.assist.for' : 'reviews.assist.against')}</h3>
      <ul className={styles.reasons} data-kind={kind}>
        {reasons.map((reason) => (
          <li key={reason}>
            <span className={styles.reason}>{reason}</span>
            {draft !== undefined && <UseReason reason={reason} draft={draft} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Rate({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const rate = evidence.assistRate;
  if (rate === null) return null;
  const advised = rate.accepted + rate.overridden;
  return (
    <p className="small text-2">
      {advised === 0
        ? t('reviews.assist.rateNone', { unadvised: rate.unadvised })
        : t('reviews.assist.rate', { accepted: rate.accepted, advised, unadvised: rate.unadvised })}{' '}
      <LinkTo to="/reviews/assist">{t('reviews.assist.rates')}</LinkTo>
    </p>
  );
}

function Advice({ assist, draft }: { assist: Computed; draft: Draft }) {
  const t = useText();
  return (
    <>
      <p className={styles.verdict}>
        <RiskMark risk={assist.approvalRisk} />
        <span className={styles.suggests}>
          <Suggestion assist={assist} />
        </span>
      </p>
      <p className="text-2">{assist.explanation}</p>
      {assist.conflictDetected && (
        <p className={styles.conflict}>
          <ConflictMark />
          {t('reviews.assist.conflict')}
        </p>
      )}
      <Reasons reasons={assist.approvalReasons} kind="approval" draft={draft} />
      <Reasons reasons={assist.denialReasons} kind="denial" draft={draft} />
    </>
  );
}

/** What earlier decisions suggest, labelled as computed. It chooses nothing and writes nothing by itself. */
export function AssistBlock({ evidence, draft }: { evidence: Evidence; draft: Draft }) {
  const t = useText();
  const { assist, request, signals } = evidence;
  const isPending = request.status === 'PENDING';
  return (
    <EvidenceBlock
      id="assist"
      title={t('reviews.assist.title')}
      summary={t(isPending ? 'reviews.assist.computed' : 'reviews.assist.computedThen')}
    >
      <div className={styles.split}>
        <div className={styles.side}>
          {isComputed(assist) ? (
            <Advice assist={assist} draft={draft} />
          ) : (
            <p className={styles.verdict}>
              <RiskMark risk={assist.approvalRisk} />
              <span className="text-2">{t('reviews.assist.none')}</span>
            </p>
          )}
          <Rate evidence={evidence} />
        </div>
        <div className={styles.side}>
          <h3 className="group-label">{t('reviews.assist.signals')}</h3>
          {signals.length === 0 ? (
            <p className="text-2">{t('reviews.assist.noSignals')}</p>
          ) : (
            <SignalList signals={signals} />
          )}
        </div>
      </div>
    </EvidenceBlock>
  );
}
