import { type ReactNode, useEffect, useRef } from 'react';
import { useListState } from './list-search.ts';
import { LinkTo } from './LinkTo.tsx';
import styles from './PageTabs.module.css';

export type PageTab = { readonly value: string; readonly label: string; readonly mark?: ReactNode };

/** The parts of a page, each with its own address; the first one needs no `tab` in it. */
export function PageTabs({ tabs, label }: { tabs: readonly PageTab[]; label: string }) {
  const current = usePageTab(tabs);
  const first = tabs[0]?.value;
  const row = useRef<HTMLElement>(null);
  // Where the tabs are wider than the screen, the one that is open is in sight.
  useEffect(() => {
    const open = row.current?.querySelector<HTMLElement>('[data-current]');
    if (row.current == null || open == null) return;
    const after = open.offsetLeft + open.offsetWidth - row.current.offsetLeft - row.current.clientWidth;
    const before = open.offsetLeft - row.current.offsetLeft;
    if (row.current.scrollLeft < after) row.current.scrollLeft = after;
    if (row.current.scrollLeft > before) row.current.scrollLeft = before;
  }, [current]);
  return (
    <nav ref={row} className={styles.tabs} aria-label={label}>
      {tabs.map((tab) => (
        <LinkTo
          key={tab.value}
          to="."
          search={{ tab: tab.value === first ? undefined : tab.value }}
          // Without these the first tab, which names nothing, would be current on every other one.
          activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
          className={styles.tab ?? ''}
          data-current={tab.value === current || undefined}
          resetScroll={false}
        >
          {tab.label}
          {tab.mark}
        </LinkTo>
      ))}
    </nav>
  );
}

/** The tab that the address names; the first when it names none of them. */
export function usePageTab(tabs: readonly PageTab[]): string {
  const named = useListState().text('tab');
  return tabs.find((tab) => tab.value === named)?.value ?? tabs[0]?.value ?? '';
}
