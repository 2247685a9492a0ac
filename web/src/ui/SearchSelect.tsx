import { TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { matchingOptions, type SearchOption, stepTo } from './search-options.ts';
import { SearchSelectList } from './SearchSelectList.tsx';

type Props = {
  readonly id?: string;
  readonly className?: string;
  readonly size?: 'xs' | 'sm';
  readonly label: string;
  /** Where the place says what is chosen: the label is read but not shown. */
  readonly isLabelHidden?: boolean;
  readonly description?: string;
  readonly placeholder?: string;
  readonly error?: string;
  readonly options: readonly SearchOption[];
  readonly value: string | null;
  readonly onChoose: (option: SearchOption) => void;
  /** What is typed goes out, and the options that come back are shown as they are. Without it they are searched here. */
  readonly onSearch?: (text: string) => void;
  /** The options do not answer yet what was typed. */
  readonly isSearching?: boolean;
  readonly problem?: ApiProblem | null;
  readonly nothingFound: string;
};

/** What is typed, whether the list is open, and where in it one stands. */
function useTyping(props: Props) {
  // Until somebody types, the field shows what is chosen.
  const [typed, setTyped] = useState<string>();
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(0);
  const options = matchingOptions(props.options, props.onSearch === undefined ? typed : undefined);
  const chosen = props.options.find((one) => one.value === props.value);
  const open = () => {
    if (isOpen) return;
    setActive(
      Math.max(
        0,
        options.findIndex((one) => one.value === props.value),
      ),
    );
    setIsOpen(true);
  };
  const leave = () => {
    setIsOpen(false);
    if (typed === undefined) return;
    setTyped(undefined);
    props.onSearch?.('');
  };
  return {
    text: typed ?? chosen?.label ?? '',
    options,
    isOpen,
    active: Math.min(active, Math.max(0, options.length - 1)),
    open,
    leave,
    type: (text: string) => {
      setTyped(text);
      setActive(0);
      setIsOpen(true);
      props.onSearch?.(text.trim());
    },
    goTo: setActive,
    choose: (option: SearchOption) => {
      leave();
      props.onChoose(option);
    },
  };
}

/**
 * One of many, found by typing: the field is there from the start and stays the same, whatever its list waits for.
 * Enter takes an option only once the list answers what was typed.
 */
export function SearchSelect(props: Props) {
  const t = useText();
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const field = useTyping(props);
  const { options, active, isOpen } = field;
  const isSearching = props.isSearching === true;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const option = options[active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (isOpen) field.goTo(stepTo(active, event.key === 'ArrowDown' ? 1 : -1, options.length));
      else field.open();
    } else if (event.key === 'Enter' && isOpen) {
      if (option !== undefined && !isSearching) field.choose(option);
    } else if (event.key === 'Escape' && isOpen) field.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const hasList = isOpen && options.length > 0;
  return (
    <div className={props.className}>
      <TextInput
        ref={input}
        {...(props.id === undefined ? {} : { id: props.id })}
        {...(props.isLabelHidden === true ? { 'aria-label': props.label } : { label: props.label })}
        size={props.size ?? 'sm'}
        description={props.description}
        placeholder={props.placeholder}
        error={props.error}
        role="combobox"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={hasList}
        aria-controls={hasList ? listId : undefined}
        aria-activedescendant={hasList ? `${listId}-${active}` : undefined}
        // Escape closes the list first, the dialog around it with the next press.
        data-mantine-stop-propagation={isOpen || undefined}
        rightSection={<IconChevronDown size={16} stroke={1.75} aria-hidden="true" />}
        rightSectionPointerEvents="none"
        value={field.text}
        onFocus={(event) => event.currentTarget.select()}
        onClick={field.open}
        onChange={(event) => field.type(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={field.leave}
      />
      {isOpen && (
        <SearchSelectList
          id={listId}
          label={props.label}
          anchor={input}
          options={options}
          active={active}
          value={props.value}
          isSearching={isSearching}
          problem={props.problem ?? null}
          nothingFound={props.nothingFound}
          onChoose={field.choose}
        />
      )}
      <span role="status" className="sr-only">
        {isOpen && !isSearching && t('ui.select.found', { count: options.length })}
      </span>
    </div>
  );
}
