import { Skeleton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './Skeletons.module.css';

const patienceMs = 150;

/** True once something has been waited for longer than a blink; before that a skeleton would only flicker. */
export function useIsSlow(isWaiting: boolean): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isWaiting) {
      setIsSlow(false);
      return;
    }
    const timer = setTimeout(() => setIsSlow(true), patienceMs);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isWaiting && isSlow;
}

const places = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

/** Rows in the height of the table that is about to stand there. */
export function SkeletonRows({ rows = 8 }: { rows?: number }) {
  const t = useText();
  const isSlow = useIsSlow(true);
  return (
    <div className={styles.rows} aria-busy="true" data-hidden={!isSlow || undefined}>
      <span className="sr-only">{t('ui.table.loading')}</span>
      {places(rows).map((at) => (
        <div key={at} className={styles.row}>
          <Skeleton height={12} width={`${52 - ((at * 7) % 23)}%`} />
          <Skeleton height={12} width={`${18 + ((at * 5) % 9)}%`} />
        </div>
      ))}
    </div>
  );
}

/** Lines of text. */
export function SkeletonText({ lines = 3 }: { lines?: number }) {
  const isSlow = useIsSlow(true);
  return (
    <div className={styles.text} aria-busy="true" data-hidden={!isSlow || undefined}>
      {places(lines).map((at) => (
        <Skeleton key={at} height={12} width={at === lines - 1 ? '60%' : '100%'} />
      ))}
    </div>
  );
}

/** A page whose chunk or first answer is on its way. */
export function SkeletonPage() {
  const t = useText();
  const isSlow = useIsSlow(true);
  return (
    <div className={styles.page} aria-busy="true" data-hidden={!isSlow || undefined}>
      <span className="sr-only">{t('shell.loading')}</span>
      <div className={styles.head}>
        <Skeleton height={28} width={280} />
      </div>
      <SkeletonRows />
    </div>
  );
}
