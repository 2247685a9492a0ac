import type { SimulatedChangeIn } from '@stoa/contract/simulation';
import { type ReactNode, useEffect } from 'react';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ChangePreview } from './ChangePreview.tsx';
import { useChangePreview } from './use-change-preview.ts';
import { useConfirmedLoss } from './use-confirmed-loss.ts';

/** What goes with the change: the preview it was judged by, and how many lose access. */
export type Confirmed = { readonly basedOn?: string; readonly confirmLoss?: number };

type Props = {
  readonly isOpen: boolean;
  readonly title: string;
  readonly confirmLabel: string;
  readonly tone?: 'primary' | 'danger';
  /** Undefined while something is still to be chosen. */
  readonly change: SimulatedChangeIn | undefined;
  readonly children?: ReactNode;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  /** Has to be typed where no number of people has to. */
  readonly mustType?: string;
  /** The preview says that the change would be refused. */
  readonly onRefused?: (problem: ApiProblem) => void;
  readonly onConfirm: (confirmed: Confirmed) => void;
  readonly onClose: () => void;
};

/** Shows what a change would do before it is made, and has the number typed where many lose access. */
export function ChangeDialog(props: Props) {
  const { isOpen, change, problem } = props;
  const preview = useChangePreview(change === undefined ? [] : [change], isOpen && change !== undefined);
  const { ability, mustType = props.mustType, confirmed } = useConfirmedLoss(preview);
  const isStale = problem?.code === 'simulation.stale' || problem?.code === 'policy.confirm_loss';
  const { retry, problem: refusal } = preview;
  const { onRefused } = props;
  useEffect(() => {
    if (refusal !== null) onRefused?.(refusal);
    // Once for each refusal.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [refusal]);
  useEffect(() => {
    if (isStale) retry();
    // Once for each refusal, whatever the preview is by then.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [problem, isStale]);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      isWide
      title={props.title}
      confirmLabel={props.confirmLabel}
      tone={props.tone ?? 'primary'}
      ability={change === undefined ? { allowed: true } : ability}
      isBusy={props.isBusy}
      problem={problem}
      {...(mustType === undefined ? {} : { mustType })}
      onConfirm={() => props.onConfirm(confirmed)}
      onClose={props.onClose}
    >
      {props.children}
      <ChangePreview preview={preview} />
    </ConfirmDialog>
  );
}
