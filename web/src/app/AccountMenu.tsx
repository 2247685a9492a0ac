import { Menu, SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { signOut } from '@stoa/contract/auth';
import { IconHelp, IconKey, IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useCommand } from '../lib/api.ts';
import { AccountButton } from './AccountButton.tsx';
import { useText } from './messages/use-text.tsx';
import { densities, useDensity, useSingleKeys } from './preferences.ts';
import styles from './TopBar.module.css';

const schemes = ['auto', 'light', 'dark'] as const;

function Appearance() {
  const t = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [density, setDensity] = useDensity();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  return (
    <>
      <div className={styles.choice} role="group" aria-label={t('shell.theme')}>
        <p className="group-label">{t('shell.theme')}</p>
        <SegmentedControl
          fullWidth
          size="xs"
          value={colorScheme}
          onChange={setColorScheme}
          data={schemes.map((scheme) => ({ value: scheme, label: t(`shell.theme.${scheme}`) }))}
        />
      </div>
      <div className={styles.choice} role="group" aria-label={t('shell.density')}>
        <p className="group-label">{t('shell.density')}</p>
        <SegmentedControl
          fullWidth
          size="xs"
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

/** Who is signed in, how it looks, and the way out. It was asked for, so it opens as soon as it is there. */
export function AccountMenu({ onOpenHelp }: { onOpenHelp: () => void }) {
  const t = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    // It takes the place of the button that was pressed, and the focus with it.
    button.current?.focus();
    setIsOpen(true);
  }, []);
  const leave = useCommand(signOut, {
    onSuccess: () => {
      client.clear();
      void navigate({ to: '/login' });
    },
  });
  return (
    <Menu position="bottom-end" width={300} opened={isOpen} onChange={setIsOpen}>
      <Menu.Target>
        <AccountButton ref={button} />
      </Menu.Target>
      <Menu.Dropdown>
        <Appearance />
        <Menu.Divider />
        <Menu.Item leftSection={<IconKey size={16} />} onClick={() => void navigate({ to: '/me/tokens' })}>
          {t('shell.nav.tokens')}
        </Menu.Item>
        <Menu.Item leftSection={<IconHelp size={16} />} onClick={onOpenHelp}>
          {t('shell.help')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => leave.mutate({})}>
          {t('shell.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
