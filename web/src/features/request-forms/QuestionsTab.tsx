import { TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { FormField } from '@stoa/contract/request-form';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useReorder } from '../../ui/reorder.tsx';
import { moved } from '../review-flows/flow-draft.ts';
import { AgreementsPicker } from './AgreementsPicker.tsx';
import {
  duplicateOf,
  type FieldType,
  hasDuration,
  newField,
  placeOfProblem,
  withChanged,
  withField,
  withoutField,
} from './form-draft.ts';
import type { MayChange } from './FormScreen.tsx';
import { Palette } from './Palette.tsx';
import { QuestionCard } from './QuestionCard.tsx';
import { labelId, QuestionProperties } from './QuestionProperties.tsx';
import type { FormEditor } from './use-form-editor.ts';
import styles from './forms.module.css';

export const formNameId = 'form-name';

export type TabProps = {
  readonly editor: FormEditor;
  /** May the caller change this member of the form? */
  readonly mayChange: MayChange;
  /** The id of the chosen question. */
  readonly chosen: string | undefined;
  readonly choose: (fieldId: string | undefined) => void;
};

/** Focus goes to the text of a question once it stands there. */
function useFocusLater() {
  const wanted = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (wanted.current === undefined) return;
    const element = document.getElementById(wanted.current);
    if (element === null) return;
    wanted.current = undefined;
    element.focus();
    element.scrollIntoView({ block: 'nearest' });
  });
  return (id: string) => {
    wanted.current = id;
  };
}

function useQuestions({ editor, chosen, choose }: TabProps) {
  const t = useText();
  const announce = useAnnounce();
  const focusLater = useFocusLater();
  const { draft, setDraft } = editor;
  const put = (field: FormField, after: string | undefined) => {
    setDraft(withField(draft, field, after));
    choose(field.id);
    focusLater(field.type === 'ACCESS_DURATION' ? `question-card-${field.id}` : labelId(field.id));
    announce(t('forms.added', { type: t(`forms.type.${field.type}`) }));
  };
  return {
    focusLater,
    add: (type: FieldType) => put(newField(type), chosen),
    duplicate: (field: FormField) => {
      const copy = duplicateOf(field);
      if (copy !== undefined) put(copy, field.id);
    },
    remove: (field: FormField) => {
      const at = draft.fields.indexOf(field);
      const next = draft.fields[at + 1] ?? draft.fields[at - 1];
      setDraft(withoutField(draft, field.id));
      if (chosen === field.id) choose(next?.id);
      if (next !== undefined) focusLater(`question-card-${next.id}`);
      announce(t('forms.removed'));
    },
  };
}

/** The problems of a question, in words. */
function useProblemsOf({ editor }: TabProps): (field: FormField) => readonly string[] {
  const t = useText();
  const { lacks, problems, draft, isTried } = editor;
  return (field) => {
    const open = isTried ? lacks.filter((lack) => lack.fieldId === field.id).map((lack) => t(lack.text)) : [];
    const found = problems.filter(({ path }) => placeOfProblem(path, draft).fieldId === field.id);
    return [...new Set([...open, ...found.map(({ message }) => message)])];
  };
}

/** The form as it will be asked: the kinds to add, the questions in their order, what can be said about the chosen one. */
export function QuestionsTab(props: TabProps & { readonly children: ReactNode }) {
  const { editor, mayChange, chosen, choose } = props;
  const t = useText();
  const isWide = useMediaQuery('(min-width: 1200px)', true, { getInitialValueInEffect: false });
  const { draft, setDraft } = editor;
  const questions = useQuestions(props);
  const problemsOf = useProblemsOf(props);
  const isOpen = mayChange('fields');
  const { fields } = draft;
  const nameOf = (at: number) => fields[at]?.label || t('forms.question.unnamed', { n: at + 1 });
  const order = useReorder(
    fields.length,
    (from, to) => setDraft({ ...draft, fields: moved(fields, from, to) }),
    nameOf,
  );
  const at = fields.findIndex((field) => field.id === chosen);
  const field = fields[at];
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen || field === undefined || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'd') return;
    event.preventDefault();
    questions.duplicate(field);
  };
  const properties = field !== undefined && (
    <QuestionProperties
      field={field}
      place={at + 1}
      lacks={editor.isTried ? editor.lacks.filter((lack) => lack.fieldId === field.id) : []}
      isReadOnly={!isOpen}
      hasDuration={hasDuration(draft)}
      onChange={(next) => setDraft(withChanged(draft, next))}
      onLeave={() => document.getElementById(`question-card-${field.id}`)?.focus()}
    />
  );
  const pick = (id: string) => {
    choose(id);
    if (isOpen && id !== chosen) questions.focusLater(labelId(id));
  };
  return (
    <div className="detail" onKeyDown={onKeyDown}>
      <div className={styles.live}>
        <TextInput
          id={formNameId}
          required
          label={t('forms.name')}
          description={t('forms.nameHint')}
          value={draft.name}
          maxLength={255}
          readOnly={!mayChange('name')}
          error={editor.isTried && draft.name.trim() === '' ? t('forms.lack.name') : undefined}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        {isOpen && <Palette hasDuration={hasDuration(draft)} onAdd={questions.add} />}
        {fields.length === 0 && <EmptyState title={t('forms.emptyTitle')} text={t('forms.emptyText')} />}
        <ol className={styles.cards} aria-label={t('forms.questions')}>
          {fields.map((one, place) => (
            <li key={one.id} className={styles.cardRow} {...(isOpen ? order.row(place) : {})}>
              <QuestionCard
                field={one}
                place={place + 1}
                isChosen={one.id === chosen}
                problems={problemsOf(one)}
                acts={
                  isOpen
                    ? {
                        handles: order.handles(place),
                        onDuplicate: () => questions.duplicate(one),
                        onRemove: () => questions.remove(one),
                      }
                    : undefined
                }
                onChoose={() => pick(one.id)}
              />
              {!isWide && one.id === chosen && properties}
            </li>
          ))}
        </ol>
        {isOpen && fields.length > 1 && <p className="text-2 small">{t('forms.keys')}</p>}
        <AgreementsPicker
          ids={draft.agreementIds}
          isReadOnly={!mayChange('dataUseAgreementIds')}
          onChange={(agreementIds) => setDraft({ ...draft, agreementIds })}
        />
      </div>
      <aside className={styles.aside} aria-label={t('forms.aside')}>
        {props.children}
        {isWide && (field === undefined ? <p className="text-2">{t('forms.chooseOne')}</p> : properties)}
      </aside>
    </div>
  );
}
