import { useEffect } from 'react';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import type { ChangeDialogProps } from './ChangeDialog.tsx';
import { ChangePreview } from './ChangePreview.tsx';
import { useChangePreview } from './use-change-preview.ts';
import { useConfirmedLoss } from './use-confirmed-loss.ts';

/** Shows what a change would do before it is made, and has the number typed where many lose access. */
export function ChangeDialogParts(props: ChangeDialogProps) {
  const { isOpen, change, problem } = props;
  const preview = useChangePreview(change === undefined ? [] : [change], isOpen && change !== undefined);
  const { ability, mustType = props.mustType, confirmed } = useConfirmedLoss(preview);
  const isStale = problem?.code === 'simulation.stale' || problem?.code === 'policy.confirm_loss';
  const { retry, problem: refusal } = preview;
  const { onRefused } = props;
  useEffect(() => {
    if (refusal !== null) onRefused?.(refusal);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each refusal, whoever listens by then
  }, [refusal]);
  useEffect(() => {
    if (isStale) retry();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each refusal, whatever the preview is by then
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
