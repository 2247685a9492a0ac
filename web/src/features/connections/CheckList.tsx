import type { PreflightCheck } from '@stoa/contract/connection';
import { useText } from '../../app/messages/use-text.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './Connections.module.css';

const countOf = (checks: readonly PreflightCheck[], result: PreflightCheck['result']): number =>
  checks.filter((check) => check.result === result).length;

/** Each check with its answer; where something must be mended, the SQL that mends it. */
export function CheckList({ checks }: { checks: readonly PreflightCheck[] }) {
  const t = useText();
  const failed = countOf(checks, 'fail');
  const warned = countOf(checks, 'warn');
  return (
    <div className={styles.stack}>
      <p className={styles.summary} role="status">
        <b>{t('connections.checks.passed', { count: countOf(checks, 'pass') })}</b>
        {warned > 0 && <span className={styles.drift}>{t('connections.checks.warned', { count: warned })}</span>}
        {failed > 0 && <span className={styles.bad}>{t('connections.checks.failed', { count: failed })}</span>}
      </p>
      <ul className={styles.checks} aria-label={t('connections.checks.list')}>
        {checks.map((check) => (
          <li key={check.check} className={styles.check} data-result={check.result}>
            <StatusMark kind="check" value={check.result} />
            <div className={styles.checkBody}>
              <p>
                <span className={`mono ${styles.checkName}`}>{check.check}</span> {check.detail}
              </p>
              {check.repair !== undefined && (
                <StatementBlock
                  statements={[check.repair]}
                  title={t('connections.checks.repair')}
                  isOpenAtFirst={check.result === 'fail'}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
