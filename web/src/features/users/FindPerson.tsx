import { getImmutaGroups, getImmutaUsers } from '@stoa/contract/metadata';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';

export type Principal =
  | { readonly type: 'user'; readonly id: string; readonly name: string }
  | { readonly type: 'group'; readonly id: number; readonly name: string };

type Props = {
  readonly label: string;
  readonly placeholder?: string;
  readonly kinds: 'users' | 'users-and-groups';
  /** Keys (`user:<id>`, `group:<id>`) that are there already and not offered again. */
  readonly exclude?: ReadonlySet<string>;
  readonly onFind: (principal: Principal) => void;
  readonly id?: string;
};

const shownAtOnce = 20;

export const keyOfPrincipal = (principal: Principal): string => `${principal.type}:${principal.id}`;

/** Finds a person, or a group, by name; each find is handed over and the field is free for the next. */
export function FindPerson({ label, placeholder, kinds, exclude = new Set(), onFind, id }: Props) {
  const t = useText();
  const search = useServerSearch();
  const query = { filter: search.filter, limit: shownAtOnce };
  const users = useOperation(getImmutaUsers, { query }, { keepPrevious: true });
  const groups = useOperation(
    getImmutaGroups,
    { query },
    { keepPrevious: true, enabled: kinds === 'users-and-groups' },
  );
  const found: (Principal & { label: string })[] = [
    ...(users.data?.users ?? []).map((one) => ({
      type: 'user' as const,
      id: one.globalUserId,
      name: one.name,
      label: t('people.find.user', { name: one.name, username: one.username }),
    })),
    ...(kinds === 'users' ? [] : (groups.data?.groups ?? [])).map((one) => ({
      type: 'group' as const,
      id: one.id,
      name: one.name,
      label: t('people.find.group', { name: one.name }),
    })),
  ];
  const offered = found.filter((one) => !exclude.has(keyOfPrincipal(one)));
  return (
    <SearchSelect
      {...(id === undefined ? {} : { id })}
      label={label}
      placeholder={placeholder ?? t('people.find.placeholder')}
      options={offered.map((one) => ({ value: keyOfPrincipal(one), label: one.label }))}
      value={null}
      onSearch={search.onSearch}
      isSearching={search.isSearching(...(kinds === 'users' ? [users] : [users, groups]))}
      problem={users.error ?? groups.error}
      onChoose={({ value }) => {
        const one = offered.find((other) => keyOfPrincipal(other) === value);
        if (one !== undefined) onFind(one);
      }}
      nothingFound={t('people.find.nobody')}
    />
  );
}
