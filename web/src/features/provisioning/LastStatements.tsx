import { type AuditEvent, searchAudit } from '@stoa/contract/audit';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { statementOf } from '../audit/audit-view.ts';
import { Outcome } from '../audit/audit-words.tsx';
import { causesOf } from './failure-causes.ts';
import styles from './Provisioning.module.css';

const action = ['ProvisioningStatementExecuted'];

function Failures() {
  const t = useText();
  const failed = useOperation(searchAudit, { query: { action, outcome: ['FAILURE'], limit: 100 } });
  const causes = causesOf(failed.data?.data ?? []);
  if (failed.data === undefined) return null;
  return (
    <Section title={t('jobs.failures')}>
      {causes.length === 0 ? (
        <p className="text-2">{t('jobs.failuresNone')}</p>
      ) : (
        <ul className={styles.causes}>
          {causes.map((one) => (
            <li key={one.cause} className={styles.cause}>
              <span className={styles.bad}>{one.cause}</span>
              <span className="text-2 small">
                <Say
                  id="jobs.failureCount"
                  values={{
                    count: <span key="count">{one.count}</span>,
                    when: <TimeStamp key="when" value={one.lastAt} style="relative" />,
                  }}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Statements() {
  const t = useText();
  const events = useOperation(searchAudit, { query: { action, limit: 20 } });
  const columns: Column<AuditEvent>[] = [
    {
      key: 'at',
      header: t('jobs.at'),
      width: '160px',
      cell: (one) => (
        <LinkTo look="row" to="/audit" search={{ action, row: one.id, at: one.eventTimestamp }}>
          <TimeStamp value={one.eventTimestamp} style="relative" />
        </LinkTo>
      ),
    },
    {
      key: 'statement',
      header: t('jobs.statement'),
      cell: (one) => {
        const statement = statementOf(one);
        return (
          <>
            <span className={styles.sql}>{statement?.sql}</span>
            {statement?.failure !== undefined && <p className={styles.bad}>{statement.failure}</p>}
          </>
        );
      },
    },
    {
      key: 'outcome',
      header: t('audit.column.outcome'),
      width: '96px',
      cell: (one) => <Outcome status={one.actionStatus} />,
    },
  ];
  const all = (
    <LinkTo to="/audit" search={{ action }}>
      {t('jobs.allStatements')}
    </LinkTo>
  );
  return (
    <Section title={t('jobs.statements')} lead={t('jobs.statementsLead')} action={all}>
      <DataTable
        label={t('jobs.statementsTable')}
        columns={columns}
        rows={events.data?.data}
        rowKey={(one) => one.id}
        state={events}
        hasRowKeys={false}
        empty={<p className="text-2">{t('jobs.statementsNone')}</p>}
      />
    </Section>
  );
}

/** The native statements that ran, and failures by what the platform answered: for those who may read the audit log. */
export function LastStatements() {
  const t = useText();
  const may = useMay();
  if (!may('audit.read')) {
    return (
      <Section title={t('jobs.statements')}>
        <EmptyState kind="denied" title={t('ui.empty.noPermissionTitle')} text={t('jobs.statementsDenied')} />
      </Section>
    );
  }
  return (
    <>
      <Failures />
      <Statements />
    </>
  );
}
