import {
  decideIdentificationProposals,
  type IdentificationProposal,
  listIdentificationProposals,
} from '@stoa/contract/identification';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './identification.module.css';

const pageSize = 50;

type Decide = (proposal: IdentificationProposal, decision: 'remove' | 'keep') => void;

function Acts({ one, isBusy, onDecide }: { one: IdentificationProposal; isBusy: boolean; onDecide: Decide }) {
  const t = useText();
  const words = { tag: one.tag.name, column: one.columnName };
  const ability = abilityOn(one.abilities, 'decide');
  return (
    <div className={styles.acts}>
      {(['remove', 'keep'] as const).map((decision) => (
        <ActionButton
          key={decision}
          size="xs"
          label={t(`identification.${decision}`)}
          fullLabel={t(`identification.${decision}Of`, words)}
          ability={ability}
          isBusy={isBusy}
          onClick={() => onDecide(one, decision)}
        />
      ))}
    </div>
  );
}

function useColumns(isBusy: boolean, onDecide: Decide): Column<IdentificationProposal>[] {
  const t = useText();
  const intl = useIntl();
  const ratio = (value: number | null): string =>
    value === null
      ? t('identification.proposal.byName')
      : intl.formatNumber(value, { style: 'percent', maximumFractionDigits: 1 });
  return [
    {
      key: 'column',
      header: t('identification.column.column'),
      width: '34%',
      cell: (one) => (
        <div className={styles.name}>
          <b>{one.columnName}</b>
          <span className={styles.says}>
            <Identifier value={one.objectPath.join('.')} />
          </span>
        </div>
      ),
    },
    {
      key: 'tag',
      header: t('identification.column.tag'),
      cell: (one) => (
        <div className={styles.name}>
          <span>{one.tag.name}</span>
          <span className={styles.says}>
            {one.identifierName}, {t(`identification.why.outcome.${one.outcome}`)}
          </span>
        </div>
      ),
    },
    {
      key: 'ratio',
      header: t('identification.column.ratio'),
      cell: (one) => (
        <span className="num">
          {t('identification.proposal.ratio', { before: ratio(one.ratioBefore), now: ratio(one.ratioNow) })}
        </span>
      ),
    },
    {
      key: 'when',
      header: t('identification.column.when'),
      cell: (one) => <TimeStamp value={one.proposedAt} style="date" />,
    },
    {
      key: 'act',
      header: t('identification.column.act'),
      isHeaderHidden: true,
      cell: (one) => <Acts one={one} isBusy={isBusy} onDecide={onDecide} />,
    },
  ];
}

/** Tags whose values are gone: a person takes each off or keeps it. */
export function ProposalList() {
  const t = useText();
  const announce = useAnnounce();
  const list = useListState();
  const searchText = list.text('searchText');
  const query = { offset: list.offset, limit: pageSize, ...(searchText === undefined ? {} : { searchText }) };
  const proposals = useOperation(listIdentificationProposals, { query }, { keepPrevious: true });
  const decide = useCommand(decideIdentificationProposals, { invalidates: [listIdentificationProposals] });
  const onDecide: Decide = ({ dataSourceId, columnName, tag }, decision) =>
    decide.mutate(
      { body: { decision, proposals: [{ dataSourceId, columnName, tagId: tag.id }] } },
      {
        onSuccess: () =>
          announce(
            t(decision === 'remove' ? 'identification.removed' : 'identification.kept', {
              tag: tag.name,
              column: columnName,
            }),
          ),
      },
    );
  const columns = useColumns(decide.isPending, onDecide);
  const total = proposals.data?.meta.totalCount;
  return (
    <>
      <FilterBar list={list} searchLabel={t('identification.proposalsSearch')} />
      {decide.error !== null && <ErrorNotice problem={decide.error} isWrite />}
      <DataTable
        label={t('identification.proposals')}
        columns={columns}
        rows={proposals.data?.data}
        rowKey={(one) => `${one.dataSourceId} ${one.columnName} ${one.tag.id}`}
        state={proposals}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('identification.proposalsEmptyTitle')} text={t('identification.proposalsEmptyText')} />
          )
        }
      />
    </>
  );
}
