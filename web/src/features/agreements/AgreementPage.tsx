import {
  type DataUseAgreement,
  deleteDataUseAgreement,
  getAssociatedRequestForms,
  getDataUseAgreementById,
  searchDataUseAgreements,
} from '@stoa/contract/data-use-agreement';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonRows } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { AgreementAcceptances } from './AgreementAcceptances.tsx';
import { AgreementEditor } from './AgreementEditor.tsx';
import styles from './Agreements.module.css';
import { AgreementVersions } from './AgreementVersions.tsx';

function Delete({ agreement }: { agreement: DataUseAgreement }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useCommand(deleteDataUseAgreement, {
    invalidates: [searchDataUseAgreements],
    onSuccess: () => {
      announce(t('agreements.deleted', { name: agreement.name }));
      void navigate({ to: '/manage/agreements', search: {} });
    },
  });
  return (
    <Section title={t('agreements.delete')} lead={t('agreements.deleteLead')}>
      <ActionButton
        tone="danger"
        label={t('agreements.delete')}
        ability={abilityOn(agreement.abilities, 'delete')}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('agreements.deleteTitle', { name: agreement.name })}
        confirmLabel={t('agreements.delete')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => remove.mutate({ params: { id: agreement.id } })}
        onClose={() => {
          remove.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('agreements.deleteText')}</p>
      </ConfirmDialog>
    </Section>
  );
}

function Forms({ agreement }: { agreement: DataUseAgreement }) {
  const t = useText();
  const forms = useOperation(getAssociatedRequestForms, { params: { id: agreement.id } });
  if (forms.error !== null) return <ErrorNotice problem={forms.error} onRetry={() => void forms.refetch()} />;
  if (forms.data === undefined) return <SkeletonRows rows={3} />;
  return (
    <>
      {forms.data.length === 0 ? (
        <EmptyState title={t('agreements.forms.emptyTitle')} text={t('agreements.forms.emptyText')} />
      ) : (
        <>
          <p className="text-2">{t('agreements.forms.lead')}</p>
          <ul className={styles.forms}>
            {forms.data.map((form) => (
              <li key={form.id}>{form.name}</li>
            ))}
          </ul>
        </>
      )}
      <Delete agreement={agreement} />
    </>
  );
}

function Facts({ agreement }: { agreement: DataUseAgreement }) {
  const t = useText();
  return (
    <>
      <span>{t('agreements.version', { version: agreement.version ?? 1 })}</span>
      <span className="text-2">
        <Say
          id="agreements.by"
          values={{ when: <TimeStamp value={agreement.updatedAt} />, who: agreement.updatedBy.name }}
        />
      </span>
      <Identifier value={agreement.sha256 ?? ''} maxLength={20} />
    </>
  );
}

function Existing({ id }: { id: string }) {
  const t = useText();
  const agreement = useOperation(getDataUseAgreementById, { params: { id } });
  const tabs = [
    { value: 'text', label: t('agreements.tab.text') },
    { value: 'versions', label: t('agreements.tab.versions') },
    { value: 'forms', label: t('agreements.tab.forms') },
    { value: 'accepted', label: t('agreements.tab.accepted') },
  ];
  const tab = usePageTab(tabs);
  if (agreement.data === undefined || isGone(agreement.error)) {
    if (agreement.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('agreements.unknown')} section={t('agreements.title')} />
        <ErrorNotice
          problem={agreement.error}
          wasShown={agreement.data !== undefined}
          onRetry={() => void agreement.refetch()}
        />
      </>
    );
  }
  const { data } = agreement;
  return (
    <>
      <PageHeader title={data.name} section={t('agreements.title')} facts={<Facts agreement={data} />} />
      <PageTabs tabs={tabs} label={t('agreements.tabs')} />
      {tab === 'text' && <AgreementEditor agreement={data} />}
      {tab === 'versions' && <AgreementVersions agreement={data} />}
      {tab === 'forms' && <Forms agreement={data} />}
      {tab === 'accepted' && <AgreementAcceptances agreement={data} />}
    </>
  );
}

/** One agreement: its text, every version of it, what asks for it, and who accepted it. `new` writes the first version. */
export function AgreementPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/manage/agreements/$id' });
  if (id !== 'new') return <Existing key={id} id={id} />;
  return (
    <>
      <PageHeader title={t('agreements.new')} section={t('agreements.title')} />
      <AgreementEditor agreement={undefined} />
    </>
  );
}
