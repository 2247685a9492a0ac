import { Switch } from '@mantine/core';
import {
  type AuditChain,
  type AuditSinkState,
  getAuditChain,
  getAuditS3,
  testAuditFile,
  updateAuditFile,
} from '@stoa/contract/audit-chain';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { TestOutcome } from '../messages/TestOutcome.tsx';
import inbox from '../inbox/inbox.module.css';
import styles from './Audit.module.css';
import { S3Settings } from './S3Settings.tsx';

function SinkState({ sink }: { sink: AuditSinkState }) {
  const t = useText();
  if (!sink.enabled) return t('auditChain.sink.off');
  if (sink.behindSince !== null)
    return (
      <>
        {t('auditChain.sink.behind')} <TimeStamp value={sink.behindSince} withRelative />
      </>
    );
  if (sink.exportedAt === null) return t('auditChain.sink.starting');
  return (
    <>
      {t('auditChain.sink.current', { number: sink.exportedNumber })} <TimeStamp value={sink.exportedAt} withRelative />
    </>
  );
}

function SinkFacts({ sink }: { sink: AuditSinkState }) {
  const t = useText();
  const facts: Fact[] = [
    ...(sink.host === null ? [] : [{ label: t('auditChain.sink.host'), value: <code>{sink.host}</code> }]),
    { label: t('auditChain.sink.stateLabel'), value: <SinkState sink={sink} /> },
    ...(sink.place === null ? [] : [{ label: t('auditChain.sink.place'), value: <code>{sink.place}</code> }]),
    ...(sink.failure === null
      ? []
      : [
          {
            label: t('auditChain.sink.failureLabel'),
            value: (
              <span className={styles.failure}>
                {sink.failure.message} <TimeStamp value={sink.failure.at} style="relative" />
              </span>
            ),
          },
        ]),
  ];
  const name = t(`auditChain.sink.${sink.kind}`);
  return <FactList label={sink.host === null ? name : `${name} ${sink.host}`} facts={facts} />;
}

function FileSettings({ sink }: { sink: AuditSinkState }) {
  const t = useText();
  const announce = useAnnounce();
  const save = useCommand(updateAuditFile, {
    invalidates: [getAuditChain],
    onSuccess: () => announce(t('auditChain.saved')),
  });
  const test = useCommand(testAuditFile);
  const problem = save.error ?? test.error;
  return (
    <div className={styles.stack}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <Switch
        label={t('auditChain.file.on')}
        description={t('auditChain.file.hint')}
        checked={sink.enabled}
        disabled={save.isPending}
        onChange={(event) => save.mutate({ body: { enabled: event.currentTarget.checked } })}
      />
      <div className={inbox.bar}>
        <ActionButton label={t('auditChain.test')} isBusy={test.isPending} onClick={() => test.mutate({})} />
      </div>
      <TestOutcome outcome={test.data} />
    </div>
  );
}

function BucketSettings() {
  const kept = useOperation(getAuditS3, {});
  if (kept.error !== null) return <ErrorNotice problem={kept.error} onRetry={() => void kept.refetch()} />;
  if (kept.data === undefined) return <SkeletonText lines={6} />;
  return <S3Settings kept={kept.data} />;
}

const unset: AuditSinkState = {
  kind: 's3',
  host: null,
  enabled: false,
  place: null,
  exportedNumber: 0,
  exportedAt: null,
  behindSince: null,
  isLate: false,
  failure: null,
};

/** The places outside of the database, how far each has come, and for application admins their settings. */
export function AuditSinks({ chain }: { chain: AuditChain }) {
  const t = useText();
  const mayChange = useMay()('settings.manage');
  return (
    <Section title={t('auditChain.sinks')} lead={t('auditChain.sinksLead')}>
      <div className={styles.stack}>
        {(['file', 's3'] as const).map((kind) => {
          const known = chain.sinks.filter((one) => one.kind === kind);
          const [sink = { ...unset, kind }, ...others] = known;
          return (
            <div key={kind} className={styles.stack}>
              <h3>{t(`auditChain.sink.${kind}`)}</h3>
              {[sink, ...others].map((one, number) => (
                <SinkFacts key={`${one.host} ${number}`} sink={one} />
              ))}
              {mayChange && (kind === 'file' ? <FileSettings sink={sink} /> : <BucketSettings />)}
            </div>
          );
        })}
      </div>
    </Section>
  );
}
