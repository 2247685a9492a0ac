import type { TakeBack } from '@stoa/contract/existing-grant';
import { useText } from '../../app/messages/use-text.tsx';
import styles from '../connections/Connections.module.css';

/** How a plan stands, and how far it has come. */
export function PlanState({ plan }: { plan: TakeBack }) {
  const t = useText();
  const { state, goneCount, failedCount, administratorCount, statementCount } = plan;
  const hasRun = state === 'RUNNING' || state === 'DONE';
  return (
    <span className={styles.words}>
      <span className={state === 'WAITING' ? styles.drift : ''}>{t(`takeBack.state.${state}`)}</span>
      {hasRun && <span>{t('takeBack.progress', { gone: goneCount, count: statementCount })}</span>}
      {failedCount > 0 && <span className={styles.bad}>{t('takeBack.failedCount', { count: failedCount })}</span>}
      {hasRun && administratorCount > 0 && (
        <span>{t('takeBack.administratorCount', { count: administratorCount })}</span>
      )}
    </span>
  );
}
