import {
  listMessageDeliveries,
  type MessageDelivery,
  resendMessageDelivery,
} from '@stoa/contract/notification-channel';
import { deliveringProviders, deliveryStates } from '@stoa/contract/notification-type';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useTypeText } from '../inbox/use-type-text.ts';

const pageSize = 25;

function DeliveryMark({ state }: Pick<MessageDelivery, 'state'>) {
  const t = useText();
  const label = t(`messages.state.${state}`);
  if (state === 'PENDING') return <StatusMark kind="request" value="PENDING" label={label} />;
  return (
    <StatusMark kind="check" value={state === 'SENT' ? 'pass' : state === 'DEAD' ? 'fail' : 'warn'} label={label} />
  );
}

function useColumns(onResend: (delivery: MessageDelivery) => void): Column<MessageDelivery>[] {
  const t = useText();
  const typeText = useTypeText();
  const who = ({ user }: MessageDelivery) => user?.name ?? t('messages.deliveries.many');
  return [
    {
      key: 'who',
      header: t('messages.deliveries.who'),
      width: '24%',
      cell: (delivery) => (
        <>
          {who(delivery)}
          {delivery.address !== undefined && <p className="text-2 measure">{delivery.address}</p>}
        </>
      ),
    },
    {
      key: 'channel',
      header: t('messages.deliveries.channel'),
      cell: ({ provider }) => t(`inbox.provider.${provider}`),
    },
    { key: 'kind', header: t('messages.deliveries.kind'), cell: ({ notificationType }) => typeText(notificationType) },
    {
      key: 'state',
      header: t('messages.deliveries.state'),
      width: '26%',
      cell: ({ state, error, nextAttemptAt }) => (
        <>
          <DeliveryMark state={state} />
          {error !== undefined && <p className="text-2 measure">{error}</p>}
          {nextAttemptAt !== undefined && (
            <p className="text-2 measure">
              {t('messages.deliveries.next')} <TimeStamp value={nextAttemptAt} style="relative" />
            </p>
          )}
        </>
      ),
    },
    { key: 'attempts', header: t('messages.deliveries.attempts'), isNumeric: true, cell: ({ attempts }) => attempts },
    {
      key: 'when',
      header: t('messages.deliveries.when'),
      cell: ({ createdAt }) => <TimeStamp value={createdAt} style="relative" />,
    },
    {
      key: 'action',
      header: t('messages.deliveries.action'),
      isHeaderHidden: true,
      cell: (delivery) =>
        delivery.state === 'PENDING' ? (
          ''
        ) : (
          <ActionButton
            size="xs"
            label={t('messages.deliveries.resend')}
            fullLabel={t('messages.deliveries.resendThis', { who: who(delivery) })}
            onClick={() => onResend(delivery)}
          />
        ),
    },
  ];
}

/** What left, what waits, and what was given up, with the reason; each can be sent again. */
export function Deliveries() {
  const t = useText();
  const announce = useAnnounce();
  const list = useListState();
  const query = {
    state: deliveryStates.filter((state) => list.values('state').includes(state)),
    provider: deliveringProviders.filter((provider) => list.values('provider').includes(provider)),
    searchText: list.text('searchText'),
    offset: list.offset,
    limit: pageSize,
  };
  const deliveries = useOperation(listMessageDeliveries, { query }, { keepPrevious: true, refetchIntervalMs: 5_000 });
  const resend = useCommand(resendMessageDelivery, {
    invalidates: [listMessageDeliveries],
    onSuccess: () => announce(t('messages.deliveries.resent')),
  });
  const columns = useColumns(({ id }) => resend.mutate({ params: { id } }));
  const facets = [
    {
      name: 'state',
      label: t('messages.deliveries.state'),
      isClosed: true,
      options: deliveryStates.map((value) => ({ value, label: t(`messages.state.${value}`) })),
    },
    {
      name: 'provider',
      label: t('messages.deliveries.channel'),
      isClosed: true,
      options: deliveringProviders.map((value) => ({ value, label: t(`inbox.provider.${value}`) })),
    },
  ];
  const total = deliveries.data?.meta.totalCount;
  return (
    <>
      {resend.error !== null && <ErrorNotice problem={resend.error} isWrite />}
      <FilterBar list={list} searchLabel={t('messages.deliveries.search')} facets={facets} />
      <DataTable
        label={t('messages.deliveries.table')}
        columns={columns}
        rows={deliveries.data?.data}
        rowKey={(delivery) => delivery.id}
        state={deliveries}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('messages.deliveries.empty')} text={t('messages.deliveries.emptyText')} />
          )
        }
      />
    </>
  );
}
