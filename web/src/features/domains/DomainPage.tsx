import { deleteDomain, type DomainDetail, listDomains, readDomain, updateDomain } from '@stoa/contract/domain';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { useChange } from '../preview/use-change.tsx';
import { holdsText } from './holds-text.ts';
import { DomainPermissions } from './DomainPermissions.tsx';

const DomainForm = lazy(() => import('./DomainForm.tsx').then((part) => ({ default: part.DomainForm })));
const DomainSources = lazy(() => import('./DomainSources.tsx').then((part) => ({ default: part.DomainSources })));
const DynamicSources = lazy(() => import('./DynamicSources.tsx').then((part) => ({ default: part.DynamicSources })));
const DomainHolds = lazy(() => import('./DomainHolds.tsx').then((part) => ({ default: part.DomainHolds })));

const DomainIdentification = lazy(() =>
  import('../identification/DomainIdentification.tsx').then((part) => ({ default: part.DomainIdentification })),
);

function Delete({ domain }: { domain: DomainDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const remove = useChange(deleteDomain, {
    invalidates: [listDomains],
    onSuccess: () => {
      announce(t('domains.deleted', { name: domain.name }));
      void navigate({ to: '/govern/domains', search: {} });
    },
  });
  return (
    <Section title={t('domains.delete')} lead={t('domains.deleteLead')}>
      <ActionButton
        tone="danger"
        label={t('domains.delete')}
        ability={abilityOn(domain.abilities, 'manage')}
        onClick={() =>
          remove.ask(
            { params: { id: domain.id } },
            {
              title: t('domains.deleteTitle', { name: domain.name }),
              confirmLabel: t('domains.delete'),
              tone: 'danger',
              text: <p>{t('domains.deleteText', { count: domain.dataSourceCount })}</p>,
            },
          )
        }
      />
      {remove.dialog}
    </Section>
  );
}

function Settings({ domain }: { domain: DomainDetail }) {
  const t = useText();
  const update = useCommand(updateDomain, { invalidates: [readDomain, listDomains] });
  return (
    <>
      <Section title={t('domains.tab.settings')}>
        <Suspense fallback={<SkeletonText lines={4} />}>
          <DomainForm
            before={domain}
            label={t('domains.save')}
            ability={abilityOn(domain.abilities, 'manage')}
            isBusy={update.isPending}
            problem={update.error}
            note={update.isSuccess && <span role="status">{t('domains.saved')}</span>}
            onSubmit={(body) => update.mutate({ params: { id: domain.id }, body })}
          />
        </Suspense>
      </Section>
      <Suspense fallback={<SkeletonText lines={4} />}>
        <DomainHolds key={domain.id} domain={domain} />
      </Suspense>
      <Delete domain={domain} />
    </>
  );
}

/** One domain: what it holds, and who may do what with it. */
export function DomainPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/govern/domains/$id' });
  const may = useMay();
  const domain = useOperation(readDomain, { params: { id } });
  const tabs = [
    { value: 'sources', label: t('domains.tab.sources') },
    { value: 'permissions', label: t('domains.tab.permissions') },
    ...(may('identification.read') ? [{ value: 'identification', label: t('shell.nav.identification') }] : []),
    { value: 'settings', label: t('domains.tab.settings') },
  ];
  const tab = usePageTab(tabs);
  if (domain.data === undefined || isGone(domain.error)) {
    if (domain.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('domains.title')} />
        <ErrorNotice
          problem={domain.error}
          wasShown={domain.data !== undefined}
          onRetry={() => void domain.refetch()}
        />
      </>
    );
  }
  const { data } = domain;
  return (
    <>
      <PageHeader
        title={data.name}
        section={t('domains.title')}
        {...(data.description === '' ? {} : { lead: data.description })}
        facts={
          <>
            <span className="text-2">{t('domains.products', { count: data.dataProductCount })}</span>
            <span className="text-2">{holdsText(t, data.tag)}</span>
          </>
        }
      />
      <PageTabs tabs={tabs} label={t('domains.tabs')} />
      {tab === 'sources' && (
        <Suspense fallback={<SkeletonText lines={8} />}>
          {data.mode === 'dynamic' ? <DynamicSources domain={data} /> : <DomainSources domain={data} />}
        </Suspense>
      )}
      {tab === 'permissions' && <DomainPermissions domain={data} />}
      {tab === 'identification' && (
        <Suspense fallback={<SkeletonText lines={8} />}>
          <DomainIdentification domainId={data.id} />
        </Suspense>
      )}
      {tab === 'settings' && <Settings domain={data} />}
    </>
  );
}
