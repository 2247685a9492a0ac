import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Paging } from './Pager.tsx';

export type ListSearch = Readonly<Record<string, string | string[] | undefined>>;
export type Sort = { readonly column: string; readonly order: 'asc' | 'desc' };

const notFilters: ReadonlySet<string> = new Set([
  'offset',
  'sortBy',
  'sortOrder',
  'tab',
  'row',
  'view',
  'why',
  'for',
  'of',
  'at',
  'step',
]);

function asStrings(search: object): ListSearch {
  const entries = Object.entries(search).map(([name, value]): [string, string | string[] | undefined] => {
    if (Array.isArray(value)) return [name, value.map(String)];
    return [name, value === undefined || value === null ? undefined : String(value)];
  });
  return Object.fromEntries(entries);
}

export type ListState = {
  readonly search: ListSearch;
  /** All values of a filter; none when it is not set. */
  readonly values: (name: string) => readonly string[];
  readonly text: (name: string) => string | undefined;
  readonly offset: number;
  readonly sort: Sort | undefined;
  /** Filters that are set, for the empty state to offer them. */
  readonly activeFilters: readonly string[];
  /** Sets filters and goes back to the first page. An empty value takes the filter away. */
  readonly setFilters: (changes: ListSearch) => void;
  readonly clearFilters: () => void;
  readonly setSort: (sort: Sort) => void;
  readonly setOffset: (offset: number) => void;
  /** The pages of `limit` rows each; none while nobody knows how many rows there are. */
  readonly paging: (limit: number, total: number | undefined) => Paging | undefined;
};

const isSet = (value: string | string[] | undefined): boolean => value !== undefined && value.length > 0;

/** Filters, sort and page of a list live in the address: reload, back and a sent link show the same list. */
export function useListState(): ListState {
  const raw: object = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = useMemo(() => asStrings(raw), [raw]);
  const change = useCallback(
    (changes: ListSearch, isHistoryEntry: boolean) => {
      // Two changes may come before the first one is shown: each starts from the address that is on its way.
      const merge = (before: object) =>
        Object.fromEntries(Object.entries({ ...asStrings(before), ...changes }).filter(([, value]) => isSet(value)));
      void navigate({ to: '.', search: merge, replace: !isHistoryEntry, resetScroll: false });
    },
    [navigate],
  );
  const values = (name: string): readonly string[] => {
    const value = search[name];
    if (value === undefined) return [];
    return typeof value === 'string' ? [value] : value;
  };
  const setOffset = (offset: number) => change({ offset: offset === 0 ? undefined : String(offset) }, true);
  const offset = Number(values('offset')[0] ?? 0) || 0;
  const activeFilters = Object.keys(search).filter((name) => !notFilters.has(name) && isSet(search[name]));
  const column = values('sortBy')[0];
  return {
    search,
    values,
    text: (name) => values(name)[0],
    offset,
    sort: column === undefined ? undefined : { column, order: values('sortOrder')[0] === 'asc' ? 'asc' : 'desc' },
    activeFilters,
    setFilters: (changes) => change({ ...changes, offset: undefined }, false),
    clearFilters: () =>
      change({ ...Object.fromEntries(activeFilters.map((name) => [name, undefined])), offset: undefined }, true),
    setSort: (sort) => change({ sortBy: sort.column, sortOrder: sort.order, offset: undefined }, false),
    setOffset,
    paging: (limit, total) =>
      total === undefined ? undefined : { kind: 'offset', offset, limit, total, onChange: setOffset },
  };
}
