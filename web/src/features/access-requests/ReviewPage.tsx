import { lazy, Suspense } from 'react';
import type { AccessRequest } from '@stoa/contract/access-request';
import { type Evidence, getAccessRequestEvidence } from '@stoa/contract/evidence';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { AccessRail } from '../../ui/AccessRail.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { appendSentence } from '../../ui/append-sentence.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useLeaveFieldKey } from '../../ui/keys.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import type { ReasonDraft } from './AssistBlock.tsx';
import { DecisionPanel, reasonId } from './DecisionPanel.tsx';
import { useBlockKeys } from './EvidenceBlock.tsx';
import styles from './review.module.css';
import { targetNameOf } from './asked-target.tsx';
import { SentenceBlock } from './SentenceBlock.tsx';
import { type RailState, useAccessRail } from './use-access-rail.ts';
import { type DraftState, useDecisionDraft } from './use-decision.ts';
import { type QueueWalk, useReviewQueue } from './use-review-queue.ts';

/** The blocks below the first view; they come right after it stands. */
const MoreEvidence = lazy(() => import('./MoreEvidence.tsx').then((module) => ({ default: module.MoreEvidence })));
const SnoozeAct = lazy(() => import('./SnoozeAct.tsx').then((module) => ({ default: module.SnoozeAct })));
const AnswersBlock = lazy(() => import('./AnswersBlock.tsx').then((module) => ({ default: module.AnswersBlock })));
const EffectBlock = lazy(() => import('./EffectBlock.tsx').then((module) => ({ default: module.EffectBlock })));
/** What only some requests have to show. */
const OnThePlatforms = lazy(() =>
  import('./OnThePlatforms.tsx').then((module) => ({ default: module.OnThePlatforms })),
);
const PendingNotices = lazy(() =>
  import('./PendingNotices.tsx').then((module) => ({ default: module.PendingNotices })),
);
/** Comes with the decision. */
const DecidedPanel = lazy(() => import('./DecidedPanel.tsx').then((module) => ({ default: module.DecidedPanel })));

function QueueButtons({ request, queue }: { request?: AccessRequest; queue: QueueWalk }) {
  const t = useText();
  const ends = t('reviews.queue.end');
  const able = (id: string | undefined) => (id === undefined ? { allowed: false, reason: ends } : { allowed: true });
  const go = (id: string | undefined) => id !== undefined && queue.goTo(id);
  return (
    <div className={styles.queue}>
      {request !== undefined && abilityOn(request.abilities, 'determine').allowed && (
        <Suspense fallback={null}>
          <SnoozeAct request={request} />
        </Suspense>
      )}
      {queue.position > 0 && (
        <span className="small text-2">{t('reviews.queue.position', { at: queue.position, total: queue.total })}</span>
      )}
      <ActionButton
        label={t('reviews.queue.previous')}
        icon={<IconChevronLeft size={16} stroke={1.75} aria-hidden="true" />}
        ability={able(queue.previous)}
        onClick={() => go(queue.previous)}
      />
      <ActionButton
        label={t('reviews.queue.next')}
        icon={<IconChevronRight size={16} stroke={1.75} aria-hidden="true" />}
        ability={able(queue.next)}
        onClick={() => go(queue.next)}
      />
    </div>
  );
}

function Header({ request, queue }: { request: AccessRequest; queue: QueueWalk }) {
  const t = useText();
  return (
    <PageHeader
      section={t('shell.nav.reviews')}
      title={t('reviews.title', {
        who: request.user.name,
        target: targetNameOf(request),
      })}
      facts={
        <>
          <StatusMark kind="request" value={request.status} />
          <span>{t(`requests.type.${request.type}`)}</span>
          <span>
            <TimeStamp value={request.createdAt} withRelative />
          </span>
        </>
      }
      secondary={<QueueButtons request={request} queue={queue} />}
    />
  );
}

type ColumnProps = { evidence: Evidence; rail: RailState; draft: ReasonDraft | undefined };

function EvidenceColumn({ evidence, rail, draft }: ColumnProps) {
  return (
    <div className={styles.evidence}>
      <SentenceBlock evidence={evidence} />
      {(rail.provisioning.data?.objects ?? []).length + evidence.statements.length > 0 && (
        <Suspense fallback={<SkeletonText lines={4} />}>
          <OnThePlatforms requestId={evidence.request.id} rail={rail} statements={evidence.statements} />
        </Suspense>
      )}
      <Suspense fallback={<SkeletonText lines={8} />}>
        <EffectBlock evidence={evidence} />
        <AnswersBlock evidence={evidence} />
      </Suspense>
      <Suspense fallback={<SkeletonText lines={12} />}>
        <MoreEvidence evidence={evidence} draft={draft} />
      </Suspense>
    </div>
  );
}

