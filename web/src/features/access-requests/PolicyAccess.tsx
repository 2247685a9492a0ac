import { type AccessRow, reportWhatHas } from '@stoa/contract/report';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Pager } from '../../ui/Pager.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useExplain } from './use-explain.tsx';

const pageSize = 25;

function usePolicyColumns(explain: (sourceId: number) => void): Column<AccessRow>[] {
  const t = useText();
  return [
    {
      key: 'source',
      header: t('product.data.source'),
      width: '38%',
      cell: ({ source }) => <Identifier prefix={source.connectionKey} value={source.objectPath.join('.')} />,
    },
    { key: 'policy', header: t('myAccess.policy'), width: '24%', cell: (row) => row.causeText },
    {
      key: 'state',
      header: t('requests.object.state'),
      cell: (row) => <StatusMark kind="provisioning" value={row.state} />,
    },
    {
      key: 'since',
      header: t('myAccess.since'),
      cell: (row) => (row.since === null ? '' : <TimeStamp value={row.since} style="date" />),
    },
    {
      key: 'verified',
      header: t('product.data.verified'),
      cell: (row) => (row.verifiedAt === null ? '' : <TimeStamp value={row.verifiedAt} style="relative" />),
    },
    {
      key: 'why',
      header: t('product.data.why'),
      isHeaderHidden: true,
      width: '96px',
      cell: ({ source }) => (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('product.data.why')}
          fullLabel={t('product.data.whyOf', { source: source.name })}
          onClick={() => explain(source.dataSourceId)}
        />
      ),
    },
  ];
}

/** What the reader may read without having asked: by policies, for as long as these hold for them. */
export function PolicyAccess() {
  const t = useText();
  const list = useListState();
  const { explain, dialog } = useExplain();
  const query = {
    cause: ['POLICY' as const],
    searchText: list.text('searchText'),
    offset: list.offset,
    limit: pageSize,
  };
  const found = useOperation(reportWhatHas, { query }, { keepPrevious: true });
  const total = found.data?.meta.totalCount ?? 0;
  return (
    <>
      <DataTable
        label={t('myAccess.policyTable')}
        columns={usePolicyColumns(explain)}
        rows={found.data?.data}
        rowKey={(row) => `${row.source.dataSourceId}/${row.causeText}`}
        state={found}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('myAccess.empty.policy')} text={t('myAccess.emptyPolicyText')} />
          )
        }
      />
      <Pager paging={{ kind: 'offset', offset: list.offset, limit: pageSize, total, onChange: list.setOffset }} />
      {dialog}
    </>
  );
}
