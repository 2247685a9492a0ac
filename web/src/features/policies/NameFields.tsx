import { getImmutaAttributes, getImmutaGroups, getImmutaTags } from '@stoa/contract/metadata';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import type { FieldProps } from './placed-problems.ts';
import styles from './policies.module.css';

type Props = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly field?: FieldProps;
};

const shownAtOnce = 20;
const optionsOf = (names: readonly string[], chosen: string, typed: string) => {
  const unique = [...new Set(typed === '' && chosen !== '' ? [chosen, ...names] : names)];
  return unique.map((name) => ({ value: name, label: name }));
};

type Found = { readonly isPending: boolean; readonly isPlaceholderData: boolean; readonly error: ApiProblem | null };
type NameFieldProps = Props & {
  readonly search: ReturnType<typeof useServerSearch>;
  readonly found: Found;
  readonly names: readonly string[];
};

/** One name, of those that the server found for what is typed. */
function NameField({ label, value, onChange, field, search, found, names }: NameFieldProps) {
  const t = useText();
  return (
    <SearchSelect
      {...field}
      size="xs"
      className={styles.name ?? ''}
      label={label}
      isLabelHidden
      placeholder={label}
      options={optionsOf(names, value, search.typed)}
      value={value === '' ? null : value}
      onChoose={(option) => onChange(option.value)}
      onSearch={search.onSearch}
      isSearching={search.isSearching(found)}
      problem={found.error}
      nothingFound={t('policies.nothingFound')}
    />
  );
}

/** A group by its name. */
export function GroupField(props: Props) {
  const search = useServerSearch();
  const found = useOperation(
    getImmutaGroups,
    { query: { filter: search.filter, limit: shownAtOnce } },
    { keepPrevious: true },
  );
  const names = (found.data?.groups ?? []).map((one) => one.name);
  return <NameField {...props} search={search} found={found} names={names} />;
}

/** A tag by its whole path, the children included. */
export function TagField(props: Props) {
  const search = useServerSearch();
  const found = useOperation(
    getImmutaTags,
    { query: { searchText: search.filter, limit: shownAtOnce } },
    { keepPrevious: true },
  );
  const names = (found.data ?? []).map((one) => one.name);
  return <NameField {...props} search={search} found={found} names={names} />;
}

/** The name of an attribute that somebody has. */
export function AttributeNameField(props: Props) {
  const search = useServerSearch();
  const found = useOperation(getImmutaAttributes, { query: { search: search.filter } }, { keepPrevious: true });
  const names = (found.data?.attributes ?? []).map((one) => one.type);
  return <NameField {...props} search={search} found={found} names={[...new Set(names)].slice(0, shownAtOnce)} />;
}

type AttributeProps = {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly onChange: (chosen: { name: string; value: string }) => void;
};

/** An attribute with its value, of those that somebody has. */
export function AttributeField({ label, name, value, onChange }: AttributeProps) {
  const t = useText();
  const { typed, filter, onSearch, isSearching } = useServerSearch();
  const found = useOperation(getImmutaAttributes, { query: { search: filter } }, { keepPrevious: true });
  const offered = (found.data?.attributes ?? [])
    .slice(0, shownAtOnce)
    .map((one) => ({ name: one.type, value: one.value }));
  const all = typed === '' && name !== '' ? [{ name, value }, ...offered] : offered;
  const word = (one: { name: string; value: string }) => t('policies.attributeIs', one);
  const byWord = new Map(all.map((one) => [word(one), one]));
  return (
    <SearchSelect
      size="xs"
      className={styles.name ?? ''}
      label={label}
      isLabelHidden
      placeholder={label}
      options={[...byWord.keys()].map((one) => ({ value: one, label: one }))}
      value={name === '' ? null : word({ name, value })}
      onChoose={(option) => {
        const chosen = byWord.get(option.value);
        if (chosen !== undefined) onChange(chosen);
      }}
      onSearch={onSearch}
      isSearching={isSearching(found)}
      problem={found.error}
      nothingFound={t('policies.nothingFound')}
    />
  );
}
