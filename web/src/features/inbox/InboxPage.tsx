import { Checkbox } from '@mantine/core';
import {
  batchUpdateInboxMessage,
  getInboxMessages,
  getInboxSummary,
  type InboxMessage,
  readWholeInbox,
} from '@stoa/contract/notification';
import { notificationTypes } from '@stoa/contract/notification-type';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { groupMessages, idsOf, isUnread, type MessageGroup } from './group-messages.ts';
import styles from './inbox.module.css';
import { MessageCell } from './MessageCell.tsx';
import { useTypeText } from './use-type-text.ts';

const pageSize = 25;
const inboxQueries = [getInboxMessages, getInboxSummary];

function useMarks(onDone: () => void) {
  const t = useText();
  const announce = useAnnounce();
  const mark = useCommand(batchUpdateInboxMessage, {
    invalidates: inboxQueries,
    onSuccess: (messages) => {
      announce(t('inbox.marked', { count: messages.length }));
      onDone();
    },
  });
  const whole = useCommand(readWholeInbox, {
    invalidates: inboxQueries,
    onSuccess: () => {
      announce(t('inbox.readAllDone'));
      onDone();
    },
  });
  return {
    mark: (ids: readonly string[], read: boolean) => mark.mutate({ body: ids.map((id) => ({ id, read })) }),
    readAll: (until: string) => whole.mutate({ body: { until } }),
    problem: mark.error ?? whole.error,
  };
}

type Marks = ReturnType<typeof useMarks>;
type Selection = { readonly ids: ReadonlySet<string>; readonly set: (ids: ReadonlySet<string>) => void };

function useColumns(marks: Marks, selection: Selection): Column<MessageGroup>[] {
  const t = useText();
  const typeText = useTypeText();
  const toggle = (group: MessageGroup, isOn: boolean) => {
    const next = new Set(selection.ids);
    for (const id of idsOf(group)) {
      if (isOn) next.add(id);
      else next.delete(id);
    }
    selection.set(next);
  };
  const open = (message: InboxMessage) => isUnread(message) && marks.mark([message.id], true);
  return [
    {
      key: 'select',
      header: t('inbox.column.select'),
      isHeaderHidden: true,
      width: '36px',
      cell: (group) => (
        <Checkbox
          size="xs"
          aria-label={t('inbox.select', { subject: group.newest.subject })}
          checked={selection.ids.has(group.newest.id)}
          onChange={(event) => toggle(group, event.currentTarget.checked)}
        />
      ),
    },
    { key: 'message', header: t('inbox.column.message'), cell: (group) => <MessageCell group={group} onOpen={open} /> },
    {
      key: 'type',
      header: t('inbox.column.type'),
      width: '18%',
      cell: ({ newest }) => typeText(newest.notificationType),
    },
    {
      key: 'when',
      header: t('inbox.column.when'),
      width: '120px',
      cell: ({ newest }) => <TimeStamp value={newest.createdAt} style="relative" />,
    },
    {
      key: 'act',
      header: t('inbox.column.act'),
      isHeaderHidden: true,
      width: '150px',
      cell: (group) => {
        const hasUnread = [group.newest, ...group.earlier].some(isUnread);
        const act = t(hasUnread ? 'inbox.markRead' : 'inbox.markUnread');
        return (
          <ActionButton
            size="xs"
            label={act}
            fullLabel={t('inbox.markThis', { act, subject: group.newest.subject })}
            onClick={() => marks.mark(hasUnread ? idsOf(group) : [group.newest.id], hasUnread)}
          />
        );
      },
    },
  ];
}

