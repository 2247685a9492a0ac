import { getAuditChain } from '@stoa/contract/audit-chain';
import { lazy, Suspense } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';

const AuditChainView = lazy(() => import('./AuditChainView.tsx').then((part) => ({ default: part.AuditChainView })));

/** How the audit trail is sealed, signed, exported and verified. */
export function AuditChainPage() {
  const t = useText();
  const may = useMay();
  const mayRead = may('audit.verify');
  const chain = useOperation(getAuditChain, {}, { enabled: mayRead, refetchIntervalMs: 10_000 });
  const head = { title: t('audit.seals.title'), section: t('audit.seals.section'), lead: t('audit.seals.lead') };
  if (!mayRead)
    return (
      <>
        <PageHeader {...head} />
        <Banner>{t('audit.seals.denied')}</Banner>
      </>
    );
  const back = may('audit.read') && (
    <LinkTo look="button" to="/audit" search={{}}>
      {t('audit.seals.back')}
    </LinkTo>
  );
  return (
    <>
      <PageHeader {...head} secondary={back} />
      {chain.error !== null && (
        <ErrorNotice
          problem={chain.error}
          isLastShown={chain.data !== undefined}
          onRetry={() => void chain.refetch()}
        />
      )}
      {chain.data === undefined && chain.error === null && <SkeletonText lines={8} />}
      {chain.data !== undefined && (
        <Suspense fallback={<SkeletonText lines={8} />}>
          <AuditChainView chain={chain.data} now={chain.dataUpdatedAt} onEnd={() => void chain.refetch()} />
        </Suspense>
      )}
    </>
  );
}
