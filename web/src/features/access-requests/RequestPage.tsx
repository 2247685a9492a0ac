import {
  type AccessRequest,
  cancelAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { getAccessRequestProvisioning, retryAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { AccessRail } from '../../ui/AccessRail.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { Timeline } from '../../ui/Timeline.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { AcceptancePanel, RequestAgreements } from '../agreements/RequestAgreements.tsx';
import { askAgainAt, dataPageAt, hasPage, pathOfAsked, targetNameOf, TargetLink } from './asked-target.tsx';
import { RecordLine } from './RecordLine.tsx';
import styles from './lists.module.css';
import { usePeriodText } from './periods.ts';
import { ProvisioningMark } from './ProvisioningMark.tsx';
import { ProvisioningTable } from './ProvisioningTable.tsx';
import { type RequestEvent, requestEvents, statusSince } from './request-timeline.ts';
import { Answers } from './RequestAnswers.tsx';
import { RevokeDialog, revocableOf } from './RevokeDialog.tsx';
import reviewStyles from './review.module.css';
import { useAccessRail } from './use-access-rail.ts';

/** Most requests are for data, not for columns. */
const RequestColumns = lazy(() => import('./RequestColumns.tsx').then((part) => ({ default: part.RequestColumns })));
// What is done while it waits is not there on the others, and comes after the screen stands.
const PendingNotices = lazy(() => import('./PendingNotices.tsx').then((part) => ({ default: part.PendingNotices })));
const WhilePending = lazy(() => import('./WhilePending.tsx').then((part) => ({ default: part.WhilePending })));

/** For those who look at how it was decided. */
const ProofHistory = lazy(() => import('./ProofHistory.tsx').then((part) => ({ default: part.ProofHistory })));

function Decisions({ request }: { request: AccessRequest }) {
  const t = useText();
  const records = useOperation(getAccessRequestRecords, { params: { id: request.id } });
  if (records.data === undefined) return null;
  const { approvalRecords } = records.data;
  return (
    <Section
      title={t('requests.stages.title')}
      {...(request.progress === undefined ? {} : { lead: t('requests.page.progress', { ...request.progress }) })}
    >
      {approvalRecords.length === 0 ? (
        <p className="text-2">{t('requests.stages.empty')}</p>
      ) : (
        <ul className={reviewStyles.lines}>
          {approvalRecords.map((record) => (
            <RecordLine key={record.id} record={record} />
          ))}
        </ul>
      )}
    </Section>
  );
}

type Rail = ReturnType<typeof useAccessRail>;

function Platforms({ request, rail }: { request: AccessRequest; rail: Rail }) {
  const t = useText();
  const { provisioning } = rail;
  const retry = useCommand(retryAccessRequestProvisioning, { invalidates: [getAccessRequestProvisioning] });
  if (request.status === 'PENDING' || request.status === 'DENIED' || request.status === 'CANCELED') return null;
  const hasFailed = (provisioning.data?.objects ?? []).some(
    (object) => object.state === 'FAILED' || object.state === 'REMOVE_FAILED',
  );
  return (
    <Section
      title={t('requests.platforms.title')}
      action={
        hasFailed && (
          <ActionButton
            size="xs"
            label={t('requests.page.retry')}
            ability={abilityOn(request.abilities, 'retry')}
            isBusy={retry.isPending}
            onClick={() => retry.mutate({ params: { id: request.id } })}
          />
        )
      }
    >
      {retry.error !== null && <ErrorNotice problem={retry.error} isWrite />}
      <ProvisioningTable objects={provisioning.data?.objects} state={provisioning} />
      {abilityOn(request.abilities, 'inspect').allowed && (
        <Suspense fallback={null}>
          <ProofHistory requestId={request.id} />
        </Suspense>
      )}
    </Section>
  );
}

const tones: Readonly<Record<RequestEvent['kind'], 'success' | 'danger' | 'pending' | 'quiet'>> = {
  asked: 'pending',
  found: 'success',
  approved: 'success',
  active: 'success',
  denied: 'danger',
  revoked: 'danger',
  columnEnded: 'danger',
  canceled: 'quiet',
  expired: 'quiet',
  reminded: 'quiet',
};

const endedWords: Readonly<Record<string, MessageId>> = {
  'column.unmasked': 'requests.event.ended.unmasked',
  'column.type_changed': 'requests.event.ended.type',
};

function History({ request, rail }: { request: AccessRequest; rail: Rail }) {
  const t = useText();
  const records = useOperation(getAccessRequestRecords, { params: { id: request.id } });
  const events = requestEvents(request, records.data?.approvalRecords ?? [], rail.provisioning.data);
  const entries = events.map((event, at) => ({
    id: `${event.kind}-${at}`,
    at: event.at,
    title: t(`requests.event.${event.kind}`, {
      who: 'who' in event ? event.who : '',
      column: 'column' in event ? event.column : '',
      count: 'count' in event ? event.count : 0,
    }),
    ...('why' in event ? { detail: t(endedWords[event.why] ?? 'requests.event.ended.gone') } : {}),
    ...('reason' in event && event.reason !== '' ? { detail: event.reason } : {}),
    tone: tones[event.kind],
  }));
  return (
    <Section title={t('requests.timeline.title')}>
      <Timeline entries={entries} label={t('requests.timeline.title')} />
    </Section>
  );
}

function useCancel() {
  return useCommand(cancelAccessRequest, {
    invalidates: [getAccessRequestById, getAccessRequestRecords, searchAccessRequests],
  });
}

/** How its two people may go on from here: extend what ends soon, renew what has ended, ask again after a no. */
function againOf(request: AccessRequest, me: string | undefined): MessageId | undefined {
  if (abilityOn(request.abilities, 'extend').allowed) return 'marketplace.act.extend';
  if (abilityOn(request.abilities, 'renew').allowed) return 'marketplace.act.renew';
  const isTheirs = [request.user, request.requestingUser].some(({ globalUserId }) => globalUserId === me);
  const isOver = request.status !== 'PENDING' && request.status !== 'APPROVED';
  return isTheirs && isOver ? 'requests.page.again' : undefined;
}

function Acts({ request }: { request: AccessRequest }) {
  const t = useText();
  const me = useCurrentUser();
  const [isCanceling, setIsCanceling] = useState(false);
  const [isRevoking, setIsRevoking] = useState(false);
  const cancel = useCancel();
  const what = revocableOf(request, me?.globalUserId);
  const data = dataPageAt(request);
  const again = againOf(request, me?.globalUserId);
  const form = askAgainAt(request);
  const mayDecide = abilityOn(request.abilities, 'determine').allowed;
  return (
    <div className={styles.acts}>
      {(mayDecide || abilityOn(request.abilities, 'inspect').allowed) && (
        <LinkTo look={mayDecide ? 'primary' : 'button'} to="/reviews/$requestId" params={{ requestId: request.id }}>
          {t(mayDecide ? 'requests.page.review' : 'requests.page.evidence')}
        </LinkTo>
      )}
      {request.status === 'APPROVED' && request.awaitsAcceptance !== true && data !== undefined && (
        <LinkTo look="primary" {...data}>
          {t('marketplace.act.use')}
        </LinkTo>
      )}
      {form !== undefined && again !== undefined && (
        <LinkTo look="button" {...form}>
          {t(again)}
        </LinkTo>
      )}
      {request.status === 'PENDING' && (
        <>
          <Suspense fallback={null}>
            <WhilePending request={request} />
          </Suspense>
          <ActionButton
            label={t('requests.page.cancel')}
            ability={abilityOn(request.abilities, 'cancel')}
            onClick={() => setIsCanceling(true)}
          />
        </>
      )}
      {request.status === 'APPROVED' && what !== undefined && abilityOn(request.abilities, 'revoke').allowed && (
        <ActionButton
          label={t(what.isOwn ? 'requests.revoke.own' : 'requests.revoke.confirm')}
          onClick={() => setIsRevoking(true)}
        />
      )}
      <ConfirmDialog
        isOpen={isCanceling}
        title={t('requests.page.cancelTitle', { target: targetNameOf(request) })}
        confirmLabel={t('requests.page.cancel')}
        keepLabel={t('requests.page.keep')}
        isBusy={cancel.isPending}
        problem={cancel.error}
        onConfirm={() => cancel.mutate({ params: { id: request.id } }, { onSuccess: () => setIsCanceling(false) })}
        onClose={() => setIsCanceling(false)}
      >
        <p>{t('requests.page.cancelText')}</p>
      </ConfirmDialog>
      {isRevoking && what !== undefined && <RevokeDialog what={what} onClose={() => setIsRevoking(false)} />}
    </div>
  );
}

function Side({ request, rail }: { request: AccessRequest; rail: Rail }) {
  return (
    <aside>
      <div className={styles.side}>
        <AccessRail steps={rail.steps} />
        <div aria-live="polite">
          <ProvisioningMark provisioning={rail.provisioning.data ?? request.provisioning} />
        </div>
        <Acts request={request} />
      </div>
    </aside>
  );
}

function Facts({ request }: { request: AccessRequest }) {
  const t = useText();
  const period = usePeriodText();
  const isForOther = request.user.globalUserId !== request.requestingUser.globalUserId;
  const facts = [
    { label: t('requests.page.for'), value: request.user.name },
    ...(isForOther ? [{ label: t('requests.person.askedBy'), value: request.requestingUser.name }] : []),
    { label: t('requests.column.type'), value: t(`requests.type.${request.type}`) },
    { label: t('requests.column.duration'), value: period(request) },
    ...(request.decisionReason === undefined ? [] : [{ label: t('ui.reason.label'), value: request.decisionReason }]),
    ...(['replaces', 'replacedBy'] as const).flatMap((how) => {
      const id = request.metadata?.[how];
      if (typeof id !== 'string') return [];
      const link = (
        <LinkTo to="/requests/$id" params={{ id }}>
          {t('requests.page.otherAnswers')}
        </LinkTo>
      );
      return [{ label: t(`requests.page.${how}`), value: link }];
    }),
  ];
  return <FactList facts={facts} label={t('product.facts')} />;
}

function useUseKey(request: AccessRequest | undefined) {
  const t = useText();
  const navigate = useNavigate();
  const data = request && dataPageAt(request);
  const use = () => data !== undefined && void navigate(data);
  useKeys([{ keys: 'u', label: t('marketplace.act.use'), scope: 'page', run: use }]);
}

/** One request, as those who may read it see it: where it stands, who decides, what the platform proves. */
export function RequestPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/requests/$id' });
  const request = useOperation(getAccessRequestById, { params: { id } });
  const rail = useAccessRail(request.data);
  useUseKey(request.data);
  if (request.isPending) return <SkeletonPage />;
  if (request.data === undefined || isGone(request.error)) {
    return (
      <>
        <PageHeader title={t('requests.page.unknown')} section={t('shell.nav.myRequests')} />
        {request.error !== null && (
          <ErrorNotice
            problem={request.error}
            wasShown={request.data !== undefined}
            onRetry={() => void request.refetch()}
          />
        )}
      </>
    );
  }
  const { data } = request;
  const path = pathOfAsked(data);
  return (
    <>
      <PageHeader
        section={t('requests.page.unknown')}
        title={targetNameOf(data)}
        facts={
          <>
            <StatusMark kind="request" value={data.status} />
            <span>
              <TimeStamp value={statusSince(data)} withRelative />
            </span>
            {path !== undefined && <Identifier value={path} maxLength={60} />}
            {hasPage(data) && (
              <TargetLink request={data}>
                {t(path === undefined ? 'requests.page.product' : 'requests.page.asset')}
              </TargetLink>
            )}
            <LinkTo to="/requests/$id/print" params={{ id: data.id }}>
              {t('requests.print.link')}
            </LinkTo>
          </>
        }
      />
      {data.status === 'PENDING' && (
        <Suspense fallback={null}>
          <PendingNotices request={data} />
        </Suspense>
      )}
      <div className="detail">
        <div>
          <AcceptancePanel request={data} />
          <div className={styles.facts}>
            <Facts request={data} />
          </div>
          {data.type === 'MASKING_EXCEPTION' && (
            <Suspense fallback={<SkeletonText lines={4} />}>
              <RequestColumns requestId={data.id} />
            </Suspense>
          )}
          <Platforms request={data} rail={rail} />
          <Decisions request={data} />
          <Answers request={data} />
          <RequestAgreements request={data} />
          <History request={data} rail={rail} />
        </div>
        <Side request={data} rail={rail} />
      </div>
    </>
  );
}
