import { getImmutaUsers } from '@stoa/contract/metadata';
import { useState } from 'react';
import type { SearchOption } from '../../ui/search-options.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';

type Props = { readonly value: string; readonly onChange: (globalUserId: string) => void };

const shownAtOnce = 20;

/** For whom the access is: oneself, or somebody found by name. */
export function PersonPicker({ value, onChange }: Props) {
  const t = useText();
  const me = useCurrentUser();
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const [last, setLast] = useState<SearchOption>();
  const selfLabel = me === undefined ? '' : t('asking.form.self', { name: me.displayName, username: me.username });
  const found = useOperation(getImmutaUsers, { query: { filter, limit: shownAtOnce } }, { keepPrevious: true });
  const chosen = useOperation(
    getImmutaUsers,
    { query: { globalUserId: [value], limit: 1 } },
    { enabled: value !== '' && value !== me?.globalUserId },
  );
  const optionOf = (one: { globalUserId: string; name: string; username: string }): SearchOption =>
    one.globalUserId === me?.globalUserId
      ? { value: one.globalUserId, label: selfLabel }
      : { value: one.globalUserId, label: t('requests.person.named', { name: one.name, username: one.username }) };
  const answers = (found.data?.users ?? []).map(optionOf);
  // Before anybody types: oneself, who is chosen, and the first names; afterwards what was found and nothing else.
  const self = me === undefined ? [] : [{ value: me.globalUserId, label: selfLabel }];
  const known = last?.value === value ? [last] : (chosen.data?.users ?? []).map(optionOf);
  const options = typed === '' ? [...self, ...known, ...answers] : answers;
  return (
    <SearchSelect
      label={t('asking.form.who')}
      options={options.filter((one, at) => options.findIndex((other) => other.value === one.value) === at)}
      value={value}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      onChoose={(option) => {
        setLast(option);
        onChange(option.value);
      }}
      nothingFound={t('requests.person.nobody')}
    />
  );
}
