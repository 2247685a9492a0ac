import type { ReactNode } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './Attention.module.css';

/** The amber dot. It means "waiting on you" and nothing else; show it only when something does wait. */
export function AttentionDot({ label }: { label?: string }) {
  const t = useText();
  return (
    <span className={styles.dot}>
      <span className="sr-only">{label ?? t('ui.attention')}</span>
    </span>
  );
}

/** The block to act on: an amber left edge. */
export function AttentionBlock({ children }: { children: ReactNode }) {
  const t = useText();
  return (
    <div className={styles.block}>
      <p className={styles.words}>{t('ui.attention')}</p>
      {children}
    </div>
  );
}
