import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import styles from '../inbox/inbox.module.css';

type Props = {
  readonly channel: 'email' | 'teams';
  /** Something is kept that can be removed. */
  readonly isKept: boolean;
  readonly isSaving: boolean;
  readonly isTesting: boolean;
  readonly onTest: () => void;
  readonly removing: { readonly isBusy: boolean; readonly problem: ApiProblem | null };
  readonly onRemove: (done: () => void) => void;
};

/** The acts below the settings of a channel; saving is what the form around it does. */
export function ChannelActs({ channel, isKept, isSaving, isTesting, onTest, removing, onRemove }: Props) {
  const t = useText();
  const [isAsking, setIsAsking] = useState(false);
  const close = () => setIsAsking(false);
  return (
    <>
      <div className={styles.bar}>
        <ActionButton
          type="submit"
          tone="primary"
          label={t('messages.save')}
          isBusy={isSaving}
          onClick={() => undefined}
        />
        <ActionButton label={t(`messages.${channel}.test`)} isBusy={isTesting} onClick={onTest} />
        {isKept && (
          <ActionButton tone="quiet" label={t(`messages.${channel}.remove`)} onClick={() => setIsAsking(true)} />
        )}
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title={t(`messages.${channel}.removeTitle`)}
        confirmLabel={t(`messages.${channel}.remove`)}
        isBusy={removing.isBusy}
        problem={removing.problem}
        onConfirm={() => onRemove(close)}
        onClose={close}
      >
        <p>{t(`messages.${channel}.removeText`)}</p>
      </ConfirmDialog>
    </>
  );
}
