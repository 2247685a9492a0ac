import { getImmutaAttributes, getImmutaGroups } from '@stoa/contract/metadata';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { valuesOf } from './facts.ts';
import type { LeafProps } from './LeafSlots.tsx';
import styles from './flows.module.css';

const shownAtOnce = 20;

/** A group by its name. */
export function GroupSlot({ leaf, onChange }: LeafProps) {
  const t = useText();
  const chosen = valuesOf(leaf)[0] ?? '';
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const found = useOperation(getImmutaGroups, { query: { filter, limit: shownAtOnce } }, { keepPrevious: true });
  const names = (found.data?.groups ?? []).map((one) => one.name);
  const all = typed !== '' || chosen === '' || names.includes(chosen) ? names : [chosen, ...names];
  return (
    <SearchSelect
      size="xs"
      className={styles.wide ?? ''}
      label={t('flows.slot.group')}
      isLabelHidden
      placeholder={t('flows.slot.group')}
      options={all.map((name) => ({ value: name, label: name }))}
      value={chosen === '' ? null : chosen}
      onChoose={({ value }) => onChange({ ...leaf, value })}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('flows.slot.nothing')}
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
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const found = useOperation(getImmutaAttributes, { query: { search: filter } }, { keepPrevious: true });
  const offered = (found.data?.attributes ?? []).slice(0, shownAtOnce);
  const isOffered = offered.some((one) => one.type === name && one.value === value);
  const all = typed !== '' || !isChosen || isOffered ? offered : [{ type: name, value }, ...offered];
  return (
    <SearchSelect
      size="xs"
      className={styles.wide ?? ''}
      label={t('flows.slot.attribute')}
      isLabelHidden
      placeholder={t('flows.slot.attribute')}
      options={all.map((one) => ({ value: label(one.type, one.value), label: label(one.type, one.value) }))}
      value={isChosen ? chosen : null}
      onChoose={(picked) => {
        const one = all.find((other) => label(other.type, other.value) === picked.value);
        if (one !== undefined) onChange({ ...leaf, path: `$.${one.type}`, value: one.value });
      }}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('flows.slot.nothing')}
    />
  );
}
