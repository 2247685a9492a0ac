import { IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import { ActionButton } from './ActionButton.tsx';
import styles from './Banner.module.css';

/** One line across the page: offline, suspended, polling. */
export function Banner({
  tone = 'info',
  children,
  action,
}: {
  tone?: 'info' | 'warning' | 'danger';
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div role="status" className={styles.banner} data-tone={tone}>
      <IconInfoCircle size={16} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <div className={styles.words}>{children}</div>
      {action}
    </div>
  );
}

/** Something newer than what is shown has happened; the page moves only when asked to. */
export function StaleBanner({ count, onShow }: { count: number; onShow: () => void }) {
  const t = useText();
  if (count === 0) return null;
  return (
    <Banner action={<ActionButton label={t('ui.stale.show')} size="xs" onClick={onShow} />}>
      {t('ui.stale', { count })}
    </Banner>
  );
}
