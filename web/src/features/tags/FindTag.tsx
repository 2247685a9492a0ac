import { getImmutaTags } from '@stoa/contract/metadata';
import { listTags, tagSource } from '@stoa/contract/tag';
import { useEffect, useRef } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';

export type FoundTag = { readonly id: number; readonly name: string };

type Props = {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly description?: string;
  readonly error?: string;
  readonly size?: 'xs' | 'sm';
  readonly className?: string;
  readonly exclude?: ReadonlySet<number>;
  readonly placeholder?: string;
  /** It was asked for: the next key is typed into it. */
  readonly hasFocus?: boolean;
  readonly onFind: (tag: FoundTag) => void;
};

const shownAtOnce = 50;

/** Finds a tag that can be put on something; each find is handed over and the field is free for the next. */
export function FindTag({ exclude = new Set(), placeholder, hasFocus = false, className, onFind, ...field }: Props) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (hasFocus) box.current?.querySelector('input')?.focus();
  }, [hasFocus]);
  const t = useText();
  const search = useServerSearch();
  const tags = useOperation(
    listTags,
    { query: { searchText: search.filter, source: tagSource.options, limit: shownAtOnce } },
    { keepPrevious: true },
  );
  const offered = (tags.data?.data ?? []).filter((one) => !exclude.has(one.id));
  return (
    <div ref={box} className={className}>
      <SearchSelect
        {...field}
        placeholder={placeholder ?? t('tags.find')}
        options={offered.map((one) => ({ value: String(one.id), label: one.name }))}
        value={null}
        onSearch={search.onSearch}
        isSearching={search.isSearching(tags)}
        problem={tags.error}
        nothingFound={t('tags.nothingFound')}
        onChoose={({ value, label }) => onFind({ id: Number(value), name: label })}
      />
    </div>
  );
}

const isPlace = (name: string): boolean => name.startsWith('Stoa Connections.');

/** Chooses one of the tags that a domain can be made of: also that of a connection, a database or a schema. */
export function ChooseTag(
  props: Omit<Props, 'exclude' | 'hasFocus' | 'onFind'> & { value: FoundTag | null; onChoose: (tag: FoundTag) => void },
) {
  const t = useText();
  const { value, onChoose, ...field } = props;
  const search = useServerSearch();
  const tags = useOperation(
    getImmutaTags,
    { query: { searchText: search.filter, limit: 200 } },
    { keepPrevious: true },
  );
  const found = (tags.data ?? []).flatMap((one) =>
    one.id !== undefined && (one.protected !== true || isPlace(one.name)) ? [{ id: one.id, name: one.name }] : [],
  );
  const all = value !== null && !found.some((one) => one.id === value.id) ? [value, ...found] : found;
  const options = [...all.filter((one) => !isPlace(one.name)), ...all.filter((one) => isPlace(one.name))].map(
    (one) => ({
      value: String(one.id),
      label: one.name,
      group: t(isPlace(one.name) ? 'tags.group.places' : 'tags.group.stored'),
    }),
  );
  return (
    <SearchSelect
      {...field}
      placeholder={t('tags.find')}
      options={options}
      value={value === null ? null : String(value.id)}
      onSearch={search.onSearch}
      isSearching={search.isSearching(tags)}
      problem={tags.error}
      nothingFound={t('tags.nothingFound')}
      onChoose={(option) => onChoose({ id: Number(option.value), name: option.label })}
    />
  );
}
