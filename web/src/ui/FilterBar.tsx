import { Button, CloseButton, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp, IconSearch, IconX } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './FilterBar.module.css';
import { type Facet, labelIn, labelOfUsual } from './facets.ts';
import { useKeys } from './keys.tsx';
import { LeftOut, useKnownValues } from './left-out.tsx';
import type { ListState } from './list-search.ts';
import { usePanel } from './panel.ts';
import panelStyles from './Panel.module.css';

type Props = {
  readonly list: ListState;
  readonly searchName?: string;
  readonly searchLabel?: string;
  readonly facets?: readonly Facet[];
  /** Off where the server cannot search. */
  readonly hasSearch?: boolean;
  /** Filters that are needed seldom: folded away until one of `names` is set or somebody asks for them. */
  readonly more?: { readonly names: readonly string[]; readonly content: ReactNode };
};

function SearchField({ list, name, label }: { list: ListState; name: string; label: string }) {
  const t = useText();
  const current = list.text(name) ?? '';
  const [typed, setTyped] = useState(current);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef<readonly string[]>([]);
  const send = useDebouncedCallback((value: string) => {
    const next = value.trim();
    if (next === current) return;
    sent.current = [...sent.current, next];
    list.setFilters({ [name]: next });
  }, 200);
  // The address also changes from elsewhere: back, a cleared filter. What was typed meanwhile is never taken back by
  // the field's own words, which arrive a moment later.
  useEffect(() => {
    const at = sent.current.lastIndexOf(current);
    sent.current = sent.current.slice(at + 1);
    if (at === -1) setTyped(current);
  }, [current]);
  useKeys([{ keys: '/', label: t('shell.keys.search'), scope: 'page', run: () => input.current?.focus() }]);
  const change = (value: string) => {
    setTyped(value);
    send(value);
  };
  return (
    <TextInput
      ref={input}
      className={styles.search}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
      rightSection={
        typed === '' ? undefined : (
          <CloseButton size="sm" aria-label={t('ui.filter.clear')} onClick={() => change('')} />
        )
      }
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => send.flush()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') send.flush();
      }}
    />
  );
}

// No list begins with an open filter.
const FacetOptions = lazy(() => import('./FacetOptions.tsx').then((part) => ({ default: part.FacetOptions })));

/** One filter with its options, for bars that arrange them on their own. */
export function FacetButton({ list, facet }: { list: ListState; facet: Facet }) {
  const t = useText();
  const panel = usePanel();
  const { known: chosen, leftOut, dismiss } = useKnownValues(list, facet);
  const [wasOpened, setWasOpened] = useState(false);
  if (panel.isOpen && !wasOpened) setWasOpened(true);
  const words = chosen.map((value) => labelIn(facet.options, value));
  const toggle = (value: string) => {
    const others = facet.isSingle === true ? [] : chosen.filter((one) => one !== value);
    list.setFilters({
      [facet.name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...others, value],
    });
  };
  return (
    <>
      <Button
        {...panel.buttonProps}
        variant="default"
        {...(facet.onOpen === undefined ? {} : { onClick: facet.onOpen })}
        className={styles.facet ?? ''}
        data-active={words.length > 0 || undefined}
        rightSection={<IconChevronDown size={14} stroke={1.75} aria-hidden="true" />}
      >
        <span className={styles.facetLabel}>{facet.label}</span>
        <span className={styles.facetValue}>
          {words.length === 0 ? (labelOfUsual(facet) ?? t('ui.filter.any')) : words.join(', ')}
        </span>
      </Button>
      <div {...panel.panelProps} aria-label={facet.label} className={panelStyles.panel}>
        <Suspense>{wasOpened && <FacetOptions facet={facet} chosen={chosen} onToggle={toggle} />}</Suspense>
      </div>
      <LeftOut label={facet.label} values={leftOut} onDismiss={dismiss} />
    </>
  );
}

function MoreButton({ active, isOpen, onClick }: { active: number; isOpen: boolean; onClick: () => void }) {
  const t = useText();
  const Chevron = isOpen ? IconChevronUp : IconChevronDown;
  return (
    <UnstyledButton className={styles.clear} aria-expanded={isOpen} onClick={onClick}>
      <Chevron size={14} stroke={1.75} aria-hidden="true" />
      {isOpen ? t('ui.filter.fewer') : t('ui.filter.seldom', { count: active })}
    </UnstyledButton>
  );
}

/** Search and facets of a list. Everything it sets stands in the address. */
export function FilterBar(props: Props) {
  const { list, searchName = 'searchText', searchLabel, facets = [], hasSearch = true, more } = props;
  const t = useText();
  const active = (more?.names ?? []).filter((name) => list.activeFilters.includes(name)).length;
  const [isOpen, setIsOpen] = useState(active > 0);
  return (
    <search className={styles.bar} aria-label={t('ui.filter.label')}>
      {hasSearch && <SearchField list={list} name={searchName} label={searchLabel ?? t('ui.filter.search')} />}
      {facets.map((facet) => (
        <FacetButton key={facet.name} list={list} facet={facet} />
      ))}
      {more !== undefined && <MoreButton active={active} isOpen={isOpen} onClick={() => setIsOpen(!isOpen)} />}
      {list.activeFilters.length > 0 && (
        <UnstyledButton className={styles.clear} onClick={list.clearFilters}>
          <IconX size={14} stroke={1.75} aria-hidden="true" />
          {t('ui.filter.clear')}
        </UnstyledButton>
      )}
      {more !== undefined && isOpen && <div className={styles.more}>{more.content}</div>}
    </search>
  );
}
