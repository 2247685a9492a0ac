import { Kbd } from '@mantine/core';
import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react';
import { type MessageId, useText } from '../app/messages/use-text.tsx';
import styles from './CommandPalette.module.css';
import { type Command, type CommandGroup, useRegisteredCommands } from './commands.tsx';
import { groupedOptions, matchingOptions, type SearchOption, stepTo } from './search-options.ts';

const groups: Readonly<Record<CommandGroup, MessageId>> = {
  page: 'ui.palette.page',
  goTo: 'ui.palette.goTo',
  settings: 'ui.palette.settings',
  search: 'ui.palette.searchGroup',
};
const order = ['page', 'goTo', 'settings', 'search'] as const;

type Props = {
  /** What was typed before the palette was there; taken once. */
  readonly typed: RefObject<string>;
  readonly onClose: () => void;
  /** What no command is called may be something to look for. */
  readonly onSearch: (text: string) => void;
};

type PaletteOption = SearchOption & { readonly command: Command };

/** What fits the text: the acts of this page first, then where one can go, then a search for it. */
function useMatches(text: string, onSearch: (text: string) => void): readonly PaletteOption[] {
  const t = useText();
  const commands = useRegisteredCommands();
  return useMemo(() => {
    const optionOf = (command: Command): PaletteOption => ({
      value: command.id,
      label: command.label,
      group: t(groups[command.group]),
      command,
    });
    const inOrder = order.flatMap((group) => commands.filter((command) => command.group === group));
    const found = matchingOptions(inOrder.map(optionOf), text);
    const words = text.trim();
    if (words === '') return found;
    const label = t('ui.palette.searchFor', { words });
    return [...found, optionOf({ id: 'search', label, group: 'search', run: () => onSearch(words) })];
  }, [commands, text, t, onSearch]);
}

type OptionProps = {
  readonly option: PaletteOption;
  readonly id: string;
  readonly isActive: boolean;
  readonly onRun: () => void;
};

function Option({ option, id, isActive, onRun }: OptionProps) {
  const { keys } = option.command;
  return (
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      className={styles.option}
      data-active={isActive || undefined}
      onClick={onRun}
    >
      <span className={styles.words}>{option.label}</span>
      {keys !== undefined && <Kbd size="xs">{keys}</Kbd>}
    </div>
  );
}

/** The command palette, a dialog of the browser's own: it holds the focus, and gives it back. */
export function CommandPalette({ typed, onClose, onSearch }: Props) {
  const t = useText();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(() => typed.current);
  const [active, setActive] = useState(0);
  const matches = useMatches(text, onSearch);
  const at = Math.min(active, Math.max(0, matches.length - 1));
  useEffect(() => {
    typed.current = '';
    dialog.current?.showModal();
  }, [typed]);
  useEffect(() => {
    list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const run = (option: PaletteOption | undefined) => {
    if (option === undefined) return;
    // Closed first: it gives the focus back, and what the command does with the focus comes after that.
    dialog.current?.close();
    option.command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setActive(stepTo(at, 1, matches.length));
    else if (event.key === 'ArrowUp') setActive(stepTo(at, -1, matches.length));
    else if (event.key === 'Enter') run(matches[at]);
    else return;
    event.preventDefault();
  };
  const optionId = (place: number) => `${id}-${place}`;
  return (
    <dialog
      ref={dialog}
      className={styles.palette}
      aria-label={t('ui.palette.title')}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className={styles.body}>
        <input
          className={styles.search}
          role="combobox"
          aria-label={t('ui.palette.search')}
          aria-autocomplete="list"
          aria-expanded={matches.length > 0}
          aria-controls={matches.length > 0 ? id : undefined}
          aria-activedescendant={matches.length > 0 ? optionId(at) : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={t('ui.palette.search')}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div ref={list} className={styles.list} role="listbox" id={id} aria-label={t('ui.palette.title')}>
          {groupedOptions(matches).map(({ group, options }) => (
            <div key={group} role="group" aria-label={group} className={styles.group}>
              <p className="group-label" aria-hidden="true">
                {group}
              </p>
              {options.map(({ option, at: place }) => (
                <Option
                  key={option.value}
                  option={option}
                  id={optionId(place)}
                  isActive={place === at}
                  onRun={() => run(option)}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
    </dialog>
  );
}
