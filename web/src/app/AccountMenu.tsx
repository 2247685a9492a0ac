import { Menu, SegmentedControl, Switch, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { signOut } from '@stoa/contract/auth';
import { IconHelp, IconKey, IconLogout, IconUser } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCommand } from '../lib/api.ts';
import { useCurrentUser } from './current-user.ts';
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

/** Who is signed in, how it looks, and the way out. */
export function AccountMenu({ onOpenHelp }: { onOpenHelp: () => void }) {
  const t = useText();
  const user = useCurrentUser();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = useCommand(signOut, {
    onSuccess: () => {
      client.clear();
      void navigate({ to: '/login' });
    },
  });
  const name = user?.displayName ?? '';
  return (
    <Menu position="bottom-end" width={300}>
      <Menu.Target>
        <UnstyledButton className={styles.me} aria-label={t('shell.me', { name })}>
          <IconUser size={20} stroke={1.75} aria-hidden="true" />
          <span className={styles.myName}>{name}</span>
        </UnstyledButton>
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
