import { Checkbox } from '@mantine/core';
import { type DataSource, listDataSources } from '@stoa/contract/data-source';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Chips } from '../../ui/Chips.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { PathText } from '../../ui/Identifier.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { FindTag } from '../tags/FindTag.tsx';
import { SensitivityMark, TagName } from '../tags/TagName.tsx';
import styles from '../tags/tags.module.css';
import { mostAtOnce, type Selection, useSelection } from './use-selection.ts';
import { useSourceFacets } from './source-facets.ts';

const BulkTagDialog = lazy(() => import('./BulkTagDialog.tsx').then((part) => ({ default: part.BulkTagDialog })));

const pageSize = 50;
/** Derived tags say where it lies, which its row says already. */
const ownTags = (source: DataSource): readonly string[] => source.tags.filter((name) => !name.startsWith('Stoa '));

function filterOf(list: ListState) {
  const tag = [...list.values('tag')];
  const [searchText, connectionKey, domainId] = ['searchText', 'connectionKey', 'domainId'].map((name) =>
    list.text(name),
  );
  return {
    ...(searchText === undefined ? {} : { searchText }),
    ...(connectionKey === undefined ? {} : { connectionKey }),
    ...(domainId === undefined ? {} : { domainId }),
    ...(tag.length === 0 ? {} : { tag }),
  };
}

function useColumns(selection: Selection, mayTag: boolean): Column<DataSource>[] {
  const t = useText();
  // The tree shows its owners and policies; whoever sees no tree has the page of the asset.
  const mayOpen = useMay()('data-object.read');
  const columns: (Column<DataSource> | undefined)[] = [
    mayTag
      ? {
          key: 'select',
          header: t('sources.column.select'),
          isHeaderHidden: true,
          width: '40px',
          cell: (source) => (
            <Checkbox
              size="sm"
              aria-label={t('sources.select', { name: source.name })}
              checked={selection.has(source.id)}
              data-source-id={source.id}
              onChange={() => selection.toggle(source.id)}
            />
          ),
        }
      : undefined,
    {
      key: 'name',
      header: t('sources.column.name'),
      width: '32%',
      cell: (source) =>
        mayOpen ? (
          <LinkTo look="row" className={styles.path ?? ''} to="/admin/objects" search={{ row: source.dataObjectId }}>
            <PathText text={source.objectPath.join('.')} />
          </LinkTo>
        ) : (
          <LinkTo
            look="row"
            className={styles.path ?? ''}
            to="/assets/$id"
            params={{ id: source.dataObjectId }}
            search={{}}
          >
            <PathText text={source.objectPath.join('.')} />
          </LinkTo>
        ),
    },
    { key: 'where', header: t('sources.column.where'), width: '128px', cell: (source) => source.connectionKey },
    {
      key: 'tags',
      header: t('sources.column.tags'),
      width: '24%',
      cell: (source) => (
        <ul className={styles.chips}>
          {ownTags(source).map((name) => (
            <li key={name} className={styles.chip}>
              <TagName name={name} />
            </li>
          ))}
        </ul>
      ),
    },
    {
      key: 'domains',
      header: t('sources.column.domains'),
      width: '14%',
      cell: (source) => source.domains.map((one) => one.name).join(', '),
    },
    {
      key: 'sensitivity',
      header: t('sources.column.sensitivity'),
      width: '104px',
      cell: (source) => <SensitivityMark value={source.sensitivity} />,
    },
    {
      key: 'columns',
      header: t('sources.column.columns'),
      isNumeric: true,
      width: '88px',
      cell: (source) => source.columnCount,
    },
  ];
  return columns.filter((column) => column !== undefined);
}

