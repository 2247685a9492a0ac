import { Textarea, UnstyledButton } from '@mantine/core';
import { getImmutaAttributes, getImmutaGroups, getImmutaTags } from '@stoa/contract/metadata';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { stepTo } from '../../ui/search-options.ts';
import { type Completion, completionAt, functionsOf, type TextLanguage, withCompletion } from './completion.ts';
import styles from './policies.module.css';
import type { PlacedProblem } from './placed-problems.ts';

type Props = {
  readonly id?: string;
  readonly label: string;
  readonly value: string;
  readonly language: TextLanguage;
  readonly problems: readonly PlacedProblem[];
  readonly isReadOnly?: boolean;
  readonly onChange: (text: string) => void;
};

const shownAtOnce = 8;

/** The names that fit at the caret, looked up by the server where they are names of things. */
function useNames(completion: Completion | undefined, language: TextLanguage): readonly string[] {
  const kind = completion?.kind;
  const typed = completion?.typed ?? '';
  const groups = useOperation(
    getImmutaGroups,
    { query: { filter: typed, limit: shownAtOnce } },
    { enabled: kind === 'group', keepPrevious: true },
  );
  const attributes = useOperation(
    getImmutaAttributes,
    { query: { search: kind === 'value' ? (completion?.attribute ?? '') : typed } },
    { enabled: kind === 'attribute' || kind === 'value', keepPrevious: true },
  );
  const tags = useOperation(
    getImmutaTags,
    { query: { searchText: typed, limit: shownAtOnce } },
    { enabled: kind === 'tag', keepPrevious: true },
  );
  const fits = (name: string) => name.toLowerCase().includes(typed.toLowerCase());
  const all = attributes.data?.attributes ?? [];
  switch (kind) {
    case undefined:
      return [];
    case 'function':
      return functionsOf(language).filter(fits);
    case 'tagsOf':
      return ['dataSource', 'column'].filter(fits);
    case 'group':
      return (groups.data?.groups ?? []).map((one) => one.name).filter(fits);
    case 'attribute':
      return [...new Set(all.map((one) => one.type))].filter(fits).slice(0, shownAtOnce);
    case 'value':
      return all
        .filter((one) => one.type === completion?.attribute)
        .map((one) => one.value)
        .filter(fits)
        .slice(0, shownAtOnce);
    case 'tag':
      return (tags.data ?? []).map((one) => one.name).filter(fits);
  }
}

function Problems({ problems, onGo }: { problems: readonly PlacedProblem[]; onGo: (at: number) => void }) {
  const t = useText();
  if (problems.length === 0) return null;
  return (
    <ul className={styles.problems}>
      {problems.map((problem) => (
        <li key={`${problem.at ?? ''}${problem.message}`}>
          {problem.at === undefined ? (
            problem.message
          ) : (
            <>
              <UnstyledButton className={styles.place} onClick={() => onGo(problem.at ?? 0)}>
                {t('policies.text.place', { line: problem.line ?? 1, column: problem.column ?? 1 })}
              </UnstyledButton>{' '}
              {problem.message}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function useCompletion({ value, language, onChange }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number>();
  const [active, setActive] = useState(0);
  const completion = caret === undefined ? undefined : completionAt(value, caret);
  const found = useNames(completion, language);
  // What stands there already needs no completing.
  const names = found.length === 1 && found[0] === completion?.typed ? [] : found;
  const at = Math.min(active, Math.max(0, names.length - 1));
  const goTo = (place: number) => {
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(place, place);
    });
  };
  const take = (name: string) => {
    if (completion === undefined) return;
    const next = withCompletion(value, completion, name);
    onChange(next.text);
    setActive(0);
    setCaret(next.caret);
    goTo(next.caret);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (names.length === 0 || event.nativeEvent.isComposing) return;
    const name = names[at];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp')
      setActive(stepTo(at, event.key === 'ArrowDown' ? 1 : -1, names.length));
    else if (event.key === 'Enter' && name !== undefined) take(name);
    else if (event.key === 'Escape') setCaret(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { area, names, at, take, goTo, onKeyDown, setCaret };
}

/** A text in the language of policies: names are offered while one writes, and what is wrong is told with its place. */
export function LanguageText(props: Props) {
  const t = useText();
  const listId = useId();
  const { area, names, at, take, goTo, onKeyDown, setCaret } = useCompletion(props);
  const isOpen = names.length > 0;
  return (
    <div className={styles.language}>
      <Textarea
        ref={area}
        {...(props.id === undefined ? {} : { id: props.id })}
        classNames={{ input: styles.mono ?? '' }}
        label={props.label}
        value={props.value}
        readOnly={props.isReadOnly ?? false}
        autosize
        minRows={2}
        maxRows={12}
        maxLength={10_000}
        spellCheck={false}
        error={props.problems.length > 0}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        aria-activedescendant={isOpen ? `${listId}-${at}` : undefined}
        onChange={(event) => {
          props.onChange(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
        }}
        onClick={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
        onBlur={() => setCaret(undefined)}
      />
      {isOpen && (
        <div id={listId} role="listbox" aria-label={t('policies.text.names')} className={styles.completions}>
          {names.map((name, n) => (
            <div
              key={name}
              id={`${listId}-${n}`}
              role="option"
              aria-selected={n === at}
              // The press must not take the focus from the text.
              onMouseDown={(event) => {
                event.preventDefault();
                take(name);
              }}
            >
              {name}
            </div>
          ))}
        </div>
      )}
      <Problems problems={props.problems} onGo={goTo} />
    </div>
  );
}
