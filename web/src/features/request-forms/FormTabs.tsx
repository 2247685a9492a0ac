import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { FlowEditor } from '../review-flows/FlowEditor.tsx';
import { problemsUnder } from '../review-flows/flow-draft.ts';
import { ConflictBanner } from './ConflictBanner.tsx';
import type { FormTabsProps, MayChange } from './FormScreen.tsx';
import { PreviewTab } from './PreviewTab.tsx';
import { formNameId, QuestionsTab, type TabProps } from './QuestionsTab.tsx';
import { labelId } from './QuestionProperties.tsx';
import { type Place, SaveBox } from './SaveBox.tsx';
import { UsesTab } from './UsesTab.tsx';
import { VersionsTab } from './VersionsTab.tsx';
import type { FormEditor } from './use-form-editor.ts';
import styles from './forms.module.css';

function ReviewTab({ editor, mayChange }: TabProps) {
  const t = useText();
  const { draft, setDraft, problems } = editor;
  return (
    <Section title={t('forms.review')} lead={t('forms.reviewLead')}>
      <FlowEditor
        mode="form"
        value={draft.policy}
        fields={draft.fields}
        readOnly={!mayChange('policy')}
        problems={problemsUnder(problems, 'policy')}
        // A question without its text cannot be asked, nor tried.
        {...(editor.lacks.length > 0 ? {} : { simulate: editor.form === undefined ? {} : { formId: editor.form.id } })}
        onChange={(policy) => setDraft({ ...draft, policy })}
      />
    </Section>
  );
}

/** Shows the place of a problem: its tab, its question, its field. */
function useGoTo(choose: (fieldId: string | undefined) => void) {
  const list = useListState();
  return ({ tab, fieldId }: Place) => {
    list.setFilters({ tab: tab === 'questions' ? undefined : tab });
    if (fieldId !== undefined) choose(fieldId);
    const id = tab === 'review' ? 'form-review' : fieldId === undefined ? formNameId : labelId(fieldId);
    // The place may come with the next rendering alone.
    window.setTimeout(() => document.getElementById(id)?.focus(), 80);
  };
}

function Editable({ editor, tab, mayChange }: { editor: FormEditor; tab: string; mayChange: MayChange }) {
  const t = useText();
  const [chosen, choose] = useState<string | undefined>(editor.draft.fields[0]?.id);
  const goTo = useGoTo(choose);
  const props: TabProps = { editor, mayChange, chosen, choose };
  const mayAny = (['name', 'fields', 'policy', 'dataUseAgreementIds'] as const).some(mayChange);
  const save = mayAny ? <SaveBox editor={editor} goTo={goTo} /> : null;
  if (tab === 'questions') return <QuestionsTab {...props}>{save}</QuestionsTab>;
  return (
    <div className={save === null ? styles.stack : 'detail'}>
      <div id="form-review" tabIndex={-1} className={styles.live}>
        {tab === 'review' ? <ReviewTab {...props} /> : <PreviewTab draft={editor.draft} />}
      </div>
      {save !== null && (
        <aside className={styles.aside} aria-label={t('forms.aside')}>
          {save}
        </aside>
      )}
    </div>
  );
}

/** What a tab of a form holds. It comes after the page stands: the questions alone bring half of the marketplace's fields. */
export function FormTabs({ editor, tab, mayChange, onTake }: FormTabsProps) {
  const { form } = editor;
  if (form !== undefined && tab === 'versions')
    return <VersionsTab form={form} onTake={mayChange('fields') && mayChange('policy') ? onTake : undefined} />;
  if (form !== undefined && tab === 'uses') return <UsesTab form={form} />;
  return <Editable editor={editor} tab={tab} mayChange={mayChange} />;
}

export { ConflictBanner };
