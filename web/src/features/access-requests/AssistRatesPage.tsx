import { type AssistRateOfTarget, listAssistRates } from '@stoa/contract/assist';
import { requestType } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './lists.module.css';

const pageSize = 25;
const sorts = ['name', 'accepted', 'overridden', 'unadvised', 'updatedAt'] as const;

/** Its decided requests are the way from a number to what stands behind it. */
function Target({ rate }: { rate: AssistRateOfTarget }) {
  const t = useText();
  const { target, requestType: type } = rate;
  const mine = target.type === 'DATA_PRODUCT' ? { dataProductId: target.id } : { assetId: target.id };
  return (
    <>
      <LinkTo look="row" to="/reviews" search={{ view: 'all', type, ...mine }}>
        {target.name}
      </LinkTo>
      <span className={styles.under}>{t(`requests.type.${type}`)}</span>
    </>
  );
}

function Followed({ rate: { accepted, overridden } }: { rate: AssistRateOfTarget }) {
  const t = useText();
  const advised = accepted + overridden;
  if (advised === 0) return <span className="text-2">{t('assist.never')}</span>;
  return (
    <span className={styles.share}>
      <meter min={0} max={advised} value={accepted} aria-hidden="true" />
      <span className="num">{t('assist.followed', { accepted, advised })}</span>
    </span>
  );
}

function useColumns(): Column<AssistRateOfTarget>[] {
  const t = useText();
  return [
    {
      key: 'target',
      header: t('assist.column.target'),
      sortBy: 'name',
      width: '34%',
      cell: (rate) => <Target rate={rate} />,
    },
    {
      key: 'followed',
      header: t('assist.column.followed'),
      sortBy: 'accepted',
      cell: (rate) => <Followed rate={rate} />,
    },
    {
      key: 'overridden',
      header: t('assist.column.overridden'),
      sortBy: 'overridden',
      isNumeric: true,
      cell: (rate) => rate.overridden,
    },
    {
      key: 'unadvised',
      header: t('assist.column.unadvised'),
      sortBy: 'unadvised',
      isNumeric: true,
      cell: (rate) => rate.unadvised,
    },
    {
      key: 'updated',
      header: t('assist.column.updated'),
      sortBy: 'updatedAt',
      cell: (rate) => <TimeStamp value={rate.updatedAt} style="relative" />,
    },
  ];
}

/** Per target that the reader reviews or manages: how often people decided as review assist recommended. */
export function AssistRatesPage() {
  const t = useText();
  const list = useListState();
  const rates = useOperation(
    listAssistRates,
    {
      query: {
        searchText: list.text('searchText'),
        type: requestType.options.filter((one) => list.values('type').includes(one)),
        sortBy: wordOf(sorts, list.sort?.column) ?? 'updatedAt',
        sortOrder: list.sort?.order ?? 'desc',
        offset: list.offset,
        limit: pageSize,
      },
    },
    { keepPrevious: true },
  );
  const columns = useColumns();
  const total = rates.data?.meta.totalCount;
  return (
    <>
      <PageHeader title={t('assist.title')} section={t('assist.section')} lead={t('assist.lead')} />
      <FilterBar
        list={list}
        searchLabel={t('assist.search')}
        facets={[
          {
            name: 'type',
            label: t('requests.facet.type'),
            isClosed: true,
            options: requestType.options.map((value) => ({ value, label: t(`requests.type.${value}`) })),
          },
        ]}
      />
      <DataTable
        label={t('assist.table')}
        columns={columns}
        rows={rates.data?.data}
        rowKey={(rate) => `${rate.target.id}-${rate.requestType}`}
        state={rates}
        total={total}
        sort={list.sort}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('assist.emptyTitle')} text={t('assist.emptyText')} />
          )
        }
      />
    </>
  );
}
