import { type DataObject, listDataObjects } from '@stoa/contract/data-object';
import { UnstyledButton } from '@mantine/core';
import { useText } from '../../app/messages/use-text.tsx';
import { call } from '../../lib/api.ts';
import { useCursorPages } from '../../lib/cursor-pages.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import type { ListState } from '../../ui/list-search.ts';
import { useKindText } from '../../ui/kind-text.ts';
import { ObjectState } from './ObjectState.tsx';
import styles from './Objects.module.css';

type Props = {
  readonly list: ListState;
  readonly facets: readonly Facet[];
  readonly onOpen: (id: string) => void;
};

/** Everything that the search and the filters find, as a flat list with paths. */
export function ObjectSearch({ list, facets, onOpen }: Props) {
  const t = useText();
  const kindText = useKindText();
  const effectiveState = (['enabled', 'disabled'] as const).find((one) => one === list.text('effectiveState'));
  const connectionKey = list.text('connectionKey');
  const query = {
    limit: 100,
    searchText: list.text('searchText'),
    objectType: [...list.values('objectType')],
    ...(connectionKey === undefined ? {} : { connectionKey }),
    ...(effectiveState === undefined ? {} : { effectiveState }),
    ...(list.text('missing') === undefined ? {} : { missing: true }),
  };
  const found = useCursorPages({
    operation: listDataObjects,
    input: query,
    read: (nextToken, signal) => call(listDataObjects, { query: { ...query, nextToken } }, { signal }),
  });
  const columns: Column<DataObject>[] = [
    {
      key: 'name',
      header: t('objects.column.name'),
      cell: (one) => (
        <UnstyledButton className={styles.nameText} onClick={() => onOpen(one.id)}>
          {one.name}
        </UnstyledButton>
      ),
    },
    {
      key: 'path',
      header: t('objects.column.path'),
      cell: (one) => <Identifier value={one.objectPath.join('.')} prefix={one.connectionKey} />,
    },
    { key: 'kind', header: t('objects.column.kind'), cell: (one) => kindText(one.objectType) },
    { key: 'state', header: t('objects.column.state'), cell: (one) => <ObjectState object={one} /> },
  ];
  return (
    <DataTable
      label={t('objects.results')}
      columns={columns}
      rows={found.pages?.flatMap((page) => page.data)}
      rowKey={(one) => one.id}
      state={found.state}
      paging={found.paging}
      empty={<FilteredEmpty list={list} facets={facets} />}
    />
  );
}
