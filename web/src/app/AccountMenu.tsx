import { SegmentedControl, Switch, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { signOut } from '@stoa/contract/auth';
import { IconBell, IconHelp, IconKey, IconLock, IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCommand } from '../lib/api.ts';
import { forgetKept } from '../lib/kept-text.ts';
import { leavePage } from '../lib/person-of-page.ts';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import styles from './AccountMenu.module.css';
import { useText } from './messages/use-text.tsx';
import { densities, useDensity, useSingleKeys } from './preferences.ts';

const schemes = ['auto', 'light', 'dark'] as const;

function Appearance() {
  const t = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useDensity();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <>
      <div className={styles.choice}>
        <p className="group-label">{t('shell.theme')}</p>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('shell.theme')}
          value={colorScheme}
          onChange={setColorScheme}
          data={schemes.map((scheme) => ({ value: scheme, label: t(`shell.theme.${scheme}`) }))}
        />
      </div>
      <div className={styles.choice}>
        <p className="group-label">{t('shell.density')}</p>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label={t('shell.density')}
          value={density}
          onChange={setDensity}
          data={densities.map((one) => ({ value: one, label: t(`shell.density.${one}`) }))}
        />
      </div>
      <div className={styles.choice}>
        <Switch
          size="sm"
          label={t('shell.keys')}
          checked={singleKeys === 'on'}
          onChange={(event) => setSingleKeys(event.currentTarget.checked ? 'on' : 'off')}
        />
      </div>
    </>
  );
}

/** What stands in the account's panel: how the app looks, one's tokens, help, and the way out. */
export function AccountMenu({ onOpenHelp, onClose }: { onOpenHelp: () => void; onClose: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const left = () => {
    leavePage();
    client.clear();
    forgetKept();
    void navigate({ to: '/login', ignoreBlocker: true });
  };
  const leave = useCommand(signOut, {
    onSuccess: left,
    // The session had ended by itself.
    onError: (problem) => problem.status === 401 && left(),
  });
  return (
    <div className={styles.menu}>
      <Appearance />
      <div className={styles.acts}>
        <Link to="/me/notifications" className={styles.act ?? ''} onClick={onClose}>
          <IconBell size={16} stroke={1.75} aria-hidden="true" />
          {t('bell.notifications')}
        </Link>
        <Link to="/me/tokens" className={styles.act ?? ''} onClick={onClose}>
          <IconKey size={16} stroke={1.75} aria-hidden="true" />
          {t('shell.nav.tokens')}
        </Link>
        <Link to="/me/account" className={styles.act ?? ''} onClick={onClose}>
          <IconLock size={16} stroke={1.75} aria-hidden="true" />
          {t('account.title')}
        </Link>
        <UnstyledButton
          className={styles.act ?? ''}
          onClick={() => {
            onClose();
            onOpenHelp();
          }}
        >
          <IconHelp size={16} stroke={1.75} aria-hidden="true" />
          {t('shell.help')}
        </UnstyledButton>
        <UnstyledButton className={styles.act ?? ''} onClick={() => leave.mutate({})}>
          <IconLogout size={16} stroke={1.75} aria-hidden="true" />
          {t('shell.signOut')}
        </UnstyledButton>
        {leave.error !== null && leave.error.status !== 401 && <ErrorNotice problem={leave.error} isWrite />}
      </div>
    </div>
  );
}
