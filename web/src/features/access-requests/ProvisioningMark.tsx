import type { ProvisioningSummary } from '@stoa/contract/provisioning';
import type { ReactNode } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { useReasonText } from './reason-text.ts';

type Props = {
  readonly provisioning: ProvisioningSummary | undefined;
  /** Shown while nothing of it stands on a platform. */
  readonly otherwise?: ReactNode;
};

/** Where access stands on the platforms as a whole: how much of it is proved, and what a guardrail keeps closed. */
export function ProvisioningMark({ provisioning, otherwise = null }: Props) {
  const t = useText();
  const words = useReasonText();
  if (provisioning === undefined) return otherwise;
  const { state, counts, reason } = provisioning;
  const isClosed = state === 'NONE' && counts !== undefined && counts.prevented > 0;
  if (state === 'NONE' && !isClosed) return otherwise;
  const why = reason === undefined ? undefined : words(reason);
  const shares =
    counts === undefined
      ? why
      : counts.prevented > 0
        ? t('requests.decided.partly', { active: counts.active, total: counts.total, prevented: counts.prevented })
        : t('requests.decided.counts', { active: counts.active, total: counts.total });
  return (
    <StatusMark
      kind="provisioning"
      value={isClosed ? 'PREVENTED' : state}
      detail={counts?.active === 0 ? (why ?? shares) : shares}
    />
  );
}
