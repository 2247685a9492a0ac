import { type Connection, listConnections } from '@stoa/contract/connection';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { addressOf, CrawlWords, ReconcileWords } from './connection-words.tsx';
import styles from './Connections.module.css';

const pageSize = 50;

function useColumns(): Column<Connection>[] {
  const t = useText();
  return [
    {
      key: 'key',
      header: t('connections.column.key'),
      cell: (one) => (
        <span className={styles.name}>
          <PlatformGlyph technology={one.technology} />
          <LinkTo look="row" to="/admin/connections/$key" params={{ key: one.connectionKey }} search={{}}>
            {one.connectionKey}
          </LinkTo>
        </span>
      ),
    },
    {
      key: 'state',
      header: t('connections.column.state'),
      cell: (one) => (
        <span className={styles.state}>
          <StatusMark kind="connection" value={one.state} />
          {one.stateReason !== undefined && <span className={styles.reason}>{one.stateReason}</span>}
        </span>
      ),
    },
    {
      key: 'address',
      header: t('connections.column.address'),
      cell: (one) => <Identifier value={addressOf(one)} maxLength={36} />,
    },
    { key: 'crawl', header: t('connections.column.crawl'), cell: (one) => <CrawlWords connection={one} /> },
    { key: 'reconcile', header: t('connections.column.reconcile'), cell: (one) => <ReconcileWords connection={one} /> },
    {
      key: 'drift',
      header: t('connections.column.drift'),
      cell: (one) =>
        (one.driftCount ?? 0) === 0 ? (
          <span className="text-2">{t('connections.noDrift')}</span>
        ) : (
          <LinkTo
            className={styles.drift ?? ''}
            to="/admin/connections/$key"
            params={{ key: one.connectionKey }}
            search={{ tab: 'drift' }}
          >
            {t('connections.driftCount', { count: one.driftCount ?? 0 })}
          </LinkTo>
        ),
    },
  ];
}

/** The registered platforms and how each one stands. */
export function ConnectionsPage() {
  const t = useText();
  const may = useMay();
  const navigate = useNavigate();
  const list = useListState();
  const searchText = list.text('searchText');
  const query = { offset: list.offset, limit: pageSize, ...(searchText === undefined ? {} : { searchText }) };
  const connections = useOperation(listConnections, { query }, { keepPrevious: true });
  const columns = useColumns();
  const add = () => void navigate({ to: '/admin/connections/new', search: {} });
  const mayAdd = may('connection.manage');
  useKeys(mayAdd ? [{ keys: 'n', label: t('connections.add'), scope: 'page', run: add }] : []);
  useCommands(
    mayAdd ? [{ id: 'connection-add', label: t('connections.add'), group: 'page', keys: 'n', run: add }] : [],
  );
  const addLink = mayAdd && (
    <LinkTo look="primary" to="/admin/connections/new" search={{}}>
      {t('connections.add')}
    </LinkTo>
  );
  const total = connections.data?.meta.totalCount;
  return (
    <>
      <PageHeader title={t('connections.title')} lead={t('connections.lead')} action={addLink} />
      <FilterBar list={list} searchLabel={t('connections.search')} />
      <DataTable
        label={t('connections.table')}
        columns={columns}
        rows={connections.data?.data}
        rowKey={(one) => one.connectionKey}
        state={connections}
        total={total}
        skeletonRows={4}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState
              title={t('connections.emptyTitle')}
              text={t('connections.emptyText')}
              {...(mayAdd ? { action: addLink } : {})}
            />
          )
        }
      />
    </>
  );
}
