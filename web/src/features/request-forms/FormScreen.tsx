import type { RequestForm } from '@stoa/contract/request-form';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { LeaveQuestion } from '../../ui/LeaveQuestion.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { DeleteForm } from './DeleteForm.tsx';
import type { FormDraft } from './form-draft.ts';
import { type FormEditor, useFormEditor } from './use-form-editor.ts';
import styles from './forms.module.css';

const FormTabs = lazy(() => import('./FormTabs.tsx').then((parts) => ({ default: parts.FormTabs })));
const ConflictBanner = lazy(() => import('./FormTabs.tsx').then((parts) => ({ default: parts.ConflictBanner })));

export type MayChange = (member: 'name' | 'fields' | 'policy' | 'dataUseAgreementIds') => boolean;
export type FormTabsProps = {
  readonly editor: FormEditor;
  readonly tab: string;
  /** May the caller change this member of the form? */
  readonly mayChange: MayChange;
  /** The content of an old version becomes the draft. */
  readonly onTake: (draft: FormDraft, n: number) => void;
};

type Props = {
  /** Undefined for one that is not saved yet. */
  readonly form: RequestForm | undefined;
  readonly start: FormDraft;
  readonly refetch: () => Promise<RequestForm | undefined>;
};

/** Which members the caller may change: all of a form of their own, some as its steward, none of the standard one. */
function mayChangeOf(form: RequestForm | undefined): MayChange {
  if (form === undefined) return () => true;
  const edit = form.abilities?.edit;
  return (member) =>
    edit?.allowed === true && (edit.fieldsAllowed === undefined || edit.fieldsAllowed.includes(member));
}

function Facts({ form }: { form: RequestForm }) {
  const t = useText();
  const { dataProducts = 0, assets = 0 } = form.usedBy ?? {};
  return (
    <>
      {form.standard === true && <span className={styles.standard}>{t('forms.standard')}</span>}
      <span>{t('forms.version', { n: form.versionNumber ?? 1 })}</span>
      <span>{t('forms.usedBy', { products: dataProducts, assets })}</span>
      <span className="text-2">
        {t('forms.savedBy', { name: form.updatedBy.name })} <TimeStamp value={form.updatedAt} style="relative" />
      </span>
    </>
  );
}

/** Why nothing, or not everything, can be changed here. */
function Limits({ form }: { form: RequestForm }) {
  const t = useText();
  const edit = form.abilities?.edit;
  if (form.standard === true) return <Banner>{t('forms.standardBanner')}</Banner>;
  if (edit?.allowed !== true) return <Banner>{t('forms.readOnly', { reason: edit?.reason ?? '' })}</Banner>;
  return edit.fieldsAllowed === undefined ? null : <Banner>{t('forms.stewardBanner')}</Banner>;
}

function useTabs(form: RequestForm | undefined) {
  const t = useText();
  return [
    { value: 'questions', label: t('forms.tab.questions') },
    { value: 'review', label: t('forms.tab.review') },
    { value: 'preview', label: t('forms.tab.preview') },
    ...(form === undefined
      ? []
      : [
          { value: 'versions', label: t('forms.tab.versions') },
          { value: 'uses', label: t('forms.tab.uses') },
        ]),
  ];
}

/** Control with S, or with Enter, saves wherever the focus is, but never behind a dialog. */
function useSaveKey(save: () => void) {
  const latest = useRef(save);
  useEffect(() => {
    latest.current = save;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isSave = (event.ctrlKey || event.metaKey) && (event.key.toLowerCase() === 's' || event.key === 'Enter');
      if (!isSave || document.querySelector('[role="dialog"]:not([popover])') !== null) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** One form, with all that can be known and changed about it. The draft outlives the change of tabs. */
export function FormScreen({ form, start, refetch }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const list = useListState();
  const editor = useFormEditor({ form, start, refetch });
  const tabs = useTabs(form);
  const tab = usePageTab(tabs);
  const mayChange = mayChangeOf(form);
  const saveLabel = t(form === undefined ? 'forms.make' : 'forms.saveShort');
  useCommands([{ id: 'form-save', label: saveLabel, group: 'page', keys: 'Ctrl S', run: editor.submit }]);
  useSaveKey(editor.submit);
  const take = (draft: FormDraft, n: number) => {
    editor.setDraft({ ...draft, name: editor.draft.name });
    announce(t('forms.versions.taken', { n }));
    list.setFilters({ tab: undefined, version: undefined, from: undefined });
  };
  return (
    <div className={styles.page}>
      <PageHeader
        title={form?.name ?? t('forms.new')}
        section={t('forms.title')}
        facts={form !== undefined && <Facts form={form} />}
        secondary={
          form !== undefined && (
            <>
              <LinkTo look="button" to="/manage/forms/$id" params={{ id: 'new' }} search={{ copy: form.id }}>
                {t('forms.copy')}
              </LinkTo>
              {form.standard !== true && <DeleteForm form={form} />}
            </>
          )
        }
      />
      {form !== undefined && <Limits form={form} />}
      <Suspense fallback={<SkeletonText lines={8} />}>
        {form !== undefined && editor.isConflict && <ConflictBanner editor={editor} form={form} />}
        <PageTabs tabs={tabs} label={t('forms.tabs')} />
        <FormTabs editor={editor} tab={tab} mayChange={mayChange} onTake={take} />
      </Suspense>
      <LeaveQuestion mustAsk={() => editor.isChanged && !editor.isLeaving.current} />
    </div>
  );
}
