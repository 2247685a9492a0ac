import { type AttributeUse, listAttributes } from '@stoa/contract/attribute';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useListState } from '../../ui/list-search.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './People.module.css';
import { PolicyNames } from './PolicyNames.tsx';

const pageSize = 50;

function useColumns(): Column<AttributeUse>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('people.column.attribute'),
      width: '30%',
      cell: (one) => (
        <LinkTo look="row" to="/admin/people" search={{ attributeName: one.name, attributeValue: one.value }}>
          {one.name}: {one.value}
        </LinkTo>
      ),
    },
    {
      key: 'people',
      header: t('holding.column.holders'),
      cell: (one) => (
        <>
          <span className="num">{t('holding.attribute.people', { count: one.peopleCount })}</span>
          <div className="text-2 small">
            {t('holding.attribute.held', { direct: one.directCount, groups: one.groupCount })}
          </div>
        </>
      ),
    },
    {
      key: 'source',
      header: t('holding.column.source'),
      cell: (one) => one.sources.map((source) => (source === 'local' ? t('holding.source.local') : source)).join(', '),
    },
    {
      key: 'policies',
      header: t('holding.column.policies'),
      width: '30%',
      cell: (one) =>
        one.policies.length === 0 ? (
          <span className="text-2">{t('holding.attribute.noPolicy')}</span>
        ) : (
          <PolicyNames policies={one.policies} className={styles.lines} />
        ),
    },
  ];
}

/** The attributes that there are: whom each value reaches, and what asks about it. */
export function AttributeList() {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const asked = list.text('isAsked');
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(asked === 'true' || asked === 'false' ? { isAsked: asked === 'true' } : {}),
  };
  const attributes = useOperation(listAttributes, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = attributes.data?.meta.totalCount;
  const facets = [
    {
      name: 'isAsked',
      label: t('holding.facet.policies'),
      isClosed: true,
      isSingle: true,
      options: [
        { value: 'true', label: t('holding.attribute.asked') },
        { value: 'false', label: t('holding.attribute.unasked') },
      ],
    },
  ];
  return (
    <>
      <FilterBar list={list} searchLabel={t('holding.searchAttributes')} facets={facets} />
      <DataTable
        label={t('holding.tableAttributes')}
        columns={columns}
        rows={attributes.data?.data}
        rowKey={(one) => JSON.stringify([one.name, one.value])}
        state={attributes}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('holding.emptyAttributes')} text={t('holding.emptyAttributesText')} />
          )
        }
      />
    </>
  );
}
