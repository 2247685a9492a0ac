import { reportUnusedAccess, type UnusedRow, unusedState } from '@stoa/contract/report';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { LastUse } from './LastUse.tsx';
import { ReportBar, ReportFile, reportPageSize, ReportTable } from './ReportFrame.tsx';
import { ReportPerson } from './ReportPerson.tsx';
import { spanOf, spans, useSpanOptions } from './spans.ts';

function Through({ row: { through, requestId } }: { row: UnusedRow }) {
  const names = through.join(', ');
  if (requestId === null) return names;
  return (
    <LinkTo to="/requests/$id" params={{ id: requestId }}>
      {names}
    </LinkTo>
  );
}

function useColumns(): Column<UnusedRow>[] {
  const t = useText();
  return [
    {
      key: 'person',
      header: t('reports.column.person'),
      width: '22%',
      cell: ({ user, account }) => <ReportPerson user={user} account={account} />,
    },
    {
      key: 'source',
      header: t('reports.column.source'),
      width: '26%',
      cell: ({ source }) => <Identifier prefix={source.connectionKey} value={source.objectPath.join('.')} />,
    },
    { key: 'through', header: t('reports.column.cause'), width: '18%', cell: (row) => <Through row={row} /> },
    {
      key: 'since',
      header: t('reports.unused.column.since'),
      cell: ({ since }) => since !== null && <TimeStamp value={since} style="date" />,
    },
    { key: 'last', header: t('reports.column.lastUse'), cell: (row) => <LastUse {...row} /> },
    {
      key: 'state',
      header: t('reports.unused.column.state'),
      cell: ({ state }) => t(`reports.unused.state.${state}`),
    },
  ];
}

/** Who has had access for so long and has not used it. */
export function UnusedReport() {
  const t = useText();
  const list = useListState();
  const days = spanOf(list.text('days'), 90);
  const state = list.values('state').flatMap((value) => wordOf(unusedState.options, value) ?? []);
  const searchText = list.text('searchText');
  const answer = useOperation(
    reportUnusedAccess,
    { query: { days, state, searchText, offset: list.offset, limit: reportPageSize } },
    { keepPrevious: true },
  );
  const columns = useColumns();
  const options = useSpanOptions(spans);
  const states = unusedState.options.map((value) => ({ value, label: t(`reports.unused.state.${value}`) }));
  // A file takes one state or all: as with drift, an address says a name once.
  const file = { days: String(days), state: state.length === 1 ? state[0] : undefined, searchText };
  return (
    <>
      <ReportBar file={answer.data !== undefined && <ReportFile report="unused-access" query={file} />}>
        <FilterBar
          list={list}
          searchLabel={t('reports.search')}
          facets={[
            { name: 'days', label: t('reports.unused.period'), isClosed: true, isSingle: true, usual: '90', options },
            { name: 'state', label: t('reports.unused.column.state'), isClosed: true, options: states },
          ]}
        />
      </ReportBar>
      <ReportTable
        label={t('reports.unusedTable')}
        list={list}
        answer={answer}
        columns={columns}
        rowKey={(row) => `${row.user.globalUserId} ${row.source.dataSourceId}`}
        isFiltered={searchText !== undefined || state.length > 0}
        empty={{ title: t('reports.unused.emptyTitle', { days }), text: t('reports.unused.emptyText', { days }) }}
      />
    </>
  );
}
