import type { AccessRequest } from '@stoa/contract/access-request';
import { listRequestAgreements, type RequestAgreement } from '@stoa/contract/agreement-acceptance';
import { lazy, Suspense } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './AgreementText.module.css';

/** Most requests wait for nobody: the texts to be accepted come with those that do. */
const AcceptAgreements = lazy(() =>
  import('./AcceptAgreements.tsx').then((module) => ({ default: module.AcceptAgreements })),
);

/** What stands before everything else on the page of a request that waits for an acceptance. */
export function AcceptancePanel({ request }: { request: AccessRequest }) {
  const t = useText();
  const mayAccept = abilityOn(request.abilities, 'accept').allowed;
  const found = useOperation(listRequestAgreements, { params: { id: request.id } }, { enabled: mayAccept });
  const isOpen = request.status === 'PENDING' || request.status === 'APPROVED';
  if (request.awaitsAcceptance !== true || !isOpen) return null;
  if (!mayAccept) return <Banner>{t('acceptance.ask.waits', { who: request.user.name })}</Banner>;
  if (found.error !== null) return <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <SkeletonText lines={4} />;
  return (
    <Suspense fallback={<SkeletonText lines={4} />}>
      <AcceptAgreements request={request} agreements={found.data.agreements} />
    </Suspense>
  );
}

function Agreement({ agreement }: { agreement: RequestAgreement }) {
  const t = useText();
  const { name, version, sha256, body, currentVersion, acceptances } = agreement;
  return (
    <div className={styles.agreement}>
      <p>
        <strong>{t('acceptance.of.name', { name, version })}</strong>
      </p>
      {acceptances.map(({ acceptedBy, acceptedAt }) => (
        <p key={acceptedBy.globalUserId} className="small">
          <Say
            id="acceptance.of.acceptedBy"
            values={{ who: acceptedBy.name, when: <TimeStamp value={acceptedAt} /> }}
          />
        </p>
      ))}
      {currentVersion !== null && currentVersion !== version && (
        <p className="small text-2">{t('acceptance.of.newer')}</p>
      )}
      <details>
        <summary>{t('acceptance.of.text')}</summary>
        <MarkdownText text={body} />
        <p className="caption text-2">
          {t('acceptance.of.hash')} <Identifier value={sha256} maxLength={20} />
        </p>
      </details>
    </div>
  );
}

/** The agreements of a request, in the very versions it was made under, and who accepted them. */
export function RequestAgreements({ request }: { request: AccessRequest }) {
  const t = useText();
  const hasSome = (request.form?.agreements.length ?? 0) > 0;
  const found = useOperation(listRequestAgreements, { params: { id: request.id } }, { enabled: hasSome });
  if (!hasSome) return null;
  return (
    <Section title={t('acceptance.of.title')}>
      {found.error !== null && <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />}
      <div className={styles.agreements}>
        {(found.data?.agreements ?? []).map((agreement) => (
          <Agreement key={agreement.id} agreement={agreement} />
        ))}
      </div>
    </Section>
  );
}
