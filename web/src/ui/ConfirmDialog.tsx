import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Dialog } from './Dialog.tsx';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { type Ability, ActionButton } from './ActionButton.tsx';
import styles from './ConfirmDialog.module.css';
import { ErrorNotice } from './ErrorNotice.tsx';

type Props = {
  readonly isOpen: boolean;
  /** Names the act and its reach: "Revoke access of 14 people to Claims 360?" */
  readonly title: string;
  readonly children?: ReactNode;
  /** Names the effect: "Revoke 14 people". */
  readonly confirmLabel: string;
  /** Names what stays, where the act itself is to cancel something: "Keep the request". */
  readonly keepLabel?: string;
  readonly tone?: 'primary' | 'danger';
  /** Why the act is withheld, apart from what must be typed. */
  readonly ability?: Ability;
  readonly isBusy?: boolean;
  readonly problem?: ApiProblem | null;
  /** For acts beyond a limit: this text must be typed. */
  readonly mustType?: string;
  /** Wider, for what shows much. */
  readonly isWide?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
};

/** Asks once more before something that others feel. Escape and Cancel change nothing. */
export function ConfirmDialog(props: Props) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const { mustType, tone = 'danger' } = props;
  const ask = mustType === undefined ? undefined : t('ui.dialog.typeToConfirm', { text: mustType });
  const isTyped = ask === undefined || typed === mustType;
  const ability = props.ability?.allowed === false || isTyped ? props.ability : { allowed: false, reason: ask };
  const close = () => {
    setTyped('');
    props.onClose();
  };
  return (
    <Dialog
      opened={props.isOpen}
      onClose={close}
      title={props.title}
      {...(props.isWide === true ? { size: 'lg' } : {})}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.body}>
        {props.children}
        {ask !== undefined && (
          <TextInput
            label={ask}
            value={typed}
            autoComplete="off"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {props.problem != null && <ErrorNotice problem={props.problem} isWrite />}
        <div className={styles.actions}>
          <ActionButton label={props.keepLabel ?? t('ui.dialog.cancel')} onClick={close} />
          <ActionButton
            label={props.confirmLabel}
            tone={tone}
            ability={ability}
            isBusy={props.isBusy ?? false}
            onClick={props.onConfirm}
          />
        </div>
      </div>
    </Dialog>
  );
}
