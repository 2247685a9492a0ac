import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './ActionButton.module.css';
import { Hint } from './Hint.tsx';
import { useAnnounce } from './LiveRegion.tsx';

/** What a reply says about an act: may the caller do it, and if not, why. `Ability` of the contract fits. */
export type Ability = { readonly allowed: boolean; readonly reason?: string | undefined };

export type ActionButtonProps = {
  readonly label: string;
  readonly onClick: () => void;
  readonly ability?: Ability | undefined;
  readonly tone?: 'primary' | 'default' | 'danger' | 'quiet';
  readonly isBusy?: boolean;
  readonly icon?: ReactNode;
  readonly type?: 'button' | 'submit';
  readonly size?: 'xs' | 'sm' | 'md';
  readonly isFullWidth?: boolean;
  /** The accessible name where several buttons of a list say the same word: "Revoke CI pipeline". */
  readonly fullLabel?: string;
};

const variants: Readonly<Record<NonNullable<ActionButtonProps['tone']>, ButtonProps>> = {
  primary: { variant: 'filled', color: 'primary' },
  default: { variant: 'default' },
  danger: { variant: 'filled', color: 'danger' },
  quiet: { variant: 'subtle', color: 'primary' },
};

/** A button that is never dead: when it may not act it stays reachable and says why. */
export function ActionButton(props: ActionButtonProps) {
  const { label, ability, tone = 'default', isBusy = false, fullLabel } = props;
  const t = useText();
  const announce = useAnnounce();
  const mayAct = ability?.allowed !== false;
  const reason = ability?.reason ?? '';
  const explanation = t('ui.action.because', { label: fullLabel ?? label, reason });
  const button = (
    <Button
      {...variants[tone]}
      className={styles.button}
      type={props.type ?? 'button'}
      size={props.size ?? 'sm'}
      fullWidth={props.isFullWidth ?? false}
      leftSection={props.icon}
      aria-disabled={!mayAct || isBusy || undefined}
      aria-label={mayAct ? fullLabel : explanation}
      aria-busy={isBusy || undefined}
      data-refused={!mayAct || undefined}
      data-busy={isBusy || undefined}
      data-tone={tone}
      onClick={(event) => {
        if (mayAct && !isBusy) {
          props.onClick();
          return;
        }
        event.preventDefault();
        if (!mayAct) announce(explanation);
      }}
    >
      {label}
    </Button>
  );
  // Around it always: a button that was pressed and may not act again must stay the element that has the focus.
  return <Hint label={mayAct ? undefined : reason === '' ? explanation : reason}>{button}</Hint>;
}
