import type { AccessRow } from '@stoa/contract/report';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { Evidence } from './AccessAt.tsx';
import { LastUse } from './LastUse.tsx';
import { ReportPerson } from './ReportPerson.tsx';
import styles from './reports.module.css';

function Source({ row: { source } }: { row: AccessRow }) {
  return (
    <LinkTo look="row" to="/reports" search={{ of: String(source.dataSourceId) }}>
      <Identifier prefix={source.connectionKey} value={source.objectPath.join('.')} />
    </LinkTo>
  );
}

/** What gives the access; an approval leads to its request. */
function Cause({ row: { cause, causeText, requestId } }: { row: AccessRow }) {
  const t = useText();
  return (
    <>
      {requestId === null ? (
        causeText
      ) : (
        <LinkTo to="/requests/$id" params={{ id: requestId }}>
          {causeText}
        </LinkTo>
      )}
      <span className={styles.under}>{t(`reports.cause.${cause}`)}</span>
    </>
  );
}

function State({ row }: { row: AccessRow }) {
  const { cause, state, verifiedAt, evidence } = row;
  return (
    <>
      {cause !== 'PLATFORM' && <StatusMark kind="provisioning" value={state} />}
      <Evidence row={row} />
      {evidence === null && verifiedAt !== null && (
        <span className={styles.under}>
          <TimeStamp value={verifiedAt} style="relative" />
        </span>
      )}
    </>
  );
}

/** Of now alone: the use that platforms count, and the chain of a row's person and source, which `explain` opens. */
function useColumnsOfNow(explain: (row: AccessRow) => void): Column<AccessRow>[] {
  const t = useText();
  return [
    { key: 'lastUse', header: t('reports.column.lastUse'), cell: (row) => <LastUse {...row} /> },
    {
      key: 'why',
      header: t('reports.column.why'),
      isHeaderHidden: true,
      width: '84px',
      cell: (row) =>
        row.user !== null && (
          <ActionButton
            size="xs"
            tone="quiet"
            label={t('reports.why')}
            fullLabel={t('reports.whyOf', { person: row.user.name, source: row.source.name })}
            onClick={() => explain(row)}
          />
        ),
    },
  ];
}

/** Of an earlier moment alone: why it was approved, which explains what stood then. */
function useColumnsOfThen(): Column<AccessRow>[] {
  const t = useText();
  return [{ key: 'reason', header: t('reports.column.reason'), width: '18%', cell: ({ reason }) => reason }];
}

type About = { readonly about: 'source' | 'person'; readonly isPast?: boolean };

export function useAccessColumns(
  { about, isPast = false }: About,
  explain: (row: AccessRow) => void,
): Column<AccessRow>[] {
  const t = useText();
  const ofNow = useColumnsOfNow(explain);
  const ofThen = useColumnsOfThen();
  const first: Column<AccessRow> =
    about === 'source'
      ? {
          key: 'person',
          header: t('reports.column.person'),
          width: '24%',
          cell: (row) => <ReportPerson user={row.user} account={row.account} />,
        }
      : { key: 'source', header: t('reports.column.source'), width: '30%', cell: (row) => <Source row={row} /> };
  return [
    first,
    { key: 'cause', header: t('reports.column.cause'), width: '22%', cell: (row) => <Cause row={row} /> },
    {
      key: 'since',
      header: t('reports.column.since'),
      cell: (row) => row.since !== null && <TimeStamp value={row.since} style="date" />,
    },
    {
      key: 'decidedBy',
      header: t('reports.column.decidedBy'),
      cell: ({ decidedBy }) => decidedBy !== null && <PersonName name={decidedBy.name} username={decidedBy.username} />,
    },
    {
      key: 'until',
      header: t('reports.column.until'),
      cell: (row) => {
        if (row.until !== null) return <TimeStamp value={row.until} style="date" />;
        return row.cause === 'REQUEST' && <span className="text-2">{t('reports.noEnd')}</span>;
      },
    },
    { key: 'state', header: t('reports.column.state'), cell: (row) => <State row={row} /> },
    ...(isPast ? ofThen : ofNow),
  ];
}
