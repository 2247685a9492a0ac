import type { AccessState } from '@stoa/contract/data-product';
import type {
  AccessStatus,
  ApprovalStatus,
  ConnectionState,
  ObjectProvisioningState,
  SourceAccess,
} from '@stoa/contract/enums';
import {
  type Icon,
  IconAlertTriangle,
  IconBan,
  IconBolt,
  IconCircleDashed,
  IconClock,
  IconHourglassEmpty,
  IconLoader,
  IconPlayerPause,
  IconShieldX,
  IconSquareCheck,
  IconUserQuestion,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type MessageId, useText } from '../app/messages/use-text.tsx';
import styles from './StatusMark.module.css';

type Tone = 'success' | 'warning' | 'danger' | 'info' | 'pending' | 'quiet';
type Look = { readonly tone: Tone; readonly icon: Icon };

const request: Readonly<Record<AccessStatus | ApprovalStatus, Look>> = {
  PENDING: { tone: 'pending', icon: IconClock },
  APPROVED: { tone: 'success', icon: IconSquareCheck },
  DENIED: { tone: 'danger', icon: IconX },
  CANCELED: { tone: 'quiet', icon: IconX },
  REVOKED: { tone: 'danger', icon: IconBan },
  EXPIRED: { tone: 'quiet', icon: IconHourglassEmpty },
  NONE: { tone: 'quiet', icon: IconCircleDashed },
  PUBLISHER: { tone: 'info', icon: IconSquareCheck },
  BLOCKED: { tone: 'warning', icon: IconShieldX },
};

const provisioning: Readonly<Record<ObjectProvisioningState, Look>> = {
  NONE: { tone: 'quiet', icon: IconCircleDashed },
  AWAITING_ACCEPTANCE: { tone: 'pending', icon: IconClock },
  AWAITING_IDENTITY: { tone: 'warning', icon: IconUserQuestion },
  PROVISIONING: { tone: 'info', icon: IconLoader },
  ACTIVE: { tone: 'success', icon: IconSquareCheck },
  FAILED: { tone: 'danger', icon: IconAlertTriangle },
  REMOVING: { tone: 'info', icon: IconLoader },
  REMOVED: { tone: 'quiet', icon: IconBan },
  REMOVE_FAILED: { tone: 'danger', icon: IconAlertTriangle },
  PREVENTED: { tone: 'warning', icon: IconShieldX },
  DRIFTED: { tone: 'warning', icon: IconLoader },
};

const connection: Readonly<Record<ConnectionState, Look>> = {
  draft: { tone: 'quiet', icon: IconCircleDashed },
  active: { tone: 'success', icon: IconSquareCheck },
  paused: { tone: 'warning', icon: IconPlayerPause },
  error: { tone: 'danger', icon: IconAlertTriangle },
  deleting: { tone: 'info', icon: IconLoader },
};

const check: Readonly<Record<'pass' | 'warn' | 'fail', Look>> = {
  pass: { tone: 'success', icon: IconSquareCheck },
  warn: { tone: 'warning', icon: IconAlertTriangle },
  fail: { tone: 'danger', icon: IconX },
};

const access: Readonly<Record<SourceAccess, Look>> = {
  NONE: { tone: 'quiet', icon: IconCircleDashed },
  SUBSCRIBED: { tone: 'success', icon: IconSquareCheck },
  RESTRICTED: { tone: 'warning', icon: IconShieldX },
};

const state: Readonly<Record<AccessState, Look>> = {
  HAVE: { tone: 'success', icon: IconSquareCheck },
  AUTO: { tone: 'info', icon: IconBolt },
  ASK: { tone: 'quiet', icon: IconCircleDashed },
  PENDING: { tone: 'pending', icon: IconClock },
  EXPIRED: { tone: 'quiet', icon: IconHourglassEmpty },
  BLOCKED: { tone: 'warning', icon: IconShieldX },
};

export type StatusMarkProps = (
  | { readonly kind: 'request'; readonly value: AccessStatus | ApprovalStatus }
  | { readonly kind: 'provisioning'; readonly value: ObjectProvisioningState }
  | { readonly kind: 'connection'; readonly value: ConnectionState }
  | { readonly kind: 'check'; readonly value: 'pass' | 'warn' | 'fail' }
  | { readonly kind: 'access'; readonly value: SourceAccess }
  | { readonly kind: 'state'; readonly value: AccessState }
) & {
  /** Stands after the word: "verified 14:02", "3 of 5", the reason of a failure. */
  readonly detail?: ReactNode;
  /** Other words for the state, where more is known: "Needs 2 approvals". */
  readonly label?: string | undefined;
  /** On its own tint, for headers. */
  readonly isTinted?: boolean;
};

function lookOf(props: StatusMarkProps): { look: Look; text: MessageId } {
  switch (props.kind) {
    case 'request':
      return { look: request[props.value], text: `ui.status.${props.value}` };
    case 'provisioning':
      return { look: provisioning[props.value], text: `ui.provisioning.${props.value}` };
    case 'connection':
      return { look: connection[props.value], text: `ui.connection.${props.value}` };
    case 'check':
      return { look: check[props.value], text: `ui.check.${props.value}` };
    case 'access':
      return { look: access[props.value], text: `ui.access.${props.value}` };
    case 'state':
      return { look: state[props.value], text: `ui.state.${props.value}` };
  }
}

/** A state as icon, word and colour: never colour alone. */
export function StatusMark(props: StatusMarkProps) {
  const t = useText();
  const { look, text } = lookOf(props);
  const Mark = look.icon;
  return (
    <span className={styles.status} data-tone={look.tone} data-tinted={props.isTinted === true || undefined}>
      <Mark className={styles.icon} size={16} stroke={1.75} aria-hidden="true" />
      <span>
        <span className={styles.word}>{props.label ?? t(text)}</span>
        {props.detail !== undefined && <span className={styles.detail}> {props.detail}</span>}
      </span>
    </span>
  );
}
