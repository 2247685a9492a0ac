import { type Asset, getAssetByMetadata } from '@stoa/contract/asset';
import { type DataProduct, searchDataProducts } from '@stoa/contract/data-product';
import { readDataSource } from '@stoa/contract/data-source';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage, SkeletonRows } from '../../ui/Skeletons.tsx';
import { useProductColumns } from '../data-products/product-columns.tsx';

type ObjectAsset = Extract<Asset, { type: 'DATA_OBJECT' }>;

/** The products that hold an object: by its data source, else by search over the names of sources. */
function useHoldingProducts(asset: ObjectAsset | undefined) {
  const dataSourceId = asset?.metadata.dataSourceId;
  const table = asset?.metadata.objectPath.slice(-2).join('.') ?? '';
  const source = useOperation(
    readDataSource,
    { params: { id: dataSourceId ?? 0 } },
    { enabled: dataSourceId !== undefined },
  );
  const products = useOperation(
    searchDataProducts,
    { query: { q: asset?.metadata.objectPath.at(-1) ?? '', limit: 50 } },
    { enabled: asset !== undefined },
  );
  const linked = source.data?.products.map((product) => product.id);
  const rows = products.data?.data.filter((product) =>
    linked === undefined ? holds(product, table) : linked.includes(product.id),
  );
  const isPending = products.isPending || (dataSourceId !== undefined && source.isPending);
  return { rows: isPending ? undefined : rows, state: products, domains: source.data?.domains ?? [] };
}

const holds = (product: DataProduct, table: string): boolean =>
  (product.matches ?? []).some((match) => match.field === 'source' && match.text.endsWith(table));

function Products({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const holding = useHoldingProducts(asset);
  const columns = useProductColumns();
  if (holding.rows === undefined && holding.state.error === null) return <SkeletonRows rows={3} />;
  if (holding.rows?.length === 0) {
    return (
      <EmptyState
        title={t('requests.link.none')}
        text={[t('requests.link.noneText'), ...holding.domains.map((domain) => domain.name)].join(' ')}
        action={
          <LinkTo look="button" to="/search" search={{ q: asset.metadata.objectPath.at(-1) }}>
            {t('requests.link.search')}
          </LinkTo>
        }
      />
    );
  }
  return (
    <>
      <h2>{t('requests.link.found', { count: holding.rows?.length ?? 0 })}</h2>
      <p className="text-2">{t('requests.link.foundText')}</p>
      <DataTable
        label={t('marketplace.table')}
        columns={columns}
        rows={holding.rows}
        rowKey={(product) => product.id}
        state={holding.state}
        empty={null}
      />
    </>
  );
}

const queryOf = (list: ListState, fullyQualifiedName: string) => ({
  fullyQualifiedName,
  assetType: list.text('assetType'),
  host: list.text('host'),
  port: list.text('port'),
  technology: list.text('technology'),
});

/** Where the links of catalogs lead: the object they name, and the products through which one may ask for it. */
export function RequestLinkPage() {
  const t = useText();
  const list = useListState();
  const name = list.text('fullyQualifiedName');
  const asset = useOperation(getAssetByMetadata, { query: queryOf(list, name ?? '') }, { enabled: name !== undefined });
  const header = (
    <PageHeader
      title={t('requests.link.title')}
      section={t('marketplace.name')}
      {...(name === undefined ? {} : { facts: <Identifier value={name} maxLength={80} /> })}
    />
  );
  if (name === undefined) {
    return (
      <>
        {header}
        <EmptyState
          title={t('requests.link.missing')}
          text={t('requests.link.missingText')}
          action={
            <LinkTo look="button" to="/search" search={{}}>
              {t('shell.notFound.action')}
            </LinkTo>
          }
        />
      </>
    );
  }
  if (asset.isPending) return <SkeletonPage />;
  const found = asset.data?.type === 'DATA_OBJECT' ? asset.data : undefined;
  return (
    <>
      {header}
      {asset.error !== null && <ErrorNotice problem={asset.error} onRetry={() => void asset.refetch()} />}
      {found?.registered === false && (
        <EmptyState
          title={t('requests.link.unregistered')}
          text={t('requests.link.unregisteredText', { name })}
          action={
            <LinkTo look="button" to="/search" search={{ q: found.metadata.objectPath.at(-1) }}>
              {t('requests.link.search')}
            </LinkTo>
          }
        />
      )}
      {found !== undefined && found.registered !== false && <Products asset={found} />}
    </>
  );
}
