import { useDebouncedValue } from '@mantine/hooks';
import { getImmutaUsers } from '@stoa/contract/metadata';
import { useState } from 'react';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';

type Props = { readonly value: string; readonly onChange: (globalUserId: string) => void };

const shownAtOnce = 20;

/** For whom the access is: oneself, or somebody found by name. */
export function PersonPicker({ value, onChange }: Props) {
  const t = useText();
  const me = useCurrentUser();
  const [typed, setTyped] = useState('');
  const selfLabel = me === undefined ? '' : t('requests.form.self', { name: me.displayName, username: me.username });
  const [chosenLabel, setChosenLabel] = useState(selfLabel);
  // The field shows the chosen person's label, which is not a search.
  const [filter] = useDebouncedValue(typed === chosenLabel || typed === selfLabel ? '' : typed, 200);
  const found = useOperation(getImmutaUsers, { query: { filter, limit: shownAtOnce } }, { keepPrevious: true });
  const chosen = useOperation(
    getImmutaUsers,
    { query: { globalUserId: [value], limit: 1 } },
    { enabled: value !== '' && value !== me?.globalUserId },
  );
  const self = me === undefined ? [] : [{ value: me.globalUserId, label: selfLabel }];
  const others = [...(found.data?.users ?? []), ...(chosen.data?.users ?? [])]
    .filter((person, at, all) => all.findIndex((one) => one.globalUserId === person.globalUserId) === at)
    .filter((person) => person.globalUserId !== me?.globalUserId)
    .map((person) => ({
      value: person.globalUserId,
      label: t('requests.form.person', { name: person.name, username: person.username }),
    }));
  return (
    <SearchSelect
      label={t('requests.form.who')}
      searchable
      allowDeselect={false}
      data={[...self, ...others]}
      // The server has searched already; what it found is not filtered a second time by other rules.
      filter={({ options }) => options}
      value={value}
      onChange={(next, option) => {
        if (next === null || option === null) return;
        setChosenLabel(option.label);
        onChange(next);
      }}
      onSearchChange={setTyped}
      nothingFoundMessage={t('requests.form.nobody')}
    />
  );
}
