import { useDebouncedValue } from '@mantine/hooks';
import { getImmutaAttributes, getImmutaGroups } from '@stoa/contract/metadata';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { valuesOf } from './facts.ts';
import type { LeafProps } from './LeafSlots.tsx';
import styles from './flows.module.css';

const shownAtOnce = 20;

/** The text that is searched for: what was typed, but not the name of what is chosen. */
export function useTyped(chosen: string) {
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed === chosen ? '' : typed, 200);
  return { filter, setTyped };
}

/** A group by its name. */
export function GroupSlot({ leaf, onChange }: LeafProps) {
  const t = useText();
  const chosen = valuesOf(leaf)[0] ?? '';
  const { filter, setTyped } = useTyped(chosen);
  const found = useOperation(getImmutaGroups, { query: { filter, limit: shownAtOnce } }, { keepPrevious: true });
  const names = (found.data?.groups ?? []).map((one) => one.name);
  return (
    <SearchSelect
      size="xs"
      className={styles.wide ?? ''}
      aria-label={t('flows.slot.group')}
      placeholder={t('flows.slot.group')}
      searchable
      allowDeselect={false}
      data={chosen === '' || names.includes(chosen) ? names : [chosen, ...names]}
      // The server has searched already.
      filter={({ options }) => options}
      value={chosen === '' ? null : chosen}
      onChange={(value) => value !== null && onChange({ ...leaf, value })}
      onSearchChange={setTyped}
      nothingFoundMessage={t('flows.slot.nothing')}
    />
  );
}

/** An attribute with its value, of those that somebody has. */
export function AttributeSlot({ leaf, onChange }: LeafProps) {
  const t = useText();
  const name = (leaf.path ?? '$.').slice(2);
  const value = valuesOf(leaf)[0] ?? '';
  const label = (type: string, of: string) => t('flows.attribute', { name: type, value: of });
  const isChosen = name !== '' && value !== '';
  const chosen = isChosen ? label(name, value) : '';
  const { filter, setTyped } = useTyped(chosen);
  const found = useOperation(getImmutaAttributes, { query: { search: filter } }, { keepPrevious: true });
  const offered = (found.data?.attributes ?? []).slice(0, shownAtOnce);
  const all =
    offered.some((one) => one.type === name && one.value === value) || !isChosen
      ? offered
      : [{ type: name, value }, ...offered];
  return (
    <SearchSelect
      size="xs"
      className={styles.wide ?? ''}
      aria-label={t('flows.slot.attribute')}
      placeholder={t('flows.slot.attribute')}
      searchable
      allowDeselect={false}
      data={all.map((one) => label(one.type, one.value))}
      filter={({ options }) => options}
      value={isChosen ? chosen : null}
      onChange={(picked) => {
        const one = all.find((other) => label(other.type, other.value) === picked);
        if (one !== undefined) onChange({ ...leaf, path: `$.${one.type}`, value: one.value });
      }}
      onSearchChange={setTyped}
      nothingFoundMessage={t('flows.slot.nothing')}
    />
  );
}
