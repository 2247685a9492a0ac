import { type RequestedAsset, searchRequestedAssets } from '@stoa/contract/requested-asset';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './requested-assets.module.css';

const BindDialog = lazy(() => import('./BindDialog.tsx').then((part) => ({ default: part.BindDialog })));

const pageSize = 25;
const states = ['waiting', 'closed', 'bound'] as const;
const shownRequests = 3;

function NameCell({ asset }: { asset: RequestedAsset }) {
  const kindText = useKindText();
  const { technology, host, port, legacyType } = asset;
  const place = host === undefined ? undefined : port === undefined ? host : `${host}:${port}`;
  return (
    <div>
      <Identifier value={asset.objectPath.join('.')} maxLength={44} />
      <p className={styles.under}>
        {technology !== undefined && <PlatformGlyph technology={technology} isNamed />}
        {place !== undefined && <Identifier value={place} maxLength={32} />}
        {legacyType !== undefined && <span>{kindText(legacyType)}</span>}
      </p>
    </div>
  );
}

/** Who asked; each name leads to the request, where it can be denied. */
function Askers({ asset }: { asset: RequestedAsset }) {
  const t = useText();
  const shown = asset.requests.slice(0, shownRequests);
  const rest = asset.requestCount - shown.length;
  return (
    <ul className={styles.askers}>
      {shown.map((request) => (
        <li key={request.id}>
          <LinkTo to="/reviews/$requestId" params={{ requestId: request.id }}>
            {request.user.name}
          </LinkTo>
          {request.status !== 'PENDING' && <StatusMark kind="request" value={request.status} />}
        </li>
      ))}
      {rest > 0 && <li className="text-2">{t('requestedAssets.more', { count: rest })}</li>}
    </ul>
  );
}

function Found({ asset }: { asset: RequestedAsset }) {
  const t = useText();
  const { boundTo, boundAt, matches } = asset;
  if (boundTo !== null)
    return (
      <>
        <LinkTo to="/assets/$id" params={{ id: boundTo.id }}>
          {boundTo.objectPath.join('.')}
        </LinkTo>
        <p className={styles.under}>
          {boundTo.connectionKey} {boundAt !== null && <TimeStamp value={boundAt} style="relative" />}
        </p>
      </>
    );
  return <>{t('requestedAssets.matches', { count: matches.length })}</>;
}

function useColumns(onBind: (asset: RequestedAsset) => void): Column<RequestedAsset>[] {
  const t = useText();
  return [
    { key: 'asset', header: t('requestedAssets.asset'), width: '36%', cell: (asset) => <NameCell asset={asset} /> },
    { key: 'who', header: t('requestedAssets.who'), cell: (asset) => <Askers asset={asset} /> },
    {
      key: 'since',
      header: t('requestedAssets.since'),
      cell: (asset) => <TimeStamp value={asset.requestedAt} style="relative" />,
    },
    { key: 'found', header: t('requestedAssets.found'), width: '22%', cell: (asset) => <Found asset={asset} /> },
    {
      key: 'act',
      header: t('assets.column.action'),
      isHeaderHidden: true,
      width: '136px',
      cell: (asset) =>
        asset.boundTo === null && (
          <ActionButton
            label={t('requestedAssets.bind')}
            fullLabel={t('requestedAssets.bindOf', { name: asset.objectPath.join('.') })}
            onClick={() => onBind(asset)}
          />
        ),
    },
  ];
}

function useFound(state: (typeof states)[number], searchText: string, offset: number) {
  const query = { state, searchText, offset, limit: pageSize };
  return useOperation(searchRequestedAssets, { query }, { keepPrevious: true });
}

/** What people asked for before any crawl had found it: governors see it here, connect its platform, or say what is meant. */
export function RequestedAssetsPage() {
  const t = useText();
  const list = useListState();
  const [binding, setBinding] = useState<RequestedAsset>();
  const tabs = states.map((value) => ({ value, label: t(`requestedAssets.tab.${value}`) }));
  const current = usePageTab(tabs);
  const state = states.find((one) => one === current) ?? 'waiting';
  const found = useFound(state, list.text('searchText') ?? '', list.offset);
  const total = found.data?.meta.totalCount;
  const columns = useColumns(setBinding);
  return (
    <>
      <PageHeader
        title={t('requestedAssets.title')}
        lead={t('requestedAssets.lead')}
        action={
          <LinkTo look="button" to="/admin/connections">
            {t('requestedAssets.connections')}
          </LinkTo>
        }
      />
      <PageTabs tabs={tabs} label={t('requestedAssets.tabs')} />
      <FilterBar list={list} searchLabel={t('requestedAssets.search')} />
      <DataTable
        label={t('requestedAssets.title')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(asset) => asset.id}
        state={found}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t(`requestedAssets.empty.${state}`)} text={t('requestedAssets.emptyText')} />
          )
        }
      />
      {binding !== undefined && (
        <Suspense fallback={null}>
          <BindDialog asset={binding} onClose={() => setBinding(undefined)} />
        </Suspense>
      )}
    </>
  );
}
