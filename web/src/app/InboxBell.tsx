import { getInboxSummary } from '@stoa/contract/notification';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useOperation } from '../lib/api.ts';
import { useText } from './messages/use-text.tsx';
import styles from './TopBar.module.css';

/** The way to the inbox with the number of what is unread; it follows live events like everything else. */
export function InboxBell() {
  const t = useText();
  const count = useOperation(getInboxSummary, {}).data?.unread ?? 0;
  return (
    <Link to="/inbox" className={styles.me ?? ''} aria-label={t('bell.label', { count })}>
      <IconBell size={20} stroke={1.75} aria-hidden="true" />
      {count > 0 && (
        <span className={styles.count} aria-hidden="true">
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  );
}
