import type { IdentityState as State } from '@stoa/contract/enums';
import { IconCircleDashed, IconSquareCheck, IconUserQuestion } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './IdentityState.module.css';

const marks = {
  mapped: IconSquareCheck,
  fallback: IconSquareCheck,
  absent: IconUserQuestion,
  unverified: IconCircleDashed,
} as const;

/** Whether the platform knows the account: as icon, word and colour. */
export function IdentityState({ state }: { state: State }) {
  const t = useText();
  const Mark = marks[state];
  return (
    <span className={styles.state} data-state={state}>
      <Mark size={16} stroke={1.75} aria-hidden="true" />
      {t(`connections.identity.state.${state}`)}
    </span>
  );
}
