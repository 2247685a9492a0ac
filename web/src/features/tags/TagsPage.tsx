import { ActionIcon } from '@mantine/core';
import { listTags, type Tag, sensitivity, tagSource } from '@stoa/contract/tag';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { CreateTagDialog } from './CreateTagDialog.tsx';
import { keyOfTagRow, type TagRow } from './tag-rows.ts';
import { SensitivityMark, TagName } from './TagName.tsx';
import styles from './tags.module.css';
import { useTagTree } from './use-tag-tree.ts';

const pageSize = 50;
const indent = 24;

function NameCell({ row, isFlat, onToggle }: { row: TagRow; isFlat: boolean; onToggle: (id: number) => void }) {
  const t = useText();
  const style = { paddingInlineStart: row.level * indent };
  if (row.type !== 'tag') {
    const words = row.type === 'more' ? t('tags.more', { count: row.count }) : t(`tags.${row.type}`);
    return (
      <div className={styles.nameCell} style={style}>
        <span className={styles.noToggle} />
        <span className="text-2">{words}</span>
      </div>
    );
  }
  const { tag, isOpen } = row;
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <div className={styles.nameCell} style={style}>
      {tag.childCount > 0 && !isFlat ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-expanded={isOpen}
          aria-label={t(isOpen ? 'tags.close' : 'tags.open', { name: tag.name })}
          onClick={() => onToggle(tag.id)}
        >
          <Chevron size={16} stroke={1.75} aria-hidden="true" />
        </ActionIcon>
      ) : (
        !isFlat && <span className={styles.noToggle} />
      )}
      <LinkTo look="row" to="/govern/tags/$id" params={{ id: String(tag.id) }} search={{}}>
        {isFlat ? <TagName name={tag.name} /> : tag.displayName}
      </LinkTo>
    </div>
  );
}

function useColumns(isFlat: boolean, onToggle: (id: number) => void): Column<TagRow>[] {
  const t = useText();
  const of = (row: TagRow, show: (tag: Tag) => React.ReactNode) => (row.type === 'tag' ? show(row.tag) : null);
  return [
    {
      key: 'name',
      header: t('tags.column.name'),
      width: '34%',
      cell: (row) => <NameCell row={row} isFlat={isFlat} onToggle={onToggle} />,
    },
    {
      key: 'description',
      header: t('tags.column.description'),
      cell: (row) => of(row, (tag) => tag.description !== '' && <span className="text-2">{tag.description}</span>),
    },
    {
      key: 'sensitivity',
      header: t('tags.column.sensitivity'),
      width: '112px',
      cell: (row) => of(row, (tag) => <SensitivityMark value={tag.sensitivity} />),
    },
    {
      key: 'source',
      header: t('tags.column.source'),
      width: '128px',
      cell: (row) => of(row, (tag) => t(`tags.source.${tag.source}`)),
    },
    {
      key: 'objects',
      header: t('tags.column.objects'),
      isNumeric: true,
      width: '104px',
      cell: (row) => of(row, (tag) => tag.objectCount),
    },
    {
      key: 'columns',
      header: t('tags.column.columns'),
      isNumeric: true,
      width: '104px',
      cell: (row) => of(row, (tag) => tag.columnCount),
    },
  ];
}

function useFacets(): Facet[] {
  const t = useText();
  return [
    {
      name: 'source',
      label: t('tags.column.source'),
      isClosed: true,
      options: tagSource.options.map((value) => ({ value, label: t(`tags.source.${value}`) })),
    },
    {
      name: 'sensitivity',
      label: t('tags.column.sensitivity'),
      isClosed: true,
      options: sensitivity.options.map((value) => ({ value, label: t(`tags.sensitivity.${value}`) })),
    },
  ];
}

/** The tags as a tree; what a search or filter finds as a list of whole paths. */
export function TagsPage() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const facets = useFacets();
  const [isCreating, setIsCreating] = useState(false);
  const isFlat = list.activeFilters.length > 0;
  const query = {
    offset: list.offset,
    limit: pageSize,
    searchText: list.text('searchText'),
    source: tagSource.options.filter((one) => list.values('source').includes(one)),
    sensitivity: sensitivity.options.filter((one) => list.values('sensitivity').includes(one)),
  };
  const tags = useOperation(listTags, { query }, { keepPrevious: true });
  const { rows, toggle } = useTagTree(tags.data?.data ?? []);
  const columns = useColumns(isFlat, toggle);
  const create = () => setIsCreating(true);
  const mayCreate = may('tag.manage');
  useKeys(mayCreate ? [{ keys: 'n', label: t('tags.create'), scope: 'page', run: create }] : []);
  useCommands(mayCreate ? [{ id: 'tag-new', label: t('tags.create'), group: 'page', keys: 'n', run: create }] : []);
  const button = mayCreate && <ActionButton tone="primary" label={t('tags.create')} onClick={create} />;
  const total = tags.data?.meta.totalCount;
  return (
    <>
      <PageHeader title={t('tags.title')} lead={t('tags.lead')} action={button} />
      <FilterBar list={list} searchLabel={t('tags.search')} facets={facets} />
      <DataTable
        label={t('tags.table')}
        columns={columns}
        rows={tags.data === undefined ? undefined : rows}
        rowKey={keyOfTagRow}
        state={tags}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          isFlat ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('tags.emptyTitle')} text={t('tags.emptyText')} action={button} />
          )
        }
      />
      <p className={styles.note}>{t('tags.derived')}</p>
      <CreateTagDialog isOpen={isCreating} onClose={() => setIsCreating(false)} />
    </>
  );
}
