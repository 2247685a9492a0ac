import { AttentionDot } from '../ui/Attention.tsx';
import { useText } from './messages/use-text.tsx';
import styles from './Navigation.module.css';
import { useWaitingReviews } from './waiting-reviews.ts';

/** The amber dot and the number of requests that wait on the reader; nothing when none does. */
export function WaitingReviews({ isNarrow }: { isNarrow: boolean }) {
  const t = useText();
  const count = useWaitingReviews();
  if (count === 0) return null;
  return (
    <span className={styles.waiting}>
      <AttentionDot label={t('shell.nav.waiting', { count })} />
      {!isNarrow && <span aria-hidden="true">{count}</span>}
    </span>
  );
}
