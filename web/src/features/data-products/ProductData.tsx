import { type DataProduct, type ProductSource, searchDataSources } from '@stoa/contract/data-product';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { call } from '../../lib/api.ts';
import { useCursorPages } from '../../lib/cursor-pages.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useExplain } from '../access-requests/use-explain.tsx';
import styles from './product.module.css';

const pageSize = 50;

function SourceCell({ source }: { source: ProductSource }) {
  const t = useText();
  return (
    <>
      <Identifier value={source.objectPath?.join('.') ?? source.name} />
      {typeof source.comment === 'string' && source.comment !== '' && <p className={styles.under}>{source.comment}</p>}
      {source.outOfDomain === true && <p className={styles.warn}>{t('product.data.outOfDomain')}</p>}
      {typeof source.missingSince === 'string' && <p className={styles.warn}>{t('product.data.missing')}</p>}
    </>
  );
}

function useColumns(explain: (sourceId: number) => void): Column<ProductSource>[] {
  const t = useText();
  return [
    {
      key: 'source',
      header: t('product.data.source'),
      width: '44%',
      cell: (source) => <SourceCell source={source} />,
    },
    {
      key: 'columns',
      header: t('product.data.columns'),
      isNumeric: true,
      cell: (source) => source.columnCount ?? '',
    },
    {
      key: 'access',
      header: t('marketplace.column.access'),
      cell: (source) => <StatusMark kind="access" value={source.status} detail={source.reason} />,
    },
    {
      key: 'verified',
      header: t('product.data.verified'),
      cell: (source) =>
        source.lastVerifiedAt === undefined ? '' : <TimeStamp value={source.lastVerifiedAt} style="relative" />,
    },
    {
      key: 'why',
      header: t('product.data.why'),
      isHeaderHidden: true,
      width: '112px',
      cell: (source) => (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t(source.status === 'SUBSCRIBED' ? 'product.data.why' : 'product.data.whyNot')}
          fullLabel={t(source.status === 'SUBSCRIBED' ? 'product.data.whyOf' : 'product.data.whyNotOf', {
            source: source.name,
          })}
          onClick={() => explain(Number(source.sourceId))}
        />
      ),
    },
  ];
}

/** The sources of a product, each with the caller's access to it and the reason of that. */
export function ProductData({ product }: { product: DataProduct }) {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const nameFilter = list.text('searchText') ?? '';
  const params = { id: product.id };
  const { pages, state, paging } = useCursorPages({
    operation: searchDataSources,
    input: { ...params, nameFilter },
    read: (nextToken, signal) =>
      call(searchDataSources, { params, query: { nameFilter, nextToken, limit: pageSize } }, { signal }),
  });
  const { explain, dialog } = useExplain();
  const columns = useColumns(explain);
  const none = may('data-product.manage') ? (
    <EmptyState
      title={t('product.data.empty')}
      action={
        <LinkTo look="button" to="/manage/products/$id" params={{ id: product.id }}>
          {t('product.data.add')}
        </LinkTo>
      }
    />
  ) : (
    <EmptyState title={t('product.data.empty')} text={t('product.data.emptyText')} />
  );
  return (
    <>
      <FilterBar list={list} searchLabel={t('product.data.search')} />
      <DataTable
        label={t('product.data.sources')}
        columns={columns}
        rows={pages?.flatMap((page) => page.data)}
        rowKey={(source) => source.id}
        state={state}
        total={product.sourceCount}
        paging={paging}
        empty={nameFilter === '' ? none : <FilteredEmpty list={list} />}
      />
      {dialog}
    </>
  );
}
