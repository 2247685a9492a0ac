import type { PolicyKind, PolicyState } from '@stoa/contract/policy';
import {
  IconCircleCheck,
  IconCircleDashed,
  IconEyeOff,
  IconEyeCheck,
  IconKey,
  IconPlayerPause,
  IconShieldCheck,
  IconTableRow,
} from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './policies.module.css';

const stateIcons = { active: IconCircleCheck, staged: IconCircleDashed, disabled: IconPlayerPause } as const;
const kindIcons = {
  grant: IconKey,
  guardrail: IconShieldCheck,
  mask: IconEyeOff,
  reveal: IconEyeCheck,
  row: IconTableRow,
} as const;

/** Whether a policy is in force: icon, word and colour. */
export function PolicyStateMark({ state }: { state: PolicyState }) {
  const t = useText();
  const Icon = stateIcons[state];
  return (
    <span className={styles.mark} data-state={state}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(`policies.state.${state}`)}
    </span>
  );
}

/** What a policy does, in a word. */
export function PolicyKindMark({ kind }: { kind: PolicyKind }) {
  const t = useText();
  const Icon = kindIcons[kind];
  return (
    <span className={styles.mark}>
      <Icon size={16} stroke={1.75} aria-hidden="true" />
      {t(`policies.kind.${kind}`)}
    </span>
  );
}
