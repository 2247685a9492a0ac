import { getRequestFormById, type RequestForm } from '@stoa/contract/request-form';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { GoneBanner } from '../../ui/GoneBanner.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { copyOfDraft, draftOfForm, emptyFormDraft, type FormDraft } from './form-draft.ts';
import { FormScreen } from './FormScreen.tsx';

const nothingToRead = () => Promise.resolve(undefined);

/** A form that is not saved yet: an empty one, or the content of another. */
function NewForm() {
  const t = useText();
  const copied = useListState().text('copy');
  const source = useOperation(getRequestFormById, { params: { id: copied ?? '' } }, { enabled: copied !== undefined });
  if (copied !== undefined && source.data === undefined) {
    if (source.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('forms.new')} section={t('forms.title')} />
        <ErrorNotice problem={source.error} onRetry={() => void source.refetch()} />
      </>
    );
  }
  const make = () =>
    source.data === undefined
      ? emptyFormDraft()
      : copyOfDraft(draftOfForm(source.data), t('forms.copyName', { name: source.data.name }));
  return <Fresh key={copied ?? ''} make={make} />;
}

/** New questions get their ids once, not with every rendering. */
function Fresh({ make }: { make: () => FormDraft }) {
  const [start] = useState(make);
  return <FormScreen form={undefined} start={start} refetch={nothingToRead} />;
}

function ExistingForm({ id }: { id: string }) {
  const t = useText();
  const form = useOperation(getRequestFormById, { params: { id } });
  if (form.data === undefined) {
    if (form.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('forms.title')} />
        <ErrorNotice problem={form.error} onRetry={() => void form.refetch()} />
      </>
    );
  }
  const refetch = async (): Promise<RequestForm | undefined> => (await form.refetch()).data;
  return (
    <>
      <GoneBanner problem={form.error} />
      <FormScreen form={form.data} start={draftOfForm(form.data)} refetch={refetch} />
    </>
  );
}

/** Builds a request form: what is asked, what is agreed to, who decides, and what each version changed. */
export function RequestFormPage() {
  const { id } = useParams({ from: '/shell/manage/forms/$id' });
  return id === 'new' ? <NewForm /> : <ExistingForm key={id} id={id} />;
}
