import { listTakeBacks, type TakeBack, takeBackState } from '@stoa/contract/existing-grant';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { PlanState } from './PlanState.tsx';

const pageSize = 50;

function useColumns(): Column<TakeBack>[] {
  const t = useText();
  return [
    {
      key: 'filed',
      header: t('takeBack.filedAt'),
      cell: (one) => (
        <LinkTo
          look="row"
          to="/admin/connections/$key"
          params={{ key: one.connectionKey }}
          search={{ tab: 'drift', row: one.id }}
        >
          <TimeStamp value={one.filedAt} style="dateTime" />
        </LinkTo>
      ),
    },
    { key: 'state', header: t('takeBack.state'), cell: (one) => <PlanState plan={one} /> },
    { key: 'by', header: t('takeBack.filedBy'), cell: (one) => one.filedBy.name },
    { key: 'mode', header: t('takeBack.mode'), cell: (one) => t(`takeBack.mode.${one.mode}`) },
    {
      key: 'statements',
      header: t('takeBack.fact.statements'),
      isNumeric: true,
      cell: (one) => one.statementCount,
    },
    { key: 'losing', header: t('takeBack.fact.losing'), isNumeric: true, cell: (one) => one.losingCount },
  ];
}

/** The plans that were filed for a connection, the newest first. */
export function FiledPlans({ connectionKey }: { connectionKey: string }) {
  const t = useText();
  const list = useListState();
  const columns = useColumns();
  const state = takeBackState.options.filter((one) => list.values('state').includes(one));
  const plans = useOperation(
    listTakeBacks,
    {
      params: { connectionKey },
      query: { offset: list.offset, limit: pageSize, ...(state.length === 0 ? {} : { state }) },
    },
    { keepPrevious: true },
  );
  const total = plans.data?.meta.totalCount;
  const options = takeBackState.options.map((value) => ({ value, label: t(`takeBack.state.${value}`) }));
  const facets = [{ name: 'state', label: t('takeBack.state'), isClosed: true, options }];
  return (
    <>
      <FilterBar list={list} hasSearch={false} facets={facets} />
      <DataTable
        label={t('takeBack.filedTable')}
        columns={columns}
        rows={plans.data?.data}
        rowKey={(one) => one.id}
        state={plans}
        total={total}
        paging={list.paging(pageSize, total)}
        needsAttention={(one) => one.abilities?.['confirm']?.allowed === true}
        empty={
          state.length > 0 ? (
            <FilteredEmpty list={list} facets={facets} />
          ) : (
            <EmptyState title={t('takeBack.filedEmpty')} text={t('takeBack.filedEmptyText')} />
          )
        }
      />
    </>
  );
}
