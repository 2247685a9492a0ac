import { type RefObject, useEffect } from 'react';

/** What is left of the page around a control that is gone: its nearest part, at last the page itself. */
const parts = 'section, form, aside, search, nav, main, [role="group"], [role="treegrid"], [role="region"]';

/** Makes a part take the focus for once, as if a link led there. */
function focusPart(part: Element) {
  if (!(part instanceof HTMLElement)) return;
  if (!part.hasAttribute('tabindex')) {
    part.tabIndex = -1;
    part.addEventListener('blur', () => part.removeAttribute('tabindex'), { once: true });
  }
  part.focus({ preventScroll: true });
}

/**
 * An act may take its own control away: a request that is decided has no button to decide. Whoever has no pointer
 * goes on from the part of the page where it stood, not from the top of the window.
 */
export function useKeptFocus(root: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const page = root.current;
    if (page === null) return;
    let last: Element | undefined;
    let around: readonly Element[] = [];
    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof Element)) return;
      last = target;
      around = [];
      for (let one = target.parentElement; one !== null; one = one.parentElement) {
        if (one.matches(parts)) around = [...around, one];
        if (one === page) break;
      }
    };
    // A click beside everything gives the focus up on purpose.
    const forget = () => {
      last = undefined;
    };
    const keep = () => {
      if (last === undefined || last.isConnected || document.activeElement !== document.body) return;
      last = undefined;
      const part = around.find((one) => one.isConnected);
      if (part !== undefined) focusPart(part);
    };
    const watch = new MutationObserver(keep);
    watch.observe(page, { childList: true, subtree: true });
    page.addEventListener('focusin', remember);
    document.addEventListener('pointerdown', forget);
    return () => {
      watch.disconnect();
      page.removeEventListener('focusin', remember);
      document.removeEventListener('pointerdown', forget);
    };
  }, [root]);
}
