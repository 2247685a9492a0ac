import { SegmentedControl, Switch, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconBell, IconHelp, IconKey, IconLock, IconLogout } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { useIsAnyUnsaved } from '../ui/unsaved.tsx';
import styles from './AccountMenu.module.css';
import { useCurrentUser } from './current-user.ts';
import { useText } from './messages/use-text.tsx';
import { densities, useDensity, useSingleKeys } from './preferences.ts';
import { useSignOut } from './sign-out.ts';

const SignOutAtProvider = lazy(() =>
  import('./SignOutAtProvider.tsx').then((part) => ({ default: part.SignOutAtProvider })),
);

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

type Props = {
  readonly onOpenHelp: () => void;
  readonly onClose: () => void;
  /** Signing out would lose something. */
  readonly onUnsaved: () => void;
};

/** What stands in the account's panel: how the app looks, one's tokens, help, and the way out. */
export function AccountMenu({ onOpenHelp, onClose, onUnsaved }: Props) {
  const t = useText();
  const leave = useSignOut();
  const isAnyUnsaved = useIsAnyUnsaved();
  const provider = useCurrentUser()?.signedInBy;
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
        <UnstyledButton className={styles.act ?? ''} onClick={() => (isAnyUnsaved() ? onUnsaved() : leave.signOut())}>
          <IconLogout size={16} stroke={1.75} aria-hidden="true" />
          {t('shell.signOut')}
        </UnstyledButton>
        {provider?.hasSignOut === true && (
          <Suspense fallback={null}>
            <SignOutAtProvider name={provider.name} onUnsaved={onUnsaved} />
          </Suspense>
        )}
        {leave.problem !== null && <ErrorNotice problem={leave.problem} isWrite />}
      </div>
    </div>
  );
}
