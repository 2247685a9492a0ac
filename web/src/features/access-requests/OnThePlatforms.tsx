import type { EvidenceStatement } from '@stoa/contract/evidence';
import { lazy, Suspense } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import { ProvisioningTable } from './ProvisioningTable.tsx';
import styles from './review.module.css';
import { runsOf, type StatementRun } from './statement-runs.ts';
import type { RailState } from './use-access-rail.ts';

const ProofHistory = lazy(() => import('./ProofHistory.tsx').then((part) => ({ default: part.ProofHistory })));

const openUpTo = 4;

function Run({ run, isOpenAtFirst }: { run: StatementRun; isOpenAtFirst: boolean }) {
  const t = useText();
  const intl = useIntl();
  const when = intl.formatDate(run.at, { dateStyle: 'medium', timeStyle: 'long' });
  return (
    <div>
      <StatementBlock
        title={t('ran.run', { when, connection: run.connectionKey, count: run.statements.length })}
        statements={run.statements}
        isOpenAtFirst={isOpenAtFirst}
      />
      {run.failures.map((failure) => (
        <p key={failure} className={styles.refused}>
          {t('ran.refused', { failure })}
        </p>
      ))}
    </div>
  );
}

function Ran({ statements }: { statements: readonly EvidenceStatement[] }) {
  const t = useText();
  if (statements.length === 0) return null;
  return (
    <div className={styles.plans}>
      <h3 className="group-label">{t('ran.title')}</h3>
      {runsOf(statements).map((run) => (
        <Run key={`${run.at} ${run.connectionKey}`} run={run} isOpenAtFirst={statements.length <= openUpTo} />
      ))}
    </div>
  );
}

type Props = {
  readonly requestId: string;
  readonly rail: RailState;
  readonly statements: readonly EvidenceStatement[];
};

/** What of the decision stands on the platforms, object by object, with its proof, and the statements that ran for it. */
export function OnThePlatforms({ requestId, rail, statements }: Props) {
  const t = useText();
  return (
    <EvidenceBlock title={t('requests.platforms.title')}>
      <ProvisioningTable objects={rail.provisioning.data?.objects ?? []} state={rail.provisioning} />
      <Ran statements={statements} />
      <Suspense fallback={null}>
        <ProofHistory requestId={requestId} />
      </Suspense>
    </EvidenceBlock>
  );
}
