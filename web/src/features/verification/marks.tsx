import type { Verification, VerificationFinding, VerifiedInvariant } from '@stoa/contract/verification';
import { IconAlertTriangle, IconCircleDashed, IconClock, IconLoader, IconSquareCheck } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from '../identification/identification.module.css';

const looks = {
  QUEUED: { icon: IconClock, tone: 'quiet' },
  RUNNING: { icon: IconLoader, tone: 'info' },
  FAILED: { icon: IconAlertTriangle, tone: 'danger' },
  HELD: { icon: IconSquareCheck, tone: 'success' },
  VIOLATED: { icon: IconAlertTriangle, tone: 'danger' },
  UNCHECKED: { icon: IconCircleDashed, tone: 'quiet' },
} as const;

/** How a run ended, or how far it is: icon, word and colour. */
export function OutcomeMark({ run }: { run: Pick<Verification, 'status' | 'outcome'> }) {
  const t = useText();
  const word = run.outcome ?? (run.status === 'SUCCEEDED' ? 'HELD' : run.status);
  const { icon: Icon, tone } = looks[word];
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(`verification.outcome.${word}`)}
    </span>
  );
}

const invariantLooks = {
  held: { icon: IconSquareCheck, tone: 'success' },
  violated: { icon: IconAlertTriangle, tone: 'danger' },
  unchecked: { icon: IconCircleDashed, tone: 'quiet' },
  'not asked': { icon: IconCircleDashed, tone: 'quiet' },
} as const;

/** How one invariant stands. */
export function InvariantMark({ status }: Pick<VerifiedInvariant, 'status'>) {
  const t = useText();
  const { icon: Icon, tone } = invariantLooks[status];
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(`verification.status.${status}`)}
    </span>
  );
}

/** Whether something is missing, too much, or not as it should be. */
export function DirectionMark({ direction }: Pick<VerificationFinding, 'direction'>) {
  const t = useText();
  return (
    <span className={styles.mark} data-tone="danger">
      {t(`verification.direction.${direction}`)}
    </span>
  );
}