function SelectionBar({ marks, selection }: { marks: Marks; selection: Selection }) {
  const t = useText();
  const ids = [...selection.ids];
  if (ids.length === 0) return null;
  return (
    <div className={styles.bar}>
      <span className="text-2">{t('inbox.selected', { count: ids.length })}</span>
      <ActionButton size="xs" label={t('inbox.markRead')} onClick={() => marks.mark(ids, true)} />
      <ActionButton size="xs" label={t('inbox.markUnread')} onClick={() => marks.mark(ids, false)} />
      <ActionButton size="xs" tone="quiet" label={t('inbox.clearSelection')} onClick={() => selection.set(new Set())} />
    </div>
  );
}

function NothingHere({ list, facets }: { list: ListState; facets: Parameters<typeof FilteredEmpty>[0]['facets'] }) {
  const t = useText();
  const isOnlyUnread = list.activeFilters.length === 1 && list.text('read') === 'false';
  if (isOnlyUnread)
    return (
      <EmptyState
        title={t('inbox.emptyUnread')}
        action={<ActionButton label={t('inbox.showAll')} onClick={() => list.setFilters({ read: undefined })} />}
      />
    );
  if (list.activeFilters.length > 0) return <FilteredEmpty list={list} {...(facets === undefined ? {} : { facets })} />;
  return <EmptyState title={t('inbox.empty')} text={t('inbox.emptyText')} />;
}

function useMessages(list: ListState) {
  const read = list.text('read');
  const query = {
    type: notificationTypes.filter((type) => list.values('type').includes(type)),
    searchText: list.text('searchText'),
    requestId: list.text('requestId'),
    offset: list.offset,
    limit: pageSize,
    ...(read === undefined ? {} : { read: read === 'true' }),
  };
  return useOperation(getInboxMessages, { query }, { keepPrevious: true });
}

/** Everything that the reader was told, newest first; messages of one request stand together. */
export function InboxPage() {
  const t = useText();
  const list = useListState();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const selection = { ids: selected, set: setSelected };
  const marks = useMarks(() => setSelected(new Set()));
  const messages = useMessages(list);
  const typeText = useTypeText();
  const columns = useColumns(marks, selection);
  const newest = useOperation(getInboxMessages, { query: { limit: 1 } }).data?.data[0]?.createdAt;
  const readAll = () => newest !== undefined && marks.readAll(newest);
  const onlyUnread = () => list.setFilters({ read: list.text('read') === 'false' ? undefined : 'false' });
  useKeys([
    { keys: 'u', label: t('inbox.unread'), scope: 'page', run: onlyUnread },
    { keys: 'U', label: t('inbox.readAll'), scope: 'page', run: readAll },
  ]);
  useCommands([{ id: 'inbox-read-all', label: t('inbox.readAll'), group: 'page', keys: 'U', run: readAll }]);
  const facets = [
    {
      name: 'read',
      label: t('inbox.which'),
      isClosed: true,
      isSingle: true,
      options: [
        { value: 'false', label: t('inbox.unread') },
        { value: 'true', label: t('inbox.read') },
      ],
    },
    {
      name: 'type',
      label: t('inbox.facet.type'),
      isClosed: true,
      options: notificationTypes.map((value) => ({ value, label: typeText(value) })),
    },
  ];
  const total = messages.data?.meta.totalCount;
  return (
    <>
      <PageHeader
        title={t('inbox.title')}
        lead={t('inbox.lead')}
        secondary={
          <LinkTo look="button" to="/me/notifications">
            {t('inbox.settings')}
          </LinkTo>
        }
        action={<ActionButton label={t('inbox.readAll')} onClick={readAll} />}
      />
      <FilterBar list={list} searchLabel={t('inbox.search')} facets={facets} />
      <SelectionBar marks={marks} selection={selection} />
      {marks.problem !== null && <ErrorNotice problem={marks.problem} isWrite />}
      <DataTable
        label={t('inbox.table')}
        columns={columns}
        rows={messages.data === undefined ? undefined : groupMessages(messages.data.data)}
        rowKey={(group) => group.newest.id}
        state={messages}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={<NothingHere list={list} facets={facets} />}
      />
    </>
  );
}
