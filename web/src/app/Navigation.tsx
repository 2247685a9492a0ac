import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Hint } from '../ui/Hint.tsx';
import { useCurrentUser, useMay } from './current-user.ts';
import { useText } from './messages/use-text.tsx';
import styles from './Navigation.module.css';
import { type NavEntry, type NavGroup, navigation } from './navigation.ts';

/** They read what waits; the navigation stands before that part of the contract has come. */
const Waiting = lazy(() => import('./Waiting.tsx').then((module) => ({ default: module.Waiting })));

/** The groups and entries that the caller may use. */
export function useNavigation(): readonly NavGroup[] {
  const may = useMay();
  const user = useCurrentUser();
  const isShown = (entry: NavEntry) =>
    user?.abilities === undefined || entry.actions === undefined || entry.actions.some(may);
  return navigation
    .map((group) => ({ ...group, entries: group.entries.filter(isShown) }))
    .filter((group) => group.entries.length > 0);
}

type EntryProps = { entry: NavEntry; isNarrow: boolean; onFollow: (() => void) | undefined };

function Entry({ entry, isNarrow, onFollow }: EntryProps) {
  const t = useText();
  const Mark = entry.icon;
  const label = t(entry.text);
  const link = (
    <Link
      to={entry.to}
      className={styles.link ?? ''}
      activeOptions={{ exact: entry.to === '/', includeSearch: false }}
      onClick={() => onFollow?.()}
    >
      <Mark size={20} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <span className={isNarrow ? 'sr-only' : styles.label}>{label}</span>
      {/^\/(reviews|admin\/people)/.test(entry.to) && (
        <Suspense fallback={null}>
          <Waiting at={entry.to} isNarrow={isNarrow} />
        </Suspense>
      )}
    </Link>
  );
  return isNarrow ? (
    <Hint label={label} side="right" delayMs={0}>
      {link}
    </Hint>
  ) : (
    link
  );
}

/** The links of the app. Narrow, the words stand in a tooltip and for screen readers. */
export function Navigation({ isNarrow = false, onFollow }: { isNarrow?: boolean; onFollow?: () => void }) {
  const t = useText();
  const groups = useNavigation();
  return (
    <nav aria-label={t('shell.nav')} className={styles.nav} data-narrow={isNarrow || undefined}>
      {groups.map((group) => (
        <div key={group.text} className={styles.group} role="group" aria-label={t(group.text)}>
          {!isNarrow && (
            <p className="group-label" aria-hidden="true">
              {t(group.text)}
            </p>
          )}
          {group.entries.map((entry) => (
            <Entry key={entry.to} entry={entry} isNarrow={isNarrow} onFollow={onFollow} />
          ))}
        </div>
      ))}
    </nav>
  );
}
