import { ActionIcon, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { MoveHandles, useReorder } from '../../ui/reorder.tsx';
import { moved, replaced, without } from '../review-flows/flow-draft.ts';
import { type Lack, optionsOfLines } from './form-draft.ts';
import styles from './forms.module.css';

type Option = { readonly value: string };
type Props = {
  readonly options: readonly Option[];
  readonly lacks: readonly Lack[];
  readonly isReadOnly: boolean;
  readonly onChange: (options: readonly Option[]) => void;
};
const most = 200;

/** The options of a question, in the order in which they are offered. Enter goes on to the next; pasted lines become options. */
export function OptionsEditor({ options, lacks, isReadOnly, onChange }: Props) {
  const t = useText();
  const list = useRef<HTMLOListElement>(null);
  const focusAt = useRef<number | undefined>(undefined);
  const nameOf = (at: number) => options[at]?.value || t('forms.option.n', { n: at + 1 });
  const order = useReorder(options.length, (from, to) => onChange(moved(options, from, to)), nameOf);
  useEffect(() => {
    if (focusAt.current === undefined) return;
    list.current?.querySelectorAll('input')[focusAt.current]?.focus();
    focusAt.current = undefined;
  }, [options.length]);
  const addAfter = (at: number) => {
    if (options.length >= most) return;
    focusAt.current = at + 1;
    onChange([...options.slice(0, at + 1), { value: '' }, ...options.slice(at + 1)]);
  };
  const remove = (at: number) => {
    focusAt.current = Math.max(0, at - 1);
    order.forget(at);
    onChange(without(options, at));
  };
  const onKeyDown = (event: KeyboardEvent, at: number) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      addAfter(at);
    }
    if (event.key === 'Backspace' && options[at]?.value === '' && options.length > 1) {
      event.preventDefault();
      remove(at);
    }
  };
  const errorAt = (at: number) => {
    const lack = lacks.find((one) => one.option === at);
    return lack && t(lack.text);
  };
  return (
    <div role="group" aria-label={t('forms.options')} className={styles.options}>
      <p className={styles.optionsTitle}>{t('forms.options')}</p>
      <ol ref={list} className={styles.optionList}>
        {options.map((option, at) => (
          <li key={order.keys[at] ?? at} className={styles.option} {...(isReadOnly ? {} : order.row(at))}>
            <TextInput
              className={styles.optionText ?? ''}
              aria-label={t('forms.option.n', { n: at + 1 })}
              value={option.value}
              maxLength={255}
              readOnly={isReadOnly}
              error={errorAt(at)}
              onKeyDown={(event) => !isReadOnly && onKeyDown(event, at)}
              onPaste={(event) => {
                const text = event.clipboardData.getData('text/plain');
                if (isReadOnly || !text.includes('\n')) return;
                event.preventDefault();
                onChange(optionsOfLines(text, options).slice(0, most));
              }}
              onChange={(event) => onChange(replaced(options, at, { value: event.currentTarget.value }))}
            />
            {!isReadOnly && (
              <span className={styles.optionActs}>
                <MoveHandles handles={order.handles(at)} name={nameOf(at)} />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('forms.removeThis', { name: nameOf(at) })}
                  onClick={() => remove(at)}
                >
                  <IconX size={16} stroke={1.75} aria-hidden="true" />
                </ActionIcon>
              </span>
            )}
          </li>
        ))}
      </ol>
      {lacks.some((one) => one.text === 'forms.lack.options') && (
        <p className={styles.problem}>{t('forms.lack.options')}</p>
      )}
      {!isReadOnly && (
        <div>
          <ActionButton size="xs" label={t('forms.option.add')} onClick={() => addAfter(options.length - 1)} />
          <p className="caption text-2">{t('forms.option.hint')}</p>
        </div>
      )}
    </div>
  );
}
