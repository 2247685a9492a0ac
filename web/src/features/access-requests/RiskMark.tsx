import type { RiskAssessment } from '@stoa/contract/assist';
import {
  type Icon,
  IconAlertTriangle,
  IconCircleDashed,
  IconShieldCheck,
  IconShieldHalf,
  IconShieldX,
} from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './assist.module.css';

type Risk = RiskAssessment['approvalRisk'];

const marks: Readonly<Record<Risk, Icon>> = {
  LOW: IconShieldCheck,
  MODERATE: IconShieldHalf,
  HIGH: IconShieldX,
  INDETERMINATE: IconCircleDashed,
  PENDING: IconCircleDashed,
};

/** How alike requests were decided, as one word: icon and word, never colour alone. */
export function RiskMark({ risk, isShort = false }: { risk: Risk; isShort?: boolean }) {
  const t = useText();
  const Mark = marks[risk];
  return (
    <span className={styles.risk} data-risk={risk}>
      <Mark size={16} stroke={1.75} aria-hidden="true" />
      {t(isShort ? `reviews.risk.${risk}` : `reviews.assist.risk.${risk}`)}
    </span>
  );
}

/** What stands against it whatever the figures say. */
export const ConflictMark = () => <IconAlertTriangle size={16} stroke={1.75} aria-hidden="true" />;
