import { ActionIcon, Kbd, TextInput, UnstyledButton } from '@mantine/core';
import { IconCommand, IconMenu2, IconSearch } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { usePanel } from '../ui/panel.ts';
import panelStyles from '../ui/Panel.module.css';
import { AccountButton } from './AccountButton.tsx';
import { useText } from './messages/use-text.tsx';
import styles from './TopBar.module.css';

/** The menu's parts weigh more than the bar: they come when somebody reaches for it. */
const loadMenu = () => import('./AccountMenu.tsx');
/** After what the reader came for. */
const InboxBell = lazy(() => import('./InboxBell.tsx').then((module) => ({ default: module.InboxBell })));
const AccountMenu = lazy(() => loadMenu().then((module) => ({ default: module.AccountMenu })));
const SignOutQuestion = lazy(() =>
  import('./SignOutQuestion.tsx').then((module) => ({ default: module.SignOutQuestion })),
);

function Account({ onOpenHelp }: { onOpenHelp: () => void }) {
  const t = useText();
  const panel = usePanel();
  const [isAsked, setIsAsked] = useState(false);
  const ask = () => {
    panel.close();
    setIsAsked(true);
  };
  const prepare = () => void loadMenu();
  return (
    <>
      <AccountButton {...panel.buttonProps} onPointerEnter={prepare} onFocus={prepare} />
      <div {...panel.panelProps} aria-label={t('shell.account')} className={panelStyles.panel}>
        {panel.isOpen && (
          <Suspense fallback={<div className={styles.coming} aria-busy="true" />}>
            <AccountMenu onOpenHelp={onOpenHelp} onClose={panel.close} onUnsaved={ask} />
          </Suspense>
        )}
      </div>
      <Suspense fallback={null}>{isAsked && <SignOutQuestion onClose={() => setIsAsked(false)} />}</Suspense>
    </>
  );
}

type Props = {
  readonly onOpenPalette: () => void;
  readonly onOpenNavigation: () => void;
  readonly onOpenHelp: () => void;
};

/** The mark: columns between two lines, a stoa in a register. */
export function Brand() {
  const t = useText();
  return (
    <span className={styles.brand}>
      <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
        <path className={styles.strokes} d="M2 5h20M4 8h16M6 8v10M10 8v10M14 8v10M18 8v10M2 20h20" />
      </svg>
      {t('shell.brand')}
    </span>
  );
}

function SearchForm() {
  const t = useText();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  return (
    <search className={styles.search}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: '/search', search: text.trim() === '' ? {} : { q: text.trim() } });
        }}
      >
        <TextInput
          id="shell-search"
          type="search"
          size="sm"
          aria-label={t('shell.searchProducts')}
          placeholder={t('shell.searchProducts')}
          leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
          rightSection={<Kbd size="xs">/</Kbd>}
          rightSectionPointerEvents="none"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}

export function TopBar({ onOpenPalette, onOpenNavigation, onOpenHelp }: Props) {
  const t = useText();
  return (
    <header className={styles.bar}>
      <ActionIcon
        variant="subtle"
        color="primary"
        size={36}
        className={styles.menu ?? ''}
        aria-label={t('shell.nav.open')}
        onClick={onOpenNavigation}
      >
        <IconMenu2 size={20} stroke={1.75} />
      </ActionIcon>
      <Link to="/" className={styles.home ?? ''} activeOptions={{ exact: true }}>
        <Brand />
      </Link>
      <SearchForm />
      <UnstyledButton className={styles.palette} onClick={onOpenPalette} aria-label={t('shell.commands')}>
        <IconCommand size={16} stroke={1.75} aria-hidden="true" />
        <Kbd size="xs">K</Kbd>
      </UnstyledButton>
      <div className={styles.end}>
        <Suspense fallback={null}>
          <InboxBell />
        </Suspense>
        <Account onOpenHelp={onOpenHelp} />
      </div>
    </header>
  );
}
