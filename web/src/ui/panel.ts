import { type FocusEvent, type RefObject, type ToggleEvent, useEffect, useId, useRef, useState } from 'react';
import { placeBeside } from './place-beside.ts';

const focusable = 'input:not([disabled]), button:not([disabled]), a[href]';

/** Keeps the panel beside its button, also when what it holds comes later or grows. */
function useStaysBeside(isOpen: boolean, panel: RefObject<HTMLElement | null>, button: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const [element, anchor] = [panel.current, button.current];
    if (!isOpen || element === null || anchor === null) return;
    const place = () => placeBeside(element, anchor, 'below');
    place();
    const sizes = new ResizeObserver(place);
    sizes.observe(element);
    window.addEventListener('resize', place);
    return () => {
      sizes.disconnect();
      window.removeEventListener('resize', place);
    };
  }, [isOpen, panel, button]);
}

/**
 * A button and the panel that it opens beside itself, in the top layer. The browser closes it on Escape, on a click
 * elsewhere, and gives the focus back.
 */
export function usePanel() {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useStaysBeside(isOpen, panel, button);
  useEffect(() => {
    if (isOpen) (panel.current?.querySelector<HTMLElement>(focusable) ?? panel.current)?.focus();
  }, [isOpen]);
  return {
    isOpen,
    close: () => panel.current?.hidePopover(),
    buttonProps: { ref: button, popoverTarget: id, 'aria-haspopup': 'dialog', 'aria-expanded': isOpen } as const,
    panelProps: {
      ref: panel,
      id,
      popover: 'auto',
      role: 'dialog',
      tabIndex: -1,
      onToggle: (event: ToggleEvent) => setIsOpen(event.newState === 'open'),
      onBlur: (event: FocusEvent) => {
        if (event.relatedTarget === null || panel.current?.contains(event.relatedTarget) !== false) return;
        if (event.relatedTarget !== button.current) panel.current.hidePopover();
      },
    } as const,
  };
}
