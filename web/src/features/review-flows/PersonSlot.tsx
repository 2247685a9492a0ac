import { getImmutaUsers } from '@stoa/contract/metadata';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { SearchOption } from '../../ui/search-options.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';

type Props = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (globalUserId: string) => void;
  /** Says that nobody in particular is chosen. */
  readonly none?: string;
};

const shownAtOnce = 20;

/** One person, found by name. */
export function PersonSlot({ label, value, onChange, none }: Props) {
  const t = useText();
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const [last, setLast] = useState<SearchOption>();
  const found = useOperation(getImmutaUsers, { query: { filter, limit: shownAtOnce } }, { keepPrevious: true });
  const chosen = useOperation(
    getImmutaUsers,
    { query: { globalUserId: [value], limit: 1 } },
    { enabled: value !== '' && last?.value !== value },
  );
  const optionOf = (one: { globalUserId: string; name: string; username: string }): SearchOption => ({
    value: one.globalUserId,
    label: t('people.find.user', { name: one.name, username: one.username }),
  });
  const answers = (found.data?.users ?? []).map(optionOf);
  const known = last?.value === value ? [last] : (chosen.data?.users ?? []).map(optionOf);
  const nobody = none === undefined ? [] : [{ value: '', label: none }];
  const options = typed === '' ? [...nobody, ...known, ...answers] : answers;
  return (
    <SearchSelect
      size="xs"
      label={label}
      options={options.filter((one, at) => options.findIndex((other) => other.value === one.value) === at)}
      value={value}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      onChoose={(option) => {
        setLast(option);
        onChange(option.value);
      }}
      nothingFound={t('flows.slot.nothing')}
    />
  );
}
