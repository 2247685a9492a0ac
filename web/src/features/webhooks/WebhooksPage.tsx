import { getWebhooks, type Webhook } from '@stoa/contract/webhook';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { conditionOf, WebhookMark } from './marks.tsx';
import styles from './webhooks.module.css';

const conditions = ['working', 'failing', 'suppressed', 'off', 'new'] as const;
const refreshMs = 10_000;

function useColumns(): Column<Webhook>[] {
  const t = useText();
  return [
    {
      key: 'url',
      header: t('webhooks.column.url'),
      width: '40%',
      cell: (hook) => (
        <span className={styles.name}>
          <LinkTo look="row" to="/admin/webhooks/$id" params={{ id: hook.id }} search={{}}>
            {hook.url}
          </LinkTo>
          {hook.description != null && <span className="text-2">{hook.description}</span>}
        </span>
      ),
    },
    { key: 'condition', header: t('webhooks.column.condition'), cell: (hook) => <WebhookMark hook={hook} /> },
    {
      key: 'events',
      header: t('webhooks.column.events'),
      cell: (hook) => t('webhooks.eventCount', { count: hook.eventTypes?.length ?? 0 }),
    },
    {
      key: 'waiting',
      header: t('webhooks.column.waiting'),
      isNumeric: true,
      cell: (hook) => hook.health?.waiting ?? 0,
    },
    {
      key: 'dead',
      header: t('webhooks.column.dead'),
      isNumeric: true,
      cell: (hook) =>
        (hook.health?.dead ?? 0) === 0 ? (
          0
        ) : (
          <LinkTo to="/admin/webhooks/$id" params={{ id: hook.id }} search={{ state: 'DEAD' }}>
            {hook.health?.dead}
          </LinkTo>
        ),
    },
    {
      key: 'last',
      header: t('webhooks.column.last'),
      cell: (hook) =>
        hook.health?.lastSuccessAt == null ? (
          <span className="text-2">{t('webhooks.never')}</span>
        ) : (
          <TimeStamp value={hook.health.lastSuccessAt} style="relative" />
        ),
    },
  ];
}

function shownBy(list: ListState, hooks: readonly Webhook[] | undefined): readonly Webhook[] | undefined {
  const search = (list.text('searchText') ?? '').toLowerCase();
  const wanted = list.values('condition');
  return hooks?.filter(
    (hook) =>
      `${hook.url} ${hook.description ?? ''}`.toLowerCase().includes(search) &&
      (wanted.length === 0 || wanted.includes(conditionOf(hook))),
  );
}

/** The addresses that are told of events, and how each of them does. */
export function WebhooksPage() {
  const t = useText();
  const may = useMay()('webhook.manage');
  const list = useListState();
  const navigate = useNavigate();
  const hooks = useOperation(getWebhooks, {}, { enabled: may, refetchIntervalMs: refreshMs });
  const columns = useColumns();
  const create = () => void navigate({ to: '/admin/webhooks/$id', params: { id: 'new' }, search: {} });
  useKeys(may ? [{ keys: 'n', label: t('webhooks.new'), scope: 'page', run: create }] : []);
  useCommands(may ? [{ id: 'webhook-new', label: t('webhooks.new'), group: 'page', keys: 'n', run: create }] : []);
  const button = (
    <LinkTo look="primary" to="/admin/webhooks/$id" params={{ id: 'new' }} search={{}}>
      {t('webhooks.new')}
    </LinkTo>
  );
  if (!may)
    return (
      <>
        <PageHeader title={t('webhooks.title')} lead={t('webhooks.lead')} />
        <Banner>{t('webhooks.denied')}</Banner>
      </>
    );
  const rows = shownBy(list, hooks.data);
  const facet = {
    name: 'condition',
    label: t('webhooks.column.condition'),
    isClosed: true,
    options: conditions.map((value) => ({ value, label: t(`webhooks.condition.${value}`) })),
  };
  return (
    <>
      <PageHeader title={t('webhooks.title')} lead={t('webhooks.lead')} action={button} />
      <FilterBar list={list} searchLabel={t('webhooks.search')} facets={[facet]} />
      <DataTable
        label={t('webhooks.table')}
        columns={columns}
        rows={rows}
        rowKey={(hook) => hook.id}
        state={hooks}
        total={rows?.length}
        needsAttention={(hook) => ['failing', 'suppressed'].includes(conditionOf(hook))}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('webhooks.emptyTitle')} text={t('webhooks.emptyText')} action={button} />
          )
        }
      />
    </>
  );
}
