import { UnstyledButton } from '@mantine/core';
import { signOutAtProvider } from '@stoa/contract/provider-sign-in';
import { IconLogout } from '@tabler/icons-react';
import { useCommand } from '../lib/api.ts';
import { forgetKept } from '../lib/kept-text.ts';
import { leavePage } from '../lib/person-of-page.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useIsAnyUnsaved } from '../ui/unsaved.tsx';
import styles from './AccountMenu.module.css';
import { useText } from './messages/use-text.tsx';

/** Ends the session here, and leads to where the provider ends its own. */
export function SignOutAtProvider({ name, onUnsaved }: { name: string; onUnsaved: () => void }) {
  const t = useText();
  const isAnyUnsaved = useIsAnyUnsaved();
  const leave = useCommand(signOutAtProvider, {
    onSuccess: ({ url }) => {
      leavePage();
      forgetKept();
      window.location.assign(url ?? '/login');
    },
  });
  return (
    <>
      <UnstyledButton className={styles.act ?? ''} onClick={() => (isAnyUnsaved() ? onUnsaved() : leave.mutate({}))}>
        <IconLogout size={16} stroke={1.75} aria-hidden="true" />
        {t('byProvider.signOut', { name })}
      </UnstyledButton>
      {leave.error !== null && <ErrorNotice problem={leave.error} isWrite />}
    </>
  );
}
