import type { ReactNode } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './Timeline.module.css';
import { TimeStamp } from './TimeStamp.tsx';

export type TimelineEntry = {
  readonly id: string;
  readonly at: string;
  readonly title: ReactNode;
  readonly detail?: ReactNode;
  readonly tone?: 'success' | 'danger' | 'pending' | 'quiet';
};

/** What happened, in its order. */
export function Timeline({ entries, label }: { entries: readonly TimelineEntry[]; label: string }) {
  const t = useText();
  if (entries.length === 0) return <p className="text-2">{t('ui.timeline.empty')}</p>;
  return (
    <ol className={styles.list} aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.id} className={styles.entry} data-tone={entry.tone ?? 'quiet'}>
          <span className={styles.time}>
            <TimeStamp value={entry.at} />
          </span>
          <span className={styles.mark} aria-hidden="true" />
          <div className={styles.words}>
            <p>{entry.title}</p>
            {entry.detail !== undefined && <div className={styles.detail}>{entry.detail}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
