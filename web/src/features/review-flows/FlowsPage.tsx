import { type FlowInForce, listReviewFlows } from '@stoa/contract/flow-in-force';
import { requestType } from '@stoa/contract/enums';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useEventText } from './use-flow-words.ts';

const pageSize = 50;
const sorts = ['name', 'updatedAt', 'usedBy'] as const;
const owners = ['form', 'target'] as const;

/** Where a flow has its page: `product` and `asset` are targets with a flow of their own. */
const pageOf = (flow: FlowInForce): { owner: string; id: string } => ({
  owner: flow.owner === 'form' ? 'form' : flow.type === 'DATA_OBJECT' ? 'asset' : 'product',
  id: flow.id,
});

/** The whole flow in a line: how many rules, and what happens otherwise. */
function useFlowSummary(): (flow: FlowInForce) => string {
  const t = useText();
  const event = useEventText();
  return ({ flow: { rules, defaultEvent } }) =>
    t('flows.list.summary', { rules: rules.length, event: event(defaultEvent) });
}

function useColumns(): Column<FlowInForce>[] {
  const t = useText();
  const summary = useFlowSummary();
  return [
    {
      key: 'name',
      header: t('flows.list.name'),
      sortBy: 'name',
      width: '24%',
      cell: (one) => (
        <LinkTo
          look="row"
          to="/manage/flows/$owner/$id"
          params={pageOf(one)}
          search={one.requestType === undefined ? {} : { type: one.requestType }}
        >
          {one.name}
        </LinkTo>
      ),
    },
    {
      key: 'owner',
      header: t('flows.list.owner'),
      width: '18%',
      cell: (one) => (
        <>
          {t(`flows.owner.${one.owner === 'form' ? 'form' : (one.type ?? 'DATA_PRODUCT')}`)}
          {one.requestType !== undefined && <p className="small text-2">{t(`flows.kindOf.${one.requestType}`)}</p>}
        </>
      ),
    },
    {
      key: 'decides',
      header: t('flows.list.decides'),
      cell: (one) => (
        <>
          {summary(one)}
          {!one.isActive && <p className="small text-2">{t('flows.list.inactive', { form: one.formName ?? '' })}</p>}
        </>
      ),
    },
    { key: 'usedBy', header: t('flows.list.usedBy'), sortBy: 'usedBy', isNumeric: true, cell: (one) => one.usedBy },
    {
      key: 'updated',
      header: t('flows.list.updated'),
      sortBy: 'updatedAt',
      cell: (one) => <TimeStamp value={one.updatedAt} style="relative" />,
    },
  ];
}

function queryOf(list: ListState) {
  const searchText = list.text('searchText');
  const owner = list.values('owner').flatMap((one) => wordOf(owners, one) ?? []);
  const types = list.values('requestType').flatMap((one) => wordOf(requestType.options, one) ?? []);
  return {
    offset: list.offset,
    limit: pageSize,
    sortBy: wordOf(sorts, list.sort?.column) ?? ('name' as const),
    sortOrder: list.sort?.order ?? ('asc' as const),
    ...(searchText === undefined ? {} : { searchText }),
    ...(owner.length === 0 ? {} : { owner }),
    ...(types.length === 0 ? {} : { requestType: types }),
  };
}

/** The review flows in force: of forms, and of targets with one of their own. */
export function FlowsPage() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const isAllowed = may('request-form.create');
  const query = queryOf(list);
  const flows = useOperation(listReviewFlows, { query }, { keepPrevious: true, enabled: isAllowed });
  const columns = useColumns();
  const total = flows.data?.meta.totalCount;
  if (!isAllowed)
    return (
      <>
        <PageHeader title={t('flows.list.title')} />
        <EmptyState kind="denied" title={t('flows.list.deniedTitle')} text={t('flows.list.deniedText')} />
      </>
    );
  return (
    <>
      <PageHeader title={t('flows.list.title')} lead={t('flows.list.lead')} />
      <FilterBar
        list={list}
        searchLabel={t('flows.list.search')}
        facets={[
          {
            name: 'owner',
            label: t('flows.list.owner'),
            isClosed: true,
            options: owners.map((one) => ({ value: one, label: t(`flows.facet.${one}`) })),
          },
          {
            name: 'requestType',
            label: t('flows.try.type'),
            isClosed: true,
            options: requestType.options.map((one) => ({ value: one, label: t(`flows.kindOf.${one}`) })),
          },
        ]}
      />
      <DataTable
        label={t('flows.list.title')}
        columns={columns}
        rows={flows.data?.data}
        rowKey={(one) => `${one.id} ${one.requestType ?? ''}`}
        state={flows}
        total={total}
        sort={{ column: query.sortBy, order: query.sortOrder }}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('flows.list.emptyTitle')} text={t('flows.list.emptyText')} />
          )
        }
      />
    </>
  );
}
