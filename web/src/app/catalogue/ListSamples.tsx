import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PersonName } from '../../ui/PersonName.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { Timeline } from '../../ui/Timeline.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Catalogue.module.css';
import { Sample } from './Sample.tsx';
import { broken, rows, type SampleRow } from './samples.ts';

const columns: Column<SampleRow>[] = [
  {
    key: 'product',
    header: 'Data product',
    sortBy: 'dataProduct',
    cell: (row) => (
      <LinkTo look="row" to="/requests/$id" params={{ id: row.id }}>
        {row.product}
      </LinkTo>
    ),
  },
  { key: 'person', header: 'Asked by', cell: (row) => <PersonName name={row.person} /> },
  {
    key: 'status',
    header: 'Status',
    sortBy: 'status',
    cell: (row) => <StatusMark kind="request" value={row.status} />,
  },
  { key: 'asked', header: 'Asked', sortBy: 'createdAt', cell: (row) => <TimeStamp value={row.asked} style="date" /> },
  { key: 'days', header: 'Days', isNumeric: true, cell: (row) => row.days },
];

const facet = {
  name: 'status',
  label: 'Status',
  options: [
    { value: 'PENDING', label: 'Pending', count: 12 },
    { value: 'APPROVED', label: 'Approved', count: 214 },
  ],
};

const idle = { isPending: false, error: null, refetch: () => undefined };
const none = { columns, rows: undefined, rowKey: (row: SampleRow) => row.id, hasRowKeys: false, empty: null };

function EmptyTables({ list }: { list: ListState }) {
  return (
    <Sample title="Table: failed, waiting, and empty in three kinds">
      <DataTable {...none} label="Failed" state={{ ...idle, error: broken }} />
      <DataTable {...none} label="Waiting" state={{ ...idle, isPending: true }} skeletonRows={3} />
      <div className={styles.columns}>
        <EmptyState
          title="No products yet"
          text="A product bundles the sources that people ask for together."
          action={<ActionButton label="Publish one" tone="primary" onClick={() => undefined} />}
        />
        <FilteredEmpty list={list} />
        <EmptyState kind="denied" title="You may not see this" text="You need AUDIT. A user admin can grant it." />
      </div>
    </Sample>
  );
}

export function ListSamples() {
  const list = useListState();
  const paging = { kind: 'offset' as const, offset: list.offset, limit: 20, total: 57, onChange: list.setOffset };
  return (
    <>
      <Sample title="Table">
        <FilterBar list={list} facets={[facet]} />
        <DataTable
          {...none}
          hasRowKeys
          label="Requests"
          rows={rows}
          state={idle}
          total={57}
          paging={paging}
          sort={list.sort ?? { column: 'createdAt', order: 'desc' }}
          onSort={list.setSort}
          needsAttention={(row) => row.status === 'PENDING'}
        />
      </Sample>
      <EmptyTables list={list} />
      <Sample title="Timeline">
        <Timeline
          label="What happened"
          entries={[
            { id: '1', at: '2026-11-18T09:12:00Z', title: 'Ana Ruiz asked for access', detail: 'For 90 days' },
            {
              id: '2',
              at: '2026-11-18T13:59:00Z',
              title: 'Ben Ito approved',
              tone: 'success',
              detail: 'Claims season',
            },
            { id: '3', at: '2026-11-18T14:02:00Z', title: 'Grant refused: role missing', tone: 'danger' },
          ]}
        />
      </Sample>
    </>
  );
}
