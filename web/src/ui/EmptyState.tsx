import type { ReactNode } from 'react';
import styles from './EmptyState.module.css';

type Props = {
  /** `first` says what to do, `filtered` offers the filter to drop, `denied` names the permission and who grants it. */
  readonly kind?: 'first' | 'filtered' | 'denied';
  readonly title: ReactNode;
  readonly text?: ReactNode;
  readonly action?: ReactNode;
};

function Drawing({ kind }: { kind: 'first' | 'filtered' | 'denied' }) {
  return (
    <svg className={styles.drawing} viewBox="0 0 160 72" aria-hidden="true" focusable="false">
      <path className={styles.rule} d="M4 8h152M4 26h152M4 44h152M4 62h152" />
      <path className={styles.strong} d="M4 8h152" />
      {kind === 'first' && <path className={styles.strong} d="M16 35h44M16 53h28M60 30v10" />}
      {kind === 'filtered' && (
        <>
          <circle className={styles.strong} cx="80" cy="36" r="14" />
          <path className={styles.strong} d="M90 46l12 12" />
        </>
      )}
      {kind === 'denied' && (
        <>
          <path className={styles.rule} d="M56 50l28-28M64 50l28-28M72 50l28-28M80 50l28-28" />
          <rect className={styles.strong} x="56" y="22" width="48" height="28" />
        </>
      )}
    </svg>
  );
}

/** Nothing to show: one ruled drawing, one sentence, one action. */
export function EmptyState({ kind = 'first', title, text, action }: Props) {
  return (
    <div className={styles.empty}>
      <Drawing kind={kind} />
      <p className={styles.title}>{title}</p>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {action !== undefined && <div className={styles.action}>{action}</div>}
    </div>
  );
}
