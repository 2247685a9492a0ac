import type { AccessRequest } from '@stoa/contract/access-request';
import { useText } from '../../app/messages/use-text.tsx';
import { type Duration, useDurationText } from '../../ui/DurationPicker.tsx';

type Periods = { readonly asked: Duration | null; readonly granted: Duration | null | undefined };
type Period = AccessRequest['requestedDuration'];

const durationOf = (period: Period): Duration | null =>
  period === null || period === undefined ? null : { duration: period.amount, durationUnit: period.unit };

/** How long was asked for, and how long was granted where that is another period; `null` is without end. */
export function periodsOf({
  requestedDuration,
  grantedDuration,
}: Pick<AccessRequest, 'requestedDuration' | 'grantedDuration'>): Periods {
  const asked = durationOf(requestedDuration);
  if (grantedDuration === undefined) return { asked, granted: undefined };
  const granted = durationOf(grantedDuration);
  const isSame = asked?.duration === granted?.duration && asked?.durationUnit === granted?.durationUnit;
  return { asked, granted: isSame ? undefined : granted };
}

/** The same in words: one period, or both where they differ. */
export function usePeriodText(): (request: AccessRequest) => string {
  const t = useText();
  const duration = useDurationText();
  return (request) => {
    const { asked, granted } = periodsOf(request);
    if (granted === undefined) return duration(asked);
    return t('requests.decided.period', { granted: duration(granted), asked: duration(asked) });
  };
}
