import { lazy, Suspense } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';

const Channels = lazy(() => import('./Channels.tsx').then((part) => ({ default: part.Channels })));
const Deliveries = lazy(() => import('./Deliveries.tsx').then((part) => ({ default: part.Deliveries })));

/** How people are told outside the app, and what became of it. */
export function MessagesPage() {
  const t = useText();
  const may = useMay();
  const tabs = [
    { value: 'channels', label: t('messages.tab.channels') },
    { value: 'deliveries', label: t('messages.tab.deliveries') },
  ];
  const tab = usePageTab(tabs);
  if (!may('settings.manage'))
    return (
      <>
        <PageHeader title={t('messages.title')} lead={t('messages.lead')} />
        <EmptyState kind="denied" title={t('messages.denied')} />
      </>
    );
  return (
    <>
      <PageHeader title={t('messages.title')} lead={t('messages.lead')} />
      <PageTabs tabs={tabs} label={t('messages.tabs')} />
      <Suspense fallback={<SkeletonText lines={8} />}>{tab === 'channels' ? <Channels /> : <Deliveries />}</Suspense>
    </>
  );
}
