import { type DataKeys, listDataKeys, rotateDataKeys } from '@stoa/contract/data-key';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatusMark, type StatusMarkProps } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

const TaskProgress = lazy(() => import('../tasks/TaskProgress.tsx').then((part) => ({ default: part.TaskProgress })));

type Kind = DataKeys['kinds'][number];
type Key = Kind['keys'][number];
type Row = { readonly kind: Kind; readonly key: Key };
const states = ['active', 'decryptOnly', 'retired'] as const;
const looks = {
  active: { kind: 'check', value: 'pass' },
  decryptOnly: { kind: 'check', value: 'warn' },
  retired: { kind: 'request', value: 'NONE' },
} as const satisfies Record<Key['state'], StatusMarkProps>;

const sinceOf = (key: Key): string => key.retiredAt ?? key.replacedAt ?? key.activatedAt ?? key.createdAt;

function useColumns(): Column<Row>[] {
  const t = useText();
  return [
    {
      key: 'kind',
      header: t('keys.column.kind'),
      width: '34%',
      cell: ({ kind, key }) => (
        <>
          {kind.title}
          {key.state === 'active' && kind.firstForm > 0 && (
            <p className="text-2 small">{t('keys.firstForm', { count: kind.firstForm })}</p>
          )}
        </>
      ),
    },
    { key: 'key', header: t('keys.column.key'), cell: ({ key }) => <Identifier value={key.id} maxLength={24} /> },
    {
      key: 'state',
      header: t('keys.column.state'),
      cell: ({ key }) => <StatusMark {...looks[key.state]} label={t(`keys.state.${key.state}`)} />,
    },
    { key: 'secrets', header: t('keys.column.secrets'), isNumeric: true, cell: ({ key }) => key.secrets },
    { key: 'since', header: t('keys.column.since'), cell: ({ key }) => <TimeStamp value={sinceOf(key)} /> },
  ];
}

/** Retired keys are shown to whoever asks for them. */
function rowsOf(list: ListState, data: DataKeys | undefined): Row[] | undefined {
  const search = (list.text('searchText') ?? '').toLowerCase();
  const wanted = list.values('state');
  return data?.kinds
    .flatMap((kind) => kind.keys.map((key) => ({ kind, key })))
    .filter(
      ({ kind, key }) =>
        `${kind.title} ${kind.kind} ${key.id}`.toLowerCase().includes(search) &&
        (wanted.length === 0 || wanted.includes('present') ? key.state !== 'retired' : wanted.includes(key.state)),
    );
}

const storedIn = (data: DataKeys | undefined): number =>
  (data?.kinds ?? []).reduce(
    (sum, kind) => sum + kind.firstForm + kind.keys.reduce((of, key) => of + key.secrets, 0),
    0,
  );

/** The one act of this page, and how far it has come. */
function useRotation(data: DataKeys | undefined, refetch: () => unknown) {
  const t = useText();
  const [isAsked, setAsked] = useState(false);
  const [started, setStarted] = useState<string>();
  const start = useCommand(rotateDataKeys, {
    invalidates: [listDataKeys],
    onSuccess: ({ taskId }) => {
      setStarted(taskId);
      setAsked(false);
    },
  });
  const taskId = data?.rotation?.taskId ?? started;
  const button = (
    <ActionButton
      label={t('keys.rotate')}
      tone="primary"
      isBusy={data?.rotation !== undefined}
      onClick={() => setAsked(true)}
    />
  );
  const dialog = (
    <ConfirmDialog
      isOpen={isAsked}
      title={t('keys.rotateTitle')}
      confirmLabel={t('keys.rotate')}
      tone="primary"
      isBusy={start.isPending}
      problem={start.error}
      onConfirm={() => start.mutate({})}
      onClose={() => setAsked(false)}
    >
      <p>{t('keys.rotateBody', { count: storedIn(data) })}</p>
    </ConfirmDialog>
  );
  const progress = taskId !== undefined && (
    <Suspense>
      <TaskProgress key={taskId} taskId={taskId} label={t('keys.rotation')} onEnd={() => void refetch()} />
    </Suspense>
  );
  return { button, dialog, progress };
}

/** The keys that seal stored secrets: which there are, what hangs on each, and their rotation. */
export function KeysPage() {
  const t = useText();
  const may = useMay()('key.manage');
  const list = useListState();
  const keys = useOperation(listDataKeys, {}, { enabled: may });
  const columns = useColumns();
  const { button, dialog, progress } = useRotation(keys.data, keys.refetch);
  const head = { title: t('keys.title'), section: t('keys.section'), lead: t('keys.lead') };
  if (!may)
    return (
      <>
        <PageHeader {...head} />
        <Banner>{t('keys.denied')}</Banner>
      </>
    );
  const facet = {
    name: 'state',
    label: t('keys.column.state'),
    isClosed: true,
    usual: 'present',
    options: (['present', ...states] as const).map((value) => ({ value, label: t(`keys.state.${value}`) })),
  };
  const rows = rowsOf(list, keys.data);
  return (
    <>
      <PageHeader {...head} action={button} />
      {dialog}
      {progress}
      {keys.data !== undefined && (
        <FactList
          facts={[
            { label: t('keys.rootKey'), value: <Identifier value={keys.data.rootKeyId} maxLength={24} /> },
            { label: t('keys.rootKeyChange'), value: <code>npx stoa keys rewrap --to new.key</code> },
          ]}
        />
      )}
      <Section title={t('keys.kinds')}>
        <FilterBar list={list} searchLabel={t('keys.search')} facets={[facet]} />
        <DataTable
          label={t('keys.kinds')}
          columns={columns}
          rows={rows}
          rowKey={({ key }) => key.id}
          state={keys}
          total={rows?.length}
          empty={
            list.activeFilters.length > 0 ? (
              <FilteredEmpty list={list} facets={[facet]} />
            ) : (
              <EmptyState title={t('keys.emptyTitle')} />
            )
          }
        />
      </Section>
    </>
  );
}
