import { NativeSelect } from '@mantine/core';
import {
  type AgreementVersion,
  type DataUseAgreement,
  getAgreementVersion,
  listAgreementVersions,
} from '@stoa/contract/data-use-agreement';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Agreements.module.css';
import { TextDifference } from '../../ui/TextDifference.tsx';

const pageSize = 20;

function useColumns(): Column<AgreementVersion>[] {
  const t = useText();
  return [
    { key: 'version', header: t('agreements.column.version'), isNumeric: true, cell: (one) => one.version },
    { key: 'name', header: t('agreements.column.name'), cell: (one) => one.name },
    { key: 'when', header: t('agreements.accepted.when'), cell: (one) => <TimeStamp value={one.createdAt} /> },
    { key: 'who', header: t('agreements.versions.who'), cell: (one) => one.createdBy.name },
    {
      key: 'hash',
      header: t('agreements.versions.hash'),
      cell: (one) => <Identifier value={one.sha256} maxLength={20} />,
    },
    {
      key: 'compare',
      header: t('agreements.versions.compare'),
      isHeaderHidden: true,
      cell: (one) =>
        one.version > 1 && (
          <LinkTo
            to="."
            search={{ tab: 'versions', from: String(one.version - 1), to: String(one.version) }}
            resetScroll={false}
            aria-label={t('agreements.versions.compareOf', { version: one.version })}
          >
            {t('agreements.versions.compare')}
          </LinkTo>
        ),
    },
  ];
}

function usePair(list: ListState, newest: number): { from: number; to: number } {
  const numberOf = (name: string, otherwise: number): number => {
    const given = Number(list.text(name));
    return Number.isInteger(given) && given >= 1 && given <= newest ? given : otherwise;
  };
  const to = numberOf('to', newest);
  return { to, from: numberOf('from', Math.max(1, to - 1)) };
}

function Compared({ agreement, list }: { agreement: DataUseAgreement; list: ListState }) {
  const t = useText();
  const newest = agreement.version ?? 1;
  const { from, to } = usePair(list, newest);
  const before = useOperation(getAgreementVersion, { params: { id: agreement.id, version: from } });
  const after = useOperation(getAgreementVersion, { params: { id: agreement.id, version: to } });
  const options = Array.from({ length: newest }, (_, at) => ({
    value: String(newest - at),
    label: t('agreements.version', { version: newest - at }),
  }));
  const problem = before.error ?? after.error;
  return (
    <Section title={t('agreements.versions.title', { from, to })}>
      <div className={styles.pick}>
        <NativeSelect
          label={t('agreements.versions.from')}
          data={options}
          value={String(from)}
          onChange={(event) => list.setFilters({ from: event.currentTarget.value, to: String(to) })}
        />
        <NativeSelect
          label={t('agreements.versions.to')}
          data={options}
          value={String(to)}
          onChange={(event) => list.setFilters({ from: String(from), to: event.currentTarget.value })}
        />
      </div>
      {problem !== null && <ErrorNotice problem={problem} />}
      {problem === null && (before.data === undefined || after.data === undefined) && <SkeletonText lines={6} />}
      {before.data !== undefined && after.data !== undefined && (
        <>
          {before.data.name !== after.data.name && (
            <p>{t('agreements.versions.renamed', { before: before.data.name, after: after.data.name })}</p>
          )}
          {before.data.body === after.data.body ? (
            <p className="text-2">{t('agreements.versions.same')}</p>
          ) : (
            <TextDifference before={before.data.body} after={after.data.body} />
          )}
        </>
      )}
    </Section>
  );
}

/** Every version that was saved, and the difference between any two of them; which two stands in the address. */
export function AgreementVersions({ agreement }: { agreement: DataUseAgreement }) {
  const t = useText();
  const list = useListState();
  const query = { offset: list.offset, limit: pageSize };
  const versions = useOperation(listAgreementVersions, { params: { id: agreement.id }, query }, { keepPrevious: true });
  const columns = useColumns();
  const total = versions.data?.meta.totalCount;
  return (
    <>
      <DataTable
        label={t('agreements.versions.table')}
        columns={columns}
        rows={versions.data?.data}
        rowKey={(one) => String(one.version)}
        state={versions}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={null}
      />
      {(agreement.version ?? 1) > 1 ? (
        <Compared agreement={agreement} list={list} />
      ) : (
        <p className="text-2">{t('agreements.versions.first')}</p>
      )}
    </>
  );
}
