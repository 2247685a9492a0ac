import { type Connection, readConnection, recheckConnection } from '@stoa/contract/connection';
import { lazy, Suspense } from 'react';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { CheckList } from './CheckList.tsx';
import { addressOf, useTlsText, useReconcileStatus } from './connection-words.tsx';
import styles from './Connections.module.css';

const ConnectionIdentification = lazy(() =>
  import('../identification/ConnectionIdentification.tsx').then((part) => ({ default: part.ConnectionIdentification })),
);

const timeFact = (label: string, value: string | undefined): Fact[] =>
  value === undefined ? [] : [{ label, value: <TimeStamp value={value} withRelative /> }];

function SyncPart({ connection }: { connection: Connection }) {
  const t = useText();
  const { crawl } = connection;
  const count = (n: number | undefined): Fact['value'] => <span className="num">{n ?? 0}</span>;
  const facts: Fact[] =
    crawl === undefined
      ? [{ label: t('connections.fact.status'), value: t('connections.crawl.none') }]
      : [
          ...timeFact(t('connections.fact.started'), crawl.startedAt),
          ...timeFact(t('connections.fact.finished'), crawl.finishedAt),
          { label: t('connections.fact.found'), value: count(connection.objectCount ?? crawl.found) },
          { label: t('connections.fact.sources'), value: count(connection.dataSourceCount) },
          ...(crawl.error === undefined
            ? []
            : [{ label: t('connections.fact.error'), value: <span className={styles.bad}>{crawl.error}</span> }]),
        ];
  return (
    <Section title={t('connections.overview.sync')} lead={t('connections.overview.syncLead')}>
      {crawl?.status === 'RUNNING' && (
        <div role="status">
          <p className={styles.found}>{t('connections.foundSoFar', { found: crawl.found })}</p>
          <p className="text-2 small">{t('connections.leave')}</p>
        </div>
      )}
      <FactList facts={facts} />
    </Section>
  );
}

function ReconcilePart({ connection }: { connection: Connection }) {
  const t = useText();
  const status = useReconcileStatus(connection);
  const { pending, failed, lastRunAt, error, nextAttemptAt, downSince } = connection.reconcile;
  const facts: Fact[] = [
    { label: t('connections.fact.status'), value: status },
    ...(lastRunAt === undefined
      ? [{ label: t('connections.fact.lastRun'), value: t('connections.reconcile.never') }]
      : timeFact(t('connections.fact.lastRun'), lastRunAt)),
    { label: t('connections.fact.pending'), value: <span className="num">{pending}</span> },
    {
      label: t('connections.fact.failed'),
      value: <span className={failed > 0 ? styles.bad : 'num'}>{failed}</span>,
    },
    ...(error === undefined
      ? []
      : [{ label: t('connections.fact.error'), value: <span className={styles.bad}>{error}</span> }]),
    ...timeFact(t('connections.fact.downSince'), downSince),
    ...timeFact(t('connections.fact.next'), nextAttemptAt),
  ];
  return (
    <Section title={t('connections.overview.reconcile')} lead={t('connections.overview.reconcileLead')}>
      <FactList facts={facts} />
    </Section>
  );
}

function PlatformPart({ connection }: { connection: Connection }) {
  const t = useText();
  const tlsText = useTlsText(connection);
  const facts: Fact[] = [
    { label: t('connections.fact.address'), value: <Identifier value={addressOf(connection)} /> },
    { label: t('connections.field.tls'), value: tlsText },
    { label: t('connections.fact.account'), value: <Identifier value={connection.credentials.username} /> },
    ...(connection.serverVersion === undefined
      ? []
      : [{ label: t('connections.fact.version'), value: connection.serverVersion }]),
    { label: t('connections.field.template'), value: <Identifier value={connection.settings.identityTemplate} /> },
    ...timeFact(t('connections.fact.created'), connection.createdAt),
  ];
  return (
    <Section title={t('connections.overview.platform')}>
      <FactList facts={facts} />
    </Section>
  );
}

function ChecksPart({ connection }: { connection: Connection }) {
  const t = useText();
  const recheck = useCommand(recheckConnection, { invalidates: [readConnection] });
  const report = recheck.data ?? connection.preflight;
  const again = (
    <ActionButton
      size="xs"
      label={t('connections.checks.again')}
      ability={connection.abilities?.manage ?? { allowed: false }}
      isBusy={recheck.isPending}
      onClick={() => recheck.mutate({ params: { connectionKey: connection.connectionKey } })}
    />
  );
  return (
    <Section title={t('connections.checks.title')} action={again}>
      <div className={styles.stack}>
        {recheck.error !== null && <ErrorNotice problem={recheck.error} />}
        {report === undefined ? (
          <p className="text-2">{t('connections.checks.none')}</p>
        ) : (
          <CheckList checks={report.checks} />
        )}
        {connection.preflight !== undefined && (
          <p className="small text-2">
            <Say
              id="connections.checks.at"
              values={{ when: <TimeStamp key="when" value={connection.preflight.checkedAt} /> }}
            />
          </p>
        )}
      </div>
    </Section>
  );
}

/** How the platform stands: last sync, last reconcile, where it is, its checks. */
export function ConnectionOverview({ connection }: { connection: Connection }) {
  const may = useMay();
  return (
    <>
      <div className={styles.two}>
        <SyncPart connection={connection} />
        <ReconcilePart connection={connection} />
      </div>
      <div className={styles.two}>
        <ChecksPart connection={connection} />
        <PlatformPart connection={connection} />
      </div>
      {may('identification.read') && (
        <Suspense>
          <ConnectionIdentification connectionKey={connection.connectionKey} />
        </Suspense>
      )}
    </>
  );
}
