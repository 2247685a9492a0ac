import { readVerification, type Verification, type VerifiedInvariant } from '@stoa/contract/verification';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useIntl } from 'react-intl';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { FindingList } from './FindingList.tsx';
import { InvariantMark, OutcomeMark } from './marks.tsx';
import { StartButton } from './StartButton.tsx';
import styles from '../identification/identification.module.css';

const TaskProgress = lazy(() => import('../tasks/TaskProgress.tsx').then((part) => ({ default: part.TaskProgress })));

function Progress({ run }: { run: Verification }) {
  const t = useText();
  const mayStart = useMay()('verification.run');
  return (
    <div className={styles.stack}>
      {run.finishedAt === null && run.taskId !== null && (
        <Suspense fallback={<SkeletonText lines={1} />}>
          <TaskProgress taskId={run.taskId} label={t('verification.progress')} />
        </Suspense>
      )}
      {run.doing !== null && <p className="text-2">{t('verification.doing', { doing: run.doing })}</p>}
      {run.isSettling && <p role="status">{t('verification.settling')}</p>}
      {run.error !== null && <p role="alert">{run.error}</p>}
      {run.finishedAt !== null && mayStart && (
        <div>
          <StartButton label={t('verification.again')} />
        </div>
      )}
    </div>
  );
}

function Facts({ run }: { run: Verification }) {
  const t = useText();
  const time = (label: string, value: string | null) =>
    value === null ? [] : [{ label, value: <TimeStamp value={value} style="dateTime" /> }];
  const rows = run.invariants.reduce((sum, one) => sum + one.rows, 0);
  return (
    <FactList
      facts={[
        { label: t('verification.fact.cause'), value: run.createdBy?.name ?? t(`verification.cause.${run.cause}`) },
        { label: t('verification.fact.findings'), value: run.findings },
        ...(rows === 0 ? [] : [{ label: t('verification.fact.rows'), value: rows }]),
        ...time(t('verification.fact.started'), run.startedAt),
        ...time(t('verification.fact.ended'), run.finishedAt),
      ]}
    />
  );
}

function useColumns(): Column<VerifiedInvariant>[] {
  const t = useText();
  return [
    {
      key: 'invariant',
      header: t('verification.column.invariant'),
      width: '56%',
      cell: (one) => (
        <div className={styles.name}>
          <span>
            <span className="num text-2">{one.invariant}</span> {one.name}
          </span>
          <span className={styles.says}>{one.says}</span>
          {[...one.unchecked.map((each) => t('verification.uncheckedOf', each)), ...one.notes].map((line) => (
            <span key={line} className={styles.says}>
              {line}
            </span>
          ))}
        </div>
      ),
    },
    { key: 'status', header: t('verification.column.status'), cell: (one) => <InvariantMark status={one.status} /> },
    { key: 'rows', header: t('verification.column.rows'), isNumeric: true, cell: (one) => one.rows },
    { key: 'findings', header: t('verification.column.findings'), isNumeric: true, cell: (one) => one.findings },
  ];
}

/** One run: how far it is, how each invariant stands, and what it found. */
export function VerificationPage() {
  const t = useText();
  const intl = useIntl();
  const { id } = useParams({ from: '/shell/admin/verification/$id' });
  const run = useOperation(readVerification, { params: { id } });
  const columns = useColumns();
  if (run.data === undefined || isGone(run.error)) {
    if (run.error === null) return <SkeletonPage />;
    return (
      <>
        <PageHeader title={t('verification.title')} />
        <ErrorNotice problem={run.error} wasShown={run.data !== undefined} onRetry={() => void run.refetch()} />
      </>
    );
  }
  const when = intl.formatDate(run.data.createdAt, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <>
      <PageHeader
        title={t('verification.run', { when })}
        section={t('verification.title')}
        facts={<OutcomeMark run={run.data} />}
      />
      <div className={styles.stack}>
        <Progress run={run.data} />
        <Facts run={run.data} />
      </div>
      <FindingList id={id} isEnded={run.data.finishedAt !== null} />
      <Section title={t('verification.invariants')} lead={t('verification.invariantsLead')}>
        <DataTable
          label={t('verification.invariants')}
          columns={columns}
          rows={run.data.invariants}
          rowKey={(one) => one.invariant}
          state={run}
          empty={<EmptyState title={t('verification.invariantsEmpty')} />}
        />
      </Section>
    </>
  );
}
