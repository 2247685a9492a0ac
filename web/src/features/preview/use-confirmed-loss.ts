import { useText } from '../../app/messages/use-text.tsx';
import type { ChangePreview } from './use-change-preview.ts';

/** Whether a change may be made by what its preview says, what has to be typed for it, and what goes with it. */
export function useConfirmedLoss({ simulation, isCounting, problem }: ChangePreview) {
  const t = useText();
  const ability = isCounting
    ? { allowed: false, reason: t('preview.wait') }
    : problem !== null
      ? { allowed: false, reason: t(problem.status < 500 ? 'preview.refused' : 'preview.failed') }
      : { allowed: true };
  return {
    ability,
    ...(simulation?.confirmLoss === true ? { mustType: String(simulation.losing.count) } : {}),
    confirmed: simulation === undefined ? {} : { basedOn: simulation.basedOn, confirmLoss: simulation.losing.count },
  };
}
