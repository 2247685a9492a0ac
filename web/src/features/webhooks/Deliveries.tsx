import { eventTypes } from '@stoa/contract/event-type';
import { deliveryState, listWebhookDeliveries, type Webhook, type WebhookDelivery } from '@stoa/contract/webhook';
import { useNavigate } from '@tanstack/react-router';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { DeliveryDrawer } from './DeliveryDrawer.tsx';
import { wordsOf } from './event-groups.ts';
import { EventName } from './EventName.tsx';
import { DeliveryMark } from './marks.tsx';
import { ReplayDialog } from './ReplayDialog.tsx';
import styles from './webhooks.module.css';

const pageSize = 25;
const refreshMs = 5_000;

function useColumns(list: ListState): Column<WebhookDelivery>[] {
  const t = useText();
  return [
    {
      key: 'event',
      header: t('webhooks.column.event'),
      width: '36%',
      cell: (one) => {
        const type = wordOf(eventTypes, one.eventType);
        return (
          <span className={styles.name}>
            <LinkTo look="row" to="." search={{ ...list.search, row: one.deliveryId }} resetScroll={false}>
              {type === undefined ? one.eventType : t(`webhooks.event.${wordsOf(type)}`)}
            </LinkTo>
            <span className="text-2">
              {one.sequence === null && one.eventType !== 'stoa.ping' && `${t('webhooks.isTest')} · `}
              <EventName type={one.eventType} />
            </span>
          </span>
        );
      },
    },
    {
      key: 'state',
      header: t('webhooks.column.state'),
      cell: (one) => (
        <span className={styles.name}>
          <DeliveryMark state={one.state} />
          {one.nextAttemptAt !== null && one.attempts > 0 && (
            <span className="text-2">
              {t('webhooks.next')} <TimeStamp value={one.nextAttemptAt} style="relative" />
            </span>
          )}
        </span>
      ),
    },
    { key: 'attempts', header: t('webhooks.column.attempts'), isNumeric: true, cell: (one) => one.attempts },
    {
      key: 'answer',
      header: t('webhooks.column.answer'),
      cell: (one) => <span className="text-2">{one.message ?? ''}</span>,
    },
    {
      key: 'at',
      header: t('webhooks.column.at'),
      cell: (one) => <TimeStamp value={one.createdAt} style="dateTime" />,
    },
  ];
}

/** What a webhook was told, newest first; each delivery opens with all of its attempts. */
export function Deliveries({ hook }: { hook: Webhook }) {
  const t = useText();
  const list = useListState();
  const navigate = useNavigate();
  const state = list.values('state').flatMap((one) => wordOf(deliveryState.options, one) ?? []);
  const type = list.values('eventType').flatMap((one) => wordOf(eventTypes, one) ?? []);
  const searchText = list.text('searchText');
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(state.length === 0 ? {} : { state }),
    ...(type.length === 0 ? {} : { eventType: type }),
    ...(searchText === undefined ? {} : { searchText }),
  };
  const found = useOperation(
    listWebhookDeliveries,
    { params: { id: hook.id }, query },
    { keepPrevious: true, refetchIntervalMs: refreshMs },
  );
  const columns = useColumns(list);
  const total = found.data?.meta.totalCount;
  const facets = [
    {
      name: 'state',
      label: t('webhooks.column.state'),
      isClosed: true,
      options: deliveryState.options.map((value) => ({ value, label: t(`webhooks.state.${value}`) })),
    },
    {
      name: 'eventType',
      label: t('webhooks.column.event'),
      isClosed: true,
      options: eventTypes.map((value) => ({ value, label: value })),
    },
  ];
  const close = () => void navigate({ to: '.', search: { ...list.search, row: undefined }, resetScroll: false });
  return (
    <div className={styles.stack}>
      <FilterBar list={list} searchLabel={t('webhooks.searchDeliveries')} facets={facets} />
      <ReplayDialog hook={hook} />
      <DataTable
        label={t('webhooks.deliveriesTable')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(one) => one.deliveryId}
        state={found}
        total={total}
        needsAttention={(one) => one.state === 'DEAD'}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('webhooks.noneTitle')} text={t('webhooks.noneText')} />
          )
        }
      />
      <DeliveryDrawer hook={hook} deliveryId={list.text('row')} onClose={close} />
    </div>
  );
}
