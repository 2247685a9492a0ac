import { UnstyledButton, type UnstyledButtonProps } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { useCurrentUser } from './current-user.ts';
import { useText } from './messages/use-text.tsx';
import styles from './TopBar.module.css';

type Props = UnstyledButtonProps & ButtonHTMLAttributes<HTMLButtonElement> & { readonly ref?: Ref<HTMLButtonElement> };

/** Who is signed in; the target of the account menu. */
export function AccountButton(props: Props) {
  const t = useText();
  const name = useCurrentUser()?.displayName ?? '';
  return (
    <UnstyledButton {...props} className={styles.me ?? ''} aria-label={t('shell.me', { name })}>
      <IconUser size={20} stroke={1.75} aria-hidden="true" />
      <span className={styles.myName}>{name}</span>
    </UnstyledButton>
  );
}
