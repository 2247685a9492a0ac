import { ActionIcon } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Outlet, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { CommandPalette } from '../ui/CommandPalette.tsx';
import { useKeptFocus } from '../ui/kept-focus.ts';
import { NavigationFocus } from '../ui/navigation-focus.tsx';
import { UnsavedDrafts } from '../ui/unsaved.tsx';
import { useShellActs } from './shell-acts.ts';
import { LiveEvents } from './live-events.tsx';
import { useText } from './messages/use-text.tsx';
import { Navigation } from './Navigation.tsx';
import { InShell } from './Plain.tsx';
import { useNavigationWidth } from './preferences.ts';
import styles from './Shell.module.css';
import { ShellBanners } from './ShellBanners.tsx';
import { TopBar } from './TopBar.tsx';

const FreshLogin = lazy(() => import('./FreshLogin.tsx').then((module) => ({ default: module.FreshLogin })));
const KeyboardHelp = lazy(() => import('../ui/KeyboardHelp.tsx').then((module) => ({ default: module.KeyboardHelp })));
const NavigationSheet = lazy(() =>
  import('./NavigationSheet.tsx').then((module) => ({ default: module.NavigationSheet })),
);
/**
 * Opened by its keys from anywhere. It comes right after the shell; what is typed until then is kept for it, and never
 * taken for keys of the page.
 */
function usePalette() {
  const [isOpen, { open, close }] = useDisclosure(false);
  const typed = useRef('');
  const [Palette, setPalette] = useState<typeof CommandPalette>();
  useEffect(
    () => void import('../ui/CommandPalette.tsx').then((module) => setPalette(() => module.CommandPalette)),
    [],
  );
  const isAwaited = isOpen && Palette === undefined;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { key } = event;
      if (event.ctrlKey || event.metaKey) {
        if (key.toLowerCase() !== 'k') return;
        open();
      } else if (isAwaited) {
        event.stopPropagation();
        if (key === 'Escape') close();
        else if (key === 'Backspace') typed.current = typed.current.slice(0, -1);
        else if (key.length === 1) typed.current += key;
      } else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', listen, true);
    return () => document.removeEventListener('keydown', listen, true);
  }, [isAwaited, open, close]);
  return { isOpen, open, close, Palette, typed };
}

function SideNavigation() {
  const t = useText();
  const [width, setWidth] = useNavigationWidth();
  const isNarrow = width === 'narrow';
  const Mark = isNarrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <div className={styles.side} data-narrow={isNarrow || undefined}>
      <Navigation isNarrow={isNarrow} />
      <ActionIcon
        variant="subtle"
        color="primary"
        size={36}
        className={styles.fold ?? ''}
        aria-label={t(isNarrow ? 'shell.nav.expand' : 'shell.nav.collapse')}
        onClick={() => setWidth(isNarrow ? 'wide' : 'narrow')}
      >
        <Mark size={20} stroke={1.75} />
      </ActionIcon>
    </div>
  );
}

/** The frame of every screen: top bar, navigation, the page, the keyboard layer. */
export function Shell() {
  const t = useText();
  const router = useRouter();
  const palette = usePalette();
  const search = useCallback((q: string) => void router.navigate({ to: '/search', search: { q } }), [router]);
  const [isHelpOpen, help] = useDisclosure(false);
  const [isSheetOpen, sheet] = useDisclosure(false);
  useShellActs({ openHelp: help.open });
  const page = useRef<HTMLElement>(null);
  useKeptFocus(page);
  const onPathChange = useCallback(
    (ask: () => void) =>
      router.subscribe('onBeforeNavigate', (event) => {
        if (event.fromLocation !== undefined && event.pathChanged) ask();
      }),
    [router],
  );
  return (
    <LiveEvents>
      <NavigationFocus isArriving={router.state.resolvedLocation !== undefined} subscribe={onPathChange}>
        <a href="#content" className={styles.skip}>
          {t('shell.skip')}
        </a>
        <UnsavedDrafts>
          <TopBar onOpenPalette={palette.open} onOpenNavigation={sheet.open} onOpenHelp={help.open} />
          <div className={styles.body}>
            <SideNavigation />
            <main ref={page} id="content" tabIndex={-1} className={styles.main}>
              <ShellBanners />
              <InShell>
                <Outlet />
              </InShell>
            </main>
          </div>
        </UnsavedDrafts>
        <Suspense fallback={null}>
          <FreshLogin />
          {isSheetOpen && <NavigationSheet onClose={sheet.close} />}
          {isHelpOpen && <KeyboardHelp isOpen onClose={help.close} />}
        </Suspense>
        {palette.isOpen && palette.Palette !== undefined && (
          <palette.Palette typed={palette.typed} onClose={palette.close} onSearch={search} />
        )}
      </NavigationFocus>
    </LiveEvents>
  );
}