function Bar(props: { selection: Selection; rows: readonly DataSource[]; total: number; onTag: () => void }) {
  const t = useText();
  const { selection, rows, total } = props;
  const isPage = rows.length > 0 && rows.every((row) => selection.has(row.id));
  const reason = selection.count === 0 ? t('sources.tagFirst') : t('sources.tooMany');
  const isAllowed = selection.count > 0 && selection.count <= mostAtOnce;
  return (
    <div className={styles.bar}>
      <ActionButton
        size="xs"
        label={isPage ? t('sources.clear') : t('sources.selectPage', { count: rows.length })}
        onClick={() => (isPage ? selection.clear() : selection.add(rows.map((row) => row.id)))}
      />
      {isPage && !selection.isAll && total > rows.length && (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('sources.allFound', { count: total })}
          onClick={selection.chooseAll}
        />
      )}
      <span role="status">{t('sources.chosen', { count: selection.count })}</span>
      <ActionButton
        tone="primary"
        size="xs"
        label={t('sources.tagThem')}
        ability={isAllowed ? { allowed: true } : { allowed: false, reason }}
        onClick={props.onTag}
      />
    </div>
  );
}

/** `x` chooses the row that one stands in, `t` goes on to the tags of what is chosen. */
function useSelectionKeys(selection: Selection, { isOn, onTag }: { isOn: boolean; onTag: () => void }) {
  const t = useText();
  const toggle = () => {
    const box = document.activeElement?.closest('tr')?.querySelector('[data-source-id]');
    const id = Number(box?.getAttribute('data-source-id'));
    if (id > 0) selection.toggle(id);
  };
  const tag = () => {
    if (selection.count > 0 && selection.count <= mostAtOnce) onTag();
  };
  useKeys(
    isOn
      ? [
          { keys: 'x', label: t('sources.keySelect'), scope: 'page', run: toggle },
          { keys: 't', label: t('sources.keyTag'), scope: 'page', run: tag },
        ]
      : [],
  );
  useCommands(isOn ? [{ id: 'sources-tag', label: t('sources.keyTag'), group: 'page', keys: 't', run: tag }] : []);
}

function TagFilter({ list }: { list: ListState }) {
  const t = useText();
  const chosen = list.values('tag');
  return (
    <div className={styles.filters}>
      <FindTag
        className={styles.finder ?? ''}
        placeholder={t('sources.filterTag')}
        isLabelHidden
        label={t('sources.filterTag')}
        onFind={(tag) => list.setFilters({ tag: [...new Set([...chosen, tag.name])] })}
      />
      {chosen.length > 0 && (
        <Chips
          label={t('sources.filterTag')}
          items={chosen.map((name) => ({ key: name, text: t('sources.tagFilter', { tag: name }) }))}
          onRemove={(name) => list.setFilters({ tag: chosen.filter((one) => one !== name) })}
        />
      )}
    </div>
  );
}

/** All data sources that the reader may see, to be found by tag and tagged many at a time. */
export function DataSourcesPage() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const facets = useSourceFacets();
  const filter = filterOf(list);
  const sources = useOperation(
    listDataSources,
    { query: { ...filter, offset: list.offset, limit: pageSize } },
    { keepPrevious: true },
  );
  const total = sources.data?.meta.totalCount;
  const selection = useSelection(filter, total ?? 0);
  const [isTagging, setIsTagging] = useState(false);
  const mayTag = may('tag.apply');
  const onTag = () => setIsTagging(true);
  useSelectionKeys(selection, { isOn: mayTag, onTag });
  const columns = useColumns(selection, mayTag);
  const rows = sources.data?.data;
  return (
    <>
      <PageHeader title={t('sources.title')} lead={t('sources.lead')} />
      <FilterBar list={list} searchLabel={t('sources.search')} facets={facets} />
      <TagFilter list={list} />
      {mayTag && rows !== undefined && rows.length > 0 && (
        <Bar selection={selection} rows={rows} total={total ?? 0} onTag={onTag} />
      )}
      <DataTable
        label={t('sources.table')}
        columns={columns}
        rows={rows}
        rowKey={(source) => String(source.id)}
        state={sources}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState
              title={t('sources.emptyTitle')}
              text={t('sources.emptyText')}
              action={
                may('data-object.read') && (
                  <LinkTo look="button" to="/admin/objects" search={{}}>
                    {t('sources.openObjects')}
                  </LinkTo>
                )
              }
            />
          )
        }
      />
      {isTagging && (
        <Suspense fallback={null}>
          <BulkTagDialog
            targets={selection.targets}
            count={selection.count}
            onClose={() => setIsTagging(false)}
            onDone={() => {
              setIsTagging(false);
              selection.clear();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
