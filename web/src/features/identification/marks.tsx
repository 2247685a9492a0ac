import type { IdentificationStatus } from '@stoa/contract/identification';
import {
  IconAlertTriangle,
  IconCircleDashed,
  IconClock,
  IconLoader,
  IconSquareCheck,
  IconX,
} from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './identification.module.css';

const looks = {
  QUEUED: { icon: IconClock, tone: 'quiet' },
  RUNNING: { icon: IconLoader, tone: 'info' },
  SUCCEEDED: { icon: IconSquareCheck, tone: 'success' },
  FAILED: { icon: IconAlertTriangle, tone: 'danger' },
  CANCELED: { icon: IconX, tone: 'quiet' },
} as const;

/** How a run stands: icon, word and colour. */
export function RunMark({ status }: { status: IdentificationStatus }) {
  const t = useText();
  const { icon: Icon, tone } = looks[status];
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(`identification.status.${status}`)}
    </span>
  );
}

const sourceLooks = {
  waiting: { icon: IconCircleDashed, tone: 'quiet' },
  done: { icon: IconSquareCheck, tone: 'success' },
  refused: { icon: IconAlertTriangle, tone: 'danger' },
} as const;

/** What came of one data source. */
export function SourceMark({ status }: { status: keyof typeof sourceLooks }) {
  const t = useText();
  const { icon: Icon, tone } = sourceLooks[status];
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(`identification.source.${status}`)}
    </span>
  );
}
