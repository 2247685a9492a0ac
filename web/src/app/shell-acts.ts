import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useText } from './messages/use-text.tsx';
import { type Command, useCommands } from '../ui/commands.tsx';
import { type KeyBinding, useKeys } from '../ui/keys.tsx';
import { useAnnounce } from '../ui/LiveRegion.tsx';
import { useNavigation } from './Navigation.tsx';
import { densities, useDensity } from './preferences.ts';

const schemes = ['auto', 'light', 'dark'] as const;

/** The keys and commands that hold on every screen. */
export function useShellActs({ openHelp }: { openHelp: () => void }) {
  const t = useText();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const { setColorScheme } = useMantineColorScheme();
  const [, setDensity] = useDensity();
  const entries = useNavigation().flatMap((group) => group.entries);
  const copyLink = () => {
    void navigator.clipboard.writeText(window.location.href).then(() => announce(t('shell.linkCopied')));
  };
  const focusSearch = () => document.getElementById('shell-search')?.focus();
  const goKeys = entries.flatMap((entry): KeyBinding[] =>
    entry.keys === undefined
      ? []
      : [{ keys: entry.keys, label: t(entry.text), scope: 'everywhere', run: () => void navigate({ to: entry.to }) }],
  );
  useKeys([
    { keys: '/', label: t('shell.keys.search'), scope: 'everywhere', run: focusSearch },
    { keys: '?', label: t('shell.keys.help'), scope: 'everywhere', run: openHelp },
    { keys: 'y', label: t('shell.keys.copyLink'), scope: 'everywhere', run: copyLink },
    ...goKeys,
  ]);
  const goCommands = entries.map(
    (entry): Command => ({
      id: `go${entry.to}`,
      label: t(entry.text),
      group: 'goTo',
      ...(entry.keys === undefined ? {} : { keys: entry.keys }),
      run: () => void navigate({ to: entry.to }),
    }),
  );
  useCommands([
    ...goCommands,
    { id: 'help', label: t('shell.help'), group: 'settings', keys: '?', run: openHelp },
    { id: 'copy-link', label: t('shell.keys.copyLink'), group: 'settings', keys: 'y', run: copyLink },
    ...schemes.map(
      (scheme): Command => ({
        id: `theme-${scheme}`,
        label: t('shell.themeIs', { theme: t(`shell.theme.${scheme}`) }),
        group: 'settings',
        run: () => setColorScheme(scheme),
      }),
    ),
    ...densities.map(
      (density): Command => ({
        id: `density-${density}`,
        label: t('shell.densityIs', { density: t(`shell.density.${density}`) }),
        group: 'settings',
        run: () => setDensity(density),
      }),
    ),
  ]);
}
