import { ActionIcon } from '@mantine/core';
import type { FormField } from '@stoa/contract/request-form';
import { IconCopy, IconTrash } from '@tabler/icons-react';
import { useRef } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { type Handles, MoveHandles } from '../../ui/reorder.tsx';
import { startAnswers } from '../access-requests/answers.ts';
import { QuestionField } from '../access-requests/QuestionField.tsx';
import { duplicateOf } from './form-draft.ts';
import { typeIcons } from './Palette.tsx';
import styles from './forms.module.css';

type Props = {
  readonly field: FormField;
  /** From 1. */
  readonly place: number;
  readonly isChosen: boolean;
  /** What stands in the way of saving, at this question. */
  readonly problems: readonly string[];
  /** Undefined where the form is only read. */
  readonly acts:
    | { readonly handles: Handles; readonly onDuplicate: () => void; readonly onRemove: () => void }
    | undefined;
  readonly onChoose: () => void;
};

/** A question as the requester will see it; it opens its properties, and answers nothing. */
export function QuestionCard({ field, place, isChosen, problems, acts, onChoose }: Props) {
  const t = useText();
  const Icon = typeIcons[field.type];
  const name = field.label.trim() === '' ? t('forms.question.unnamed', { n: place }) : field.label;
  const pressed = useRef(false);
  return (
    <div
      className={styles.card}
      data-chosen={isChosen || undefined}
      data-bad={problems.length > 0 || undefined}
      // A press anywhere on the card chooses it; by keyboard its heading does.
      onPointerDown={(event) => {
        pressed.current = event.target instanceof Element && event.target.closest('button, [draggable]') === null;
      }}
      onClick={() => pressed.current && onChoose()}
    >
      <div className={styles.cardHead}>
        <button
          type="button"
          id={`question-card-${field.id}`}
          className={styles.cardTitle}
          aria-pressed={isChosen}
          onClick={onChoose}
        >
          <Icon size={16} stroke={1.75} aria-hidden="true" />
          <span className={styles.cardNumber}>{t('forms.question.n', { n: place })}</span>
          <span className="sr-only">{name}</span>
          <span className="text-2">{t(`forms.type.${field.type}`)}</span>
        </button>
        {acts !== undefined && (
          <span className={styles.cardActs}>
            <MoveHandles handles={acts.handles} name={name} />
            {duplicateOf(field) !== undefined && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('forms.duplicateThis', { name })}
                onClick={acts.onDuplicate}
              >
                <IconCopy size={16} stroke={1.75} aria-hidden="true" />
              </ActionIcon>
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('forms.removeThis', { name })}
              onClick={acts.onRemove}
            >
              <IconTrash size={16} stroke={1.75} aria-hidden="true" />
            </ActionIcon>
          </span>
        )}
      </div>
      {/* Looked at, never filled in here: the answers are tried in the preview. */}
      <div className={styles.face} inert>
        <QuestionField
          field={field.label.trim() === '' ? ({ ...field, label: name } as FormField) : field}
          value={startAnswers([field], {})[field.id]}
          error={undefined}
          onChange={() => undefined}
        />
      </div>
      {problems.map((problem) => (
        <p key={problem} className={styles.problem}>
          {problem}
        </p>
      ))}
    </div>
  );
}