/** A suggested reason is added to what was written, and the reader goes on writing there. */
function useReasonDraft({ draft, set }: DraftState): ReasonDraft {
  const t = useText();
  const announce = useAnnounce();
  return {
    text: draft.reason,
    add: (reason) => {
      set({ reason: appendSentence(draft.reason, reason) });
      document.getElementById(reasonId)?.focus();
      announce(t('reviews.assist.used'));
    },
  };
}

/** The result of a decision, said aloud. */
function useAnnounceDecision(target: string) {
  const t = useText();
  const announce = useAnnounce();
  return (request: AccessRequest) => {
    const values = { who: request.user.name, target };
    if (request.status === 'APPROVED') announce(t('reviews.announce.approved', values));
    else announce(t(request.status === 'DENIED' ? 'reviews.announce.denied' : 'reviews.announce.part', values));
  };
}

/** Nothing for who has no queue, as auditors. */
function NextInQueue({ queue }: { queue: QueueWalk }) {
  const t = useText();
  const { next, total } = queue;
  if (total === 0) return null;
  if (next === undefined) return <p className={styles.done}>{t('reviews.queue.done')}</p>;
  return (
    <ActionButton
      tone="primary"
      size="md"
      isFullWidth
      label={t('reviews.queue.nextKey')}
      onClick={() => queue.goTo(next)}
    />
  );
}

function Review({ evidence, queue }: { evidence: Evidence; queue: QueueWalk }) {
  const { request } = evidence;
  const rail = useAccessRail(request);
  const draft = useDecisionDraft(request.id, evidence.decision.requestedDuration);
  const onDecided = useAnnounceDecision(targetNameOf(request));
  const reason = useReasonDraft(draft);
  const mayDecide = evidence.decision.allowed && request.status === 'PENDING';
  useBlockKeys();
  useLeaveFieldKey();
  return (
    <div className="detail">
      <EvidenceColumn evidence={evidence} rail={rail} draft={mayDecide ? reason : undefined} />
      <aside className={styles.aside}>
        {mayDecide ? (
          <>
            <DecisionPanel evidence={evidence} draft={draft} onDecided={onDecided} />
            <div className={styles.railBelow}>
              <AccessRail steps={rail.steps} orientation="horizontal" />
            </div>
          </>
        ) : (
          <>
            <Suspense fallback={<SkeletonText lines={6} />}>
              <DecidedPanel
                evidence={evidence}
                steps={rail.steps}
                provisioning={rail.provisioning.data}
                unsent={draft.draft.reason}
              />
            </Suspense>
            <NextInQueue queue={queue} />
          </>
        )}
      </aside>
    </div>
  );
}

const needsNotice = ({ status, reviewable, asset, changedSince = [] }: AccessRequest): boolean =>
  status === 'PENDING' && (reviewable === false || asset?.registered === false || changedSince.length > 0);

/** All the evidence of one request in one view, and the decision beside it. */
export function ReviewPage() {
  const t = useText();
  const { requestId } = useParams({ from: '/shell/reviews/$requestId' });
  const queue = useReviewQueue(requestId);
  const evidence = useOperation(getAccessRequestEvidence, { params: { id: requestId } });
  if (evidence.isPending) return <SkeletonPage />;
  const problem = evidence.error;
  return (
    <>
      {evidence.data === undefined ? (
        <PageHeader
          title={t('reviews.one')}
          section={t('shell.nav.reviews')}
          secondary={<QueueButtons queue={queue} />}
        />
      ) : (
        <Header request={evidence.data.request} queue={queue} />
      )}
      {problem !== null && (
        <ErrorNotice
          problem={problem}
          onRetry={() => void evidence.refetch()}
          isLastShown={evidence.data !== undefined}
        />
      )}
      {evidence.data !== undefined && needsNotice(evidence.data.request) && (
        <Suspense fallback={<SkeletonText lines={2} />}>
          <PendingNotices request={evidence.data.request} />
        </Suspense>
      )}
      {evidence.data !== undefined && <Review key={requestId} evidence={evidence.data} queue={queue} />}
    </>
  );
}
