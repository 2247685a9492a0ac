import {
  findingDirection,
  invariantId,
  listVerificationFindings,
  type VerificationFinding,
} from '@stoa/contract/verification';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { DirectionMark } from './marks.tsx';
import styles from '../identification/identification.module.css';

const pageSize = 50;

function Subject({ finding }: { finding: VerificationFinding }) {
  const t = useText();
  return (
    <div className={styles.name}>
      <span>{finding.subject}</span>
      <span className={styles.says}>{finding.where}</span>
      {finding.requestId !== null && (
        <LinkTo to="/requests/$id" params={{ id: finding.requestId }} search={{}}>
          {t('verification.openRequest')}
        </LinkTo>
      )}
    </div>
  );
}

function Found({ finding: { found, since } }: { finding: VerificationFinding }) {
  return (
    <div className={styles.name}>
      <span>{found}</span>
      {since !== null && (
        <span className={styles.says}>
          <Say id="verification.since" values={{ when: <TimeStamp value={since} style="dateTime" /> }} />
        </span>
      )}
    </div>
  );
}

function useColumns(): Column<VerificationFinding>[] {
  const t = useText();
  return [
    {
      key: 'invariant',
      header: t('verification.column.invariant'),
      width: '10%',
      cell: (one) => (
        <div className={styles.name}>
          <span>{one.invariant}</span>
          <DirectionMark direction={one.direction} />
        </div>
      ),
    },
    {
      key: 'subject',
      header: t('verification.column.subject'),
      width: '24%',
      cell: (one) => <Subject finding={one} />,
    },
    {
      key: 'expected',
      header: t('verification.column.expected'),
      cell: (one) => <span>{one.expected}</span>,
    },
    { key: 'found', header: t('verification.column.found'), cell: (one) => <Found finding={one} /> },
    {
      key: 'next',
      header: t('verification.column.next'),
      cell: (one) => <span>{one.next}</span>,
    },
  ];
}

/** What a run found: who or what, expected and found, and what to do next. */
export function FindingList({ id, isEnded }: { id: string; isEnded: boolean }) {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const invariant = wordOf(invariantId.options, list.text('invariant'));
  const direction = wordOf(findingDirection.options, list.text('direction'));
  const connectionKey = list.text('connectionKey');
  const query = {
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
    ...(invariant === undefined ? {} : { invariant }),
    ...(direction === undefined ? {} : { direction }),
    ...(connectionKey === undefined ? {} : { connectionKey }),
  };
  const findings = useOperation(listVerificationFindings, { params: { id }, query }, { keepPrevious: true });
  const columns = useColumns();
  const total = findings.data?.meta.totalCount;
  const facets = [
    {
      name: 'invariant',
      label: t('verification.filter.invariant'),
      isClosed: true,
      isSingle: true,
      options: invariantId.options.map((value) => ({ value, label: value })),
    },
    {
      name: 'direction',
      label: t('verification.filter.direction'),
      isClosed: true,
      isSingle: true,
      options: findingDirection.options.map((value) => ({ value, label: t(`verification.direction.${value}`) })),
    },
  ];
  return (
    <Section title={t('verification.findings')} lead={t('verification.findingsLead')}>
      <FilterBar list={list} searchLabel={t('verification.findingsSearch')} facets={facets} />
      <DataTable
        label={t('verification.findings')}
        columns={columns}
        rows={findings.data?.data}
        rowKey={(one) => String(one.number)}
        state={findings}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : isEnded ? (
            <EmptyState title={t('verification.findingsNone')} text={t('verification.findingsNoneText')} />
          ) : (
            <EmptyState title={t('verification.findingsLater')} />
          )
        }
      />
    </Section>
  );
}
