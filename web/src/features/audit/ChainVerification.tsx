import {
  type AuditChain,
  type AuditFinding,
  type AuditVerification,
  getAuditChain,
  startAuditVerification,
} from '@stoa/contract/audit-chain';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { TaskProgress } from '../tasks/TaskProgress.tsx';
import styles from './Audit.module.css';

const looks = { INTACT: 'pass', BROKEN: 'fail', UNCHECKED: 'warn' } as const;

function Place({ finding }: { finding: AuditFinding }) {
  const t = useText();
  const { seq, through } = finding;
  if (seq === null) return null;
  return <b>{through === undefined ? t('auditChain.place', { seq }) : t('auditChain.places', { seq, through })} </b>;
}

function Findings({ found }: { found: AuditVerification }) {
  const t = useText();
  return (
    <>
      <h3>{t('auditChain.findings', { count: found.findingCount })}</h3>
      <ol>
        {found.findings.map((one) => (
          <li key={`${one.kind} ${one.seq} ${one.through} ${one.eventId} ${one.detail}`}>
            <Place finding={one} />
            <span className={styles.failure}>{t(`auditChain.kind.${one.kind}`)}</span>: {one.detail}
          </li>
        ))}
      </ol>
    </>
  );
}

function Result({ found }: { found: AuditVerification }) {
  const t = useText();
  const facts = [
    {
      label: t('auditChain.fact.outcome'),
      value: <StatusMark kind="check" value={looks[found.outcome]} label={t(`auditChain.outcome.${found.outcome}`)} />,
    },
    { label: t('auditChain.fact.when'), value: <TimeStamp value={found.finishedAt} withRelative /> },
    {
      label: t('auditChain.fact.events'),
      value: t('auditChain.fact.eventsOf', {
        events: found.events,
        sealed: found.sealed,
        seconds: Math.round(found.milliseconds / 100) / 10,
      }),
    },
    { label: t('auditChain.fact.checkpoints'), value: found.checkpointCount },
    {
      label: t('auditChain.fact.lastOutside'),
      value:
        found.lastOutside === null ? (
          t('auditChain.none')
        ) : (
          <>
            {t('auditChain.place', { seq: found.lastOutside.seq })}, <TimeStamp value={found.lastOutside.time} />
          </>
        ),
    },
  ];
  return (
    <div className={styles.stack}>
      <FactList label={t('auditChain.verification')} facts={facts} />
      {found.unchecked.map((why) => (
        <p key={why}>{why}</p>
      ))}
      {found.findingCount > 0 && <Findings found={found} />}
    </div>
  );
}

/** The last verification, and a new one with its progress. */
export function ChainVerification({ chain, onEnd }: { chain: AuditChain; onEnd: () => void }) {
  const t = useText();
  const [started, setStarted] = useState<string>();
  const start = useCommand(startAuditVerification, {
    invalidates: [getAuditChain],
    onSuccess: ({ taskId }) => setStarted(taskId),
  });
  const taskId = chain.runningTaskId ?? started ?? chain.failedTaskId ?? undefined;
  return (
    <Section
      title={t('auditChain.verification')}
      lead={t('auditChain.verificationLead')}
      action={
        <ActionButton
          tone="primary"
          label={t('auditChain.verify')}
          isBusy={start.isPending || chain.runningTaskId !== null}
          onClick={() => start.mutate({})}
        />
      }
    >
      <div className={styles.stack}>
        {start.error !== null && <ErrorNotice problem={start.error} isWrite />}
        {taskId !== undefined && (
          <TaskProgress key={taskId} taskId={taskId} label={t('auditChain.verificationTask')} onEnd={onEnd} />
        )}
        {chain.lastVerification === null ? (
          taskId === undefined && <EmptyState title={t('auditChain.never')} text={t('auditChain.neverText')} />
        ) : (
          <Result found={chain.lastVerification} />
        )}
      </div>
    </Section>
  );
}
