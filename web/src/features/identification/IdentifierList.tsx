import { criteriaType, type Identifier, listIdentifiers } from '@stoa/contract/identifier';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import styles from './identification.module.css';

const pageSize = 50;
const kinds = ['own', 'builtIn'] as const;

function useColumns(): Column<Identifier>[] {
  const t = useText();
  return [
    {
      key: 'identifier',
      header: t('identification.column.identifier'),
      width: '40%',
      cell: (one) => (
        <div className={styles.name}>
          <LinkTo look="row" to="/govern/identifiers/$id" params={{ id: String(one.id) }} search={{}}>
            {one.name}
          </LinkTo>
          <span className={styles.says}>
            {one.isBuiltIn && `${t('identification.builtIn')}. `}
            {one.domain !== null && `${t('identification.inDomain', { name: one.domain.name })}. `}
            {one.description}
          </span>
        </div>
      ),
    },
    {
      key: 'reads',
      header: t('identification.column.reads'),
      cell: (one) => t(`identification.looksAt.${one.criteriaType}`, { count: one.valueCount }),
    },
    {
      key: 'tags',
      header: t('identification.column.puts'),
      cell: (one) => (
        <div className={styles.tags}>
          {one.tags.map((tag) => (
            <span key={tag}>{tag}</span>
          ))}
        </div>
      ),
    },
    {
      key: 'found',
      header: t('identification.column.found'),
      isNumeric: true,
      cell: (one) =>
        one.columnCount === 0 ? (
          0
        ) : (
          <LinkTo to="/govern/identification" search={{ tab: 'found', identifierId: String(one.id) }}>
            {one.columnCount}
          </LinkTo>
        ),
    },
  ];
}

/** What is looked for: own identifiers and built-in ones. */
export function IdentifierList() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const searchText = list.text('searchText');
  const kind = wordOf(kinds, list.text('kind'));
  const type = wordOf(criteriaType.options, list.text('criteriaType'));
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(kind === undefined ? {} : { kind }),
    ...(type === undefined ? {} : { criteriaType: type }),
  };
  const identifiers = useOperation(listIdentifiers, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = identifiers.data?.meta.totalCount;
  const make = may('identifier.manage') && (
    <LinkTo look="button" to="/govern/identifiers/$id" params={{ id: 'new' }} search={{}}>
      {t('identification.new')}
    </LinkTo>
  );
  const facets = [
    {
      name: 'kind',
      label: t('identification.kind'),
      isClosed: true,
      isSingle: true,
      options: kinds.map((value) => ({ value, label: t(`identification.kind.${value}`) })),
    },
    {
      name: 'criteriaType',
      label: t('identification.criteria'),
      isClosed: true,
      isSingle: true,
      options: criteriaType.options.map((value) => ({ value, label: t(`identification.criteria.${value}`) })),
    },
  ];
  return (
    <>
      <FilterBar list={list} searchLabel={t('identification.identifiersSearch')} facets={facets} />
      {make !== false && <div className={styles.over}>{make}</div>}
      <DataTable
        label={t('identification.identifiers')}
        columns={columns}
        rows={identifiers.data?.data}
        rowKey={(one) => String(one.id)}
        state={identifiers}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState
              title={t('identification.identifiersEmptyTitle')}
              text={t('identification.identifiersEmptyText')}
            />
          )
        }
      />
    </>
  );
}
