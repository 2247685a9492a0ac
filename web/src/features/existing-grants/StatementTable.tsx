import type { TakeBackPlan, TakeBackStatement } from '@stoa/contract/existing-grant';
import { useText } from '../../app/messages/use-text.tsx';
import { type Column, DataTable, type TableState } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from '../connections/Connections.module.css';

const pageSize = 50;
const openUpTo = 20;
const runners = ['stoa', 'administrator'] as const;
const effects = ['loses', 'keeps'] as const;

const here: TableState = { isPending: false, error: null, refetch: () => undefined };

function People({ one: { people, peopleCount, losingCount } }: { one: TakeBackStatement }) {
  const t = useText();
  const names = (losingCount === 0 ? people : people.filter(({ keeps }) => !keeps)).map(({ name }) => name);
  return (
    <>
      <span className={losingCount === 0 ? '' : styles.drift}>
        {t('takeBack.people', { losing: losingCount, count: peopleCount })}
      </span>
      <p className="small text-2">{names.slice(0, 5).join(', ')}</p>
    </>
  );
}

function useColumns(hasStates: boolean): Column<TakeBackStatement>[] {
  const t = useText();
  return [
    {
      key: 'object',
      header: t('takeBack.column.object'),
      width: '26%',
      cell: (one) => <Identifier value={one.object} />,
    },
    {
      key: 'grantee',
      header: t('takeBack.column.grantee'),
      cell: (one) => <Identifier value={one.grantee} maxLength={32} />,
    },
    {
      key: 'privilege',
      header: t('takeBack.column.privilege'),
      cell: (one) => <span className="mono">{one.privilege}</span>,
    },
    {
      key: 'grantor',
      header: t('takeBack.column.grantor'),
      cell: (one) => <Identifier value={one.grantor} maxLength={32} />,
    },
    { key: 'people', header: t('takeBack.column.people'), cell: (one) => <People one={one} /> },
    {
      key: 'runs',
      header: t('takeBack.column.runs'),
      cell: (one) => (
        <>
          {t(`takeBack.runs.${one.runs}`)}
          {one.because !== undefined && <p className="small text-2">{t(`takeBack.because.${one.because}`)}</p>}
        </>
      ),
    },
    ...(hasStates ? [stateColumn(t)] : []),
  ];
}

const stateColumn = (t: ReturnType<typeof useText>): Column<TakeBackStatement> => ({
  key: 'state',
  header: t('takeBack.column.state'),
  cell: (one) => (
    <>
      <span className={one.state === 'FAILED' ? styles.bad : ''}>{t(`takeBack.one.${one.state ?? 'PLANNED'}`)}</span>
      {one.failure !== undefined && <p className="small">{one.failure}</p>}
    </>
  ),
});

type Props = {
  readonly plan: Pick<TakeBackPlan, 'connectionKey' | 'statements' | 'statementCount'>;
  /** It was filed: each statement says what has become of it. */
  readonly hasStates?: boolean;
};

/** The statements of a plan, searched and narrowed where they are shown; all of their text below. */
export function StatementTable({ plan, hasStates = false }: Props) {
  const t = useText();
  const list = useListState();
  const columns = useColumns(hasStates);
  const { statements, statementCount, connectionKey } = plan;
  const facets = [
    {
      name: 'runs',
      label: t('takeBack.filter.runs'),
      isClosed: true,
      isSingle: true,
      options: runners.map((value) => ({ value, label: t(`takeBack.runs.${value}`) })),
    },
    {
      name: 'effect',
      label: t('takeBack.filter.effect'),
      isClosed: true,
      isSingle: true,
      options: effects.map((value) => ({ value, label: t(`takeBack.filter.effect.${value}`) })),
    },
  ];
  const sought = (list.text('searchText') ?? '').toLowerCase();
  const effect = effects.find((one) => one === list.text('effect'));
  const runs = runners.find((one) => one === list.text('runs'));
  const found = statements.filter(
    (one) =>
      `${one.object} ${one.grantee}`.toLowerCase().includes(sought) &&
      (runs === undefined || one.runs === runs) &&
      (effect === undefined || (effect === 'loses') === one.losingCount > 0),
  );
  return (
    <Section title={t('takeBack.statements')} lead={t('takeBack.statementsLead')}>
      {statements.length < statementCount && (
        <p>{t('takeBack.statementsFirst', { shown: statements.length, count: statementCount })}</p>
      )}
      {statements.length > 0 && <FilterBar list={list} searchLabel={t('takeBack.search')} facets={facets} />}
      <DataTable
        label={t('takeBack.statementsTable')}
        columns={columns}
        rows={found.slice(list.offset, list.offset + pageSize)}
        rowKey={(one) => `${one.object} ${one.sql}`}
        state={here}
        total={found.length}
        paging={list.paging(pageSize, found.length)}
        empty={
          statements.length === 0 ? (
            <EmptyState title={t('takeBack.nothing')} text={t('takeBack.nothingText')} />
          ) : (
            <FilteredEmpty list={list} facets={facets} />
          )
        }
      />
      {statements.length > 0 && (
        <StatementBlock
          statements={statements.map(({ sql }) => `${sql};`)}
          title={t('takeBack.sql', { connection: connectionKey })}
          isOpenAtFirst={statements.length <= openUpTo && !hasStates}
        />
      )}
    </Section>
  );
}
