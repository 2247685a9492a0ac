import type { DeliveryState, Webhook } from '@stoa/contract/webhook';
import { useText } from '../../app/messages/use-text.tsx';
import { StatusMark, type StatusMarkProps } from '../../ui/StatusMark.tsx';

const good = { kind: 'check', value: 'pass' } as const;
const doubtful = { kind: 'check', value: 'warn' } as const;
const bad = { kind: 'check', value: 'fail' } as const;

const deliveries: Readonly<Record<DeliveryState, StatusMarkProps>> = {
  PENDING: { kind: 'request', value: 'PENDING' },
  RETRYING: doubtful,
  DELIVERED: good,
  DEAD: bad,
};

/** How a delivery stands. */
export function DeliveryMark({ state }: { state: DeliveryState }) {
  const t = useText();
  return <StatusMark {...deliveries[state]} label={t(`webhooks.state.${state}`)} />;
}

/** What came of one attempt, in the words of its message. */
export function AttemptMark({ isSuccess, message }: { isSuccess: boolean; message: string }) {
  return <StatusMark {...(isSuccess ? good : bad)} label={message} />;
}

const webhooks = {
  working: good,
  new: { kind: 'request', value: 'NONE' },
  failing: doubtful,
  suppressed: bad,
  off: { kind: 'connection', value: 'paused' },
} as const satisfies Record<string, StatusMarkProps>;

/** The one word for how a webhook does. */
export function conditionOf(hook: Webhook): keyof typeof webhooks {
  if (hook.enabled === false) return 'off';
  if (hook.suppressed === true) return 'suppressed';
  if (hook.health?.failingSince != null) return 'failing';
  return hook.health?.lastSuccessAt == null ? 'new' : 'working';
}

export function WebhookMark({ hook }: { hook: Webhook }) {
  const t = useText();
  const condition = conditionOf(hook);
  return <StatusMark {...webhooks[condition]} label={t(`webhooks.condition.${condition}`)} />;
}
