import { TextInput } from '@mantine/core';
import {
  type AgreementAcceptance,
  type DataUseAgreement,
  exportAgreementAcceptances,
  largestExport,
  listAgreementAcceptances,
} from '@stoa/contract/data-use-agreement';
import { useText } from '../../app/messages/use-text.tsx';
import { addressOf, useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo, PlainLink } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PersonName } from '../../ui/PersonName.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Agreements.module.css';

const pageSize = 25;
const mostVersionsOffered = 50;

function useColumns(): Column<AgreementAcceptance>[] {
  const t = useText();
  return [
    {
      key: 'who',
      header: t('agreements.accepted.who'),
      cell: ({ acceptedBy }) => <PersonName name={acceptedBy.name} username={acceptedBy.username} withUsername />,
    },
    { key: 'version', header: t('agreements.accepted.version'), isNumeric: true, cell: (one) => one.version },
    { key: 'when', header: t('agreements.accepted.when'), cell: (one) => <TimeStamp value={one.acceptedAt} /> },
    {
      key: 'request',
      header: t('agreements.accepted.request'),
      cell: ({ request, acceptedBy }) => (
        <>
          <LinkTo to="/requests/$id" params={{ id: request.id }}>
            {request.targetName}
          </LinkTo>
          {request.beneficiary.globalUserId !== acceptedBy.globalUserId && (
            <span className="text-2"> {t('agreements.accepted.for', { who: request.beneficiary.name })}</span>
          )}
        </>
      ),
    },
  ];
}

/** The start of the day that was picked, where the reader is. */
function instantOf(day: string | undefined): string | undefined {
  if (day === undefined) return undefined;
  const start = new Date(`${day}T00:00`);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
}

function filtersOf(list: ListState) {
  const searchText = list.text('searchText');
  const version = Number(list.text('version'));
  const since = instantOf(list.text('since'));
  return {
    ...(searchText === undefined ? {} : { searchText }),
    ...(Number.isInteger(version) && version > 0 ? { version } : {}),
    ...(since === undefined ? {} : { since }),
  };
}

function Filters({ agreement, list }: { agreement: DataUseAgreement; list: ListState }) {
  const t = useText();
  const newest = agreement.version ?? 1;
  const versions = Array.from({ length: Math.min(newest, mostVersionsOffered) }, (_, at) => String(newest - at));
  const params = { id: agreement.id };
  return (
    <div className={styles.filters}>
      <FilterBar
        list={list}
        searchLabel={t('agreements.accepted.search')}
        facets={[
          {
            name: 'version',
            label: t('agreements.accepted.version'),
            isSingle: true,
            options: versions.map((value) => ({ value, label: value })),
          },
        ]}
      />
      <TextInput
        className={styles.since}
        type="date"
        label={t('agreements.accepted.since')}
        value={list.text('since') ?? ''}
        onChange={(event) => list.setFilters({ since: event.currentTarget.value })}
      />
      <PlainLink
        look="button"
        download
        href={addressOf(exportAgreementAcceptances, { params, query: filtersOf(list) })}
      >
        {t('agreements.accepted.export')}
      </PlainLink>
    </div>
  );
}

/** Who accepted which version, when, and for what: a list with filters in the address, and the same as a file. */
export function AgreementAcceptances({ agreement }: { agreement: DataUseAgreement }) {
  const t = useText();
  const list = useListState();
  const query = { ...filtersOf(list), offset: list.offset, limit: pageSize };
  const found = useOperation(listAgreementAcceptances, { params: { id: agreement.id }, query }, { keepPrevious: true });
  const columns = useColumns();
  const total = found.data?.meta.totalCount;
  return (
    <>
      <p className="text-2">{t('agreements.accepted.lead')}</p>
      <Filters agreement={agreement} list={list} />
      {total !== undefined && total > largestExport && (
        <p className="small text-2">{t('agreements.accepted.tooMany', { count: largestExport })}</p>
      )}
      <DataTable
        label={t('agreements.accepted.table')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(one) => one.id}
        state={found}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('agreements.accepted.emptyTitle')} text={t('agreements.accepted.emptyText')} />
          )
        }
      />
    </>
  );
}
